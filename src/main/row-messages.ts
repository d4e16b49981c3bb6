import type { PortionRows, RowWork } from '#promql';

/*
 * How query threads make rows for each other. The one that has the query asks idle ones by port. Portions
 * are taken in order, by one word in shared memory; their rows lie in a ring of pieces of shared memory,
 * of which each is free again when its portion has been used. Only what is rare comes by port.
 */

export type RowMessage = RowsWanted | RowsTold | RowsLeft;

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
  /** Portion by portion in turn. No portion is taken before its piece is free. */
  readonly ring: readonly SharedArrayBuffer[];
}

/** What there is to tell about a portion; sent before it is said to be made. */
export interface RowsTold {
  readonly kind: 'rows-told';
  readonly id: number;
  readonly portion: number;
  readonly annotations: PortionRows['annotations'];
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
  /** How many portions were made by helpers. */
  made: 3,
  /** Helpers that may be writing into the ring. */
  writing: 4,
  /** By portion: 1 once a helper has made it. */
  portions: 5,
} as const;

/** As `next`: nobody takes a portion any more. */
export const ALL_TAKEN = 0x7fff_ffff;

export function createOfferWords(portions: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer((OfferWord.portions + portions) * 4));
}

export function isClosed(words: Int32Array): boolean {
  return Atomics.load(words, OfferWord.closed) !== 0;
}

/** Takes the next portion; -1: there is none, or its piece of the ring is in use. */
export function claimNext(words: Int32Array, ringLength: number): number {
  const count = words.length - OfferWord.portions;
  for (;;) {
    const next = Atomics.load(words, OfferWord.next);
    if (next >= count || isTooFar(words, next, ringLength)) return -1;
    if (Atomics.compareExchange(words, OfferWord.next, next, next + 1) === next) return next;
  }
}

export function isTooFar(words: Int32Array, portion: number, ringLength: number): boolean {
  return portion - Atomics.load(words, OfferWord.used) >= ringLength;
}
