import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '#platform';
import type { Log } from '#platform';

/*
 * `queries.active` in the data directory, as Prometheus has it (promql/query_logger.go): `[`, then a place of
 * a thousand bytes for each query that may run, its last byte a comma, zeros where nothing runs. Each query
 * thread writes into its own place; after a crash the file tells what was running.
 */
const PLACE_BYTES = 1000;
const COMMA = 0x2c;

/** The file, and which of its places are taken; in the main thread. */
export class ActiveQueries {
  readonly path: string;
  readonly #free: number[];
  readonly #log: Log;

  /** Tells what was running when the process before ended without a warning, and begins anew. */
  static open(dir: string, placeCount: number, log: Log): ActiveQueries {
    const path = join(dir, 'queries.active');
    for (const { query, timestamp_sec: startSeconds } of unfinished(path, log)) {
      const since = new Date(startSeconds * 1000).toISOString();
      log.warn('a query was running when the process ended the last time', { query, since });
    }
    return new ActiveQueries(path, placeCount, log);
  }

  private constructor(path: string, placeCount: number, log: Log) {
    this.path = path;
    this.#log = log;
    this.#free = Array.from({ length: placeCount }, (_, place) => placeCount - 1 - place);
    this.#clear(placeCount);
  }

  /** A place for a thread that starts; undefined where there is none. */
  take(): number | undefined {
    return this.#free.pop();
  }

  /** Its thread has ended. */
  give(place: number | undefined): void {
    if (place !== undefined) this.#free.push(place);
  }

  /** Nothing runs any more, and nothing was cut off by a crash. */
  close(): void {
    this.#clear(0);
  }

  #clear(placeCount: number): void {
    const bytes = Buffer.alloc(1 + placeCount * PLACE_BYTES);
    bytes.write('[');
    try {
      writeFileSync(this.path, bytes);
    } catch (error) {
      this.#log.warn('cannot note which queries run', { file: this.path, err: errorText(error) });
    }
  }
}

interface Entry {
  readonly query: string;
  readonly timestamp_sec: number;
}

function unfinished(path: string, log: Log): readonly Entry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replaceAll('\0', '');
  } catch {
    return [];
  }
  if (!text.startsWith('[{')) return [];
  try {
    return JSON.parse(`${text.replace(/,$/, '')}]`) as Entry[];
  } catch (error) {
    log.warn('cannot read which queries were running', { file: path, err: errorText(error) });
    return [];
  }
}

/** One place of the file; in a query thread. Where the file cannot be written, nothing is noted. */
export class ActivePlace {
  readonly #file: number | undefined;
  readonly #position: number;

  constructor(path: string, place: number) {
    this.#position = 1 + place * PLACE_BYTES;
    try {
      this.#file = openSync(path, 'r+');
    } catch {
      this.#file = undefined;
    }
    this.leave();
  }

  enter(query: string, nowMs: number): void {
    this.#write(activeEntry(query, nowMs));
  }

  leave(): void {
    this.#write(EMPTY);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #write(bytes: Uint8Array): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file, bytes, 0, bytes.length, this.#position);
    } catch {
      // A full disk must not keep anybody from asking.
    }
  }
}

const EMPTY = new Uint8Array(PLACE_BYTES);

/** A query in its place; a long one is cut. */
export function activeEntry(query: string, nowMs: number): Uint8Array {
  const bytes = Buffer.alloc(PLACE_BYTES);
  const seconds = Math.floor(nowMs / 1000);
  let shown = query.slice(0, PLACE_BYTES);
  let entry = entryText(shown, seconds);
  while (Buffer.byteLength(entry) >= PLACE_BYTES) {
    shown = shown.slice(0, -Math.ceil((Buffer.byteLength(entry) - PLACE_BYTES + 1) / 6));
    entry = entryText(shown, seconds);
  }
  bytes.write(entry);
  bytes[PLACE_BYTES - 1] = COMMA;
  return bytes;
}

function entryText(query: string, timestampSeconds: number): string {
  return JSON.stringify({ query, timestamp_sec: timestampSeconds });
}
