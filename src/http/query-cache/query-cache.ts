import type { ChangeMark, ChangeSource } from '#storage';
import { ApiError } from '../query/api-error.ts';
import { durationParam, Params, timeParam } from '../query/params.ts';
import type { CacheOrder, CacheReport, CacheUse, QueryRequest } from '../query/request.ts';
import { SharedArena } from './shared-arena.ts';
import type { Piece } from './shared-arena.ts';

/** A longer expression is not looked for; the keys themselves take memory. */
const QUERY_LENGTH_MAX = 16 << 10;

/** What an entry may take of the whole cache, and in bytes: it is copied by the thread that scrapes. */
const ENTRY_SHARE_MAX = 1 / 4;
const ENTRY_BYTES_MAX = 8 << 20;

/** Of an entry besides its bytes and its key. */
const ENTRY_OVERHEAD_BYTES = 256;

interface Entry {
  readonly key: string;
  readonly piece: Piece;
  readonly length: number;
  /** What the storage was like when the oldest of its steps was computed, or later where nothing had changed. */
  readonly mark: ChangeMark;
  /** Queries under way that read it. */
  readers: number;
  /** No query is to find it any more; its piece is given back by the last reader. */
  isGone: boolean;
}

/** A query on its way, as the cache knows it. */
export interface CacheVisit {
  readonly key: string;
  readonly order: CacheOrder;
  readonly mark: ChangeMark;
  readonly entry: Entry | undefined;
}

/**
 * Results of range queries in shared memory, for the next time that the same panel asks: the thread that answers
 * then computes only what is missing. Lives in the thread that writes samples, which knows what has changed
 * since; so what it hands out is exact. The entry that was used longest ago makes room.
 */
export class QueryCache {
  readonly #changes: ChangeSource;
  readonly #arena: SharedArena;
  readonly #entryBytesMax: number;
  readonly #bytesMax: number;
  /** The one used last at the end. */
  readonly #entries = new Map<string, Entry>();
  #keyBytes = 0;
  readonly uses: Record<CacheUse, number> = { hit: 0, partial: 0, miss: 0, unfit: 0 };
  stepsReused = 0;
  stepsComputed = 0;
  evictions = 0;

  constructor(bytesMax: number, changes: ChangeSource) {
    this.#bytesMax = bytesMax;
    this.#changes = changes;
    this.#arena = new SharedArena(bytesMax);
    this.#entryBytesMax = Math.min(ENTRY_BYTES_MAX, Math.floor(bytesMax * ENTRY_SHARE_MAX));
  }

  get entryCount(): number {
    return this.#entries.size;
  }

  get usedBytes(): number {
    return this.#arena.usedBytes + this.#keyBytes;
  }

  /** What is known of a range; undefined where the request is not to be answered from the cache, nor kept. */
  visit(request: QueryRequest): CacheVisit | undefined {
    const changes = this.#changes;
    const key = cacheKey(request);
    if (key === undefined) return undefined;
    const mark = changes.mark();
    const entryBytesMax = this.#entryBytesMax;
    const entry = this.#entries.get(key);
    if (entry === undefined) return { key, mark, entry, order: { entryBytesMax } };
    const unchanged = changes.unchangedSince(entry.mark);
    if (unchanged === undefined) {
      this.#drop(entry);
      return { key, mark, entry: undefined, order: { entryBytesMax } };
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.readers++;
    const { offset } = entry.piece;
    const place = { memory: this.#arena.memory, offset, length: entry.length };
    return { key, mark, entry, order: { entryBytesMax, held: { place, unchanged } } };
  }

  /** To be called once for each visit, whatever came of it. `report`: undefined where there is no answer. */
  leave({ key, mark, entry }: CacheVisit, report: CacheReport | undefined): void {
    if (report !== undefined) {
      this.uses[report.use]++;
      this.stepsReused += report.stepsReused;
      this.stepsComputed += report.stepsComputed;
    }
    if (report?.entry !== undefined) this.#keep(key, mark, report.entry);
    if (entry === undefined) return;
    entry.readers--;
    if (entry.isGone && entry.readers === 0) this.#arena.release(entry.piece);
  }

  #keep(key: string, mark: ChangeMark, bytes: Uint8Array): void {
    const known = this.#entries.get(key);
    // Another answer to the same query may have been faster, and begun later.
    if (known !== undefined && known.mark.commit > mark.commit) return;
    if (known !== undefined) this.#drop(known);
    const piece = this.#makeRoom(bytes.length, keyBytes(key));
    if (piece === undefined) return;
    new Uint8Array(this.#arena.memory, piece.offset, bytes.length).set(bytes);
    const entry = { key, piece, length: bytes.length, mark, readers: 0, isGone: false };
    this.#entries.set(key, entry);
    this.#keyBytes += keyBytes(key);
  }

  #makeRoom(bytes: number, more: number): Piece | undefined {
    for (;;) {
      const fits = this.usedBytes + bytes + more <= this.#bytesMax;
      const piece = fits ? this.#arena.take(bytes) : undefined;
      if (piece !== undefined) return piece;
      const [oldest] = this.#entries.values();
      if (oldest === undefined) return undefined;
      this.#drop(oldest);
      this.evictions++;
    }
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#keyBytes -= keyBytes(entry.key);
    entry.isGone = true;
    if (entry.readers === 0) this.#arena.release(entry.piece);
  }
}

/** A UTF-16 unit takes two bytes at most. */
function keyBytes(key: string): number {
  return key.length * 2 + ENTRY_OVERHEAD_BYTES;
}

/**
 * All that decides what a step is: equal keys, equal steps. Undefined where the range is not to be cached. The
 * length of the range does not belong to it: a panel of an hour finds what one of six hours has left.
 */
function cacheKey(request: QueryRequest): string | undefined {
  if (request.endpoint !== 'query_range') return undefined;
  const params = new Params(request.params);
  const query = params.first('query');
  if (query.trim() === '' || query.length > QUERY_LENGTH_MAX) return undefined;
  if (params.first('nocache') === '1' || params.first('stats') !== '') return undefined;
  try {
    const stepMs = Math.trunc(durationParam(params, 'step'));
    const phaseMs = timeParam(params, 'start') % stepMs;
    const lookback = params.first('lookback_delta').slice(0, 100);
    return [query, stepMs, phaseMs, lookback, request.subqueryStepMs ?? ''].join('\0');
  } catch (error) {
    // The thread that answers says what is wrong.
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
