import type { Metadata } from '#model';
import type { MetadataEntry } from '#storage';
import type { SeriesTable } from './series-table.ts';

/** Distinct descriptions and described metrics kept; a page that changes its help each time must not fill the memory. */
const METADATA_MAX = 200_000;
/** Descriptions of one metric, the newest. */
const DESCRIPTIONS_MAX = 100;

/** Descriptions of metrics, each once, and which metric has which. A description is named by its id; 0: none. */
export class MetadataTable {
  readonly #entries: Metadata[] = [{ type: 'unknown', unit: '', help: '' }];
  readonly #ids = new Map<string, number>();
  /** By metric: id, and in which age of the log it was logged last. The newest is the last. */
  readonly #byMetric = new Map<string, Map<number, number>>();
  /** How often what is logged was to be thinned out. */
  #age = 0;
  #latest: Metadata | undefined;
  #latestId = 0;

  /** 0 where the limit is reached. */
  idOf(metadata: Metadata): number {
    // The series of a family follow each other.
    if (metadata === this.#latest) return this.#latestId;
    const key = `${metadata.type}\u0000${metadata.unit}\u0000${metadata.help}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#entries.length;
      if (id > METADATA_MAX) return 0;
      this.#entries.push(metadata);
      this.#ids.set(key, id);
    }
    this.#latest = metadata;
    this.#latestId = id;
    return id;
  }

  at(id: number): Metadata {
    return this.#entries[id];
  }

  /** Whether the log does not surely say already that a metric is described so. */
  isNew(metric: string, id: number): boolean {
    const ids = this.#byMetric.get(metric);
    if (ids === undefined) return this.#byMetric.size < METADATA_MAX;
    return ids.get(id) !== this.#age;
  }

  /** Notes that a metric is described so, and that the log says it. */
  describe(metric: string, id: number): void {
    this.#note(metric, id, this.#age);
  }

  /** As `describe`, where the log need not say it. */
  recall(metric: string, id: number): void {
    this.#note(metric, id, -1);
  }

  /** From now on the log may lose what it says so far, but for what a checkpoint takes along. */
  startAge(): void {
    this.#age++;
  }

  /** Ids of what a metric is described by, the newest last. */
  idsOf(metric: string): readonly number[] {
    return [...(this.#byMetric.get(metric)?.keys() ?? [])];
  }

  list(metric?: string): readonly MetadataEntry[] {
    const metrics = metric === undefined ? [...this.#byMetric.keys()] : [metric];
    return metrics.flatMap((name) =>
      this.idsOf(name).map((id) => ({ metric: name, metadata: this.at(id) })),
    );
  }

  #note(metric: string, id: number, age: number): void {
    let ids = this.#byMetric.get(metric);
    if (ids === undefined) {
      if (this.#byMetric.size >= METADATA_MAX) return;
      ids = new Map();
      this.#byMetric.set(metric, ids);
    }
    ids.delete(id);
    ids.set(id, age);
    if (ids.size <= DESCRIPTIONS_MAX) return;
    for (const oldest of ids.keys()) {
      ids.delete(oldest);
      return;
    }
  }
}

/** The descriptions of the metrics that some series have, each metric's at the first of them. */
export class DescribedMetrics {
  readonly #series: SeriesTable;
  readonly #table: MetadataTable;
  readonly #seen = new Set<number>();

  constructor(series: SeriesTable, table: MetadataTable) {
    this.#series = series;
    this.#table = table;
  }

  /** None where the row's metric was asked for before. */
  ofRow(row: number): { readonly metric: string; readonly ids: readonly number[] } | undefined {
    const pair = this.#series.metricPair(row);
    if (pair === 0 || this.#seen.has(pair)) return undefined;
    this.#seen.add(pair);
    const metric = this.#series.metricOf(row);
    return { metric, ids: this.#table.idsOf(metric) };
  }
}
