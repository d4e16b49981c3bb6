import type { Container } from './container.ts';

/** How long a container is shown after it went. */
export const GONE_FOR_MS: number = 24 * 3_600_000;

/** How many are: a machine that runs tests makes some thousand a day, under names of chance. */
export const GONE_MAX = 1000;

export interface GoneContainer {
  readonly container: Container;
  /** When it was removed, or when that was found out. */
  readonly goneMs: number;
}

/** The newest container of each identity that the engine knows no more. Bounded by time and number. */
export class GoneContainers {
  /** By identity, in the order in which they went. */
  readonly #byName = new Map<string, GoneContainer>();
  readonly #byId = new Map<string, GoneContainer>();
  readonly #onForget: (name: string) => void;
  /** Given up because there were too many. */
  crowdedOut = 0;

  /** `onForget`: told of each name that is given up. */
  constructor(onForget: (name: string) => void = () => {}) {
    this.#onForget = onForget;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** Takes the place of an older one of its identity. */
  remember(gone: GoneContainer): void {
    const { name } = gone.container.identity;
    const known = this.#byName.get(name);
    if (known !== undefined && known.container.createdMs > gone.container.createdMs) return;
    if (known !== undefined) this.#drop(name);
    this.#byName.set(name, gone);
    this.#byId.set(gone.container.id, gone);
    if (this.#byName.size <= GONE_MAX) return;
    this.crowdedOut++;
    this.#forgetFirst();
  }

  /** Whether any was given up because its time is over. */
  expire(nowMs: number): boolean {
    const before = this.#byName.size;
    for (const [name, { goneMs }] of this.#byName) {
      if (goneMs + GONE_FOR_MS <= nowMs) this.#forget(name);
    }
    return this.#byName.size < before;
  }

  get(name: string): GoneContainer | undefined {
    return this.#byName.get(name);
  }

  byId(id: string): GoneContainer | undefined {
    return this.#byId.get(id);
  }

  /** In the order in which they went. */
  all(): readonly GoneContainer[] {
    return [...this.#byName.values()];
  }

  #forgetFirst(): void {
    for (const name of this.#byName.keys()) {
      this.#forget(name);
      return;
    }
  }

  #forget(name: string): void {
    this.#drop(name);
    this.#onForget(name);
  }

  #drop(name: string): void {
    const gone = this.#byName.get(name);
    if (gone !== undefined) this.#byId.delete(gone.container.id);
    this.#byName.delete(name);
  }
}
