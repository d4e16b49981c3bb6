import {
  compareStrings,
  type FloatHistogram,
  isStaleNaN,
  type Labels,
  labelsKey,
  labelValue,
  type Matcher,
  storedResetHint,
  writeStaleNaN,
} from '#model';
import { type Appendable, type Appender, AppendStatus, type SeriesRef } from './appender.ts';
import { SampleColumns } from './columns.ts';
import type { LabelSpans } from './label-spans.ts';
import type { NamesResult, Querier, Queryable, SelectHints, SeriesSet } from './querier.ts';

/** One sample to be put into a memory storage. */
export interface MemorySample {
  readonly timestampMs: number;
  readonly value: number;
  readonly histogram?: FloatHistogram;
  /** When the counter began; 0 or left out: not known. */
  readonly startTimestampMs?: number;
}

/** Keeps everything in plain memory, for tests and for programs that bring their own data. */
export interface MemoryStorage extends Appendable, Queryable {
  /** Stores at once. A sample at a timestamp that the series has already takes its place. */
  store(labels: Labels, samples: readonly MemorySample[]): void;
  clear(): void;
}

interface MemorySeries {
  readonly labels: Labels;
  samples: MemorySample[];
}

export function createMemoryStorage(): MemoryStorage {
  const storage = new PlainStorage();
  return {
    store: (labels, samples) => storage.store(labels, samples),
    clear: () => storage.clear(),
    appender: () => new MemoryAppender(storage),
    querier: (startMs, endMs) => new MemoryQuerier(storage.series, startMs, endMs),
  };
}

class PlainStorage {
  series: MemorySeries[] = [];
  readonly #refs = new Map<string, SeriesRef>();

  /** References count from 1. */
  ref(labels: Labels): SeriesRef {
    const key = labelsKey(labels);
    let ref = this.#refs.get(key);
    if (ref === undefined) {
      ref = this.series.push({ labels, samples: [] });
      this.#refs.set(key, ref);
    }
    return ref;
  }

  /** 0 where there is none. */
  find(labels: Labels): SeriesRef {
    return this.#refs.get(labelsKey(labels)) ?? 0;
  }

  store(labels: Labels, samples: readonly MemorySample[]): void {
    this.add(this.ref(labels), samples);
  }

  add(ref: SeriesRef, samples: readonly MemorySample[]): void {
    const series = this.series[ref - 1];
    if (series === undefined) return;
    const last = series.samples.at(-1)?.timestampMs ?? -Infinity;
    const isInOrder = samples.every(
      (sample, i) => sample.timestampMs > (samples[i - 1]?.timestampMs ?? last),
    );
    if (isInOrder) {
      for (const sample of samples) series.samples.push(withHint(series.samples.at(-1), sample));
      return;
    }
    const byTime = new Map(series.samples.map((sample) => [sample.timestampMs, sample]));
    for (const sample of samples) byTime.set(sample.timestampMs, sample);
    const sorted = [...byTime.values()].toSorted((a, b) => a.timestampMs - b.timestampMs);
    series.samples = sorted.map((sample, i) => withHint(sorted[i - 1], sample));
  }

  clear(): void {
    this.series = [];
    this.#refs.clear();
  }
}

/** Hints about resets say what the storage knows, whatever was written. */
function withHint(previous: MemorySample | undefined, sample: MemorySample): MemorySample {
  const { histogram } = sample;
  if (histogram === undefined) return sample;
  const counterResetHint = storedResetHint(previous?.histogram, histogram);
  return { ...sample, histogram: { ...histogram, counterResetHint } };
}

class MemoryAppender implements Appender {
  readonly #storage: PlainStorage;
  #pending = new Map<SeriesRef, MemorySample[]>();

  constructor(storage: PlainStorage) {
    this.#storage = storage;
  }

  seriesRef(labels: Labels): SeriesRef {
    return this.#storage.ref(labels);
  }

  findSeries(labels: LabelSpans): SeriesRef {
    try {
      return this.#storage.find(labels.labels());
    } catch (error) {
      if (error instanceof URIError) return 0;
      throw error;
    }
  }

  seriesRefOfSpans(labels: LabelSpans): SeriesRef {
    return this.#storage.ref(labels.labels());
  }

  append(ref: SeriesRef, timestampMs: number, value: number): AppendStatus {
    return this.#add(ref, { timestampMs, value });
  }

  appendHistogram(ref: SeriesRef, timestampMs: number, histogram: FloatHistogram): AppendStatus {
    return this.#add(ref, { timestampMs, value: 0, histogram });
  }

  #add(ref: SeriesRef, sample: MemorySample): AppendStatus {
    const series = this.#storage.series[ref - 1];
    if (series === undefined) return AppendStatus.unknownSeries;
    const pending = this.#pending.get(ref) ?? [];
    const last = pending.at(-1) ?? series.samples.at(-1);
    if (last !== undefined && last.timestampMs > sample.timestampMs) {
      return AppendStatus.outOfOrder;
    }
    if (last !== undefined && last.timestampMs === sample.timestampMs) {
      const isSame = Object.is(last.value, sample.value) && last.histogram === sample.histogram;
      return isSame ? AppendStatus.ok : AppendStatus.duplicate;
    }
    pending.push(sample);
    this.#pending.set(ref, pending);
    return AppendStatus.ok;
  }

  appendExemplar(): AppendStatus {
    return AppendStatus.ok;
  }

  setMetadata(): void {
    // There is no one to ask for it.
  }

  commit(): void {
    for (const [ref, samples] of this.#pending) this.#storage.add(ref, samples);
    this.#pending = new Map();
  }

  rollback(): void {
    this.#pending = new Map();
  }
}

class MemoryQuerier implements Querier {
  readonly #series: readonly MemorySeries[];
  readonly #startMs: number;
  readonly #endMs: number;

  constructor(series: readonly MemorySeries[], startMs: number, endMs: number) {
    this.#series = series;
    this.#startMs = startMs;
    this.#endMs = endMs;
  }

  select(matchers: readonly Matcher[], hints: SelectHints): SeriesSet {
    const startMs = Math.max(hints.startMs, this.#startMs);
    const endMs = Math.min(hints.endMs, this.#endMs);
    const found = this.#matching(matchers, startMs, endMs);
    const limited = hints.limit ? found.slice(0, hints.limit) : found;
    return new MemorySeriesSet(limited);
  }

  labelNames(matchers: readonly Matcher[], limit = 0): NamesResult {
    const names = this.#matching(matchers, this.#startMs, this.#endMs).flatMap((series) =>
      series.labels.filter((_, i) => i % 2 === 0),
    );
    return sortedNames(names, limit);
  }

  labelValues(name: string, matchers: readonly Matcher[], limit = 0): NamesResult {
    const found = this.#matching(matchers, this.#startMs, this.#endMs);
    const values = found.map((series) => labelValue(series.labels, name));
    return sortedNames(
      values.filter((value) => value !== ''),
      limit,
    );
  }

  close(): void {
    // Nothing is held.
  }

  #matching(matchers: readonly Matcher[], startMs: number, endMs: number): MemorySeries[] {
    return this.#series.filter(
      ({ labels, samples }) =>
        matchers.every((matcher) => matcher.matches(labelValue(labels, matcher.name))) &&
        samples.some(({ timestampMs }) => timestampMs >= startMs && timestampMs <= endMs),
    );
  }
}

function sortedNames(names: readonly string[], limit: number): NamesResult {
  const sorted = [...new Set(names)].toSorted(compareStrings);
  return { names: limit > 0 ? sorted.slice(0, limit) : sorted, warnings: [] };
}

class MemorySeriesSet implements SeriesSet {
  readonly warnings: readonly string[] = [];
  readonly #series: readonly MemorySeries[];

  constructor(series: readonly MemorySeries[]) {
    this.#series = series;
  }

  get count(): number {
    return this.#series.length;
  }

  labels(index: number): Labels {
    return this.#series[index]?.labels ?? [];
  }

  read(index: number, startMs: number, endMs: number, columns: SampleColumns): void {
    for (const sample of this.#series[index]?.samples ?? []) {
      if (sample.timestampMs < startMs || sample.timestampMs > endMs) continue;
      pushSample(columns, sample);
    }
  }
}

function pushSample(columns: SampleColumns, sample: MemorySample): void {
  const row = columns.length;
  if (sample.histogram !== undefined) {
    columns.pushHistogram(sample.timestampMs, sample.histogram);
  } else {
    columns.push(sample.timestampMs, sample.value);
    if (isStaleNaN(sample.value)) writeStaleNaN(columns.values, row);
  }
  const startMs = sample.startTimestampMs ?? 0;
  if (startMs !== 0) {
    columns.startTimestampsMs ??= new Float64Array(columns.timestampsMs.length);
  }
  if (columns.startTimestampsMs !== undefined) columns.startTimestampsMs[row] = startMs;
}
