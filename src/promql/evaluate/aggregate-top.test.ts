import { labelsFromObject, labelValue } from '#model';
import { createMemoryStorage } from '#storage';
import { expect, it } from 'vitest';
import { createEngine } from '../engine.ts';

/** Series `m` with a value each, stored in the order given. */
function topOf(query: string, values: Readonly<Record<string, number>>): string[] {
  const storage = createMemoryStorage();
  for (const [i, value] of Object.entries(values)) {
    const samples = [0, 10_000].map((timestampMs) => ({ timestampMs, value }));
    storage.store(labelsFromObject({ __name__: 'm', i }), samples);
  }
  const range = { startMs: 0, endMs: 10_000, stepMs: 10_000 };
  const { value } = createEngine().range(storage, query, range);
  if (value.kind !== 'matrix') throw new Error('no matrix');
  return value.series.map(({ labels }) => labelValue(labels, 'i'));
}

it.each([
  ['topk(2, m)', { a: 1, b: 1, c: 1, d: 0 }, ['a', 'b']],
  ['topk(2, m)', { d: 0, c: 1, b: 1, a: 1 }, ['a', 'b']],
  ['bottomk(1, m)', { c: 1, b: 1, a: 2 }, ['b']],
  ['topk(1, m)', { c: NaN, b: NaN }, ['b']],
  ['topk(2, m)', { c: 3, b: 1, a: 2 }, ['a', 'c']],
  ['topk(70, m)', { b: 1, a: 2 }, ['a', 'b']],
])('%s of %o: which of equal ones stays does not depend on their order', (query, values, want) => {
  expect(topOf(query, values)).toEqual(want);
});
