import type { Queryable } from '#storage';
import { compareLabels } from '#model';
import { evaluate } from './evaluate/evaluate.ts';
import { Evaluation, type Planned, type Settings } from './evaluate/evaluation.ts';
import type { Grid } from './evaluate/matrix.ts';
import { prepare } from './evaluate/prepare.ts';
import { instantValue, rangeValue } from './evaluate/finish.ts';
import { buildPlan } from './plan/build.ts';
import { explainPlan, type PlanNode } from './plan/explain.ts';
import { Meter } from './plan/meter.ts';
import { timeBounds } from './plan/reads.ts';
import type { EngineOptions, InstantOptions, QueryOptions, RangeOptions } from './options.ts';
import type { Expr } from './parse/ast.ts';
import { parseExpr } from './parse/parse.ts';
import { formatParseError } from './parse/position.ts';
import { valueTypeOf } from './parse/walk.ts';
import { QueryError, type QueryResult, type QueryStats, type QueryValue } from './result.ts';

/** A query that has been parsed before; positions in texts refer to `text`. */
export interface ParsedQuery {
  readonly text: string;
  readonly expr: Expr;
}

/** Evaluates PromQL synchronously; lives in a query thread, or in a test. Throws QueryError. */
export interface Engine {
  instant(queryable: Queryable, query: string | ParsedQuery, options: InstantOptions): QueryResult;
  range(queryable: Queryable, query: string | ParsedQuery, options: RangeOptions): QueryResult;
  /** How the query would be evaluated. */
  explainInstant(query: string | ParsedQuery, options: InstantOptions): PlanNode;
  explainRange(query: string | ParsedQuery, options: RangeOptions): PlanNode;
}

const LOOKBACK_DELTA_MS = 300_000;
const TIMEOUT_MS = 120_000;
const MAX_SAMPLES = 50_000_000;
const MAX_MEMORY_BYTES = 2 ** 30;
const SUBQUERY_STEP_MS = 60_000;

export function createEngine(options: EngineOptions = {}): Engine {
  const instantRun = (own: InstantOptions): Run => {
    const grid = { startMs: own.timeMs, stepMs: 1, steps: 1 };
    return new Run(options, own, { grid, stepMs: 0 });
  };
  const rangeRun = (own: RangeOptions): Run =>
    new Run(options, own, { grid: rangeGrid(own), stepMs: own.stepMs });
  return {
    instant: (queryable, query, own) =>
      instantRun(own).execute(queryable, query, (evaluation, expr) => {
        const { grid } = evaluation.settings;
        return instantValue(evaluation, grid, evaluate(evaluation, grid, expr));
      }),
    range: (queryable, query, own) =>
      rangeRun(own).execute(queryable, query, (evaluation, expr) => {
        checkRangeType(expr);
        const { grid } = evaluation.settings;
        return rangeValue(evaluation, grid, evaluate(evaluation, grid, expr));
      }),
    explainInstant: (query, own) => instantRun(own).explain(query),
    explainRange: (query, own) => rangeRun(own).explain(query),
  };
}

function rangeGrid({ startMs, endMs, stepMs }: RangeOptions): Grid {
  if (!(stepMs > 0)) throw new QueryError('bad_data', 'zero or negative step is not accepted');
  return { startMs, stepMs, steps: Math.max(0, Math.floor((endMs - startMs) / stepMs) + 1) };
}

function checkRangeType(expr: Expr): void {
  const type = valueTypeOf(expr);
  if (type === 'vector' || type === 'scalar') return;
  const shown = type === 'matrix' ? 'range vector' : type;
  throw new QueryError(
    'bad_data',
    `invalid expression type "${shown}" for range query, must be Scalar or instant Vector`,
  );
}

interface Instants {
  readonly grid: Grid;
  readonly stepMs: number;
}

type Produce = (evaluation: Evaluation, expr: Expr) => QueryValue;

function subqueryStep(
  { defaultSubqueryStepMs }: EngineOptions,
  { subqueryStepMs }: QueryOptions,
): (rangeMs: number) => number {
  if (subqueryStepMs !== undefined) return () => subqueryStepMs;
  return defaultSubqueryStepMs ?? (() => SUBQUERY_STEP_MS);
}

/** One query from its text to its result. */
class Run {
  readonly #options: EngineOptions;
  readonly #queryOptions: QueryOptions;
  readonly #instants: Instants;
  readonly #nowMs: () => number;
  readonly #startedMs: number;

  constructor(options: EngineOptions, queryOptions: QueryOptions, instants: Instants) {
    this.#options = options;
    this.#queryOptions = queryOptions;
    this.#instants = instants;
    this.#nowMs = options.nowMs ?? (() => 0);
    this.#startedMs = this.#nowMs();
  }

  execute(queryable: Queryable, query: string | ParsedQuery, produce: Produce): QueryResult {
    const parsed = typeof query === 'string' ? this.#parse(query) : query;
    const { grid } = this.#instants;
    const settings = this.#settings();
    const planned = this.#plan(parsed, settings);
    const bounds = timeBounds(planned.plan);
    const querier = queryable.querier(bounds.startMs, bounds.endMs);
    try {
      const evaluation = new Evaluation(settings, querier, planned);
      const preparedMs = this.#nowMs();
      const value =
        grid.steps === 0
          ? { kind: 'matrix' as const, series: [] }
          : produce(evaluation, planned.prepared.expr);
      const evaluatedMs = this.#nowMs();
      return this.#result(evaluation, sorted(evaluation, value), {
        text: parsed.text,
        preparedMs,
        evaluatedMs,
      });
    } finally {
      querier.close();
    }
  }

  explain(query: string | ParsedQuery): PlanNode {
    const parsed = typeof query === 'string' ? this.#parse(query) : query;
    const planned = this.#plan(parsed, this.#settings());
    if (this.#instants.stepMs > 0) checkRangeType(planned.prepared.expr);
    return this.#explained(planned);
  }

  #explained({ plan, prepared, meter }: Planned): PlanNode {
    return explainPlan({ plan, prepared, meter, hasHelpers: this.#options.helpers !== undefined });
  }

  #plan({ expr }: ParsedQuery, settings: Settings): Planned {
    const { grid, stepMs } = this.#instants;
    const prepared = prepare(expr, grid, stepMs);
    const meter = this.#queryOptions.measures === true ? new Meter(this.#nowMs) : undefined;
    return { prepared, plan: buildPlan(prepared, settings), meter };
  }

  #parse(text: string): ParsedQuery {
    const result = parseExpr(text, this.#options.parser);
    if (result.ok) return { text, expr: result.expr };
    const [error] = result.errors;
    throw new QueryError('bad_data', formatParseError(text, error));
  }

  #settings(): Settings {
    const options = this.#options;
    const own = this.#queryOptions;
    const { grid, stepMs } = this.#instants;
    return {
      // Zero means, as in Prometheus, that nothing was chosen.
      lookbackMs: own.lookbackDeltaMs || options.lookbackDeltaMs || LOOKBACK_DELTA_MS,
      maxSamples: options.maxSamples ?? MAX_SAMPLES,
      maxMemoryBytes: options.maxMemoryBytes ?? MAX_MEMORY_BYTES,
      defaultSubqueryStepMs: subqueryStep(options, own),
      delayedNameRemoval: options.delayedNameRemoval ?? false,
      startTimestamps: options.startTimestamps ?? false,
      typeAndUnitLabels: options.typeAndUnitLabels ?? false,
      sharesOperators: options.sharesOperators ?? true,
      isCancelled: own.isCancelled ?? (() => false),
      isTimedOut: this.#timeout(),
      helpers: options.helpers,
      stepMs,
      grid,
    };
  }

  #timeout(): () => boolean {
    const timeoutMs = this.#queryOptions.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS;
    if (this.#options.nowMs === undefined || timeoutMs === 0) return () => false;
    const deadlineMs = this.#startedMs + timeoutMs;
    return () => this.#nowMs() > deadlineMs;
  }

  #result(
    evaluation: Evaluation,
    value: QueryValue,
    run: { readonly text: string; readonly preparedMs: number; readonly evaluatedMs: number },
  ): QueryResult {
    const endedMs = this.#nowMs();
    return {
      value,
      warnings: evaluation.annotations.warnings(run.text),
      infos: evaluation.annotations.infos(run.text),
      stats: {
        samples: {
          totalQueryableSamples: evaluation.stepSamples.reduce((sum, count) => sum + count, 0),
          peakSamples: evaluation.peakSamples,
          ...(this.#queryOptions.perStepStats === true ? this.#perStep(evaluation) : {}),
        },
        memory: { peakBytes: evaluation.memory.peakBytes },
        timings: {
          prepareMs: run.preparedMs - this.#startedMs,
          evaluateMs: run.evaluatedMs - run.preparedMs,
          sortMs: endedMs - run.evaluatedMs,
          totalMs: endedMs - this.#startedMs,
        },
      },
      ...(evaluation.meter === undefined ? {} : { plan: this.#explained(evaluation) }),
    };
  }

  #perStep({ stepSamples }: Evaluation): Pick<QueryStats['samples'], 'perStep'> {
    const { startMs, stepMs } = this.#instants.grid;
    const perStep = Array.from(stepSamples, (samples, step) => ({
      timestampMs: startMs + step * stepMs,
      samples,
    }));
    return { perStep };
  }
}

function sorted(evaluation: Evaluation, value: QueryValue): QueryValue {
  if (value.kind !== 'matrix') return value;
  return {
    kind: 'matrix',
    series: value.series.toSorted((a, b) => {
      evaluation.passTurns(1);
      return compareLabels(a.labels, b.labels);
    }),
  };
}
