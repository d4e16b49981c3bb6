import type { PageParser } from '#exposition';
import type { Metadata, MetricType } from '#model';

interface Family {
  readonly name: string;
  /** What followed it on the newest page that had something behind it. */
  next: Family | undefined;
  isForgotten: boolean;
  metadata: Metadata;
  /** In which round it was last on the page, and last another than before. */
  seenIn: number;
  changedIn: number;
}

export interface FamilyMetadata extends Metadata {
  readonly metric: string;
}

type Described = Pick<PageParser, 'metricName' | 'isMetricName'>;

/** Metadata stay known this many pages after their family has left. */
const ROUNDS_KEPT = 10;

/** What one target says of its metric families. */
export class MetadataCache {
  readonly #families = new Map<string, Family>();
  /** Of the newest page. */
  #first: Family | undefined;
  #latest: Family | undefined;

  get size(): number {
    return this.#families.size;
  }

  readHelp(entry: Described & Pick<PageParser, 'help' | 'isHelp'>, round: number): void {
    const family = this.#familyOf(entry, round);
    const { type, unit, help: before } = family.metadata;
    if (entry.isHelp?.(before) === true) return;
    const { help } = entry;
    if (help !== before) change(family, { type, unit, help }, round);
  }

  readType(entry: Described & Pick<PageParser, 'metricType'>, round: number): void {
    const family = this.#familyOf(entry, round);
    const { type: before, unit, help } = family.metadata;
    const type = entry.metricType;
    if (type !== before) change(family, { type, unit, help }, round);
  }

  readUnit(entry: Described & Pick<PageParser, 'unit'>, round: number): void {
    const family = this.#familyOf(entry, round);
    const { type, unit: before, help } = family.metadata;
    const { unit } = entry;
    if (unit !== before) change(family, { type, unit, help }, round);
  }

  /** No family stands above the lines to come. */
  startPage(): void {
    this.#latest = undefined;
  }

  /** Becomes the one that the page named last. Looked up by name only where pages are in another order than before. */
  #familyOf(entry: Described, round: number): Family {
    const latest = this.#latest;
    if (latest !== undefined && entry.isMetricName?.(latest.name) === true) return latest;
    let family = latest === undefined ? this.#first : latest.next;
    if (family === undefined || family.isForgotten || entry.isMetricName?.(family.name) !== true) {
      family = this.#familyNamed(entry.metricName);
      if (latest === undefined) this.#first = family;
      else if (latest !== family) latest.next = family;
    }
    family.seenIn = round;
    this.#latest = family;
    return family;
  }

  #familyNamed(name: string): Family {
    const known = this.#families.get(name);
    if (known !== undefined) return known;
    const family: Family = {
      name,
      next: undefined,
      isForgotten: false,
      metadata: { type: 'unknown', unit: '', help: '' },
      seenIn: 0,
      changedIn: 0,
    };
    this.#families.set(name, family);
    return family;
  }

  /** Whether the family that the page named last was described otherwise before. */
  hasChanged(round: number): boolean {
    return this.#latest?.changedIn === round;
  }

  /** The metadata of the family that the page named last. */
  get latest(): Metadata | undefined {
    return this.#latest?.metadata;
  }

  /** The metadata of a metric, where it belongs to the family that the page named last. */
  ofMetric(metric: string): Metadata | undefined {
    const family = this.#latest;
    if (family === undefined) return undefined;
    const isPart = isPartOfFamily(metric, family.name, family.metadata.type);
    return isPart ? family.metadata : undefined;
  }

  forgetOld(round: number): void {
    for (const [name, family] of this.#families) {
      if (round - family.seenIn <= ROUNDS_KEPT) continue;
      family.isForgotten = true;
      family.next = undefined;
      this.#families.delete(name);
    }
  }

  list(): FamilyMetadata[] {
    return Array.from(this.#families, ([metric, { metadata }]) => {
      const { type, unit, help } = metadata;
      return { metric, type, unit, help };
    });
  }

  get(metric: string): Metadata | undefined {
    return this.#families.get(metric)?.metadata;
  }

  /** Bytes of the texts kept, about. */
  sizeBytes(): number {
    let bytes = 0;
    for (const { metadata } of this.#families.values()) {
      bytes += metadata.help.length + metadata.unit.length + metadata.type.length;
    }
    return bytes;
  }
}

function change(family: Family, metadata: Metadata, round: number): void {
  family.metadata = metadata;
  family.changedIn = round;
}

const SUFFIXES: Readonly<Partial<Record<MetricType, readonly string[]>>> = {
  counter: ['_total'],
  histogram: ['_bucket', '_sum', '_count'],
  gaugehistogram: ['_bucket', '_gsum', '_gcount'],
  summary: ['_sum', '_count'],
  info: ['_info'],
};

/** Whether a metric's name is the family's, or its with a suffix that the type allows. */
export function isPartOfFamily(metric: string, family: string, type: MetricType): boolean {
  if (metric === family) return true;
  if (!metric.startsWith(family)) return false;
  return SUFFIXES[type]?.includes(metric.slice(family.length)) ?? false;
}
