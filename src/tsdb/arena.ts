import { StorageError } from '#storage';
import { Control, growShared } from './memory.ts';
import type { MemoryViews } from './memory.ts';
import { Limbo } from './epochs.ts';

/** Size classes, two to each doubling: 4, 6, 8, 12, 16, 24, ... words, up to 2^29. */
const CLASS_WORDS: readonly number[] = Array.from({ length: 55 }, (_, i) =>
  i % 2 === 0 ? 4 * 2 ** (i / 2) : 6 * 2 ** ((i - 1) / 2),
);

function classOf(words: number): number {
  if (words <= 4) return 0;
  const log2 = 31 - Math.clz32(words - 1);
  const half = words - 1 >= 3 * 2 ** (log2 - 1) ? 2 : 1;
  return (log2 - 2) * 2 + half;
}

/** Hands out pieces of the arena, by the writer alone. A freed piece waits until no reader can see it. */
export class Arena {
  readonly #views: MemoryViews;
  readonly #limbo: Limbo;
  /** First free piece of each class; the first word of a free piece is the next one. 0 ends the list. */
  readonly #free: Int32Array = new Int32Array(CLASS_WORDS.length);
  /** Offset 0 names nothing. */
  #end = 4;
  #freeWords = 0;

  constructor(views: MemoryViews) {
    this.#views = views;
    this.#limbo = new Limbo(views.control);
  }

  get usedBytes(): number {
    return (this.#end - this.#freeWords) * 4;
  }

  /** Pieces that wait for readers. */
  get waitingCount(): number {
    return this.#limbo.count;
  }

  /** How many words a piece of at least `words` has. */
  static capacityOf(words: number): number {
    return CLASS_WORDS[classOf(words)];
  }

  /** An offset. The content is undefined. Throws StorageError `limit` where the arena is full. */
  allocate(words: number): number {
    const index = classOf(words);
    const free = this.#free[index];
    if (free !== 0) {
      this.#free[index] = this.#views.arena[free];
      this.#freeWords -= CLASS_WORDS[index];
      return free;
    }
    const offset = this.#end;
    const end = offset + CLASS_WORDS[index];
    if (end > this.#views.arena.length) this.#grow(end);
    this.#end = end;
    return offset;
  }

  /** As `allocate`; all zeros. What was never used is that already, and takes no memory before it is written. */
  allocateZeros(words: number): number {
    const isUsed = this.#free[classOf(words)] !== 0;
    const offset = this.allocate(words);
    if (isUsed) this.#views.arena.fill(0, offset, offset + words);
    return offset;
  }

  /** `words` as it was asked for. */
  release(offset: number, words: number): void {
    this.#limbo.add(offset, words);
  }

  /** Takes back what was released before an epoch. */
  reclaim(epoch: number): void {
    const count = this.#limbo.release(epoch, this.#reuse);
    if (count > 0) Atomics.add(this.#views.control, Control.reuse, 1);
  }

  readonly #reuse = (offset: number, words: number): void => {
    const index = classOf(words);
    this.#views.arena[offset] = this.#free[index];
    this.#free[index] = offset;
    this.#freeWords += CLASS_WORDS[index];
  };

  #grow(endWords: number): void {
    if (!growShared(this.#views.memory.arena, endWords * 4)) {
      throw new StorageError('limit', 'cannot keep more labels: their memory is full');
    }
    this.#views.refresh();
  }
}
