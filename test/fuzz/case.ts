// One random case: data and expression from a seed, evaluated by the engine and by its slow twin.
import { labelsFromObject, STALE_NAN } from '#model';
import { createEngine, type Expr, parseExpr, QueryError, type RangeOptions } from '#promql';
import { createMemoryStorage, type MemoryStorage, type Queryable } from '#storage';
import { evaluateAt } from '../twin/evaluate.ts';
import { Notes, type Reversed, type TwinQuery } from '../twin/query.ts';
import {
  labelsKey,
  type Result,
  type StoredSeries,
  TwinError,
  type Value,
} from '../twin/values.ts';
import { Random } from '../simulation/random.ts';
import { type Data, randomData } from './data.ts';
import { type Node, randomExpression } from './expressions.ts';
import { BUG, engineOutcome, type Outcome, twinHistogram } from './outcome.ts';

/** An instant query has a step of 0. */
export interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly lookbackMs: number;
}

export interface Case {
  readonly seed: number;
  readonly data: Data;
  readonly node: Node;
  readonly grid: Grid;
}

/** So many cases in a row have the same data. */
export const CASES_PER_DATA = 64;

let lastData: { readonly seed: number; readonly world: World } | undefined;

/** Data in all the forms in which it is asked. */
export interface World {
  readonly data: Data;
  readonly stored: readonly StoredSeries[];
  readonly memory: MemoryStorage;
}

export function worldOf(data: Data): World {
  return { data, stored: storedSeries(data), memory: inMemory(data) };
}

export function worldOfSeed(seed: number): World {
  const dataSeed = Math.floor(seed / CASES_PER_DATA);
  if (lastData?.seed !== dataSeed)
    lastData = { seed: dataSeed, world: worldOf(randomData(dataSeed)) };
  return lastData.world;
}

export function makeCase(seed: number): Case & { readonly world: World } {
  const world = worldOfSeed(seed);
  const random = new Random(seed ^ 0x5eed);
  const options = { hasHistograms: true, isCommonSubset: false };
  const node = randomExpression(random, world.data, options);
  return { seed, data: world.data, world, node, grid: randomGrid(random, world.data) };
}

export function randomGrid(random: Random, { startMs, endMs, intervalMs }: Data): Grid {
  const lookbackMs = random.pick([300_000, 300_000, 300_000, 3 * intervalMs, intervalMs]);
  const from = random.between(startMs - intervalMs, endMs + intervalMs);
  const start = random.chance(0.4) ? Math.floor(from / intervalMs) * intervalMs : from;
  if (random.chance(0.35)) return { startMs: start, endMs: start, stepMs: 0, lookbackMs };
  const stepMs = random.pick([
    intervalMs,
    intervalMs,
    2 * intervalMs,
    5 * intervalMs,
    1234,
    17_389,
  ]);
  const steps = random.between(1, 14);
  const odd = random.between(0, stepMs - 1);
  return { startMs: start, endMs: start + (steps - 1) * stepMs + odd, stepMs, lookbackMs };
}

export function storedSeries({ series }: Data): StoredSeries[] {
  return series.map(({ labels, points }) => ({
    labels,
    points: points.map(({ timestampMs, value }) => ({
      timestampMs,
      value: typeof value === 'object' ? twinHistogram(value) : value,
    })),
  }));
}

export function inMemory({ series }: Data): MemoryStorage {
  const storage = createMemoryStorage();
  for (const { labels, points } of series) {
    storage.store(
      labelsFromObject(labels),
      points.map(({ timestampMs, value }) => {
        if (typeof value === 'object') return { timestampMs, value: 0, histogram: value };
        return { timestampMs, value: value === 'stale' ? STALE_NAN : value };
      }),
    );
  }
  return storage;
}

const SUBQUERY_STEP_MS = 60_000;
const PARSER = {
  experimentalFunctions: true,
  durationExpressions: true,
  extendedRangeSelectors: true,
  fillModifiers: true,
};
const engine = createEngine({ parser: PARSER });

export function askEngine(queryable: Queryable, text: string, grid: Grid): Outcome {
  const { startMs, endMs, stepMs, lookbackMs: lookbackDeltaMs } = grid;
  try {
    const range: RangeOptions = { startMs, endMs, stepMs, lookbackDeltaMs };
    const { value, warnings, infos } =
      stepMs === 0
        ? engine.instant(queryable, text, { timeMs: startMs, lookbackDeltaMs })
        : engine.range(queryable, text, range);
    return engineOutcome(value, [...warnings, ...infos]);
  } catch (error) {
    if (error instanceof QueryError && error.code !== 'internal') return { refusal: error.message };
    return { refusal: `${BUG}${String(error instanceof Error ? error.stack : error)}` };
  }
}

export function parsed(text: string): Expr | string {
  const result = parseExpr(text, PARSER);
  return result.ok ? result.expr : (result.errors[0]?.message ?? '');
}

export function askTwin(
  series: readonly StoredSeries[],
  text: string,
  grid: Grid,
  reversed: Reversed = { subqueries: false, ties: false },
): Outcome {
  const expr = parsed(text);
  if (typeof expr === 'string') return { refusal: expr };
  const { startMs, endMs, stepMs, lookbackMs } = grid;
  // The last step, not the end that was asked for, is the end of a query.
  const lastMs = stepMs === 0 ? endMs : startMs + Math.floor((endMs - startMs) / stepMs) * stepMs;
  const notes = new Notes(text);
  const query: TwinQuery = {
    series,
    startMs,
    endMs: lastMs,
    stepMs,
    lookbackMs,
    notes,
    reversed,
    subqueryStepMs: SUBQUERY_STEP_MS,
  };
  try {
    if (stepMs === 0) return outcomeOf([[startMs, evaluateAt(query, expr, startMs)]], notes, true);
    const results: [number, Result][] = [];
    for (let timeMs = startMs; timeMs <= lastMs; timeMs += stepMs) {
      const result = evaluateAt(query, expr, timeMs);
      if (result.kind === 'matrix' || result.kind === 'string') {
        return { refusal: `range query of a ${result.kind}` };
      }
      results.push([timeMs, result]);
    }
    return outcomeOf(results, notes, false);
  } catch (error) {
    if (error instanceof TwinError) return { refusal: error.message };
    throw error;
  }
}

function outcomeOf(
  results: readonly (readonly [number, Result])[],
  notes: Notes,
  isInstant: boolean,
): Outcome {
  const series = new Map<string, Map<number, Value | string>>();
  const order: string[] = [];
  const put = (key: string, timeMs: number, value: Value | string): void => {
    if (!series.has(key)) order.push(key);
    const points = series.get(key) ?? new Map<number, Value | string>();
    series.set(key, points.set(timeMs, value));
  };
  for (const [timeMs, result] of results) {
    if (result.kind === 'scalar') put(isInstant ? '' : '[]', timeMs, result.value);
    if (result.kind === 'string') put('', timeMs, result.value);
    if (result.kind === 'vector') {
      for (const { labels, value } of result.samples) put(labelsKey(labels), timeMs, value);
    }
    if (result.kind === 'matrix') {
      for (const one of result.series) {
        for (const { timestampMs, value } of one.points)
          put(labelsKey(one.labels), timestampMs, value);
      }
    }
  }
  const kind = isInstant ? (results[0]?.[1].kind ?? 'matrix') : 'matrix';
  return { kind, series, order, notes: notes.texts };
}
