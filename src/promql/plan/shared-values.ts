import type { Annotations } from '../evaluate/annotations.ts';
import type { Value } from '../evaluate/matrix.ts';
import type { Operator } from './operator.ts';

/** What evaluating something did beside giving a value, to be told again wherever the value is used. */
export interface SideEffects {
  /** Samples looked at, for each step. */
  readonly stepSamples: Float64Array;
  readonly annotations: Annotations;
}

/** What a value weighs. */
export interface Weight {
  readonly samples: number;
  readonly bytes: number;
}

export interface Shared extends SideEffects {
  readonly value: Value;
  readonly weight: Weight;
}

interface Entry extends Shared {
  usesLeft: number;
  /** How deep the outermost operator is that is using it at the moment; Infinity: none is. */
  busyDepth: number;
}

/** The accounts of a query. */
interface Accounts {
  /** What the operator at work holds stays when it is done. */
  moveToKept(weight: Weight): void;
  /** What is kept is so much less. */
  dropKept(weight: Weight): void;
}

/**
 * Values that further operators are going to use. Each is in the accounts once, until the outermost operator
 * that uses it is done and there is no further one.
 */
export class SharedValues {
  readonly #accounts: Accounts;
  readonly #entries = new Map<Operator, Entry>();
  readonly #begun = new Set<Operator>();
  #depth = 0;
  /** What operators are using, by how deep these are; some of it is used further up, too. */
  readonly #busy: Entry[][] = [];

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** True the first time: only then is a value to be kept. One that had to give way is not kept again. */
  begin(operator: Operator): boolean {
    if (this.#begun.has(operator)) return false;
    this.#begun.add(operator);
    return true;
  }

  /** `usesLeft`: how often it will be asked for. What is in use already must be held by an operator. */
  keep(
    operator: Operator,
    shared: Shared,
    { usesLeft, isInUse }: { readonly usesLeft: number; readonly isInUse: boolean },
  ): void {
    if (usesLeft <= 0) return;
    this.#accounts.moveToKept(shared.weight);
    const entry = { ...shared, usesLeft, busyDepth: Infinity };
    this.#entries.set(operator, entry);
    if (isInUse) this.#use(entry);
  }

  take(operator: Operator): Shared | undefined {
    const entry = this.#entries.get(operator);
    if (entry === undefined) return undefined;
    entry.usesLeft--;
    if (entry.usesLeft === 0) this.#entries.delete(operator);
    this.#use(entry);
    return entry;
  }

  /** An operator begins that will hold no input any more once it is done. */
  enter(): void {
    this.#depth++;
  }

  leave(): void {
    const used = this.#busy[this.#depth] ?? [];
    for (const entry of used) {
      if (entry.busyDepth !== this.#depth) continue;
      entry.busyDepth = Infinity;
      if (entry.usesLeft === 0) this.#accounts.dropKept(entry.weight);
    }
    if (used.length > 0) this.#busy[this.#depth] = [];
    this.#depth--;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Those that had begun have failed, and it is done another way. */
  unwindTo(depth: number): void {
    while (this.#depth > depth) this.leave();
  }

  #use(entry: Entry): void {
    if (entry.busyDepth <= this.#depth) return;
    entry.busyDepth = this.#depth;
    const used = this.#busy[this.#depth];
    if (used === undefined) this.#busy[this.#depth] = [entry];
    else used.push(entry);
  }

  /** Forgets what nobody is using at the moment; it will be made anew. */
  giveWay(): void {
    for (const [operator, entry] of this.#entries) {
      if (entry.busyDepth !== Infinity) continue;
      this.#entries.delete(operator);
      this.#accounts.dropKept(entry.weight);
    }
  }
}
