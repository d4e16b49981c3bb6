import { describe, expect, test } from 'vitest';
import type { BlockMeta } from './block-meta.ts';
import { LEVEL_ONE } from './compactor.ts';
import { blockRanges, cutEnd, expiredBlocks, planCompaction } from './plan.ts';

interface Given {
  readonly failed?: boolean;
  readonly tombstones?: number;
  /** Made of stale series alone. */
  readonly stale?: boolean;
  readonly level?: number;
}

function meta(minTimeMs: number, maxTimeMs: number, given: Given = {}): BlockMeta {
  return {
    ulid: `${minTimeMs}-${maxTimeMs}`,
    minTimeMs,
    maxTimeMs,
    stats: {
      sampleCount: 1,
      histogramSampleCount: 0,
      seriesCount: 10,
      chunkCount: 1,
      tombstoneCount: given.tombstones ?? 0,
    },
    compaction: {
      ...LEVEL_ONE,
      level: given.level ?? 1,
      failed: given.failed ?? false,
      hints: given.stale === true ? ['from-stale-series'] : [],
    },
  };
}

const RANGES = [20, 60, 180, 540];

function hours(list: readonly number[]): number[] {
  return list.map((ms) => ms / 3_600_000);
}

function names(list: readonly { readonly meta: BlockMeta }[]): string[] {
  return list.map(({ meta }) => meta.ulid);
}

describe('what is compacted next', () => {
  // Cases of Prometheus' tests (tsdb/compact_test.go), and some more.
  test.each<[string, BlockMeta[], string[]]>([
    ['one block stays', [meta(0, 20)], []],
    [
      'stale series stay among themselves while the head has others of their time',
      [meta(0, 10), meta(4, 12, { stale: true }), meta(11, 15, { stale: true })],
      [],
    ],
    [
      'four blocks of stale series in one range are merged',
      [9, 11, 13, 15, 25].map((end) => meta(end - 4, end, { stale: true })),
      ['5-9', '7-11', '9-13', '11-15'],
    ],
    [
      'four blocks of stale series of two levels are not',
      [9, 11, 13, 15].map((end) => meta(end - 4, end, { stale: true, level: end === 9 ? 2 : 1 })),
      [],
    ],
    [
      'stale series join the others of their range when those are cut',
      [meta(0, 20), meta(4, 12, { stale: true }), meta(14, 20, { stale: true })],
      ['0-20', '4-12', '14-20'],
    ],
    [
      'stale series of the next range wait for it',
      [meta(0, 20), meta(4, 12, { stale: true }), meta(21, 24, { stale: true })],
      ['0-20', '4-12'],
    ],
    ['two blocks of one range wait for the third', [meta(0, 20), meta(20, 40)], []],
    [
      'a full range goes when there is a newer block',
      [meta(0, 20), meta(20, 40), meta(40, 60), meta(60, 80)],
      ['0-20', '20-40', '40-60'],
    ],
    ['the newest block is left alone', [meta(0, 20), meta(20, 40), meta(40, 60)], []],
    [
      'a range with a gap goes when the newest is beyond it',
      [meta(0, 20), meta(40, 60), meta(60, 80), meta(80, 100)],
      ['0-20', '40-60'],
    ],
    [
      'a range with a gap waits while it may still be filled',
      [meta(20, 40), meta(40, 60), meta(60, 80)],
      [],
    ],
    [
      'the next level goes when it is full',
      [meta(0, 60), meta(60, 120), meta(120, 180), meta(180, 200), meta(200, 220)],
      ['0-60', '60-120', '120-180'],
    ],
    [
      'a block that is longer than the range is left out of it',
      [meta(0, 60), meta(60, 80), meta(80, 100), meta(100, 120), meta(120, 140)],
      ['60-80', '80-100', '100-120'],
    ],
    [
      'a range with a failed block is left alone',
      [meta(0, 20), meta(20, 40, { failed: true }), meta(40, 60), meta(60, 80)],
      [],
    ],
    [
      'overlapping blocks go first',
      [meta(0, 20), meta(20, 40), meta(40, 60), meta(55, 75), meta(80, 100)],
      ['40-60', '55-75'],
    ],
    [
      'a chain of overlaps goes as one',
      [meta(0, 50), meta(10, 20), meta(40, 60), meta(70, 90)],
      ['0-50', '10-20', '40-60'],
    ],
    [
      'a large block with much deleted is written anew',
      [meta(0, 180, { tombstones: 3 }), meta(180, 200), meta(200, 220)],
      [],
    ],
    [
      'a large block with much deleted is written anew when no smaller one is newer',
      [meta(0, 540, { tombstones: 3 }), meta(540, 560)],
      ['0-540'],
    ],
    [
      'a block that is deleted entirely goes',
      [meta(0, 20, { tombstones: 10 }), meta(20, 40)],
      ['0-20'],
    ],
  ])('%s', (_, metas, want) => {
    const planned = planCompaction(metas.toReversed(), RANGES);
    expect(planned.map(({ ulid }) => ulid)).toEqual(want);
  });

  test('levels end at a tenth of the retention, or at 31 days', () => {
    expect(hours(blockRanges(15 * 86_400_000))).toEqual([2, 6, 18]);
    expect(hours(blockRanges(0))).toEqual([2, 6, 18, 54, 162, 486]);
    expect(hours(blockRanges(3_600_000))).toEqual([2]);
  });

  test('levels end at what is given, whatever the retention', () => {
    const retentionMs = 15 * 86_400_000;
    expect(hours(blockRanges(retentionMs, undefined, 20 * 86_400_000))).toEqual([
      2, 6, 18, 54, 162,
    ]);
    expect(hours(blockRanges(retentionMs, undefined, 2 * 3_600_000))).toEqual([2]);
    expect(hours(blockRanges(retentionMs, undefined, 1))).toEqual([2]);
  });
});

describe('retention', () => {
  const blocks = [meta(0, 20), meta(20, 40), meta(40, 60)].map((meta) => ({ meta, bytes: 100 }));

  test('by time gives up whole blocks that end so long before the newest', () => {
    const limits = { retentionMs: 40, retentionBytes: 0, walBytes: 0 };
    expect(names(expiredBlocks(blocks, limits).byTime)).toEqual(['0-20']);
    expect(names(expiredBlocks(blocks, { ...limits, retentionMs: 41 }).byTime)).toEqual([]);
    expect(names(expiredBlocks(blocks, { ...limits, retentionMs: 0 }).byTime)).toEqual([]);
    const stale = { meta: meta(60, 75, { stale: true }), bytes: 100 };
    expect(names(expiredBlocks([...blocks, stale], limits).byTime)).toEqual(['0-20']);
  });

  test('by size gives up the oldest, the log counted in', () => {
    const limits = { retentionMs: 0, retentionBytes: 300, walBytes: 0 };
    expect(names(expiredBlocks(blocks, limits).bySize)).toEqual([]);
    expect(names(expiredBlocks(blocks, { ...limits, walBytes: 1 }).bySize)).toEqual(['0-20']);
    expect(names(expiredBlocks(blocks, { ...limits, walBytes: 150 }).bySize)).toEqual([
      '20-40',
      '0-20',
    ]);
  });
});

describe('where a block that is cut from the head ends', () => {
  const calm = { startMs: 30, maxTimeMs: 150, rangeMs: 100, fullness: 0.5, isFull: false };
  test.each([
    ['nowhere before the head spans one and a half ranges', {}, undefined],
    [
      'nowhere without a sample',
      { startMs: Infinity, maxTimeMs: -Infinity, fullness: 1 },
      undefined,
    ],
    ['at the end of the range', { maxTimeMs: 181 }, 100],
    ['after half of the head where memory is short', { maxTimeMs: 61, fullness: 0.9 }, 46],
    ['in the same range all the same', { fullness: 0.9, startMs: 70 }, 100],
    ['nowhere where that is too little', { maxTimeMs: 41, fullness: 0.95 }, undefined],
    ['after all of it where samples are refused', { maxTimeMs: 41, fullness: 1, isFull: true }, 42],
  ])('%s', (_, situation, want) => {
    expect(cutEnd({ ...calm, ...situation })).toBe(want);
  });
});
