import type { ExplainData, OperatorAnalysis, PlanOperator } from '#contract';
import type { PlanNode, QueryResult, QueryStats } from '#promql';
import { encodeValue } from './encode-number.ts';
import { encodeStats } from './encode-value.ts';
import { encodeSuccess } from './envelope.ts';
import type { QueryEnvironment } from './environment.ts';
import { instantOptions, queryOf, rangeOptions } from './evaluate.ts';
import { observed } from './query-observer.ts';
import type { Params } from './params.ts';

interface Outcome {
  readonly plan: PlanNode;
  readonly stats?: QueryStats;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/**
 * `query_explain` takes what `query_range` takes, or without `start` what `query` takes, and shows how the
 * query would be evaluated. With `analyze=true` it is evaluated; its result is not shown.
 */
export function answerExplainQuery(environment: QueryEnvironment, params: Params): Uint8Array {
  const isAnalyzed = params.first('analyze') === 'true';
  const isInstant = params.first('start') === '';
  const explained = isInstant ? instant(environment, params) : range(environment, params);
  const outcome: Outcome = { plan: explained.plan() };
  const { startMs, endMs, stepMs } = explained;
  const instants = { start: startMs / 1000, end: endMs / 1000, step: stepMs / 1000 };
  if (!isAnalyzed) return encodeOutcome(instants, outcome);
  const bounds = { ...queryOf(environment, params), startMs, endMs, stepMs };
  const result = observed(environment, bounds, explained.measure);
  return encodeOutcome(instants, { ...outcome, ...result });
}

interface Explained {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly plan: () => PlanNode;
  readonly measure: () => QueryResult;
}

function instant(environment: QueryEnvironment, params: Params): Explained {
  const { engine, queryable } = environment;
  const { query } = queryOf(environment, params);
  const options = instantOptions(environment, params);
  const measured = { ...options, measures: true };
  return {
    startMs: options.timeMs,
    endMs: options.timeMs,
    stepMs: 0,
    plan: () => engine.explainInstant(query, options),
    measure: () => engine.instant(queryable(), query, measured),
  };
}

function range(environment: QueryEnvironment, params: Params): Explained {
  const { engine, queryable } = environment;
  const { query } = queryOf(environment, params);
  const options = rangeOptions(environment, params);
  const measured = { ...options, measures: true };
  return {
    ...options,
    plan: () => engine.explainRange(query, options),
    measure: () => engine.range(queryable(), query, measured),
  };
}

function encodeOutcome(
  instants: Pick<ExplainData, 'start' | 'end' | 'step'>,
  { plan, stats, ...notes }: Outcome,
): Uint8Array {
  const data: Omit<ExplainData, 'stats'> = { ...instants, plan: operatorData(plan) };
  const json = JSON.stringify(data);
  const shown = stats === undefined ? json : `${json.slice(0, -1)},"stats":${encodeStats(stats)}}`;
  return encodeSuccess((out) => out.write(shown), notes);
}

function operatorData(node: PlanNode): PlanOperator {
  const { id, operator, name, text, position, type, grid, measured } = node;
  return {
    id,
    operator,
    name,
    text,
    position,
    type,
    start: grid.startMs / 1000,
    step: grid.stepMs / 1000,
    steps: grid.steps,
    ...flagsOf(node),
    ...readingOf(node),
    ...sharingOf(node),
    ...(measured === undefined ? {} : { analysis: analysisData(measured) }),
    inputs: node.inputs.map(operatorData),
  };
}

function flagsOf({ isOnce, isStreamed, mayUseThreads, isFolded, constant }: PlanNode) {
  return {
    ...(isOnce && { once: true as const }),
    ...(isStreamed && { streamed: true as const }),
    ...(mayUseThreads && { threads: true as const }),
    ...(isFolded === true && { folded: true as const }),
    ...(constant !== undefined && { constant: encodeValue(constant) }),
  };
}

function readingOf({ matchers, reads, rangeMs }: PlanNode) {
  return {
    ...(matchers !== undefined && {
      matchers: matchers.map(({ name, type, value }) => ({ name, type, value })),
    }),
    ...(reads !== undefined && {
      reads: { start: reads.startMs / 1000, end: reads.endMs / 1000 },
    }),
    ...(rangeMs !== undefined && { range: rangeMs / 1000 }),
  };
}

function sharingOf({ isReused, uses, fedTogether }: PlanNode) {
  return {
    ...(isReused && { reused: true as const }),
    ...(uses !== undefined && { uses }),
    ...(fedTogether !== undefined && { fedTogether }),
  };
}

function analysisData(measured: NonNullable<PlanNode['measured']>): OperatorAnalysis {
  const { ownMs, totalMs, ...counts } = measured;
  return { ownTime: ownMs / 1000, totalTime: totalMs / 1000, ...counts };
}
