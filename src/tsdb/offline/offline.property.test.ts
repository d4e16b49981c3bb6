import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Registry } from '#instrument';
import { labelsFromObject } from '#model';
import { MemoryDisk, silentLog, systemClock } from '#platform';
import { openDatabase } from '../database.ts';
import { BlockFiller } from './block-filler.ts';
import { openReadOnly } from './read-only-database.ts';

const DIR = '/data';
const RANGE_MS = 1000;

interface Sample {
  readonly name: string;
  readonly timeMs: number;
  readonly value: number;
}

const samples: fc.Arbitrary<Sample[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'a.b', 'ü', '\u{1f600}', '\uffee'),
    timeMs: fc.integer({ min: -2500, max: 9000 }),
    value: fc.double(),
  }),
  { selector: ({ name, timeMs }) => `${name} ${timeMs}`, maxLength: 300 },
);

function makeBlocks(disk: MemoryDisk, list: readonly Sample[]): void {
  const filler = new BlockFiller({ dir: DIR, rangeMs: RANGE_MS, nowMs: () => 1, disk });
  for (const { name, timeMs, value } of list) {
    filler.add(filler.seriesOf(labelsFromObject({ __name__: name })), timeMs, value);
  }
  const made = [...filler.write()].reduce((sum, { meta }) => sum + meta.stats.sampleCount, 0);
  expect(made).toBe(list.length);
}

/** Later than all blocks, in the order of time. */
async function writeLog(disk: MemoryDisk, list: readonly Sample[]): Promise<void> {
  const database = await openDatabase({
    dir: DIR,
    disk,
    retentionMs: 1e12,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock: systemClock,
    registry: new Registry(),
  });
  for (const { name, timeMs, value } of list.toSorted((a, b) => a.timeMs - b.timeMs)) {
    const appender = database.appender();
    appender.append(appender.seriesRef(labelsFromObject({ __name__: name })), timeMs, value);
    appender.commit();
  }
  await database.close();
}

function read(disk: MemoryDisk, startMs: number, endMs: number): Sample[] {
  const database = openReadOnly({ dir: DIR, startMs, endMs, disk });
  const found: Sample[] = [];
  for (const { labels, samples: columns } of database.series([[]])) {
    for (let row = 0; row < columns.length; row++) {
      const timeMs = columns.timestampsMs[row] ?? 0;
      const value = columns.values[row] ?? 0;
      found.push({ name: labels[1] ?? '', timeMs, value });
    }
  }
  database.close();
  expect(database.warnings).toEqual([]);
  return found;
}

it('what is written as blocks and into the log is read again, in order, and nothing else', async () => {
  const bound = fc.integer({ min: -3000, max: 12_000 });
  await fc.assert(
    fc.asyncProperty(samples, samples, bound, bound, async (old, recent, startMs, endMs) => {
      const disk = new MemoryDisk();
      makeBlocks(disk, old);
      const late = recent.map((sample) => ({ ...sample, timeMs: sample.timeMs + 11_500 }));
      await writeLog(disk, late);
      const want = [...old, ...late]
        .filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs)
        .toSorted(
          (a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) || a.timeMs - b.timeMs,
        );
      expect(read(disk, startMs, endMs)).toEqual(want);
    }),
    { numRuns: 60 },
  );
});
