import { isStaleNaN, labelValue, labelsKey } from '#model';
import type { Labels, Matcher, Metadata } from '#model';
import type { FileChange } from './platter.ts';

/** What a database showed. */
export interface Observation {
  /** By the key of the labels: time and value (see `valueKey`), ascending. */
  readonly series: ReadonlyMap<string, readonly (readonly [timeMs: number, value: string])[]>;
  /** By the key of the labels, each as `exemplarKey`. */
  readonly exemplars: ReadonlyMap<string, readonly string[]>;
  /** By metric, each as `metadataKey`. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  /** What could not be read. */
  readonly warnings: readonly string[];
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
  /** The deletion that was acknowledged. */
  deleted: Batch | undefined;
  /** A deletion was not acknowledged: it is there, or it is not. */
  isUncertain: boolean;
  /** It came out of order: no cut takes it. */
  isLate: boolean;
}

/** Samples out of order are taken within a window. */
export interface ModelOptions {
  readonly takesLate: boolean;
  /** Series that end in a stale marker may leave before their time. */
  readonly evictsStale: boolean;
}

/** Samples that a deletion concerns. */
export type Concerned = readonly { readonly stored: object; readonly timeMs: number }[];

/** A sample that was visible when somebody looked. */
export interface VisibleSample {
  readonly key: string;
  readonly timeMs: number;
  readonly value: string;
  readonly isUncertain: boolean;
}

export type Visible = readonly VisibleSample[];

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
  readonly #options: ModelOptions;
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
  /** What is older is in blocks: the log, which alone has exemplars and metadata, may have given it up. */
  inBlocksMs = -Infinity;
  /** Samples that are older than the newest of all by less are never late, whatever is being cut. */
  inOrderMs = 0;
  #hasDeleted = false;
  /** Times that cannot be read now. */
  #unreadable: (timeMs: number) => boolean = () => false;

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  /** Notes that the retention may give up what is older. */
  raiseHorizon(horizonMs: number): void {
    if (horizonMs > this.horizonMs) this.horizonMs = horizonMs;
  }

  /** All that is visible of a time before is in durable blocks. What was deleted there stays deleted. */
  raiseInBlocks(timeMs: number): void {
    if (timeMs <= this.inBlocksMs) return;
    for (const { samples } of this.#series.values()) {
      for (const [sampleMs, stored] of samples) {
        if (sampleMs < this.inBlocksMs || sampleMs >= timeMs || stored.isLate) continue;
        if (stored.batch !== undefined) stored.batch = NO_CHANGES;
        if (stored.deleted !== undefined) stored.deleted = NO_CHANGES;
      }
    }
    this.inBlocksMs = timeMs;
  }

  /** What another program has put there as a block. */
  addBlock(samples: readonly BatchSample[]): void {
    for (const sample of samples) {
      const stored = this.#storedOf(sample);
      stored.allowed.add(sample.value);
      stored.batch = NO_CHANGES;
      stored.visible = sample.value;
    }
  }

  /** Whether a time of a series was ever used. */
  has(labels: Labels, timeMs: number): boolean {
    return this.#series.get(labelsKey(labels))?.samples.has(timeMs) ?? false;
  }

  setUnreadable(isUnreadable: (timeMs: number) => boolean): void {
    this.#unreadable = isUnreadable;
  }

  /** A deletion begins to work: what it concerns may be there or not until `endDeletion`. */
  beginDeletion(matchers: readonly Matcher[], startMs: number, endMs: number): Concerned {
    const concerned: { stored: Stored; timeMs: number }[] = [];
    for (const { labels, samples } of this.#series.values()) {
      if (!matchers.every((m) => m.matches(labelValue(labels, m.name)))) continue;
      for (const [timeMs, stored] of samples) {
        if (timeMs < startMs || timeMs > endMs || stored.visible === undefined) continue;
        stored.isUncertain = true;
        // It may be gone already.
        if (timeMs < this.horizonMs) continue;
        concerned.push({ stored, timeMs });
      }
    }
    return concerned;
  }

  /** It is acknowledged. */
  endDeletion(concerned: Concerned, changes: readonly FileChange[]): void {
    const batch = { changes };
    this.#batches.push(batch);
    this.#hasDeleted = true;
    for (const { stored, timeMs } of concerned as { stored: Stored; timeMs: number }[]) {
      stored.isUncertain = false;
      stored.visible = undefined;
      stored.batch = undefined;
      stored.deleted = timeMs < this.inBlocksMs ? NO_CHANGES : batch;
    }
  }

  get hasDeleted(): boolean {
    return this.#hasDeleted;
  }

  /** All that is visible now, for a look at a copy later. */
  visible(): Visible {
    const all: VisibleSample[] = [];
    for (const [key, { samples }] of this.#series) {
      for (const [timeMs, { visible, isUncertain }] of samples) {
        if (visible !== undefined) all.push({ key, timeMs, value: visible, isUncertain });
      }
    }
    return all;
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
      for (const [timeMs, { visible, isUncertain }] of series.samples) {
        const value = found.get(timeMs);
        if (value === visible || (value === undefined && timeMs < this.horizonMs)) continue;
        if (value === undefined && (isUncertain || this.#unreadable(timeMs))) continue;
        faults.push(`${key} @${timeMs}: shows ${value}, not ${visible}`);
      }
    }
    return [...faults, ...this.#inventions(seen)];
  }

  /** What is wrong with what a query gives that began when `visible` was there. */
  faultsOfQuery(visible: Visible, series: Observation['series']): string[] {
    const faults: string[] = [];
    const found = new Map([...series].map(([key, samples]) => [key, new Map(samples)]));
    for (const { key, timeMs, value } of visible) {
      const seen = found.get(key)?.get(timeMs);
      if (seen === value || timeMs < this.horizonMs) continue;
      const stored = this.#series.get(key)?.samples.get(timeMs);
      const isOptional = stored?.deleted !== undefined || stored?.isUncertain === true;
      if (seen === undefined && (isOptional || this.#unreadable(timeMs))) continue;
      faults.push(`${key} @${timeMs}: a query gives ${seen}, not ${value}`);
    }
    return faults;
  }

  /** What is wrong with what a database shows after it was opened again. */
  faultsAfterDeath(seen: Observation, how: 'process' | 'power'): string[] {
    const durable = this.#durableBatches();
    const isRequired = (batch: Batch): boolean => how === 'process' || durable.has(batch);
    const faults = this.#faultsOfRest(seen, isRequired);
    for (const [key, { samples }] of this.#series) {
      const found = new Map(seen.series.get(key));
      for (const [timeMs, { batch, allowed, deleted, isUncertain }] of samples) {
        const value = found.get(timeMs);
        if (value !== undefined && !allowed.has(value)) {
          faults.push(`${key} @${timeMs}: ${value} was never written`);
        }
        if (value !== undefined && deleted !== undefined && isRequired(deleted)) {
          faults.push(`${key} @${timeMs}: ${value} was deleted`);
        }
        if (value !== undefined || batch === undefined || timeMs < this.horizonMs) continue;
        if (isUncertain || this.#unreadable(timeMs)) continue;
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
    // A start makes all durable but what a sync has dropped before; then nothing that follows must stay.
    const unnamed = how === 'process' && !this.isDurable ? undefined : NO_CHANGES;
    const settle = (batch: Batch | undefined): Batch | undefined =>
      how !== 'process' || batch === undefined ? unnamed : batch;
    const isThere = (batch: Batch): boolean => how !== 'power' || durable.has(batch);
    // A series that left and came back may have come without its description.
    const keys = [...this.#series.keys()];
    const living = new Set(keys.filter((key) => this.#mustLive(key, isThere)));
    for (const key of keys) if (!living.has(key)) this.#forgetMetadata(key);
    for (const [key, series] of this.#series) {
      const found = new Map(seen.series.get(key));
      series.lastMs = -Infinity;
      for (const [timeMs, stored] of series.samples) {
        stored.visible = found.get(timeMs);
        // What cannot be read now is there when it can be read again.
        const isHidden = stored.visible === undefined && this.#unreadable(timeMs);
        if (!isHidden) settleSample(stored, settle, how);
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
        const isDurable = stored.batch !== undefined && durable.has(stored.batch);
        stored.batch = isDurable ? NO_CHANGES : undefined;
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

  #seriesOf(labels: Labels): SeriesModel {
    return getOrMake(this.#series, labelsKey(labels), () => ({
      labels,
      lastMs: -Infinity,
      samples: new Map<number, Stored>(),
    }));
  }

  #storedOf({ labels, timeMs }: BatchSample): Stored {
    return getOrMake(this.#seriesOf(labels).samples, timeMs, () => ({
      batch: undefined,
      visible: undefined,
      allowed: new Set<string>(),
      deleted: undefined,
      isUncertain: false,
      isLate: false,
    }));
  }

  #addSample(sample: BatchSample, batch: Batch | undefined): void {
    const { labels, timeMs, value } = sample;
    const series = this.#seriesOf(labels);
    const stored = this.#storedOf(sample);
    stored.allowed.add(value);
    this.maxTimeMs = Math.max(this.maxTimeMs, timeMs);
    if (batch === undefined || timeMs === series.lastMs) return;
    if (timeMs < series.lastMs) {
      // A series that has left begins anew, and where it begins is not known here.
      const mayBeNew = this.#options.evictsStale || series.lastMs < this.horizonMs;
      if (this.#options.takesLate || mayBeNew) this.#addLate(sample, stored, batch);
      stored.isUncertain ||= mayBeNew;
      return;
    }
    if (series.lastMs < this.#logHorizonMs) this.#forgetMetadata(labelsKey(labels));
    series.lastMs = timeMs;
    stored.batch = batch;
    stored.visible = value;
    const mayBeLate = this.#options.takesLate && timeMs <= this.maxTimeMs - this.inOrderMs;
    stored.isLate = timeMs < this.inBlocksMs || mayBeLate;
  }

  #addLate({ value }: BatchSample, stored: Stored, batch: Batch): void {
    if (stored.visible !== undefined) return;
    stored.isLate = true;
    stored.visible = value;
    stored.batch = batch;
  }

  get #logHorizonMs(): number {
    return Math.max(this.horizonMs, this.inBlocksMs);
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
    // A checkpoint does not name a series that has left, and so nothing of its exemplars and metadata.
    if (this.#options.evictsStale) return faults;
    for (const [key, exemplars] of this.#exemplars) {
      const found = new Set(seen.exemplars.get(key));
      for (const [text, { timeMs, batch }] of exemplars) {
        if (batch === undefined || timeMs < this.#logHorizonMs || found.has(text)) continue;
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
    if (this.#options.evictsStale) return faults;
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
    const series = this.#series.get(key);
    for (const [timeMs, { batch }] of series?.samples ?? []) {
      if (timeMs >= this.#logHorizonMs && batch !== undefined && isRequired(batch)) return true;
    }
    return false;
  }
}

function settleSample(
  stored: Stored,
  settle: (batch: Batch | undefined) => Batch | undefined,
  how: 'process' | 'power' | 'unreadable',
): void {
  const isThere = stored.visible !== undefined;
  // The record of its deletion may be in what cannot be read.
  if (how === 'unreadable') stored.isUncertain ||= isThere && stored.deleted !== undefined;
  if (how === 'power') stored.isUncertain = false;
  stored.batch = isThere ? settle(stored.batch) : undefined;
  // What is not there after a power failure does not come back.
  if (isThere) stored.deleted = undefined;
  else if (stored.deleted !== undefined) stored.deleted = settle(stored.deleted);
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
