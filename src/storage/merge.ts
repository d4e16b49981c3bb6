import { compareStrings, type Labels, labelsKey, type Matcher } from '#model';
import { SampleColumns } from './columns.ts';
import type { NamesResult, Querier, SelectHints, SeriesSet } from './querier.ts';
import { type SharedSeries, sharedInt32 } from './shared-series.ts';

/**
 * One querier over several that may hold parts of the same series, the older data first. Samples come in
 * the order of time; of two at the same time the one of the earlier querier counts. Closes all of them.
 */
export function mergeQueriers(queriers: readonly Querier[]): Querier {
  const [only] = queriers;
  return queriers.length === 1 && only !== undefined ? only : new MergedQuerier(queriers);
}

class MergedQuerier implements Querier {
  readonly #queriers: readonly Querier[];

  constructor(queriers: readonly Querier[]) {
    this.#queriers = queriers;
  }

  select(matchers: readonly Matcher[], hints: SelectHints): SeriesSet {
    const sets = this.#queriers.map((querier) => querier.select(matchers, hints));
    const found = sets.filter(({ count, warnings }) => count > 0 || warnings.length > 0);
    const [only] = found;
    if (found.length === 1 && only !== undefined) return only;
    return new MergedSet(found, hints.limit ?? 0);
  }

  labelNames(matchers: readonly Matcher[], limit = 0): NamesResult {
    return mergeNames(
      this.#queriers.map((querier) => querier.labelNames(matchers, limit)),
      limit,
    );
  }

  labelValues(name: string, matchers: readonly Matcher[], limit = 0): NamesResult {
    return mergeNames(
      this.#queriers.map((querier) => querier.labelValues(name, matchers, limit)),
      limit,
    );
  }

  close(): void {
    for (const querier of this.#queriers) querier.close();
  }
}

function mergeNames(results: readonly NamesResult[], limit: number): NamesResult {
  const [only] = results;
  if (results.length === 1 && only !== undefined) return only;
  const all = new Set(results.flatMap(({ names }) => names));
  const names = [...all].toSorted(compareStrings);
  const warnings = new Set(results.flatMap(({ warnings }) => warnings));
  if (limit === 0 || names.length <= limit) return { names, warnings: [...warnings] };
  warnings.add('results truncated due to limit');
  return { names: names.slice(0, limit), warnings: [...warnings] };
}

/** One series: which of the sets have it, and under which index. */
interface MergedSeries {
  /** Set, index, set, index, ... */
  readonly parts: number[];
}

class MergedSet implements SeriesSet {
  readonly #sets: readonly SeriesSet[];
  readonly #series: MergedSeries[] = [];
  readonly #scratch: SampleColumns = new SampleColumns();

  constructor(sets: readonly SeriesSet[], limit: number) {
    this.#sets = sets;
    const byLabels = new Map<string, MergedSeries>();
    for (const [set, { count }] of sets.entries()) {
      for (let index = 0; index < count; index++) this.#add(byLabels, set, index);
    }
    if (limit > 0 && this.#series.length > limit) this.#series.length = limit;
  }

  get warnings(): readonly string[] {
    return [...new Set(this.#sets.flatMap(({ warnings }) => warnings))];
  }

  get count(): number {
    return this.#series.length;
  }

  labels(index: number): Labels {
    const [set = 0, own = 0] = this.#series[index]?.parts ?? [];
    return this.#sets[set]?.labels(own) ?? [];
  }

  read(index: number, startMs: number, endMs: number, columns: SampleColumns): void {
    const parts = this.#series[index]?.parts ?? [];
    const first = columns.length;
    for (let i = 0; i < parts.length; i += 2) {
      const before = columns.length;
      this.#sets[parts[i] as number]?.read(parts[i + 1] as number, startMs, endMs, columns);
      joinRuns(columns, { first, middle: before }, this.#scratch);
    }
  }

  share(): SharedMerge | undefined {
    const sets: SharedSeries[] = [];
    for (const set of this.#sets) {
      const shared = set.share?.();
      if (shared === undefined) return undefined;
      sets.push(shared);
    }
    const starts = [0];
    const parts: number[] = [];
    for (const series of this.#series) {
      for (const part of series.parts) parts.push(part);
      starts.push(parts.length);
    }
    return {
      kind: 'merge',
      sets,
      starts: sharedInt32(starts, starts.length),
      parts: sharedInt32(parts, parts.length),
    };
  }

  #add(byLabels: Map<string, MergedSeries>, set: number, index: number): void {
    const key = this.#keyOf(set, index);
    const known = byLabels.get(key);
    if (known !== undefined) {
      known.parts.push(set, index);
      return;
    }
    const series = { parts: [set, index] };
    byLabels.set(key, series);
    this.#series.push(series);
  }

  #keyOf(index: number, own: number): string {
    const set = this.#sets[index];
    return set?.key?.(own) ?? labelsKey(set?.labels(own) ?? []);
  }
}

/** A merged set for another thread. */
export interface SharedMerge extends SharedSeries {
  readonly kind: 'merge';
  readonly sets: readonly SharedSeries[];
  /** By series, where its parts begin; one more than there are series. */
  readonly starts: Int32Array;
  /** Set, index, set, index, ... */
  readonly parts: Int32Array;
}

/** The merged set that another thread shared, of the sets that belong to its `sets`. */
export function borrowMerge({ starts, parts }: SharedMerge, sets: readonly SeriesSet[]): SeriesSet {
  const scratch = new SampleColumns();
  return {
    count: starts.length - 1,
    get warnings() {
      return [...new Set(sets.flatMap(({ warnings }) => warnings))];
    },
    labels(index) {
      const at = starts[index] ?? 0;
      return sets[parts[at] ?? 0]?.labels(parts[at + 1] ?? 0) ?? [];
    },
    // oxlint-disable-next-line max-params -- as the interface has it
    read(index, startMs, endMs, columns) {
      const first = columns.length;
      const end = starts[index + 1] ?? 0;
      for (let i = starts[index] ?? 0; i < end; i += 2) {
        const before = columns.length;
        sets[parts[i] ?? 0]?.read(parts[i + 1] ?? 0, startMs, endMs, columns);
        joinRuns(columns, { first, middle: before }, scratch);
      }
    },
  };
}

/**
 * Makes one run out of two sorted ones, rows `first` to `middle` and `middle` to the end; of two samples
 * at the same time that of the first run stays. `scratch` is overwritten.
 */
export function joinRuns(
  columns: SampleColumns,
  runs: { readonly first: number; readonly middle: number },
  scratch: SampleColumns,
): void {
  if (isOutOfOrder(columns, runs.first, runs.middle)) mergeRows(columns, runs, scratch);
}

/** True where the rows from `middle` on do not simply follow those before. */
function isOutOfOrder({ timestampsMs, length }: SampleColumns, first: number, middle: number) {
  if (middle === first || middle === length) return false;
  return (timestampsMs[middle] as number) <= (timestampsMs[middle - 1] as number);
}

function mergeRows(
  columns: SampleColumns,
  { first, middle }: { readonly first: number; readonly middle: number },
  scratch: SampleColumns,
): void {
  columns.spacingMs = 0;
  columns.isRising = false;
  scratch.clear();
  scratch.reserve(columns.length);
  const times = columns.timestampsMs;
  const end = columns.length;
  let a = first;
  let b = middle;
  while (a < middle || b < end) {
    const aMs = a < middle ? (times[a] as number) : Infinity;
    const bMs = b < end ? (times[b] as number) : Infinity;
    if (aMs <= bMs) {
      copyRow(columns, a++, scratch, scratch.length);
      if (aMs === bMs) b++;
    } else {
      copyRow(columns, b++, scratch, scratch.length);
    }
    scratch.length++;
  }
  for (let row = 0; row < scratch.length; row++) copyRow(scratch, row, columns, first + row);
  columns.length = first + scratch.length;
  if (columns.histograms.length > columns.length) columns.histograms.length = columns.length;
}

/** Copies one row with the exact bits of its value. Both have room. */
// eslint-disable-next-line max-params -- one row to another, in a loop
function copyRow(from: SampleColumns, row: number, to: SampleColumns, toRow: number): void {
  to.timestampsMs[toRow] = from.timestampsMs[row] as number;
  to.values.set(from.values.subarray(row, row + 1), toRow);
  if (from.histograms.length > 0 || to.histograms.length > 0) {
    to.histograms[toRow] = from.histograms[row];
  }
  if (from.startTimestampsMs === undefined) return;
  to.startTimestampsMs ??= new Float64Array(to.timestampsMs.length);
  to.startTimestampsMs[toRow] = from.startTimestampsMs[row] as number;
}
