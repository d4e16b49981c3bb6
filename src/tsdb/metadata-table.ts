import type { Metadata } from '#model';
import type { MetadataEntry } from '#storage';

/** Distinct descriptions kept; a page that changes its help each time must not fill the memory. */
const METADATA_MAX = 200_000;

/** Descriptions of metrics, each once, and which metric has which. Series name them by number; 0: none. */
export class MetadataTable {
  readonly #entries: Metadata[] = [{ type: 'unknown', unit: '', help: '' }];
  readonly #ids = new Map<string, number>();
  readonly #byMetric = new Map<string, Set<number>>();

  /** 0 where the limit is reached. */
  idOf(metadata: Metadata): number {
    const key = `${metadata.type}\u0000${metadata.unit}\u0000${metadata.help}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#entries.length;
    if (id > METADATA_MAX) return 0;
    this.#entries.push(metadata);
    this.#ids.set(key, id);
    return id;
  }

  at(id: number): Metadata {
    return this.#entries[id];
  }

  /** Notes that a metric is described so, the newest last. */
  describe(metric: string, id: number): void {
    let ids = this.#byMetric.get(metric);
    if (ids === undefined) {
      if (this.#byMetric.size >= METADATA_MAX) return;
      ids = new Set();
      this.#byMetric.set(metric, ids);
    }
    ids.delete(id);
    ids.add(id);
  }

  list(metric?: string): readonly MetadataEntry[] {
    const metrics = metric === undefined ? [...this.#byMetric.keys()] : [metric];
    return metrics.flatMap((name) =>
      Array.from(this.#byMetric.get(name) ?? [], (id) => ({ metric: name, metadata: this.at(id) })),
    );
  }
}
