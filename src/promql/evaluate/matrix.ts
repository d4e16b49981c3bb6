import {
  EMPTY_LABELS,
  type FloatHistogram,
  filterLabels,
  hasLabel,
  histogramSizeSamples,
  type Labels,
  labelsKey,
  labelValue,
  METRIC_NAME,
} from '#model';
import { type MatrixSeries, QueryError } from '../result.ts';
import { LaterLabels } from './later-labels.ts';
import { entryBytes, type MemoryAccount } from './memory-account.ts';

/** The instants at which an expression is evaluated: start, start + step, ... */
export interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
  /** At least one. */
  readonly steps: number;
}

/** What stands at one step of a series. */
export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/** One series over the whole grid; never modified once an operator has returned it. */
export interface Series {
  readonly labels: Labels;
  /** The name is to go when the query is done (delayed name removal). */
  readonly dropName: boolean;
  /** ABSENT, FLOAT or HISTOGRAM for each step. */
  readonly kinds: Uint8Array;
  /** True if every step is known to have a float. */
  readonly isDense?: boolean;
  readonly values: Float64Array;
  /** One slot for each step, where the series has any histogram at all. */
  readonly histograms: (FloatHistogram | undefined)[] | undefined;
}

export type Value =
  | { readonly kind: 'vector'; readonly series: readonly Series[] }
  /** Every step has a value. */
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'string'; readonly value: string }
  /** A bare range selector or subquery; only as a whole query at one instant. */
  | { readonly kind: 'matrix'; readonly series: readonly MatrixSeries[] };

/** A series while it is being filled. */
export class SeriesBuilder extends LaterLabels {
  dropName: boolean;
  kinds: Uint8Array;
  values: Float64Array;
  histograms: (FloatHistogram | undefined)[] | undefined = undefined;
  isEmpty = true;
  isDense = false;

  constructor(labels: Labels, dropName: boolean, steps: number) {
    super(labels);
    this.dropName = dropName;
    this.kinds = new Uint8Array(steps);
    this.values = new Float64Array(steps);
  }

  /** Starts over with another series. Nobody may hold what it was. */
  reuse(labels: Labels, dropName: boolean): void {
    this.labels = labels;
    this.dropName = dropName;
    this.kinds.fill(ABSENT);
    this.histograms = undefined;
    this.isEmpty = true;
    this.isDense = false;
  }

  /** Shows a row that lies elsewhere and has floats only, as long as that is there. */
  lend(values: Float64Array, kinds: Uint8Array, isDense: boolean): void {
    this.values = values;
    this.kinds = kinds;
    this.histograms = undefined;
    this.isEmpty = false;
    this.isDense = isDense;
  }

  /** The same row in memory of its own. */
  copied(): SeriesBuilder {
    const copy = new SeriesBuilder(EMPTY_LABELS, this.dropName, 0);
    copy.lend(this.values.slice(), this.kinds.slice(), this.isDense);
    return copy;
  }

  /** Every step gets a float, which the caller puts into `values`. */
  fillFloats(): void {
    this.kinds.fill(FLOAT);
    this.isEmpty = false;
    this.isDense = true;
  }

  setFloat(step: number, value: number): void {
    this.kinds[step] = FLOAT;
    this.values[step] = value;
    this.isEmpty = false;
  }

  setHistogram(step: number, histogram: FloatHistogram): void {
    this.histograms ??= Array.from({ length: this.kinds.length });
    this.isDense = false;
    this.kinds[step] = HISTOGRAM;
    this.histograms[step] = histogram;
    this.isEmpty = false;
  }

  /** `isEmpty` is for the caller to set right. */
  remove(step: number): void {
    this.isDense = false;
    this.kinds[step] = ABSENT;
  }

  copy(step: number, from: Series): void {
    if (from.kinds[step] === FLOAT) this.setFloat(step, from.values[step]);
    else this.setHistogram(step, histogramAt(from, step));
  }
}

/** The same series but for what it has at each step. */
export function withKinds(series: Series, kinds: Uint8Array): Series {
  const { labels, dropName, values, histograms } = series;
  return { labels, dropName, kinds, values, histograms, isDense: false };
}

/** The histogram of a step that has one. */
export function histogramAt(series: Series, step: number): FloatHistogram {
  const histogram = series.histograms?.[step];
  if (histogram === undefined) throw new QueryError('internal', 'cannot find a histogram');
  return histogram;
}

export function stepTimeMs(grid: Grid, step: number): number {
  return grid.startMs + step * grid.stepMs;
}

export function lastTimeMs(grid: Grid): number {
  return stepTimeMs(grid, grid.steps - 1);
}

/** Labels that describe a metric as such: they go wherever the name goes. */
export const METADATA_LABELS: readonly string[] = [METRIC_NAME, '__type__', '__unit__'];

export function isMetadataLabel(name: string): boolean {
  return name === METRIC_NAME || name === '__type__' || name === '__unit__';
}

export function withoutMetadata(labels: Labels): Labels {
  // Nearly all series: the name comes first, and it is all there is.
  if (labels[0] === METRIC_NAME && hasNameOnly(labels)) return labels.slice(2);
  const has =
    hasLabel(labels, METRIC_NAME) || hasLabel(labels, '__type__') || hasLabel(labels, '__unit__');
  return has ? filterLabels(labels, (name) => !isMetadataLabel(name)) : labels;
}

/** True if no other label than the name is metadata. */
function hasNameOnly(labels: Labels): boolean {
  return !hasLabel(labels, '__type__') && !hasLabel(labels, '__unit__');
}

/**
 * True if label sets, of which no two are equal, certainly still differ once metadata is gone: because
 * they have no metadata but a name, and that one in common.
 */
export function namesAgree(count: number, labelsOf: (index: number) => Labels): boolean {
  if (count < 2) return true;
  const name = labelValue(labelsOf(0), METRIC_NAME);
  for (let i = 0; i < count; i++) {
    const labels = labelsOf(i);
    if (labelValue(labels, METRIC_NAME) !== name || !hasNameOnly(labels)) return false;
  }
  return true;
}

/** How many float samples a series weighs (histograms count by their size). */
export function sampleCount(series: Series): number {
  if (series.isDense === true) return series.kinds.length;
  let count = 0;
  for (const kind of series.kinds) {
    if (kind === FLOAT) count++;
  }
  if (series.histograms === undefined) return count;
  for (const histogram of series.histograms) {
    if (histogram !== undefined) count += histogramSizeSamples(histogram);
  }
  return count;
}

/** What the histograms of a series take, those at several steps as often: a slot, and what they weigh as samples. */
export function histogramBytes({ histograms }: Series): number {
  if (histograms === undefined) return 0;
  let samples = 0;
  for (const histogram of histograms) {
    if (histogram !== undefined) samples += histogramSizeSamples(histogram);
  }
  return histograms.length * SLOT_BYTES + samples * SAMPLE_BYTES;
}

const SLOT_BYTES = 8;
const SAMPLE_BYTES = 16;

export const SAME_LABELSET = 'vector cannot contain metrics with the same labelset';

/** What a query is measured by while it goes over many series; an Evaluation. */
export interface Watch {
  readonly memory: MemoryAccount;
  readonly passTurns: (turns: number) => void;
}

/** Joins series with equal labels. Two points of such series at the same step are an error. */
export function mergeSameLabels(series: readonly Series[], watch: Watch): readonly Series[] {
  if (series.length < 2) return series;
  const before = watch.memory.operatorBytes;
  const merged = mergedByLabels(series, watch);
  watch.memory.releaseTo(before);
  return merged;
}

function mergedByLabels(series: readonly Series[], watch: Watch): readonly Series[] {
  const byKey = new Map<string, Series[]>();
  for (const one of series) {
    const key = labelsKey(one.labels);
    watch.passTurns(1);
    watch.memory.hold(entryBytes(key));
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [one]);
    else same.push(one);
  }
  if (byKey.size === series.length) return series;
  return [...byKey.values()].map(mergeSeries);
}

function mergeSeries(parts: readonly Series[]): Series {
  const [first] = parts;
  if (parts.length === 1) return first;
  const merged = new SeriesBuilder(first.labels, first.dropName, first.kinds.length);
  for (const part of parts) {
    for (let step = 0; step < part.kinds.length; step++) {
      if (part.kinds[step] === ABSENT) continue;
      if (merged.kinds[step] !== ABSENT) throw new QueryError('execution', SAME_LABELSET);
      merged.copy(step, part);
    }
  }
  return merged;
}
