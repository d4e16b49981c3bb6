import { type Appendable, createMemoryStorage, type Queryable } from '#storage';

/** An empty storage in memory. */
export function openTestStorage(): {
  readonly appendable: Appendable;
  readonly queryable: Queryable;
} {
  const storage = createMemoryStorage();
  return { appendable: storage, queryable: storage };
}
