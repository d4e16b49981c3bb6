import { parseExpr, stepReach, valueTypeOf } from '#promql';
import type { MatrixSeries, ParsedQuery, QueryResult, RangeOptions, StepReach } from '#promql';
import type { UnchangedTimes } from '#storage';
import type { QueryEnvironment } from '../query/environment.ts';
import type { CacheOrder, CacheReport, CacheUse, HeldRange } from '../query/request.ts';
import { decodeEntry, encodeEntry } from './entry-bytes.ts';
import type { CachedRange } from './entry-bytes.ts';
import { endMsOf, joinParts, matrixOf, partOf } from './range-part.ts';
import type { Piece, Steps } from './range-part.ts';

/** With more warnings and infos, which an answer shows only in part, a result is not kept. */
const NOTES_MAX = 5;

/** What came from the cache has no statistics. */
export type RangeResult = Omit<QueryResult, 'stats'> & Partial<Pick<QueryResult, 'stats'>>;

export interface CachedResult {
  readonly result: RangeResult;
  readonly report: CacheReport;
}

/** Answers a range query; computes only the steps that the cache does not have. Throws as the engine does. */
export function queryRangeCached(
  environment: QueryEnvironment,
  text: string,
  options: RangeOptions,
  order: CacheOrder,
): CachedResult {
  const query = parseQuery(environment, text);
  const reach =
    query && stepReach(query.expr, options.lookbackDeltaMs || environment.lookbackDeltaMs);
  const run = new CachedRun(environment, query ?? text, options);
  if (reach === undefined) return run.computeAll('unfit', 0);
  const known = order.held && usable(order.held, reach, run.steps);
  const continued = known && run.continue(known, order.entryBytesMax);
  return continued ?? run.computeAll('miss', order.entryBytesMax);
}

/** Undefined where the engine has to say what is wrong with it. */
function parseQuery({ parser }: QueryEnvironment, text: string): ParsedQuery | undefined {
  const parsed = parseExpr(text, parser);
  if (!parsed.ok) return undefined;
  const type = valueTypeOf(parsed.expr);
  return type === 'vector' || type === 'scalar' ? { text, expr: parsed.expr } : undefined;
}

/** What the cache had, as far as it still holds. */
interface Known extends CachedRange {
  /** These hold; at least one of them is asked for. */
  readonly valid: Steps;
  /** All that it had. */
  readonly steps: Steps;
}

/** Undefined where nothing of it is of use. */
function usable(held: HeldRange, reach: StepReach, asked: Steps): Known | undefined {
  const range = decodeEntry(held.place);
  const { steps } = range.part;
  const valid = stillExact(steps, reach, held.unchanged);
  if (valid === undefined || steps.stepMs !== asked.stepMs) return undefined;
  const overlaps = valid.startMs <= endMsOf(asked) && endMsOf(valid) >= asked.startMs;
  return overlaps ? { ...range, valid, steps } : undefined;
}

/** The steps all of whose samples, and samples that they lack, are as they were. */
function stillExact(
  { startMs, stepMs, count }: Steps,
  { behindMs, aheadMs, fixed }: StepReach,
  unchanged: UnchangedTimes,
): Steps | undefined {
  const isFixedChanged =
    fixed !== undefined && (fixed.startMs < unchanged.startMs || fixed.endMs >= unchanged.endMs);
  if (isFixedChanged) return undefined;
  const first = Math.max(0, Math.ceil((unchanged.startMs + behindMs - startMs) / stepMs));
  const end = Math.min(count, Math.ceil((unchanged.endMs - aheadMs - startMs) / stepMs));
  if (first >= end) return undefined;
  return { startMs: startMs + first * stepMs, stepMs, count: end - first };
}

class CachedRun {
  readonly steps: Steps;
  readonly #environment: QueryEnvironment;
  readonly #query: ParsedQuery | string;
  readonly #options: RangeOptions;
  readonly #startedMs: number;

  constructor(environment: QueryEnvironment, query: ParsedQuery | string, options: RangeOptions) {
    const { startMs, endMs, stepMs } = options;
    this.#environment = environment;
    this.#query = query;
    this.#options = options;
    this.#startedMs = environment.clockMs();
    this.steps = { startMs, stepMs, count: Math.floor((endMs - startMs) / stepMs) + 1 };
  }

  /** `bytesMax`: of what is kept; 0: nothing is. */
  computeAll(use: CacheUse, bytesMax: number): CachedResult {
    const result = this.#compute(this.steps);
    const report = { use, stepsReused: 0, stepsComputed: this.steps.count };
    if (result.value.kind !== 'matrix') return { result, report };
    const { series } = result.value;
    const bytes = series.length * this.steps.count * 8;
    const part = bytes > bytesMax ? undefined : partOf(series, this.steps);
    return {
      result,
      report: this.#keeping(report, part && { part, ...notesOf([result]) }, bytesMax),
    };
  }

  /** Undefined where all must be computed after all. */
  continue(known: Known, bytesMax: number): CachedResult | undefined {
    const { startMs, stepMs } = this.steps;
    const endMs = endMsOf(this.steps);
    const knownEndMs = endMsOf(known.valid);
    const head = stepsFrom(startMs, known.valid.startMs - stepMs, stepMs);
    const tail = stepsFrom(Math.max(startMs, knownEndMs + stepMs), endMs, stepMs);
    const missing = [head, tail].filter(({ count }) => count > 0);
    const results = missing.map((steps) => this.#compute(steps));
    const pieces = piecesOf(results, missing);
    if (pieces === undefined || !saysAll(known, results, this.steps)) return undefined;
    if (missing.length === 0) {
      const report = { use: 'hit', stepsReused: this.steps.count, stepsComputed: 0 } as const;
      return { result: resultOf(matrixOf(known.part, this.steps), known), report };
    }
    const notes = notesOf(results);
    const kept = this.#keptSteps(known);
    const part = joinParts([{ part: known.part, within: known.valid }, ...pieces], kept);
    const stepsComputed = missing.reduce((sum, { count }) => sum + count, 0);
    const stepsReused = this.steps.count - stepsComputed;
    const report = { use: 'partial', stepsReused, stepsComputed } as const;
    return {
      result: resultOf(matrixOf(part, this.steps), notes),
      report: this.#keeping(report, { part, ...notes }, bytesMax),
    };
  }

  /**
   * What is known and what is asked for together, but no more steps than the longer of the two had: the oldest
   * go, as in the panel whose range it is.
   */
  #keptSteps({ valid, steps }: Known): Steps {
    const { stepMs } = this.steps;
    const endMs = Math.max(endMsOf(this.steps), endMsOf(valid));
    const countMax = Math.max(steps.count, this.steps.count);
    const oldestMs = Math.min(this.steps.startMs, valid.startMs);
    const longestMs = endMs - (countMax - 1) * stepMs;
    // All that is asked for must be in it, since the answer is made of it.
    const startMs = Math.min(this.steps.startMs, Math.max(oldestMs, longestMs));
    return stepsFrom(startMs, endMs, stepMs);
  }

  #compute({ startMs, stepMs, count }: Steps): QueryResult {
    const { engine, queryable, clockMs, timeoutMs } = this.#environment;
    // What the first of two has used is not there for the second.
    const usedMs = clockMs() - this.#startedMs;
    const leftMs = timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - usedMs);
    const endMs = startMs + (count - 1) * stepMs;
    const options = { ...this.#options, startMs, endMs, timeoutMs: leftMs };
    return engine.range(queryable(), this.#query, options);
  }

  #keeping(report: CacheReport, range: CachedRange | undefined, bytesMax: number): CacheReport {
    if (range === undefined || bytesMax === 0) return report;
    if (range.warnings.length + range.infos.length > NOTES_MAX) return report;
    const entry = encodeEntry(range, bytesMax);
    return entry === undefined ? report : { ...report, entry };
  }
}

/** Undefined where one of them has histograms. */
function piecesOf(results: readonly QueryResult[], ranges: readonly Steps[]): Piece[] | undefined {
  const pieces: Piece[] = [];
  for (const [i, { value }] of results.entries()) {
    const within = ranges[i] as Steps;
    const part = value.kind === 'matrix' ? partOf(value.series, within) : undefined;
    if (part === undefined) return undefined;
    pieces.push({ part, within });
  }
  return pieces;
}

function resultOf(series: readonly MatrixSeries[], { warnings, infos }: Notes): RangeResult {
  return { value: { kind: 'matrix', series }, warnings, infos };
}

function stepsFrom(startMs: number, endMs: number, stepMs: number): Steps {
  return { startMs, stepMs, count: Math.max(0, Math.floor((endMs - startMs) / stepMs) + 1) };
}

type Notes = Pick<CachedRange, 'warnings' | 'infos'>;

function notesOf(results: readonly QueryResult[]): Notes {
  return {
    warnings: [...new Set(results.flatMap(({ warnings }) => warnings))],
    infos: [...new Set(results.flatMap(({ infos }) => infos))],
  };
}

/**
 * Whether the whole range would have been said about exactly what the computed steps say. Which of the known
 * steps a text came from is not known: it must come again, or all steps must be the same ones as then.
 */
function saysAll(known: Known, results: readonly QueryResult[], asked: Steps): boolean {
  const before = [...known.warnings, ...known.infos];
  const said = results.map(({ warnings, infos }) => [...warnings, ...infos]);
  if (results.length === 0) {
    const isSame = asked.startMs === known.steps.startMs && asked.count === known.steps.count;
    return before.length === 0 || isSame;
  }
  // Two texts about different parts would have been one about the whole.
  const [first = [], second = first] = said;
  const isOne = first.length === second.length && first.every((text, i) => text === second[i]);
  if (before.length === 0) return isOne;
  // Of many an answer shows only the first, and which these are depends on the steps that are known.
  return isOne && first.length <= NOTES_MAX && before.every((text) => first.includes(text));
}
