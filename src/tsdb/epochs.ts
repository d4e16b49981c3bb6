import { Control, READERS_MAX } from './memory.ts';

/*
 * Memory that readers may still look at is not used again before they are done (epoch based
 * reclamation). A reader writes the epoch it began in into its slot and 0 when it is done. What the
 * writer frees in epoch e may be used again once the epoch is past e and no slot holds e or less.
 */

/** Marks a slot as reading. The epoch that it writes was current after it was written. */
export function enterEpoch(control: Int32Array, slot: number): void {
  for (;;) {
    const epoch = Atomics.load(control, Control.epoch);
    Atomics.store(control, Control.slots + slot, epoch);
    if (Atomics.load(control, Control.epoch) === epoch) return;
  }
}

/**
 * Marks a slot as reading in the epoch of another one, so that what that one sees stays when it leaves
 * first. False: it has left already.
 */
export function joinEpoch(control: Int32Array, slot: number, lender: Lender): boolean {
  Atomics.store(control, Control.slots + slot, lender.epoch);
  if (Atomics.load(control, Control.slots + lender.slot) === lender.epoch) return true;
  leaveEpoch(control, slot);
  return false;
}

/** A slot that reads, and the epoch in it. */
export interface Lender {
  readonly slot: number;
  readonly epoch: number;
}

export function leaveEpoch(control: Int32Array, slot: number): void {
  Atomics.store(control, Control.slots + slot, 0);
}

/** Begins a new epoch. The answer: what was freed before this epoch may be used again. */
export function advanceEpoch(control: Int32Array): number {
  const epoch = Atomics.add(control, Control.epoch, 1) + 1;
  // Twice: one slot may join another behind the look at its own, and that one leave before the look at it.
  return Math.min(oldestSlot(control, epoch), oldestSlot(control, epoch));
}

function oldestSlot(control: Int32Array, newest: number): number {
  let oldest = newest;
  for (let slot = 0; slot < READERS_MAX; slot++) {
    const epoch = Atomics.load(control, Control.slots + slot);
    if (epoch !== 0 && epoch < oldest) oldest = epoch;
  }
  return oldest;
}

/** Freed things in the order in which they were freed, as pairs of numbers. */
export class Limbo {
  readonly #control: Int32Array;
  #things: number[] = [];
  #sizes: number[] = [];
  #epochs: number[] = [];

  constructor(control: Int32Array) {
    this.#control = control;
  }

  get count(): number {
    return this.#things.length;
  }

  add(thing: number, size = 0): void {
    this.#things.push(thing);
    this.#sizes.push(size);
    this.#epochs.push(Atomics.load(this.#control, Control.epoch));
  }

  /** Hands over what was freed before an epoch. The answer is how many. */
  release(epoch: number, reuse: (thing: number, size: number) => void): number {
    let count = 0;
    while (count < this.#epochs.length && this.#epochs[count] < epoch) {
      reuse(this.#things[count], this.#sizes[count]);
      count++;
    }
    if (count > 0) {
      this.#things = this.#things.slice(count);
      this.#sizes = this.#sizes.slice(count);
      this.#epochs = this.#epochs.slice(count);
    }
    return count;
  }
}
