import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { encodeStats } from '#http';
import type { QueryRecord } from '#http';
import { errorText } from '#platform';
import type { QueryStats } from '#promql';

/** [0]: lines that could not be written. Shared by all query threads. */
export type LogFailures = Int32Array<SharedArrayBuffer>;

/** The file of `query_log_file`; each query thread has it open by itself and adds whole lines. */
export class QueryLogFile {
  readonly #failures: LogFailures;
  #file: number | undefined;

  constructor(failures: LogFailures) {
    this.#failures = failures;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** Opens it, again where it was open: it may have been moved away. Undefined: there is none. */
  use(path: string | undefined): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    if (path === undefined) return;
    try {
      this.#file = openQueryLog(path);
    } catch {
      Atomics.add(this.#failures, 0, 1);
    }
  }

  write(record: QueryRecord, nowMs: number): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file, queryLogLine(record, nowMs));
    } catch {
      Atomics.add(this.#failures, 0, 1);
    }
  }
}

/** Throws where it cannot be written. */
function openQueryLog(path: string): number {
  return openSync(path, 'a', 0o666);
}

/** The file that a configuration names, relative to its own; '' and undefined: none. Throws where it cannot be written. */
export function queryLogPath(configFile: string, queryLogFile = ''): string | undefined {
  if (queryLogFile === '') return undefined;
  const path = resolve(dirname(configFile), queryLogFile);
  try {
    closeSync(openQueryLog(path));
  } catch (error) {
    throw new Error(`cannot write the query log ${path}: ${errorText(error)}`, { cause: error });
  }
  return path;
}

/** A line as Prometheus 3 writes it (promql/engine.go), but for the line of its own source. */
export function queryLogLine(record: QueryRecord, nowMs: number): string {
  const { query, startMs, endMs, stepMs, origin, error, stats } = record;
  const start = isoTime(startMs);
  const end = isoTime(endMs);
  const head = {
    time: isoTime(nowMs),
    level: 'INFO',
    msg: 'promql query logged',
    params: { end, query, start, step: Math.trunc(stepMs / 1000) },
    ...(error !== undefined && { error }),
  };
  const request = origin === undefined ? '' : `,"httpRequest":${JSON.stringify(origin)}`;
  const shownStats = encodeStats(stats ?? NO_STATS);
  return `${JSON.stringify(head).slice(0, -1)},"stats":${shownStats}${request}}\n`;
}

/** What a Date can say, on either side of 1970. Milliseconds. */
const DATE_MS_MAX = 8.64e15;

function isoTime(timeMs: number): string {
  return new Date(Math.max(-DATE_MS_MAX, Math.min(DATE_MS_MAX, timeMs))).toISOString();
}

const NO_STATS: QueryStats = {
  samples: { totalQueryableSamples: 0, peakSamples: 0 },
  memory: { peakBytes: 0 },
  timings: { prepareMs: 0, evaluateMs: 0, sortMs: 0, totalMs: 0 },
};
