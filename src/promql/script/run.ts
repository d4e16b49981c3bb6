import { createMemoryStorage, type MemoryStorage } from '#storage';
import { compareLabels } from '#model';
import { createEngine, type Engine, type ParsedQuery } from '../engine.ts';
import type { EngineOptions } from '../options.ts';
import { parseExpr } from '../parse/parse.ts';
import { ALL_PARSER_OPTIONS } from '../parse/parse.ts';
import type { MatrixSeries, QueryResult, QueryValue, VectorSample } from '../result.ts';
import { type Command, splitCommands } from './commands.ts';
import { differenceOf } from './compare.ts';
import { type Evaluation, parseEvaluation, type TextMatch } from './expectation.ts';
import { load } from './load.ts';
import { dependsOnRange, dependsOnTime, otherTimesMs, pinned } from './variants.ts';

/** How one evaluation of a script went; `message` says what differed where it is not ok. */
export interface EvaluationResult {
  readonly lineNumber: number;
  readonly query: string;
  readonly ok: boolean;
  readonly message?: string;
}

/** The engine that the scripts of the Prometheus project are written for. */
export const SCRIPT_ENGINE_OPTIONS: EngineOptions = {
  parser: ALL_PARSER_OPTIONS,
  lookbackDeltaMs: 300_000,
  maxSamples: 10_000,
  delayedNameRemoval: true,
  startTimestamps: true,
  defaultSubqueryStepMs: () => 60_000,
};

/**
 * Runs a script in the test language of Prometheus (promql/promqltest) and tells how each of its evaluations went.
 * A failed one does not stop the others. Throws ScriptError for what is not a script.
 */
export function runScript(
  text: string,
  options: EngineOptions = SCRIPT_ENGINE_OPTIONS,
  storage: MemoryStorage = createMemoryStorage(),
): EvaluationResult[] {
  const script = new Script(options, storage);
  const results: EvaluationResult[] = [];
  for (const command of splitCommands(text)) {
    const result = script.run(command);
    if (result !== undefined) results.push(result);
  }
  return results;
}

class Script {
  readonly #storage: MemoryStorage;
  readonly #engine: Engine;
  readonly #options: EngineOptions;

  constructor(options: EngineOptions, storage: MemoryStorage) {
    this.#options = options;
    this.#storage = storage;
    this.#engine = createEngine(options);
  }

  run(command: Command): EvaluationResult | undefined {
    if (command.head === 'clear') this.#storage.clear();
    else if (command.head.startsWith('load')) load(this.#storage, command);
    else return this.#evaluate(parseEvaluation(command));
    return undefined;
  }

  #evaluate(evaluation: Evaluation): EvaluationResult {
    const { lineNumber, query } = evaluation;
    const message = this.#complaint(evaluation);
    return message === undefined
      ? { lineNumber, query, ok: true }
      : { lineNumber, query, ok: false, message };
  }

  #complaint(evaluation: Evaluation): string | undefined {
    try {
      if (evaluation.kind === 'range') return this.#checkRange(evaluation);
      return this.#checkInstant(evaluation);
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  }

  #checkRange(evaluation: Evaluation): string | undefined {
    const { startMs, endMs, stepMs } = evaluation;
    return check(evaluation, () =>
      this.#engine.range(this.#storage, evaluation.query, { startMs, endMs, stepMs }),
    );
  }

  #checkInstant(evaluation: Evaluation): string | undefined {
    const plain = this.#checkAt(evaluation, evaluation.query, evaluation.startMs);
    const parsed = parseExpr(evaluation.query, this.#options.parser);
    if (plain !== undefined || !parsed.ok) return plain;
    const inRange = (query: ParsedQuery, timeMs: number): string | undefined =>
      dependsOnRange(parsed.expr) ? undefined : this.#checkInRange(evaluation, query, timeMs);
    const first = inRange({ text: evaluation.query, expr: parsed.expr }, evaluation.startMs);
    if (first !== undefined) return first;
    if (dependsOnTime(parsed.expr)) return undefined;
    const expr = pinned(parsed.expr, evaluation.startMs);
    const query = { text: evaluation.query, expr };
    for (const timeMs of otherTimesMs(evaluation.startMs)) {
      const complaint = this.#checkAt(evaluation, query, timeMs) ?? inRange(query, timeMs);
      if (complaint !== undefined) return `with @, at ${timeMs}: ${complaint}`;
    }
    return undefined;
  }

  #checkAt(
    evaluation: Evaluation,
    query: string | ParsedQuery,
    timeMs: number,
  ): string | undefined {
    return check(evaluation, () => this.#engine.instant(this.#storage, query, { timeMs }));
  }

  /** The middle step of a range query must give the same. */
  #checkInRange(evaluation: Evaluation, query: ParsedQuery, timeMs: number): string | undefined {
    if (evaluation.fail !== undefined) return undefined;
    if (evaluation.string !== undefined || evaluation.rangeVector !== undefined) return undefined;
    const times = { startMs: timeMs - 60_000, endMs: timeMs + 60_000, stepMs: 60_000 };
    const { value } = this.#engine.range(this.#storage, query, times);
    if (evaluation.ordered) return undefined;
    const difference =
      sortComplaint(value) ?? differenceOf(evaluation, pointsAt(value, timeMs, evaluation));
    return difference === undefined ? undefined : `in a range query: ${difference}`;
  }
}

function pointsAt(value: QueryValue, timeMs: number, evaluation: Evaluation): QueryValue {
  if (value.kind !== 'matrix') return value;
  const samples = value.series.flatMap((series) => sampleAt(series, timeMs));
  if (evaluation.scalar !== undefined && samples.length === 1) {
    return { kind: 'scalar', timestampMs: timeMs, value: samples[0].value };
  }
  return { kind: 'vector', timestampMs: timeMs, samples };
}

function sampleAt(series: MatrixSeries, timeMs: number): VectorSample[] {
  const row = series.timestampsMs.indexOf(timeMs);
  if (row < 0) return [];
  const histogram = series.histograms?.[row];
  const { labels } = series;
  const value = series.values[row];
  return [histogram === undefined ? { labels, value } : { labels, value, histogram }];
}

/** Runs a query and compares everything with what was expected. */
function check(evaluation: Evaluation, run: () => QueryResult): string | undefined {
  let result: QueryResult;
  try {
    result = run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (evaluation.fail === undefined) return `failed: ${error.stack ?? error.message}`;
    return matches(evaluation.fail, error.message) ? undefined : `wrong error: ${error.message}`;
  }
  if (evaluation.fail !== undefined) return 'did not fail';
  return (
    textComplaint('warning', evaluation.warnings, evaluation.noWarnings, result.warnings) ??
    textComplaint('info', evaluation.infos, evaluation.noInfos, result.infos) ??
    sortComplaint(result.value) ??
    differenceOf(evaluation, result.value)
  );
}

function matches({ message, pattern }: TextMatch, text: string): boolean {
  if (message !== undefined) return text.trim() === message;
  return pattern === undefined || pattern.test(text);
}

function textComplaint(
  what: string,
  expected: readonly TextMatch[],
  isForbidden: boolean,
  texts: readonly string[],
): string | undefined {
  if (isForbidden && texts.length > 0) return `unexpected ${what}: ${texts.join('; ')}`;
  if (expected.length === 0) return undefined;
  if (texts.length === 0) return `missing ${what}`;
  const unmatched = texts.find((text) => !expected.some((one) => matches(one, text)));
  if (unmatched !== undefined) return `unexpected ${what}: ${unmatched}`;
  const missing = expected.find((one) => !texts.some((text) => matches(one, text)));
  if (missing === undefined) return undefined;
  return `missing ${what}: ${missing.message ?? missing.pattern?.source}, got ${texts.join('; ')}`;
}

function sortComplaint(value: QueryValue): string | undefined {
  if (value.kind !== 'matrix') return undefined;
  const isSorted = value.series.every(
    (series, i) => i === 0 || compareLabels(value.series[i - 1].labels, series.labels) <= 0,
  );
  return isSorted ? undefined : 'the matrix is not sorted by labels';
}
