import type { Metadata, MetricType } from '#model';

interface Family {
  metadata: Metadata;
  /** In which round it was last on the page, and last another than before. */
  seenIn: number;
  changedIn: number;
}

export interface FamilyMetadata extends Metadata {
  readonly metric: string;
}

/** Metadata stay known this many pages after their family has left. */
const ROUNDS_KEPT = 10;

/** What one target says of its metric families. */
export class MetadataCache {
  readonly #families = new Map<string, Family>();
  #latestName = '';
  #latest: Family | undefined;

  get size(): number {
    return this.#families.size;
  }

  set(name: string, part: Partial<Metadata>, round: number): void {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { metadata: { type: 'unknown', unit: '', help: '' }, seenIn: 0, changedIn: 0 };
      this.#families.set(name, family);
    }
    const { type, unit, help } = { ...family.metadata, ...part };
    const before = family.metadata;
    if (type !== before.type || unit !== before.unit || help !== before.help) {
      family.metadata = { type, unit, help };
      family.changedIn = round;
    }
    family.seenIn = round;
    this.#latestName = name;
    this.#latest = family;
  }

  /** No family stands above the lines to come. */
  startPage(): void {
    this.#latest = undefined;
  }

  /** Whether the family that the page named last was described otherwise before. */
  hasChanged(round: number): boolean {
    return this.#latest?.changedIn === round;
  }

  /** The metadata of a metric, where it belongs to the family that the page named last. */
  ofMetric(metric: string): Metadata | undefined {
    const family = this.#latest;
    if (family === undefined) return undefined;
    const isPart = isPartOfFamily(metric, this.#latestName, family.metadata.type);
    return isPart ? family.metadata : undefined;
  }

  forgetOld(round: number): void {
    for (const [name, family] of this.#families) {
      if (round - family.seenIn > ROUNDS_KEPT) this.#families.delete(name);
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
