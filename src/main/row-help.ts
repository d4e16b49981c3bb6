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
  type RowsMade,
  type RowsWanted,
} from './row-messages.ts';

/** How often a thread that waits for the others looks whether it has a job of its own. */
const WAIT_SLICE_MS = 5;
/** A thread that uses no rows for so long is taken to be gone. */
const WAIT_MS = 2000;

export interface RowHelpParts {
  readonly reader: Reader;
  readonly surroundings: ThreadSurroundings;
  readonly memories: RowMemories;
}

interface Use {
  readonly words: Int32Array;
  readonly portion: number;
}

/** What a thread made rows in, until who asked for them has used them. */
export class RowMemories {
  readonly #uses = new Map<RowMemory, Use>();

  /** One that nobody reads any more. There are no more than portions may be made ahead. */
  take(use: Use): RowMemory {
    const memory = this.#free() ?? new RowMemory();
    this.#uses.set(memory, use);
    return memory;
  }

  #free(): RowMemory | undefined {
    for (const [memory, { words, portion }] of this.#uses) {
      if (isClosed(words) || portion < Atomics.load(words, OfferWord.used)) return memory;
    }
    return undefined;
  }
}

/** Makes rows for another thread, as long as there are some to be made and no job of its own waits. */
export function helpWithRows(parts: RowHelpParts, message: unknown, asker: Peer): void {
  const wanted = message as RowMessage;
  // What was made too late for a query that is done.
  if (wanted.kind !== 'rows-wanted' || isClosed(wanted.words)) return;
  const borrowed = parts.reader.borrow(wanted.work.series);
  if (borrowed === undefined) return;
  const isStopped = (): boolean => isClosed(wanted.words) || parts.surroundings.isWanted();
  try {
    const maker = openRowWork(wanted.work, borrowed.set, isStopped);
    new RowHelp(wanted, asker, parts).run(maker, isStopped);
  } finally {
    borrowed.close();
  }
  if (isClosed(wanted.words) || !parts.surroundings.isWanted()) return;
  asker.post({ kind: 'rows-left', id: wanted.id } satisfies RowsLeft);
}

class RowHelp {
  readonly #wanted: RowsWanted;
  readonly #asker: Peer;
  readonly #parts: RowHelpParts;

  constructor(wanted: RowsWanted, asker: Peer, parts: RowHelpParts) {
    this.#wanted = wanted;
    this.#asker = asker;
    this.#parts = parts;
  }

  run(maker: PortionMaker, isStopped: () => boolean): void {
    const { words, count, size } = this.#wanted;
    while (!isStopped()) {
      const portion = claimNext(words, this.#wanted);
      if (portion >= 0) {
        const from = portion * size;
        const to = Math.min(count, from + size);
        if (!this.#make(maker, { portion, from, to })) return;
      } else if (!this.#waitForUse(isStopped)) return;
    }
  }

  /** False where not all could be made: then the asker goes on alone. */
  #make(
    maker: PortionMaker,
    { portion, from, to }: { readonly portion: number; readonly from: number; readonly to: number },
  ): boolean {
    const { id, words } = this.#wanted;
    const startedMs = performance.now();
    const rows = maker.make(from, to, this.#parts.memories.take({ words, portion }));
    const tookMs = performance.now() - startedMs;
    const message: RowsMade = { kind: 'rows-made', id, portion, rows, tookMs };
    this.#asker.post(message);
    Atomics.add(words, OfferWord.made, 1);
    Atomics.notify(words, OfferWord.made);
    this.#parts.surroundings.countHelp();
    return rows.count === to - from;
  }

  /** False where no portion is left, or the asker seems to be gone. */
  #waitForUse(isStopped: () => boolean): boolean {
    const { words, count, size, aheadMax } = this.#wanted;
    const deadlineMs = performance.now() + WAIT_MS;
    while (!isStopped() && performance.now() < deadlineMs) {
      const used = Atomics.load(words, OfferWord.used);
      const next = Atomics.load(words, OfferWord.next);
      if (next * size >= count) return false;
      if (!isTooFar(words, next, aheadMax)) return true;
      Atomics.wait(words, OfferWord.used, used, WAIT_SLICE_MS);
    }
    return false;
  }
}
