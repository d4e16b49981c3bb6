import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STALE_NAN, compareLabels, createMatcher, labelsFromPairs, writeStaleNaN } from '#model';
import type { Labels } from '#model';
import { MemoryDisk } from '#platform';
import { SampleColumns } from '#storage';
import { BlockQuerier, BlockReading } from './block-querier.ts';
import { BlockReader } from './block-reader.ts';
import { writeBlock } from './block-writer.ts';
import { listedSource } from './listed-source.ts';
import type { ListedSeries } from './listed-source.ts';
import { PageCache } from './page-cache.ts';

const COMPACTION = {
  level: 1,
  sources: [],
  parents: [],
  deletable: false,
  failed: false,
  hints: [],
};

const value = fc.oneof(
  fc.constant(NaN),
  fc.constant(STALE_NAN),
  fc.double(),
  fc.integer({ min: 0, max: 1000 }),
);
const samples = fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), value), {
  minLength: 1,
  maxLength: 1500,
});
const labels = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', '__name__', 'ä'), fc.string({ maxLength: 4 })), {
    maxLength: 4,
  })
  .map(labelsFromPairs);

function columnsOf(steps: readonly (readonly [number, number])[]): SampleColumns {
  const columns = new SampleColumns();
  let timeMs = -5000;
  for (const [stepMs, value] of steps) {
    timeMs += stepMs;
    columns.push(timeMs, value);
    if (Object.is(value, STALE_NAN)) writeStaleNaN(columns.values, columns.length - 1);
  }
  return columns;
}

function bytesOf(array: Float64Array, length: number): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, length * 8);
}

function distinct(list: readonly (readonly [Labels, SampleColumns])[]): ListedSeries[] {
  const byKey = new Map(list.map(([labels, samples]) => [labels.join('\0'), { labels, samples }]));
  return [...byKey.values()].toSorted((a, b) => compareLabels(a.labels, b.labels));
}

describe('a block', () => {
  test('gives back what was written into it', () => {
    const series = fc.array(fc.tuple(labels, samples.map(columnsOf)), { maxLength: 8 });
    fc.assert(
      fc.property(series.map(distinct), fc.constantFrom('a', 'b', 'ä'), (list, name) => {
        const disk = new MemoryDisk();
        const block = { disk, dir: '/data', ulid: 'X', minTimeMs: -5000, maxTimeMs: 2e8 };
        const meta = writeBlock(
          { ...block, compaction: COMPACTION, segmentBytes: 20_000 },
          listedSource(list),
        );
        expect(meta?.stats.sampleCount ?? 0).toBe(
          list.reduce((sum, { samples }) => sum + samples.length, 0),
        );
        if (meta === undefined) return;
        const reader = new BlockReader(disk, '/data/X', new PageCache(200_000));
        expect(reader.meta).toEqual(meta);
        const querier = new BlockQuerier(reader, new BlockReading(), {
          startMs: -Infinity,
          endMs: Infinity,
        });
        const all = { startMs: -Infinity, endMs: Infinity };
        const set = querier.select([], all);
        expect(Array.from({ length: set.count }, (_, i) => set.labels(i))).toEqual(
          list.map(({ labels }) => labels),
        );
        const found = new SampleColumns();
        for (const [i, { samples }] of list.entries()) {
          found.clear();
          set.read(i, -Infinity, Infinity, found);
          expect(found.length).toBe(samples.length);
          const { length } = samples;
          expect(bytesOf(found.timestampsMs, length)).toEqual(
            bytesOf(samples.timestampsMs, length),
          );
          expect(bytesOf(found.values, length)).toEqual(bytesOf(samples.values, length));
          // And a part of it.
          const startMs = samples.timestampsMs[length >> 2] ?? 0;
          const endMs = samples.timestampsMs[length >> 1] ?? 0;
          found.clear();
          set.read(i, startMs, endMs, found);
          expect(found.length).toBe((length >> 1) - (length >> 2) + 1);
        }
        for (const matcher of [
          createMatcher('=', name, ''),
          createMatcher('!=', name, 'x'),
          createMatcher('=~', name, '[a-m].*'),
          createMatcher('!~', name, '|[a-m].*'),
        ]) {
          const want = list.filter(({ labels }) => {
            const at = labels.findIndex((text, i) => i % 2 === 0 && text === name);
            return matcher.matches(at < 0 ? '' : (labels[at + 1] ?? ''));
          });
          const matched = querier.select([matcher], all);
          expect(Array.from({ length: matched.count }, (_, i) => matched.labels(i))).toEqual(
            want.map(({ labels }) => labels),
          );
        }
        expect(set.warnings).toEqual([]);
        reader.close();
      }),
      { numRuns: 60 },
    );
  });
});
