import type { Peer, ThreadSurroundings } from '#platform';
import { openRowWork, RowMemory } from '#promql';
import type { PortionMaker } from '#promql';
import type { Reader } from '#tsdb';
import {
  claimNext,
  isClosed,
  isTooFar,
  OfferWord,
  type RowMessage,
  type RowsLeft,
  type RowsTold,
  type RowsWanted,
} from './row-messages.ts';

/** How often a thread that waits for the others looks whether it has a job of its own. */
const WAIT_SLICE_MS = 5;
/** A thread that uses no rows for so long is taken to be gone. */
const WAIT_MS = 2000;

export interface RowHelpParts {
  readonly reader: Reader;
  readonly surroundings: ThreadSurroundings;
}

/** Makes rows for another thread, as long as there are some to be made and no job of its own waits. */
export function helpWithRows(parts: RowHelpParts, message: unknown, asker: Peer): void {
  const wanted = message as RowMessage;
  // What was told too late for a query that is done.
  if (wanted.kind !== 'rows-wanted' || isClosed(wanted.words)) return;
  const borrowed = parts.reader.borrow(wanted.work.series);
  if (borrowed === undefined) return;
  const isStopped = (): boolean => isClosed(wanted.words) || parts.surroundings.isWanted();
  try {
    const maker = openRowWork(wanted.work, borrowed.set, isStopped);
    new RowHelp(wanted, asker, parts.surroundings).run(maker, isStopped);
  } finally {
    borrowed.close();
  }
  if (isClosed(wanted.words) || !parts.surroundings.isWanted()) return;
  asker.post({ kind: 'rows-left', id: wanted.id } satisfies RowsLeft);
}

class RowHelp {
  readonly #wanted: RowsWanted;
  readonly #asker: Peer;
  readonly #surroundings: ThreadSurroundings;
  readonly #memories: readonly RowMemory[];

  constructor(wanted: RowsWanted, asker: Peer, surroundings: ThreadSurroundings) {
    this.#wanted = wanted;
    this.#asker = asker;
    this.#surroundings = surroundings;
    const { steps } = wanted.work.grid;
    this.#memories = wanted.ring.map((buffer) => new RowMemory(buffer, wanted.size, steps));
  }

  run(maker: PortionMaker, isStopped: () => boolean): void {
    while (!isStopped()) {
      const outcome = this.#next(maker);
      if (outcome === 'spent') return;
      if (outcome === 'none' && !this.#waitForUse(isStopped)) return;
    }
  }

  /** The asker must know that somebody may write before a portion is taken. */
  #next(maker: PortionMaker): 'made' | 'none' | 'spent' {
    const { words, ring } = this.#wanted;
    Atomics.add(words, OfferWord.writing, 1);
    try {
      const portion = claimNext(words, ring.length);
      if (portion < 0) return 'none';
      return this.#make(maker, portion) ? 'made' : 'spent';
    } finally {
      Atomics.sub(words, OfferWord.writing, 1);
    }
  }

  /** False where not all could be made: then the asker goes on alone. */
  #make(maker: PortionMaker, portion: number): boolean {
    const { id, words, count, size } = this.#wanted;
    const memory = this.#memories[portion % this.#memories.length];
    if (memory === undefined) return false;
    const from = portion * size;
    const to = Math.min(count, from + size);
    const rows = maker.make(from, to, memory);
    if (!memory.finish(rows)) {
      const { annotations } = rows;
      this.#asker.post({ kind: 'rows-told', id, portion, annotations } satisfies RowsTold);
    }
    Atomics.store(words, OfferWord.portions + portion, 1);
    Atomics.add(words, OfferWord.made, 1);
    Atomics.notify(words, OfferWord.made);
    this.#surroundings.countHelp();
    return rows.count === to - from;
  }

  /** False where no portion is left, or the asker seems to be gone. */
  #waitForUse(isStopped: () => boolean): boolean {
    const { words, ring } = this.#wanted;
    const deadlineMs = performance.now() + WAIT_MS;
    while (!isStopped() && performance.now() < deadlineMs) {
      const used = Atomics.load(words, OfferWord.used);
      const next = Atomics.load(words, OfferWord.next);
      if (next >= words.length - OfferWord.portions) return false;
      if (!isTooFar(words, next, ring.length)) return true;
      Atomics.wait(words, OfferWord.used, used, WAIT_SLICE_MS);
    }
    return false;
  }
}
