import { describe, expect, it } from 'vitest';
import type { MatrixSeries } from '#contract';
import {
  largestOf,
  SPARK_POINTS,
  SPARK_RANGE_MS,
  SPARK_STEP_MS,
  sparkPaths,
  sparkWindow,
  withSparkAnswer,
} from './sparks.ts';

const END_MS = 1_700_000_010_000 - (1_700_000_010_000 % SPARK_STEP_MS);

function series(name: string, points: Readonly<Record<number, number>>): MatrixSeries {
  const values = Object.entries(points).map(
    ([stepsBack, value]) =>
      [(END_MS - Number(stepsBack) * SPARK_STEP_MS) / 1000, String(value)] as const,
  );
  return { metric: { name }, values };
}

function lastOf(values: Float64Array | undefined, count: number): (number | undefined)[] {
  return [...(values ?? [])].slice(-count);
}

describe('small graphs', () => {
  it('ask for everything at first, later for what is new', () => {
    const first = sparkWindow(undefined, END_MS + 7000);
    expect(first).toEqual({ startMs: END_MS - SPARK_RANGE_MS, endMs: END_MS });
    const before = withSparkAnswer(undefined, first, []);
    const later = sparkWindow(before, END_MS + SPARK_STEP_MS + 7000);
    expect(later).toEqual({ startMs: END_MS - 2 * SPARK_STEP_MS, endMs: END_MS + SPARK_STEP_MS });
  });

  it('ask for everything again after a long sleep, or where the clock was set back', () => {
    const before = withSparkAnswer(undefined, sparkWindow(undefined, END_MS), []);
    for (const nowMs of [END_MS + 2 * SPARK_RANGE_MS, END_MS - SPARK_STEP_MS]) {
      const { startMs, endMs } = sparkWindow(before, nowMs);
      expect(endMs - startMs).toBe(SPARK_RANGE_MS);
    }
  });

  it('move on with what is new, and what was asked again takes the place of the old', () => {
    const full = { startMs: END_MS - SPARK_RANGE_MS, endMs: END_MS };
    const first = withSparkAnswer(undefined, full, [series('a', { 0: 1, 1: 2, 60: 9 })]);
    expect(first.byName.get('a')).toHaveLength(SPARK_POINTS);
    expect(first.byName.get('a')?.[0]).toBe(9);
    const asked = { startMs: END_MS - SPARK_STEP_MS, endMs: END_MS + SPARK_STEP_MS };
    const second = withSparkAnswer(first, asked, [series('a', { 0: 5, [-1]: 7 })]);
    expect(lastOf(second.byName.get('a'), 3)).toEqual([NaN, 5, 7]);
    expect(second.byName.get('a')?.[0]).toBeNaN();
  });

  it('forget a container that has had no value for the whole time', () => {
    const full = { startMs: END_MS - SPARK_RANGE_MS, endMs: END_MS };
    const first = withSparkAnswer(undefined, full, [series('a', { 60: 1 })]);
    const endMs = END_MS + SPARK_STEP_MS;
    const second = withSparkAnswer(first, { startMs: END_MS, endMs }, [series('b', { 0: 1 })]);
    expect([...second.byName.keys()]).toEqual(['b']);
  });

  it('are drawn from zero to the top, with gaps where there was nothing', () => {
    const box = { width: 30, height: 12, top: 10 };
    expect(sparkPaths(Float64Array.of(0, 10, NaN, 20), box)).toEqual({
      line: 'M0.0 11.0L10.0 1.0M30.0 1.0h1',
      area: 'M0.0 12L0.0 11.0L10.0 1.0L10.0 12ZM30.0 12L30.0 1.0L30.0 12Z',
    });
    expect(sparkPaths(Float64Array.of(NaN, NaN), box)).toEqual({ line: '', area: '' });
  });

  it('know their largest value', () => {
    expect(largestOf(Float64Array.of(NaN, 2, 1))).toBe(2);
    expect(largestOf(Float64Array.of(NaN))).toBe(0);
  });
});
