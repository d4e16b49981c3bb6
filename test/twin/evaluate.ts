import type { Aggregate, Binary, Call, Expr, VectorSelector } from '#promql';
import { aggregated, chosen, countValues, goNumber } from './aggregations.ts';
import { scalarOperation, setOperation, vectorScalar, vectorVector } from './binary.ts';
import {
  classicFraction,
  classicQuantile,
  nativeFraction,
  nativeQuantile,
  type Place,
  reduceHistograms,
  type Reduction,
  simpleHistogramFunction,
} from './histogram-functions.ts';
import { positiveDurationMs } from './durations.ts';
import { scaled } from './histogram.ts';
import { info } from './info.ts';
import {
  clamp,
  DATES,
  labelJoin,
  labelReplace,
  mapFloats,
  MATH,
  round,
  scalarOf,
  sortedByLabels,
  sortedByValue,
} from './instant-functions.ts';
import type { TwinQuery } from './query.ts';
import { RANGE_FUNCTIONS } from './range-functions.ts';
import { type At, atEnd, atStart, endsOf } from './rates.ts';
import {
  lookedAtMs,
  type Range,
  selectInstant,
  selectRange,
  selectSmoothed,
  seriesOver,
  subqueryTimesMs,
} from './selectors.ts';
import {
  distinct,
  goMax,
  goMin,
  type Labels,
  nameless,
  putLabel,
  type RangeSeries,
  type Result,
  type Sample,
  TwinError,
  type Value,
} from './values.ts';

/*
 * PromQL the slow way: one instant at a time, over plain arrays of samples, every operator in its most literal
 * form (after promql/engine.go and functions.go of Prometheus 3). Shares with the engine only the parser, the
 * matchers' regular expressions, the hash of `limit_ratio`, the bounds of exponential buckets and the text of a
 * histogram in `count_values`.
 *
 * Left out: delayed name removal, start timestamps, trimming of histograms (`</`, `>/`), histograms that have seen
 * NaN, limits and statistics, the text about forced monotonicity in `histogram_quantile`, regular expressions in
 * `label_replace` beyond what JavaScript and RE2 have in common.
 */

export function evaluateAt(query: TwinQuery, expr: Expr, timeMs: number): Result {
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', value: expr.value };
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'paren':
      return evaluateAt(query, expr.expr, timeMs);
    case 'vectorSelector':
      return vector(instantOf(query, expr, timeMs));
    case 'matrixSelector':
    case 'subquery':
      return { kind: 'matrix', series: bareRange(rangeOf(query, expr, timeMs)) };
    case 'unary':
      return negated(evaluateAt(query, expr.expr, timeMs), expr.operator === '-');
    case 'binary':
      return evaluateBinary(query, expr, timeMs);
    case 'aggregate':
      return vector(evaluateAggregate(query, expr, timeMs));
    case 'call':
      return evaluateCall(query, expr, timeMs);
  }
}

function vector(samples: readonly Sample[]): Result {
  return { kind: 'vector', samples };
}

function instantOf(query: TwinQuery, selector: VectorSelector, timeMs: number): readonly Sample[] {
  if (selector.smoothed) return selectSmoothed(query, selector, timeMs);
  return selectInstant(query, selector, timeMs);
}

function negated(result: Result, isNegative: boolean): Result {
  if (!isNegative) return result;
  if (result.kind === 'scalar') return { kind: 'scalar', value: -result.value };
  if (result.kind !== 'vector') throw new TwinError('cannot negate');
  const samples = result.samples.map(({ labels, value }) => ({
    labels: nameless(labels),
    value: typeof value === 'number' ? -value : scaled(value, -1),
  }));
  return vector(distinct(samples));
}

function vectorAt(query: TwinQuery, expr: Expr, timeMs: number): readonly Sample[] {
  const result = evaluateAt(query, expr, timeMs);
  if (result.kind !== 'vector') throw new TwinError(`expected a vector, got ${result.kind}`);
  return result.samples;
}

function scalarAt(query: TwinQuery, expr: Expr, timeMs: number): number {
  const result = evaluateAt(query, expr, timeMs);
  if (result.kind !== 'scalar') throw new TwinError(`expected a scalar, got ${result.kind}`);
  return result.value;
}

function textOf(expr: Expr): string {
  const bare = withoutParens(expr);
  if (bare.kind !== 'string') throw new TwinError('expected a string');
  return bare.value;
}

function withoutParens(expr: Expr): Expr {
  return expr.kind === 'paren' ? withoutParens(expr.expr) : expr;
}

function rangeOf(query: TwinQuery, expr: Expr, timeMs: number): Range {
  if (expr.kind === 'matrixSelector') return selectRange(query, expr, timeMs);
  if (expr.kind !== 'subquery') throw new TwinError('expected a range vector');
  const timesMs = subqueryTimesMs(query, expr, timeMs);
  const results = timesMs.map((atMs) => evaluateAt(query, expr.expr, atMs));
  const vectors = results.map((result): readonly Sample[] => {
    if (result.kind === 'scalar') return [{ labels: {}, value: result.value }];
    if (result.kind === 'vector') return result.samples;
    throw new TwinError('expected an instant vector in a subquery');
  });
  const endMs = lookedAtMs(query, expr, timeMs);
  const rangeMs = positiveDurationMs(query, expr.rangeExpression, expr.rangeMs);
  const found = seriesOver(timesMs, vectors);
  const series = query.reversed.subqueries ? found.toReversed() : found;
  return { series, startMs: endMs - rangeMs, endMs, rangeMs, anchored: false, smoothed: false };
}

/** A range that is the whole query: anchored and smoothed ones have a sample at each of their bounds. */
function bareRange(range: Range): readonly RangeSeries[] {
  if (!range.anchored && !range.smoothed) return range.series;
  return range.series.flatMap(({ labels, points }): RangeSeries[] => {
    const floats = points.flatMap(({ timestampMs, value }) =>
      typeof value === 'number' ? [{ timestampMs, value }] : [],
    );
    if (floats.length < points.length) throw new TwinError('not supported with histograms');
    const ends = endsOf(floats, range);
    if (ends === undefined) return [];
    const { startMs, endMs } = range;
    const start = atStart(range, floats, { row: ends.first, isCounter: false });
    const end = atEnd(range, floats, { row: ends.last, isCounter: false });
    const first = { timestampMs: startMs, value: start };
    const last = { timestampMs: endMs, value: end };
    const inside = floats
      .slice(ends.first, ends.last + 1)
      .filter(({ timestampMs }) => timestampMs > startMs && timestampMs < endMs);
    return [{ labels, points: [first, ...inside, last] }];
  });
}

function evaluateBinary(query: TwinQuery, binary: Binary, timeMs: number): Result {
  const left = evaluateAt(query, binary.left, timeMs);
  const right = evaluateAt(query, binary.right, timeMs);
  const operation = { binary, notes: query.notes };
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    const value = scalarOperation(binary.operator, left.value, right.value);
    return { kind: 'scalar', value };
  }
  if (left.kind === 'vector' && right.kind === 'scalar') {
    return vector(vectorScalar(operation, left.samples, { scalar: right.value, isLeft: false }));
  }
  if (left.kind === 'scalar' && right.kind === 'vector') {
    return vector(vectorScalar(operation, right.samples, { scalar: left.value, isLeft: true }));
  }
  const { matching } = binary;
  if (left.kind !== 'vector' || right.kind !== 'vector' || matching === undefined) {
    throw new TwinError('cannot operate on these types');
  }
  const sides = [left.samples, right.samples] as const;
  if (['and', 'or', 'unless'].includes(binary.operator)) {
    return vector(distinct(setOperation(binary, matching, sides)));
  }
  return vector(vectorVector(operation, matching, sides));
}

function evaluateAggregate(query: TwinQuery, given: Aggregate, timeMs: number): readonly Sample[] {
  const { operator } = given;
  const param = given.param === undefined ? undefined : withoutParens(given.param);
  const aggregate = { ...given, expr: withoutParens(given.expr), ...(param && { param }) };
  const samples = vectorAt(query, aggregate.expr, timeMs);
  const { notes, reversed } = query;
  const call = {
    aggregate,
    samples,
    notes,
    isReversed: reversed.ties,
    isRange: isRange(query),
  };
  if (operator === 'count_values') return countValues(call, textOf(param ?? aggregate));
  const value = param === undefined ? NaN : scalarAt(query, param, timeMs);
  if (['topk', 'bottomk', 'limitk', 'limit_ratio'].includes(operator)) return chosen(call, value);
  return aggregated(call, value);
}

function evaluateCall(query: TwinQuery, call: Call, timeMs: number): Result {
  const args = call.args.map(withoutParens);
  if (args.some(({ kind }) => kind === 'matrixSelector' || kind === 'subquery')) {
    return vector(rangeCall(query, { ...call, args }, timeMs));
  }
  const ofScalars = scalarCall(query, { ...call, args }, timeMs);
  if (ofScalars !== undefined) return { kind: 'scalar', value: ofScalars };
  return vector(vectorCall(query, { ...call, args }, timeMs));
}

/** Functions that keep the name of the metric. */
const KEEPS_NAME: ReadonlySet<string> = new Set(['last_over_time', 'first_over_time']);
const ANCHORED: ReadonlySet<string> = new Set(['resets', 'changes', 'rate', 'increase', 'delta']);
const SMOOTHED: ReadonlySet<string> = new Set(['rate', 'increase', 'delta']);

function rangeCall(query: TwinQuery, call: Call, timeMs: number): readonly Sample[] {
  const { func, args } = call;
  const index = args.findIndex(({ kind }) => kind === 'matrixSelector' || kind === 'subquery');
  const range = rangeOf(query, args[index], timeMs);
  if (range.anchored && !ANCHORED.has(func)) throw new TwinError('anchored is not for this');
  if (range.smoothed && !SMOOTHED.has(func)) throw new TwinError('smoothed is not for this');
  const scalars = args.flatMap((arg, i) => (i === index ? [] : [scalarAt(query, arg, timeMs)]));
  if (func === 'predict_linear') scalars.push(timeMs);
  if (func === 'absent_over_time') return absent(args[index], range.series.length > 0);
  const result = range.series.flatMap((series): Sample[] => {
    const value = ofSeries(query, call, { range, series, scalars, arg: args[index] });
    const labels = KEEPS_NAME.has(func) ? series.labels : nameless(series.labels);
    return value === undefined ? [] : [{ labels, value }];
  });
  return distinct(result);
}

interface OneSeries {
  readonly range: Range;
  readonly series: RangeSeries;
  readonly scalars: readonly number[];
  readonly arg: Expr;
}

function ofSeries(
  { notes }: TwinQuery,
  { func, args }: Call,
  { range, series, scalars, arg }: OneSeries,
): Value | undefined {
  const run = RANGE_FUNCTIONS[func];
  if (run === undefined) throw new TwinError(`unknown function ${func}`);
  const floats: At<number>[] = [];
  const histograms: At<Exclude<Value, number>>[] = [];
  for (const { timestampMs, value } of series.points) {
    if (typeof value === 'number') floats.push({ timestampMs, value });
    else histograms.push({ timestampMs, value });
  }
  const metricName = series.labels['__name__'] ?? '';
  const [quantile] = scalars;
  if (func === 'quantile_over_time' && floats.length > 0 && !(quantile >= 0 && quantile <= 1)) {
    warnQuantile({ notes, position: args[0].position }, quantile);
  }
  const { position } = args[0];
  const value = run({ range, floats, histograms, metricName, notes, position }, scalars);
  const isCounter = /_(?:total|sum|count|bucket)$/.test(metricName) || metricName === '';
  if (['rate', 'increase'].includes(func) && typeof value === 'number' && !isCounter) {
    notes.info(
      `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metricName)}`,
      arg.position,
    );
  }
  return value;
}

function warnQuantile({ notes, position }: Place, quantile: number): void {
  notes.warn(`quantile value should be between 0 and 1, got ${goNumber(quantile)}`, position);
}

/** One sample with what the selector says of labels, unless there is something. */
function absent(arg: Expr, isPresent: boolean): readonly Sample[] {
  if (isPresent) return [];
  const selector = arg.kind === 'matrixSelector' ? arg.selector : arg;
  if (selector.kind !== 'vectorSelector') return [{ labels: {}, value: 1 }];
  const named = new Set<string>();
  let labels: Labels = {};
  for (const { type, name, value } of selector.matchers) {
    if (name === '__name__') continue;
    const isFirst = type === '=' && !named.has(name);
    labels = putLabel(labels, name, isFirst ? value : '');
    if (type === '=') named.add(name);
  }
  return [{ labels, value: 1 }];
}

function scalarCall(query: TwinQuery, { func, args }: Call, timeMs: number): number | undefined {
  switch (func) {
    case 'time':
      return timeMs / 1000;
    case 'pi':
      return Math.PI;
    case 'start':
      return query.startMs / 1000;
    case 'end':
      return query.endMs / 1000;
    case 'range':
      return (query.endMs - query.startMs) / 1000;
    case 'step':
      return query.stepMs / 1000;
    case 'scalar':
      return scalarOf(vectorAt(query, args[0], timeMs));
    case 'max_of':
      return args.map((arg) => scalarAt(query, arg, timeMs)).reduce(goMax);
    case 'min_of':
      return args.map((arg) => scalarAt(query, arg, timeMs)).reduce(goMin);
    default:
      return undefined;
  }
}

function vectorCall(query: TwinQuery, call: Call, timeMs: number): readonly Sample[] {
  const { func, args } = call;
  if (func === 'vector') return [{ labels: {}, value: scalarAt(query, args[0], timeMs) }];
  const dates = DATES[func];
  if (dates !== undefined && args.length === 0) {
    return [{ labels: {}, value: dates(Math.trunc(timeMs / 1000)) }];
  }
  if (func === 'timestamp') return timestamps(query, args[0], timeMs);
  if (func.startsWith('histogram_')) return histogramCall(query, call, timeMs);
  const samples = vectorAt(query, args[0], timeMs);
  const map = MATH[func] ?? dates;
  if (map !== undefined) return mapFloats(samples, map);
  const texts = (): string[] => args.slice(1).map(textOf);
  const scalar = (index: number): number => scalarAt(query, args[index], timeMs);
  switch (func) {
    case 'absent':
      return absent(args[0], samples.length > 0);
    case 'clamp':
      return clamp(samples, scalar(1), scalar(2));
    case 'clamp_max':
      return clamp(samples, -Infinity, scalar(1));
    case 'clamp_min':
      return clamp(samples, scalar(1), Infinity);
    case 'round':
      return round(samples, args.length > 1 ? scalar(1) : 1);
    case 'sort':
    case 'sort_desc': {
      const sorted = sortedByValue(samples, func === 'sort');
      return isRange(query) ? samples.filter((one) => sorted.includes(one)) : sorted;
    }
    case 'sort_by_label':
    case 'sort_by_label_desc':
      if (isRange(query)) return samples;
      return sortedByLabels(samples, texts(), func === 'sort_by_label');
    case 'label_replace':
      return labelReplace(samples, texts());
    case 'label_join':
      return labelJoin(samples, texts());
    case 'info':
      return info(query, { samples, args }, timeMs);
    default:
      throw new TwinError(`unknown function ${func}`);
  }
}

/** There, nothing is in the order of one instant. */
function isRange({ startMs, endMs }: TwinQuery): boolean {
  return startMs < endMs;
}

function timestamps(query: TwinQuery, arg: Expr, timeMs: number): readonly Sample[] {
  if (arg.kind === 'vectorSelector' && !arg.smoothed) {
    const found = selectInstant(query, arg, timeMs);
    return distinct(
      found.map(({ labels, timestampMs }) => ({
        labels: nameless(labels),
        value: timestampMs / 1000,
      })),
    );
  }
  const samples = vectorAt(query, arg, timeMs);
  return distinct(
    samples.map(({ labels }) => ({ labels: nameless(labels), value: timeMs / 1000 })),
  );
}

function histogramCall(query: TwinQuery, { func, args }: Call, timeMs: number): readonly Sample[] {
  const { notes } = query;
  const place = (index: number): Place => ({ notes, position: args[index].position });
  const scalar = (index: number): number => scalarAt(query, args[index], timeMs);
  const samplesOf = (index: number): readonly Sample[] => vectorAt(query, args[index], timeMs);
  const quantileAt = (index: number): Reduction => {
    const quantile = scalar(index);
    if (!(quantile >= 0 && quantile <= 1)) warnQuantile(place(index), quantile);
    return {
      native: (histogram) => nativeQuantile(quantile, histogram),
      classic: (buckets) => classicQuantile(quantile, buckets),
    };
  };
  if (func === 'histogram_quantile') {
    return distinct(reduceHistograms(samplesOf(1), quantileAt(0), place(1)));
  }
  if (func === 'histogram_fraction') {
    const [from, to] = [scalar(0), scalar(1)];
    const fraction: Reduction = {
      native: (histogram) => nativeFraction(from, to, histogram),
      classic: (buckets) => classicFraction(from, to, buckets),
    };
    return distinct(reduceHistograms(samplesOf(2), fraction, place(2)));
  }
  if (func === 'histogram_quantiles') {
    const label = textOf(args[1]);
    const samples = samplesOf(0);
    const result = args.slice(2).flatMap((_, i) => {
      const reduced = reduceHistograms(samples, quantileAt(i + 2), place(0));
      const text = openMetricsNumber(scalar(i + 2));
      return reduced.map(({ labels, value }) => ({ labels: putLabel(labels, label, text), value }));
    });
    return distinct(result);
  }
  const simple = simpleHistogramFunction(func, samplesOf(0));
  if (simple === undefined) throw new TwinError(`unknown function ${func}`);
  return simple;
}

function openMetricsNumber(value: number): string {
  const text = goNumber(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
