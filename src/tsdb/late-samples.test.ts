import { describe, expect, test } from 'vitest';
import { STALE_HISTOGRAM, labelsFromObject } from '#model';
import { Head } from './head.ts';
import type { LateSamples } from './late-samples.ts';

function setUp(chunkBytesMax = 1 << 20): { late: LateSamples; rows: number[] } {
  const head = new Head({ seriesMax: 100, chunkBytesMax, announce: () => {} });
  const rows = [0, 1, 2].map((i) => head.seriesRow(labelsFromObject({ __name__: 's', i: `${i}` })));
  return { late: head.late, rows };
}

/** All times of a series as they came. */
function timesOf(late: LateSamples, row: number, generation = Infinity): number[] {
  const times: number[] = [];
  late.read(row, generation, {
    sample: (_, timeMs) => void times.push(timeMs),
    histogram: (_, timeMs) => void times.push(-timeMs),
  });
  return times;
}

function fill(late: LateSamples, row: number, times: readonly number[]): void {
  for (const timeMs of times) {
    if (timeMs >= 0) expect(late.append(row, timeMs, 1, 2)).toBe(true);
    else expect(late.appendHistogram(row, -timeMs, STALE_HISTOGRAM)).toBe(true);
  }
}

const MANY = Array.from({ length: 40 }, (_, i) => ((i * 17) % 40) * (i % 5 === 0 ? -1 : 1) || 100);

describe('late samples', () => {
  test('are read as they came, and give all memory back', () => {
    const { late, rows } = setUp();
    const [a = 0, b = 0] = rows;
    fill(late, a, MANY);
    fill(late, b, [7]);
    expect(timesOf(late, a)).toEqual(MANY);
    expect([late.sampleCount, late.minTimeMs, late.maxTimeMs]).toEqual([41, 1, 100]);
    // 3 blocks of 14 samples and one for each histogram; one for the other series.
    expect(late.blockCount).toBe(3 + 7 + 1);
    late.release({ generation: Infinity, startMs: -Infinity, endMs: Infinity });
    expect([late.sampleCount, late.blockCount, late.minTimeMs]).toEqual([0, 0, Infinity]);
    expect(timesOf(late, a)).toEqual([]);
  });

  test('that came after a cut began, or lie outside its range, stay', () => {
    const { late, rows } = setUp();
    const [a = 0] = rows;
    fill(late, a, [5, -6, 7, 20]);
    const generation = late.beginCut();
    fill(late, a, [6, 21, -8]);
    expect(timesOf(late, a, generation)).toEqual([5, -6, 7, 20]);
    expect(late.release({ generation, startMs: 6, endMs: 10 })).toBe(true);
    expect(timesOf(late, a)).toEqual([5, 20, 6, 21, -8]);
    expect(timesOf(late, a, generation)).toEqual([5, 20]);
    expect([late.sampleCount, late.minTimeMs, late.maxTimeMs]).toEqual([5, 5, 21]);
    expect(late.blockCount).toBe(2 + 1);
  });

  test('of one time are known as long as they are among the newest', () => {
    const { late, rows } = setUp();
    const [a = 0, b = 0] = rows;
    fill(late, a, [3]);
    expect([late.has(a, 3), late.has(a, 4), late.has(b, 3)]).toEqual([true, false, false]);
    fill(late, a, MANY.map(Math.abs));
    expect([late.has(a, 100), late.has(a, 39)]).toEqual([true, true]);
  });

  test('are refused where memory is full, and what was there stays whole', () => {
    const { late, rows } = setUp(256 * 12);
    const [a = 0, b = 0] = rows;
    let count = 0;
    while (late.append(a, count, 0, 0)) count++;
    expect(late.appendHistogram(b, 1, STALE_HISTOGRAM)).toBe(false);
    expect(timesOf(late, b)).toEqual([]);
    // There is no room to write anew what is to stay.
    expect(late.release({ generation: Infinity, startMs: 0, endMs: 10 })).toBe(false);
    expect(timesOf(late, a).length).toBe(count);
    expect(late.release({ generation: Infinity, startMs: 0, endMs: count })).toBe(true);
    expect([late.sampleCount, late.blockCount]).toEqual([0, 0]);
  });
});
