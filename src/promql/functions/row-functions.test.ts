import { expect, test } from 'vitest';
import { Annotations } from '../evaluate/annotations.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { ABSENT, SeriesBuilder, stepTimeMs } from '../evaluate/matrix.ts';
import { RangeColumns } from '../evaluate/range-columns.ts';
import { StepWindows, type Timestamps } from '../evaluate/step-windows.ts';
import { Window } from '../evaluate/window.ts';
import { rangeFunctions } from './range-functions.ts';
import { rowFunctions } from './row-functions.ts';

const GRID = { startMs: 1_000_000, stepMs: 7000, steps: 60 };
const RANGES_MS = [500, 10_000, 61_000, 1_000_000];

/** Numbers that depend on nothing but the seed. */
function randomFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const VALUES: Readonly<Record<string, (random: () => number, row: number) => number>> = {
  'a counter with resets': (random, row) => (row * 3) % (20 + Math.floor(random() * 3)),
  'a counter from zero': (_, row) => row * 2.5,
  fractions: (random) => random() * 1000 - 500,
  'few whole numbers': (random) => Math.floor(random() * 4) - 2,
  'large whole numbers': (random) => Math.floor(random() * 2 ** 53),
  'with NaN and infinities': (random) =>
    [NaN, Infinity, -Infinity, 1, 2, 3][Math.floor(random() * 6)],
  'with both zeros': (random) => [0, -0, 1][Math.floor(random() * 3)],
  constant: () => 5,
};

function columnsOf(
  valueAt: (random: () => number, row: number) => number,
  seed: number,
): RangeColumns {
  const random = randomFrom(seed);
  const columns = new RangeColumns(['__name__', 'x_total'], false, 200);
  let timeMs = GRID.startMs - 100_000;
  for (let row = 0; row < 200; row++) {
    // Some gaps are longer than most ranges.
    timeMs += random() < 0.03 ? 90_000 : 1000 + Math.floor(random() * 4000);
    columns.pushFloat(timeMs, valueAt(random, row));
  }
  return columns;
}

const NOWHERE = { annotations: new Annotations(), position: { start: 0, end: 0 } };

function windowByWindow(name: string, columns: RangeColumns, rangeMs: number): SeriesBuilder {
  const out = new SeriesBuilder([], false, GRID.steps);
  const window = new Window(columns, rangeMs, NOWHERE, { anchored: false, smoothed: false });
  window.scalars[0] = 0.9;
  for (let step = 0; step < GRID.steps; step++) {
    window.timeMs = stepTimeMs(GRID, step);
    window.endMs = window.timeMs;
    window.startMs = window.endMs - rangeMs;
    window.moveTo(window.startMs, window.endMs);
    if (window.floatCount > 0) rangeFunctions[name]?.(window, out, step);
  }
  return out;
}

function shown(out: SeriesBuilder): unknown[] {
  return Array.from(out.kinds, (kind, step) => (kind === ABSENT ? 'nothing' : out.values[step]));
}

const evaluation = { stepSamples: new Float64Array(GRID.steps) } as Evaluation;

for (const name of Object.keys(rowFunctions)) {
  test(`${name} over all windows gives what it gives window by window`, () => {
    for (const [kind, valueAt] of Object.entries(VALUES)) {
      for (const rangeMs of RANGES_MS) {
        const windows = new StepWindows(GRID, { endMs: (timeMs) => timeMs, rangeMs });
        const run = rowFunctions[name]?.();
        // The same function goes over several series, of which some share their timestamps.
        for (const seed of [1, 1, 2, 3]) {
          const columns = columnsOf(valueAt, seed * 7919);
          const { floatTimesMs: timesMs, floatValues: values, floatCount: count } = columns;
          windows.fitCounted({ timesMs, count, spacingMs: 0 }, evaluation);
          const out = new SeriesBuilder([], false, GRID.steps);
          const scalars = [new Float64Array(GRID.steps).fill(0.9)];
          const isRising = values.every((value, at) => at === 0 || !(value < values[at - 1]));
          const row = {
            windows,
            timesMs,
            values,
            count,
            isRising,
            scalars,
            passTurns: () => {},
          };
          if (run?.(row, out) !== true) continue;
          const expected = shown(windowByWindow(name, columns, rangeMs));
          expect(shown(out), `${kind}, ${rangeMs} ms`).toEqual(expected);
        }
      }
    }
  });
}

function times(...timesMs: number[]): Timestamps {
  return { timesMs: Float64Array.from(timesMs), count: timesMs.length, spacingMs: 0 };
}

test('windows count the samples of every series at every step', () => {
  const counted = { stepSamples: new Float64Array(3) } as Evaluation;
  const grid = { startMs: 1000, stepMs: 1000, steps: 3 };
  const windows = new StepWindows(grid, { endMs: (timeMs) => timeMs, rangeMs: 2000 });
  windows.fitCounted(times(0, 500, 1500, 2500), counted);
  windows.fitCounted(times(0, 500, 1500, 2500), counted);
  windows.fitCounted(times(3000), counted);
  windows.flush(counted);
  expect([...counted.stepSamples]).toEqual([4, 4, 5]);
});

test('windows are looked for again where timestamps are others, however they are spaced', () => {
  const counted = { stepSamples: new Float64Array(2) } as Evaluation;
  const grid = { startMs: 1000, stepMs: 1000, steps: 2 };
  const windows = new StepWindows(grid, { endMs: (timeMs) => timeMs, rangeMs: 1000 });
  const seen: (readonly number[])[] = [];
  const look = (timesMs: readonly number[], spacingMs: number): void => {
    const times = { timesMs: Float64Array.from(timesMs), count: timesMs.length, spacingMs };
    windows.fitCounted(times, counted);
    seen.push([...windows.from, ...windows.to]);
  };
  look([500, 1000, 1500], 500);
  look([500, 1000, 1500], 500);
  look([1500, 2000, 2500], 500);
  look([1500, 1700, 1900], 200);
  look([1500, 1700, 1800], 0);
  expect(seen).toEqual([
    [0, 2, 2, 3],
    [0, 2, 2, 3],
    [0, 0, 0, 2],
    [0, 0, 0, 3],
    [0, 0, 0, 3],
  ]);
  expect(windows.version).toBe(4);
});
