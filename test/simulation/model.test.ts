import { expect, test } from 'vitest';
import { labelsFromObject, labelsKey } from '#model';
import { Model } from './model.ts';
import type { BatchContent, Observation } from './model.ts';
import { PlatterFile } from './platter.ts';

const labels = labelsFromObject({ __name__: 'a' });

function batchAt(timeMs: number): BatchContent {
  return { samples: [{ labels, timeMs, value: '1' }], exemplars: [], metadata: [] };
}

function seen(...timesMs: readonly number[]): Observation {
  const samples = timesMs.map((timeMs): [number, string] => [timeMs, '1']);
  const series = new Map([[labelsKey(labels), samples]]);
  return { series, exemplars: new Map(), metadata: new Map(), warnings: [] };
}

test.each([
  { title: 'is there for good once a start has shown it', isDropped: false, faults: 1 },
  { title: 'need not stay where a sync has dropped what comes before', isDropped: true, faults: 0 },
])('what was not acknowledged when the process died $title', ({ isDropped, faults }) => {
  const model = new Model({ takesLate: false, evictsStale: false });
  const file = new PlatterFile();
  model.add(batchAt(1), 'published', [file.write(new Uint8Array(10))]);
  if (isDropped) file.drop(file.changes);
  model.add(batchAt(2), 'open', [file.write(new Uint8Array(10))]);
  file.sync(file.changes);
  expect(model.faultsAfterDeath(seen(1, 2), 'process')).toEqual([]);
  model.adopt(seen(1, 2), 'process');
  expect(model.faultsAfterDeath(seen(1), 'power')).toHaveLength(faults);
});

test.each([
  {
    title: 'may be shown where its series has nothing within the retention',
    horizonMs: 4,
    faults: 0,
  },
  { title: 'is not shown where its series has a newer sample', horizonMs: 2, faults: 1 },
])('a sample of a batch that waited $title', ({ horizonMs, faults }) => {
  const model = new Model({ takesLate: false, evictsStale: false });
  model.add(batchAt(3), 'published', []);
  model.raiseHorizon(horizonMs);
  model.add(batchAt(1), 'published', []);
  expect(model.faultsOfLife(seen(1, 3))).toHaveLength(faults);
  expect(model.faultsOfLife(seen(3))).toEqual([]);
});
