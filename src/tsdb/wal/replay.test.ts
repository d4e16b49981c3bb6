import { expect, test } from 'vitest';
import { ExemplarStore } from '../exemplars.ts';
import { Head } from '../head.ts';
import { MetadataTable } from '../metadata-table.ts';
import { LoggedSamples } from './logged-samples.ts';
import { Replay } from './replay.ts';

const STORED_END_MS = 100;

function startReplay(): Replay {
  return new Replay({
    head: new Head({ seriesMax: 100, chunkBytesMax: 1 << 20, announce: () => {} }),
    exemplars: new ExemplarStore(0),
    metadata: new MetadataTable(),
    stored: {
      endMs: STORED_END_MS,
      isStored: (timeMs) => timeMs < STORED_END_MS,
      isDamaged: () => false,
    },
  });
}

function samplesAt(ref: number, times: readonly number[]): LoggedSamples {
  const samples = new LoggedSamples();
  for (const timeMs of times) {
    samples.refs[samples.count] = ref;
    samples.times[samples.count++] = timeMs;
  }
  return samples;
}

test('samples of a series that only blocks know are not missed, later ones are', () => {
  const replay = startReplay();
  replay.addSamples(samplesAt(7, [50, 99, 100]));
  expect(replay.storedCount).toBe(2);
  expect(replay.unknownRefs).toBe(1);
  expect(replay.sampleCount).toBe(0);
});
