import type { PortionRows, RowWork } from '#promql';

/*
 * How query threads make rows for each other. The one that has the query asks idle ones by port; portions
 * are taken in order, by one word in shared memory; rows come back by port.
 */

export type RowMessage = RowsWanted | RowsMade | RowsLeft;

/** Asks for help. Who cannot do it takes no portion. */
export interface RowsWanted {
  readonly kind: 'rows-wanted';
  /** Of the offer, in the thread that makes it. */
  readonly id: number;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly work: RowWork;
  /** How many series there are. */
  readonly count: number;
  /** How many a portion has. */
  readonly size: number;
  /** So many portions may be taken beyond those that were used. */
  readonly aheadMax: number;
}

/** The rows of a portion, or the first of them. */
export interface RowsMade {
  readonly kind: 'rows-made';
  readonly id: number;
  readonly portion: number;
  readonly rows: PortionRows;
  readonly tookMs: number;
}

/** A thread has got a job of its own; it may be asked again. */
export interface RowsLeft {
  readonly kind: 'rows-left';
  readonly id: number;
}

/** Words that all who work on an offer share. */
export const OfferWord = {
  /** The next portion that nobody has. */
  next: 0,
  /** Portions that were used, from the first one on. */
  used: 1,
  /** 1: nothing more is needed. */
  closed: 2,
  /** How many messages with rows were sent. */
  made: 3,
} as const;

export const OFFER_BYTES = 16;

export function isClosed(words: Int32Array): boolean {
  return Atomics.load(words, OfferWord.closed) !== 0;
}

/** Takes the next portion; -1: there is none, or it is too far ahead. */
export function claimNext(
  words: Int32Array,
  { count, size, aheadMax }: Pick<RowsWanted, 'count' | 'size' | 'aheadMax'>,
): number {
  for (;;) {
    const next = Atomics.load(words, OfferWord.next);
    if (next * size >= count || isTooFar(words, next, aheadMax)) return -1;
    if (Atomics.compareExchange(words, OfferWord.next, next, next + 1) === next) return next;
  }
}

export function isTooFar(words: Int32Array, portion: number, aheadMax: number): boolean {
  return portion - Atomics.load(words, OfferWord.used) >= aheadMax;
}
