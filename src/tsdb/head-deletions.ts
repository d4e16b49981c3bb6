import { isDeleted, joinIntervals } from './block/tombstones.ts';
import type { Intervals } from './block/tombstones.ts';

/**
 * What was deleted from a head, by row of the series. Lies in shared memory and never changes: each
 * deletion makes a new one, which is told to every reader. A row that is used again may still stand here:
 * its new series only has samples that are newer than what was deleted.
 */
export interface HeadDeletions {
  /** Ascending, each once. */
  readonly rows: Int32Array;
  /** By index of a row, where its bounds begin; one more than there are rows. */
  readonly starts: Int32Array;
  /** Inclusive, milliseconds: start, end, start, end, ...; sorted and apart. */
  readonly bounds: Float64Array;
}

/** One interval for each of some rows, ascending. Crosses threads. */
export interface DeletedRows {
  readonly rows: Int32Array;
  readonly startTimesMs: Float64Array;
  readonly endTimesMs: Float64Array;
}

export const NO_DELETIONS: HeadDeletions = {
  rows: new Int32Array(0),
  starts: new Int32Array(1),
  bounds: new Float64Array(0),
};

/** Undefined where nothing of the series was deleted. */
export function deletedOf(deletions: HeadDeletions, row: number): Intervals | undefined {
  const { rows, starts, bounds } = deletions;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle] < row) low = middle + 1;
    else high = middle;
  }
  if (rows[low] !== row) return undefined;
  return [...bounds.subarray(starts[low], starts[low + 1])];
}

/** True where all of an inclusive range of a series is deleted. */
export function isRowDeleted(
  deletions: HeadDeletions,
  row: number,
  startMs: number,
  endMs: number,
): boolean {
  const intervals = deletedOf(deletions, row);
  return intervals !== undefined && isDeleted(intervals, startMs, endMs);
}

/** Of intervals by row, in any order. */
export function deletionsOf(byRow: ReadonlyMap<number, Intervals>): HeadDeletions {
  const builder = new Builder(byRow.size);
  for (const row of [...byRow.keys()].toSorted((a, b) => a - b)) {
    const intervals = joinIntervals(byRow.get(row) ?? []);
    builder.beginRow(row);
    for (let i = 0; i < intervals.length; i += 2)
      builder.addInterval(intervals[i], intervals[i + 1]);
  }
  return builder.finish();
}

export function addDeletions(before: HeadDeletions, added: DeletedRows): HeadDeletions {
  const builder = new Builder(before.rows.length + added.rows.length);
  let i = 0;
  let k = 0;
  while (i < before.rows.length || k < added.rows.length) {
    const oldRow = before.rows[i] ?? Infinity;
    const newRow = added.rows[k] ?? Infinity;
    const isJoined = oldRow === newRow;
    if (oldRow <= newRow) builder.addRow(oldRow, before, i++);
    if (newRow <= oldRow) {
      if (!isJoined) builder.beginRow(newRow);
      builder.addInterval(added.startTimesMs[k], added.endTimesMs[k]);
      k++;
    }
    if (isJoined) builder.joinLast();
  }
  return builder.finish();
}

/** Without what ends before the first sample of its series, as `firstTimeMs` gives it (Infinity: it has none). */
export function withoutGone(
  before: HeadDeletions,
  firstTimeMs: (row: number) => number,
): HeadDeletions {
  const builder = new Builder(before.rows.length);
  for (let i = 0; i < before.rows.length; i++) {
    const row = before.rows[i];
    const lastEnd = before.bounds[before.starts[i + 1] - 1];
    if (lastEnd >= firstTimeMs(row)) builder.addRow(row, before, i);
  }
  return builder.rowCount === before.rows.length ? before : builder.finish();
}

class Builder {
  rowCount = 0;
  readonly #rows: Int32Array;
  readonly #starts: Int32Array;
  #bounds: Float64Array;
  #boundCount = 0;

  constructor(rowsMax: number) {
    this.#rows = new Int32Array(rowsMax);
    this.#starts = new Int32Array(rowsMax + 1);
    this.#bounds = new Float64Array(rowsMax * 2);
  }

  beginRow(row: number): void {
    this.#rows[this.rowCount] = row;
    this.#starts[this.rowCount++] = this.#boundCount;
  }

  addRow(row: number, from: HeadDeletions, index: number): void {
    this.beginRow(row);
    for (let at = from.starts[index]; at < from.starts[index + 1]; at += 2) {
      this.addInterval(from.bounds[at], from.bounds[at + 1]);
    }
  }

  addInterval(startMs: number, endMs: number): void {
    if (this.#boundCount === this.#bounds.length) {
      const grown = new Float64Array(this.#bounds.length * 2 + 2);
      grown.set(this.#bounds);
      this.#bounds = grown;
    }
    this.#bounds[this.#boundCount++] = startMs;
    this.#bounds[this.#boundCount++] = endMs;
  }

  /** Sorts the intervals of the last row, and joins what touches. */
  joinLast(): void {
    const start = this.#starts[this.rowCount - 1];
    const joined = joinIntervals([...this.#bounds.subarray(start, this.#boundCount)]);
    this.#bounds.set(joined, start);
    this.#boundCount = start + joined.length;
  }

  finish(): HeadDeletions {
    if (this.rowCount === 0) return NO_DELETIONS;
    this.#starts[this.rowCount] = this.#boundCount;
    const rows = new Int32Array(new SharedArrayBuffer(this.rowCount * 4));
    const starts = new Int32Array(new SharedArrayBuffer((this.rowCount + 1) * 4));
    const bounds = new Float64Array(new SharedArrayBuffer(this.#boundCount * 8));
    rows.set(this.#rows.subarray(0, this.rowCount));
    starts.set(this.#starts.subarray(0, this.rowCount + 1));
    bounds.set(this.#bounds.subarray(0, this.#boundCount));
    return { rows, starts, bounds };
  }
}
