import { scaleHistogram } from '#model';
import { foldTogether } from '../plan/fold-together.ts';
import { type Operator, streams } from '../plan/operator.ts';
import type { Aggregate, Binary, Call, Expr, Unary } from '../parse/ast.ts';
import { QueryError } from '../result.ts';
import { evaluateAggregate } from './aggregate.ts';
import { canFold, foldSeries } from './aggregate-groups.ts';
import { evaluateScalars, evaluateVectorScalar } from './arithmetic.ts';
import { evaluateInstantCall } from './call.ts';
import { type Evaluation } from './evaluation.ts';
import { ABSENT, FLOAT, type Grid, histogramAt, type Series, type Value } from './matrix.ts';
import { evaluateRangeCall, rangeArgument, streamRangeCall } from './range-call.ts';
import { type SeriesStream, streamOfAll } from './series-stream.ts';
import { selectInstants, selectMatrix, streamInstants } from './selectors.ts';
import { evaluateSetOperator } from './set-operators.ts';
import { subqueryMatrix } from './subquery.ts';
import { evaluateVectors } from './vector-matching.ts';
import { smoothInstants } from './smoothed.ts';

/** The value of an expression at every step of the grid. Throws QueryError. */
export function evaluate(evaluation: Evaluation, grid: Grid, expr: Expr): Value {
  evaluation.checkTime();
  const operator = evaluation.plan.operatorOf.get(expr);
  if (operator === undefined) return evaluateSettled(evaluation, grid, expr);
  const known = evaluation.shared.take(operator);
  if (known !== undefined) {
    evaluation.tell(known);
    evaluation.meter?.countResult(operator, known.value);
    return known.value;
  }
  const measuring = evaluation.meter?.begin(evaluation, operator);
  const value =
    operator.sharing.how === 'kept' && evaluation.shared.begin(operator)
      ? evaluateKept(evaluation, { grid, expr, operator, uses: operator.sharing.uses })
      : evaluateSettled(evaluation, grid, expr);
  if (measuring !== undefined) evaluation.meter?.end(evaluation, measuring, value);
  return value;
}

interface Kept {
  readonly grid: Grid;
  readonly expr: Expr;
  readonly operator: Operator;
  readonly uses: number;
}

/** What is needed several times is evaluated at its first use and kept until its last one. */
function evaluateKept(evaluation: Evaluation, { grid, expr, operator, uses }: Kept): Value {
  const before = evaluation.heldByOperators();
  const { result: value, ...effects } = evaluation.record(() =>
    evaluateSettled(evaluation, grid, expr),
  );
  const after = evaluation.heldByOperators();
  evaluation.tell(effects);
  const weight = { samples: after.samples - before.samples, bytes: after.bytes - before.bytes };
  evaluation.shared.keep(
    operator,
    { ...effects, value, weight },
    { usesLeft: uses - 1, isInUse: true },
  );
  return value;
}

/** Evaluates; an operator's inputs are no longer in memory when it is done, its result is. */
function evaluateSettled(evaluation: Evaluation, grid: Grid, expr: Expr): Value {
  if (grid.steps > 1 && evaluation.prepared.invariant.has(expr)) {
    return evaluateOnce(evaluation, grid, expr);
  }
  if (expr.kind !== 'call' && expr.kind !== 'aggregate' && expr.kind !== 'binary') {
    return evaluateHere(evaluation, grid, expr);
  }
  const mark = evaluation.heldByOperators();
  evaluation.shared.enter();
  const value = evaluateHere(evaluation, grid, expr);
  evaluation.shared.leave();
  evaluation.settle(mark, value.kind === 'vector' ? value.series : []);
  if (value.kind === 'scalar') evaluation.memory.hold(value.values.byteLength);
  return value;
}

function evaluateHere(evaluation: Evaluation, grid: Grid, expr: Expr): Value {
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', values: repeatedValue(evaluation, expr.value, grid.steps) };
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'paren':
      return evaluate(evaluation, grid, expr.expr);
    case 'unary':
      return evaluateUnary(evaluation, grid, expr);
    case 'vectorSelector':
      return {
        kind: 'vector',
        series: expr.smoothed
          ? smoothInstants(evaluation, grid, expr)
          : selectInstants(evaluation, grid, expr),
      };
    case 'matrixSelector':
      return { kind: 'matrix', series: selectMatrix(evaluation, grid, expr) };
    case 'subquery':
      return { kind: 'matrix', series: subqueryMatrix({ evaluation, grid, evaluate }, expr) };
    case 'call':
      return evaluateCall(evaluation, grid, expr);
    case 'aggregate':
      return evaluateAggregation(evaluation, grid, expr);
    case 'binary':
      return evaluateBinary(evaluation, grid, expr);
  }
}

/** Evaluates at the first step only and repeats the result. */
function evaluateOnce(evaluation: Evaluation, grid: Grid, expr: Expr): Value {
  const counted = evaluation.stepSamples;
  evaluation.stepSamples = new Float64Array(1);
  const value = evaluateSettled(evaluation, { ...grid, steps: 1 }, expr);
  const [samples] = evaluation.stepSamples;
  evaluation.stepSamples = counted;
  for (let step = 0; step < grid.steps; step++) evaluation.countAtStep(step, samples);
  if (value.kind === 'scalar') {
    return { kind: 'scalar', values: repeatedValue(evaluation, value.values[0], grid.steps) };
  }
  if (value.kind !== 'vector') return value;
  evaluation.hold(value.series.length * (grid.steps - 1));
  for (let i = 0; i < value.series.length; i++) evaluation.holdRow(grid.steps - 1);
  return { kind: 'vector', series: value.series.map((series) => repeated(series, grid.steps)) };
}

function repeatedValue(evaluation: Evaluation, value: number, steps: number): Float64Array {
  evaluation.memory.hold(steps * Float64Array.BYTES_PER_ELEMENT);
  return new Float64Array(steps).fill(value);
}

function repeated(series: Series, steps: number): Series {
  const [kind] = series.kinds;
  const histogram = series.histograms?.[0];
  return {
    labels: series.labels,
    dropName: series.dropName,
    kinds: new Uint8Array(steps).fill(kind),
    values: new Float64Array(steps).fill(series.values[0]),
    histograms:
      histogram === undefined ? undefined : Array.from({ length: steps }, () => histogram),
  };
}

function evaluateCall(evaluation: Evaluation, grid: Grid, call: Call): Value {
  const argument = rangeArgument(call);
  const context = { evaluation, grid, call, evaluate };
  return argument === undefined
    ? evaluateInstantCall(context)
    : evaluateRangeCall(context, argument);
}

function evaluateAggregation(evaluation: Evaluation, grid: Grid, aggregate: Aggregate): Value {
  if (canFold(aggregate)) {
    const context = { evaluation, grid, aggregate };
    const open = (): SeriesStream => inputOf(evaluation, grid, aggregate.expr);
    const readers = readersOf(evaluation, aggregate.expr);
    const together = readers === undefined ? undefined : foldTogether(context, readers, open);
    return { kind: 'vector', series: together ?? foldSeries(context, open()) };
  }
  const param =
    aggregate.param === undefined ? undefined : evaluate(evaluation, grid, aggregate.param);
  const series = vectorOf(evaluate(evaluation, grid, aggregate.expr));
  return {
    kind: 'vector',
    series: evaluateAggregate({ evaluation, grid, aggregate, series, param }),
  };
}

/** All aggregations that one pass over the series of the expression is to feed. */
function readersOf(evaluation: Evaluation, expr: Expr): readonly Operator[] | undefined {
  const input = evaluation.plan.operatorOf.get(expr);
  if (input?.sharing.how !== 'together' || !evaluation.shared.begin(input)) return undefined;
  return input.sharing.readers;
}

function inputOf(evaluation: Evaluation, grid: Grid, expr: Expr): SeriesStream {
  const stream = streamOf(evaluation, grid, expr);
  return stream ?? streamOfAll(vectorOf(evaluate(evaluation, grid, expr)));
}

/**
 * The series of an expression one by one, so that `sum(rate(x))` never holds what it sums up. Undefined for
 * expressions whose value is made as a whole.
 */
function streamOf(evaluation: Evaluation, grid: Grid, expr: Expr): SeriesStream | undefined {
  const operator = evaluation.plan.operatorOf.get(expr);
  if (operator === undefined || operator.sharing.how === 'kept' || !streams(operator)) {
    return undefined;
  }
  const { meter } = evaluation;
  if (meter === undefined) return openStream(evaluation, grid, expr);
  return meter.measureStream(operator, () => openStream(evaluation, grid, expr));
}

function openStream(evaluation: Evaluation, grid: Grid, expr: Expr): SeriesStream | undefined {
  if (expr.kind === 'vectorSelector') return streamInstants(evaluation, grid, expr);
  if (expr.kind !== 'call') return undefined;
  const argument = rangeArgument(expr);
  if (argument === undefined) return undefined;
  return streamRangeCall({ evaluation, grid, call: expr, evaluate }, argument);
}

/** The series of a value that the parser has made sure is a vector. */
export function vectorOf(value: Value): readonly Series[] {
  if (value.kind === 'vector') return value.series;
  throw new QueryError('internal', `cannot use a ${value.kind} as a vector`);
}

function evaluateBinary(evaluation: Evaluation, grid: Grid, binary: Binary): Value {
  const left = evaluate(evaluation, grid, binary.left);
  const right = evaluate(evaluation, grid, binary.right);
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    return { kind: 'scalar', values: evaluateScalars(binary.operator, left.values, right.values) };
  }
  if (left.kind === 'vector' && right.kind === 'vector') {
    const operation = { evaluation, grid, binary, left: left.series, right: right.series };
    const isSet = ['and', 'or', 'unless'].includes(binary.operator);
    const series = isSet ? evaluateSetOperator(operation) : evaluateVectors(operation);
    return { kind: 'vector', series };
  }
  if (left.kind === 'vector' && right.kind === 'scalar') {
    const sides = { series: left.series, scalar: right.values, scalarIsLeft: false };
    return { kind: 'vector', series: evaluateVectorScalar({ evaluation, grid, binary }, sides) };
  }
  if (left.kind === 'scalar' && right.kind === 'vector') {
    const sides = { series: right.series, scalar: left.values, scalarIsLeft: true };
    return { kind: 'vector', series: evaluateVectorScalar({ evaluation, grid, binary }, sides) };
  }
  throw new QueryError('internal', `cannot compute ${left.kind} ${binary.operator} ${right.kind}`);
}

function evaluateUnary(evaluation: Evaluation, grid: Grid, unary: Unary): Value {
  const value = evaluate(evaluation, grid, unary.expr);
  if (unary.operator === '+') return value;
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map((v) => -v) };
  const series = vectorOf(value).map((one) => negated(evaluation, one));
  return { kind: 'vector', series: evaluation.unique(series, grid) };
}

function negated(evaluation: Evaluation, series: Series): Series {
  const out = evaluation.newRow(
    evaluation.namelessLabels(series.labels),
    true,
    series.kinds.length,
  );
  evaluation.passTurns(out.kinds.length);
  for (let step = 0; step < series.kinds.length; step++) {
    if (series.kinds[step] === ABSENT) continue;
    if (series.kinds[step] === FLOAT) out.setFloat(step, -series.values[step]);
    else out.setHistogram(step, scaleHistogram(histogramAt(series, step), -1));
  }
  return out;
}
