import { isStaleNaN, labelsKey } from '#model';
import type { Labels, Metadata } from '#model';
import type { FileChange } from './platter.ts';

/** What a database showed. */
export interface Observation {
  /** By the key of the labels: time and value (see `valueKey`), ascending. */
  readonly series: ReadonlyMap<string, readonly (readonly [timeMs: number, value: string])[]>;
  /** By the key of the labels, each as `exemplarKey`. */
  readonly exemplars: ReadonlyMap<string, readonly string[]>;
  /** By metric, each as `metadataKey`. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
}

export function valueKey(value: number): string {
  if (value === value) return Object.is(value, -0) ? '-0' : String(value);
  return isStaleNaN(value) ? 'stale' : 'NaN';
}

export function metadataKey({ type, unit, help }: Metadata): string {
  return `${type}|${unit}|${help}`;
}

export interface BatchSample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: string;
}

export interface BatchExemplar {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly key: string;
}

export interface BatchMetadata {
  readonly labels: Labels;
  readonly metric: string;
  readonly key: string;
}

/** What one batch held. */
export interface BatchContent {
  readonly samples: BatchSample[];
  readonly exemplars: BatchExemplar[];
  readonly metadata: BatchMetadata[];
}

/** `published`: the database said yes. `refused`: it threw. `open`: the process died meanwhile. */
export type Outcome = 'published' | 'refused' | 'open';

interface Batch {
  /** What it wrote; it survives a power failure where all of this is durable. */
  readonly changes: readonly FileChange[];
}

/** So that what was there when a life began counts as durable. */
const NO_CHANGES: Batch = { changes: [] };

interface Stored {
  /** Undefined: it need not be there. */
  batch: Batch | undefined;
  /** The value that queries give; undefined where none is visible. */
  visible: string | undefined;
  readonly allowed: Set<string>;
}

interface SeriesModel {
  readonly labels: Labels;
  lastMs: number;
  readonly samples: Map<number, Stored>;
}

interface StoredExemplar {
  readonly timeMs: number;
  batch: Batch | undefined;
}

/** The obviously right twin of a database: what was said, and what became of it. */
export class Model {
  readonly #series = new Map<string, SeriesModel>();
  readonly #exemplars = new Map<string, Map<string, StoredExemplar>>();
  /** By metric and series: in the order in which they were set. */
  readonly #metadata = new Map<string, Map<string, { key: string; batch: Batch | undefined }[]>>();
  /** Of all lives so far, in order. */
  #batches: Batch[] = [];
  /** The newest sample that was ever tried. */
  maxTimeMs = -Infinity;
  /** What is older may be gone. */
  horizonMs = -Infinity;

  /** Notes that the retention may give up what is older. */
  raiseHorizon(horizonMs: number): void {
    if (horizonMs > this.horizonMs) this.horizonMs = horizonMs;
  }

  add(content: BatchContent, outcome: Outcome, changes: readonly FileChange[]): void {
    const batch = outcome === 'published' ? { changes } : undefined;
    if (batch !== undefined) this.#batches.push(batch);
    for (const sample of content.samples) this.#addSample(sample, batch);
    for (const { labels, timeMs, key } of content.exemplars) {
      const ofSeries = getOrMake(this.#exemplars, labelsKey(labels), () => new Map());
      const before = ofSeries.get(key)?.batch;
      ofSeries.set(key, { timeMs, batch: before ?? batch });
    }
    for (const { labels, metric, key } of content.metadata) {
      const ofMetric = getOrMake(this.#metadata, metric, () => new Map());
      getOrMake(ofMetric, labelsKey(labels), () => []).push({ key, batch });
    }
  }

  /** Whether all that was published would survive a power failure now. */
  get isDurable(): boolean {
    return this.#durableBatches().size === this.#batches.length + 1;
  }

  /** The series that must have samples, by key, with their labels. */
  labels(): Labels[] {
    return [...this.#series.values()].map(({ labels }) => labels);
  }

  /** What is wrong with what a running database shows: it must be exactly what was published. */
  faultsOfLife(seen: Observation): string[] {
    const faults = this.#faultsOfRest(seen, () => true);
    for (const [key, series] of this.#series) {
      const found = new Map(seen.series.get(key));
      for (const [timeMs, { visible }] of series.samples) {
        const value = found.get(timeMs);
        if (value === visible || (value === undefined && timeMs < this.horizonMs)) continue;
        faults.push(`${key} @${timeMs}: shows ${value}, not ${visible}`);
      }
    }
    return [...faults, ...this.#inventions(seen)];
  }

  /** What is wrong with what a database shows after it was opened again. */
  faultsAfterDeath(seen: Observation, how: 'process' | 'power'): string[] {
    const durable = this.#durableBatches();
    const isRequired = (batch: Batch): boolean => how === 'process' || durable.has(batch);
    const faults = this.#faultsOfRest(seen, isRequired);
    for (const [key, { samples }] of this.#series) {
      const found = new Map(seen.series.get(key));
      for (const [timeMs, { batch, allowed }] of samples) {
        const value = found.get(timeMs);
        if (value !== undefined && !allowed.has(value)) {
          faults.push(`${key} @${timeMs}: ${value} was never written`);
        }
        if (value !== undefined || batch === undefined || timeMs < this.horizonMs) continue;
        if (isRequired(batch)) faults.push(`${key} @${timeMs}: lost`);
      }
    }
    return [...faults, ...this.#inventions(seen)];
  }

  /**
   * What is there now is what there is. A power failure has settled what is durable; of a log that could
   * not be read whole nothing more is asked than what is seen.
   */
  adopt(seen: Observation, how: 'process' | 'power' | 'unreadable'): void {
    const durable = how === 'power' ? this.#durableBatches() : new Set<Batch>();
    const settle = (batch: Batch | undefined): Batch =>
      how !== 'process' || batch === undefined ? NO_CHANGES : batch;
    for (const [key, series] of this.#series) {
      const found = new Map(seen.series.get(key));
      series.lastMs = -Infinity;
      for (const [timeMs, stored] of series.samples) {
        stored.visible = found.get(timeMs);
        stored.batch = stored.visible === undefined ? undefined : settle(stored.batch);
        if (stored.visible !== undefined) series.lastMs = Math.max(series.lastMs, timeMs);
      }
    }
    for (const [key, exemplars] of this.#exemplars) {
      const found = new Set(seen.exemplars.get(key));
      for (const [text, stored] of exemplars) {
        stored.batch = found.has(text) ? settle(stored.batch) : undefined;
      }
    }
    if (how === 'process') return;
    this.#batches = [];
    for (const bySeries of this.#metadata.values()) {
      for (const stored of [...bySeries.values()].flat()) {
        // Of which series a description is cannot be seen.
        const isThere = stored.batch !== undefined && durable.has(stored.batch);
        stored.batch = isThere ? NO_CHANGES : undefined;
      }
    }
  }

  /** All batches before the first that is not durable: the log is read from its beginning. */
  #durableBatches(): Set<Batch> {
    // What the retention gave up may be gone from the disk before it was durable.
    const end = this.#batches.findIndex(
      ({ changes }) => !changes.every((each) => each.isDurable || each.isRemoved),
    );
    const durable = end < 0 ? this.#batches : this.#batches.slice(0, end);
    return new Set([NO_CHANGES, ...durable]);
  }

  #addSample({ labels, timeMs, value }: BatchSample, batch: Batch | undefined): void {
    const key = labelsKey(labels);
    const series = getOrMake(this.#series, key, () => ({
      labels,
      lastMs: -Infinity,
      samples: new Map<number, Stored>(),
    }));
    const stored = getOrMake(series.samples, timeMs, () => ({
      batch: undefined,
      visible: undefined,
      allowed: new Set<string>(),
    }));
    stored.allowed.add(value);
    this.maxTimeMs = Math.max(this.maxTimeMs, timeMs);
    if (batch === undefined || timeMs <= series.lastMs) return;
    if (series.lastMs < this.horizonMs) this.#forgetMetadata(key);
    series.lastMs = timeMs;
    stored.batch = batch;
    stored.visible = value;
  }

  /** The series may have left in between, and its description with it. */
  #forgetMetadata(key: string): void {
    for (const bySeries of this.#metadata.values()) {
      for (const stored of bySeries.get(key) ?? []) stored.batch = undefined;
    }
  }

  #inventions(seen: Observation): string[] {
    const faults: string[] = [];
    for (const [key, found] of seen.series) {
      const samples = this.#series.get(key)?.samples;
      let before = -Infinity;
      for (const [timeMs] of found) {
        if (timeMs <= before) faults.push(`${key} @${timeMs}: after @${before}`);
        before = timeMs;
        if (samples?.has(timeMs) !== true) faults.push(`${key} @${timeMs}: invented`);
      }
    }
    return faults;
  }

  #faultsOfRest(seen: Observation, isRequired: (batch: Batch) => boolean): string[] {
    return [
      ...this.#faultsOfExemplars(seen, isRequired),
      ...this.#faultsOfMetadata(seen, isRequired),
    ];
  }

  #faultsOfExemplars(seen: Observation, isRequired: (batch: Batch) => boolean): string[] {
    const faults: string[] = [];
    for (const [key, found] of seen.exemplars) {
      const known = this.#exemplars.get(key);
      for (const text of found) {
        if (known?.has(text) !== true) faults.push(`${key}: invented exemplar ${text}`);
      }
    }
    for (const [key, exemplars] of this.#exemplars) {
      const found = new Set(seen.exemplars.get(key));
      for (const [text, { timeMs, batch }] of exemplars) {
        if (batch === undefined || timeMs < this.horizonMs || found.has(text)) continue;
        if (isRequired(batch)) faults.push(`${key}: lost exemplar ${text}`);
      }
    }
    return faults;
  }

  #faultsOfMetadata(seen: Observation, isRequired: (batch: Batch) => boolean): string[] {
    const faults: string[] = [];
    for (const [metric, keys] of seen.metadata) {
      const known = new Set(
        [...(this.#metadata.get(metric)?.values() ?? [])].flat().map((m) => m.key),
      );
      for (const key of keys) if (!known.has(key)) faults.push(`${metric}: invented ${key}`);
    }
    for (const [metric, bySeries] of this.#metadata) {
      const found = new Set(seen.metadata.get(metric));
      for (const [seriesKey, list] of bySeries) {
        if (!this.#mustLive(seriesKey, isRequired)) continue;
        const last = list.findLastIndex(({ batch }) => batch !== undefined && isRequired(batch));
        if (last < 0 || list.slice(last).some(({ key }) => found.has(key))) continue;
        faults.push(`${metric}: lost metadata ${list[last].key} of ${seriesKey}`);
      }
    }
    return faults;
  }

  /** Whether a series has a sample that must be there. */
  #mustLive(key: string, isRequired: (batch: Batch) => boolean): boolean {
    for (const [timeMs, { batch }] of this.#series.get(key)?.samples ?? []) {
      if (timeMs >= this.horizonMs && batch !== undefined && isRequired(batch)) return true;
    }
    return false;
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
