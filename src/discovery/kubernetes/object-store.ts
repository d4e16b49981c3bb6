import { isDeepStrictEqual } from 'node:util';
import type { ObjectMeta } from './objects.ts';

/**
 * So many objects of a kind are kept: more than Kubernetes promises to carry in one cluster (150,000 pods). Those
 * beyond are left out, counted and told.
 */
export const OBJECTS_MAX = 200_000;

export type StoreChange = 'add' | 'update' | 'same' | 'full';

/** The objects of one kind by key; those that share a tag are found together. */
export class ObjectStore<Kept extends ObjectMeta> {
  readonly #objects = new Map<string, Kept>();
  readonly #keysByTag = new Map<string, Set<string>>();
  readonly #tagsOf: (object: Kept) => readonly string[];
  readonly #countMax: number;

  constructor(
    tagsOf: (object: Kept) => readonly string[] = () => [],
    countMax: number = OBJECTS_MAX,
  ) {
    this.#tagsOf = tagsOf;
    this.#countMax = countMax;
  }

  get(key: string): Kept | undefined {
    return this.#objects.get(key);
  }

  keys(): Iterable<string> {
    return this.#objects.keys();
  }

  keysTagged(tag: string): Iterable<string> {
    return this.#keysByTag.get(tag) ?? [];
  }

  get tagCount(): number {
    return this.#keysByTag.size;
  }

  set(object: Kept): StoreChange {
    const before = this.#objects.get(object.key);
    if (before === undefined) {
      if (this.#objects.size >= this.#countMax) return 'full';
    } else {
      if (isDeepStrictEqual(before, object)) return 'same';
      this.#untag(before);
    }
    this.#objects.set(object.key, object);
    for (const tag of this.#tagsOf(object)) {
      const keys = this.#keysByTag.get(tag);
      if (keys === undefined) this.#keysByTag.set(tag, new Set([object.key]));
      else keys.add(object.key);
    }
    return before === undefined ? 'add' : 'update';
  }

  /** False where there was none. */
  delete(key: string): boolean {
    const before = this.#objects.get(key);
    if (before === undefined) return false;
    this.#untag(before);
    return this.#objects.delete(key);
  }

  #untag(object: Kept): void {
    for (const tag of this.#tagsOf(object)) {
      const keys = this.#keysByTag.get(tag);
      keys?.delete(object.key);
      if (keys?.size === 0) this.#keysByTag.delete(tag);
    }
  }
}
