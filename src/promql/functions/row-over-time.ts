import { FLOAT, type SeriesBuilder } from '../evaluate/matrix.ts';
import type { StepWindows } from '../evaluate/step-windows.ts';
import type { FloatRow, RowFunction } from './row-functions.ts';

export function countRow({ windows }: FloatRow, out: SeriesBuilder): boolean {
  const { from, to } = windows;
  eachWindow(windows, out, (step) => to[step] - from[step]);
  return true;
}

export function presentRow({ windows }: FloatRow, out: SeriesBuilder): boolean {
  eachWindow(windows, out, () => 1);
  return true;
}

export function firstRow({ windows, values }: FloatRow, out: SeriesBuilder): boolean {
  const { from } = windows;
  eachWindow(windows, out, (step) => values[from[step]]);
  return true;
}

export function lastRow({ windows, values }: FloatRow, out: SeriesBuilder): boolean {
  const { to } = windows;
  eachWindow(windows, out, (step) => values[to[step] - 1]);
  return true;
}

function eachWindow(
  windows: StepWindows,
  out: SeriesBuilder,
  valueAt: (step: number) => number,
): void {
  const { from, to, steps } = windows;
  if (windows.samplesMin > 0) {
    for (let step = 0; step < steps; step++) out.values[step] = valueAt(step);
    out.fillFloats();
    return;
  }
  for (let step = 0; step < steps; step++) {
    if (to[step] === from[step]) continue;
    out.kinds[step] = FLOAT;
    out.values[step] = valueAt(step);
    out.isEmpty = false;
  }
}

/** Below it sums of whole numbers are exact, in whatever order. */
const WHOLE_MAX = 2 ** 53;

/** Sums up to each row, where they are exact: whole numbers, none too large. Otherwise undefined. */
function exactSums(): (row: FloatRow) => Float64Array | undefined {
  let sums = new Float64Array(256);
  return ({ values, count }) => {
    if (sums.length <= count) sums = new Float64Array(count * 2 + 1);
    let sum = 0;
    let size = 0;
    for (let row = 0; row < count; row++) {
      const value = values[row];
      // Neither fractions nor NaN, nor -0, whose sum is another zero.
      if (Math.floor(value) !== value || (value === 0 && 1 / value < 0)) return undefined;
      size += Math.abs(value);
      sum += value;
      sums[row + 1] = sum;
    }
    return size < WHOLE_MAX ? sums : undefined;
  };
}

function exactRow(finish: (sum: number, count: number) => number): () => RowFunction {
  return () => {
    const sumUp = exactSums();
    return (row, out) => {
      const sums = sumUp(row);
      if (sums === undefined) return false;
      const { from, to } = row.windows;
      eachWindow(row.windows, out, (step) =>
        finish(sums[to[step]] - sums[from[step]], to[step] - from[step]),
      );
      return true;
    };
  };
}

export const sumRow: () => RowFunction = exactRow((sum) => sum);
export const averageRow: () => RowFunction = exactRow((sum, count) => sum / count);

/** Windows so short are looked through faster than a queue is kept. */
const SHORT = 6;

/** A queue of rows whose values get worse: its head is the best of the window. */
function extremeRow(sign: number): () => RowFunction {
  return () => {
    let queue = new Int32Array(256);
    return ({ windows, values, count }, out) => {
      if (windows.samplesMax < SHORT || hasUnordered(values, count)) return false;
      if (queue.length < count) queue = new Int32Array(count * 2);
      const { from, to, steps } = windows;
      let head = 0;
      let tail = 0;
      let next = 0;
      for (let step = 0; step < steps; step++) {
        if (to[step] === from[step]) continue;
        for (; next < to[step]; next++) {
          const value = sign * values[next];
          // Of equal values the first one counts.
          while (tail > head && value < sign * values[queue[tail - 1]]) tail--;
          queue[tail++] = next;
        }
        while (queue[head] < from[step]) head++;
        out.kinds[step] = FLOAT;
        out.values[step] = values[queue[head]];
        out.isEmpty = false;
      }
      return true;
    };
  };
}

/** NaN, which is neither less nor more, and -0, which equals another number. */
function hasUnordered(values: Float64Array, count: number): boolean {
  for (let row = 0; row < count; row++) {
    const value = values[row];
    if (value !== value || (value === 0 && 1 / value < 0)) return true;
  }
  return false;
}

export const minimumRow: () => RowFunction = extremeRow(1);
export const maximumRow: () => RowFunction = extremeRow(-1);

/** Where more values come and go than this, sorting all again is cheaper. */
const CHANGES_MAX = 64;

/** Keeps the values of the window sorted, one going and one coming at a time. */
export function quantileRow(): RowFunction {
  let sorted = new Float64Array(256);
  return ({ windows, values, count, scalars, passTurns }, out) => {
    const [quantiles] = scalars;
    for (const quantile of quantiles) if (!(quantile >= 0 && quantile <= 1)) return false;
    if (hasUnordered(values, count)) return false;
    if (sorted.length < count + 1) sorted = new Float64Array(count * 2 + 1);
    const { from, to, steps } = windows;
    let size = 0;
    let first = 0;
    let end = 0;
    for (let step = 0; step < steps; step++) {
      const changes = from[step] - first + (to[step] - end);
      if (from[step] >= end || changes > CHANGES_MAX) {
        first = from[step];
        end = to[step];
        size = end - first;
        passTurns(size);
        sorted.set(values.subarray(first, end));
        sorted.subarray(0, size).sort();
      }
      passTurns((changes * size) >>> 10);
      for (; first < from[step]; first++) removeSorted(sorted, size--, values[first]);
      for (; end < to[step]; end++) insertSorted(sorted, size++, values[end]);
      if (size === 0) continue;
      const rank = quantiles[step] * (size - 1);
      const lower = Math.floor(rank);
      const upper = Math.min(size - 1, lower + 1);
      const weight = rank - lower;
      out.kinds[step] = FLOAT;
      out.values[step] = sorted[lower] * (1 - weight) + sorted[upper] * weight;
      out.isEmpty = false;
    }
    return true;
  };
}

/** The first place whose value is not less. */
function placeOf(sorted: Float64Array, size: number, value: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insertSorted(sorted: Float64Array, size: number, value: number): void {
  const place = placeOf(sorted, size, value);
  sorted.copyWithin(place + 1, place, size);
  sorted[place] = value;
}

function removeSorted(sorted: Float64Array, size: number, value: number): void {
  const place = placeOf(sorted, size, value);
  sorted.copyWithin(place, place + 1, size);
}
