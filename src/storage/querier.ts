import type { Exemplar, Labels, Matcher, Metadata } from '#model';
import type { SampleColumns } from './columns.ts';
import type { LabelChoice, SeriesGroups } from './series-groups.ts';
import type { SharedSeries } from './shared-series.ts';

/** What a reader is going to do with the samples; a storage may use it to read less, never must. */
export interface SelectHints {
  /** Inclusive bounds, milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  /** Between the instants that are evaluated; 0 for a single one. */
  readonly stepMs?: number;
  /** Of the windows of a range selector. */
  readonly rangeMs?: number;
  /** The function or aggregation around the selector: `rate`, `sum`, ... */
  readonly func?: string;
  /** Of an aggregation right around the selector: its labels, and whether it groups by or without them. */
  readonly grouping?: readonly string[];
  readonly by?: boolean;
  /** Of each series only the newest sample between the bounds will be looked at. */
  readonly newestOnly?: boolean;
  /** At most so many series, 0 or undefined: all. */
  readonly limit?: number;
}

/**
 * The series that matched, in no particular order. Labels and samples are decoded when asked for.
 * Valid until its querier is closed.
 */
export interface SeriesSet {
  readonly count: number;
  labels(index: number): Labels;
  /** Appends the samples with startMs <= t <= endMs of one series to `columns` (after its rows so far). */
  read(index: number, startMs: number, endMs: number, columns: SampleColumns): void;
  readonly warnings: readonly string[];
  /** For other threads, as long as the set is valid. Undefined where only this thread can read it. */
  share?(): SharedSeries | undefined;
  /** `labelsKey` of the labels of a series, from a storage that keeps it. */
  key?(index: number): string;
  /** The series by some of their labels, where that is known without reading the labels of each. */
  groups?(choice: LabelChoice): SeriesGroups;
}

export interface NamesResult {
  /** Sorted by byte order, each once. */
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** A consistent view of a storage between two instants. Synchronous: it lives in a query thread. */
export interface Querier {
  /** Series that satisfy all matchers and have data between the hints' bounds, as far as the storage knows. */
  select(matchers: readonly Matcher[], hints: SelectHints): SeriesSet;
  labelNames(matchers: readonly Matcher[], limit?: number): NamesResult;
  labelValues(name: string, matchers: readonly Matcher[], limit?: number): NamesResult;
  close(): void;
}

export interface Queryable {
  /** Inclusive bounds, milliseconds since the epoch. */
  querier(startMs: number, endMs: number): Querier;
}

export interface ExemplarSeries {
  readonly labels: Labels;
  readonly exemplars: readonly (Exemplar & { readonly timestampMs: number })[];
}

export interface ExemplarQueryable {
  /** Series matching any of the matcher sets. Inclusive bounds in milliseconds. */
  selectExemplars(
    startMs: number,
    endMs: number,
    matcherSets: readonly (readonly Matcher[])[],
  ): readonly ExemplarSeries[];
}

export interface MetadataEntry {
  readonly metric: string;
  readonly metadata: Metadata;
}
