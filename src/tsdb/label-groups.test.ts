import { array, assert, boolean, constantFrom, property, record, subarray } from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher, filterLabels, labelsFromPairs, labelsKey } from '#model';
import { MemoryDisk } from '#platform';
import { PollingClock, openOn } from '../../test/fakes/database.ts';

const NAMES = ['__name__', 'a', 'b', 'le', 'zone'];
const anyLabels = array(
  record({ name: constantFrom(...NAMES.slice(1)), value: constantFrom('1', '2', '3') }),
  { maxLength: 6 },
);
const anyChoice = record({ names: subarray([...NAMES, 'nowhere']), without: boolean() });

test('series are in one group exactly if the chosen labels are the same', async () => {
  const database = await openOn(new MemoryDisk(), new PollingClock(1000));
  const appender = database.appender();
  // Many, so that what finds groups has to grow.
  for (let i = 0; i < 500; i++) {
    const labels = { __name__: `m${i % 2}`, i: String(i), ...(i % 3 > 0 && { a: String(i % 7) }) };
    appender.append(appender.seriesRef(labelsFromPairs(Object.entries(labels))), 1000, i);
  }
  assert(
    property(array(anyLabels, { maxLength: 20 }), (sets) => {
      for (const set of sets) {
        const pairs = set.map(({ name, value }) => [name, value] as const);
        appender.append(
          appender.seriesRef(labelsFromPairs([['__name__', 'm'], ...pairs])),
          1000,
          1,
        );
      }
    }),
    { numRuns: 20 },
  );
  appender.commit();
  const querier = database.reader.queryable.querier(0, 2000);
  const all = [createMatcher('=~', '__name__', '.+')];
  const set = querier.select(all, { startMs: 0, endMs: 2000 });
  assert(
    property(anyChoice, (choice) => {
      const groups = set.groups?.(choice);
      const expected = new Map<string, number>();
      const ids: number[] = [];
      for (let i = 0; i < set.count; i++) {
        const chosen = filterLabels(
          set.labels(i),
          (name) => choice.names.includes(name) !== choice.without,
        );
        const key = labelsKey(chosen);
        if (!expected.has(key)) expected.set(key, expected.size);
        ids.push(expected.get(key) ?? -1);
      }
      expect([...(groups?.ids ?? [])]).toEqual(ids);
      expect(groups?.count).toBe(expected.size);
    }),
    { numRuns: 30 },
  );
  querier.close();
  await database.close();
});
