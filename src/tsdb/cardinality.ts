import { METRIC_NAME } from '#model';
import { forEachName } from './head-querier.ts';
import type { HeadReading } from './head-querier.ts';
import { LIST_ITEMS, PAIR_LIST, listCount, wordAt } from './label-index.ts';
import type { Cardinality, NameCount } from './types.ts';

/** The largest of many, found without keeping or sorting all. Ties go to the one that came first. */
class Largest {
  readonly #limit: number;
  readonly #kept: { value: number; name: () => string }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `name` is called only for what is kept to the end. */
  add(value: number, name: () => string): void {
    const kept = this.#kept;
    if (this.#limit <= 0) return;
    if (kept.length === this.#limit && value <= (kept.at(-1)?.value ?? 0)) return;
    let at = kept.length;
    while (at > 0 && kept[at - 1].value < value) at--;
    kept.splice(at, 0, { value, name });
    if (kept.length > this.#limit) kept.pop();
  }

  list(): readonly NameCount[] {
    return this.#kept.map(({ value, name }) => ({ name: name(), value }));
  }
}

/** Counts as Prometheus does (tsdb/index/postings.go: Stats). Costs a look at each label pair. */
export function computeCardinality(reading: HeadReading, limit: number): Cardinality {
  const { views } = reading;
  const byMetric = new Largest(limit);
  const valueCounts = new Largest(limit);
  const memory = new Largest(limit);
  const byPair = new Largest(limit);
  reading.enter();
  try {
    forEachName(views, (name, list, count) => {
      const nameText = reading.name(name);
      let bytes = 0;
      for (let i = 0; i < count; i++) {
        const pair = wordAt(views, list + LIST_ITEMS + i);
        const seriesCount = listCount(views, wordAt(views, pair + PAIR_LIST));
        const value = reading.value(pair);
        bytes += seriesCount * value.length;
        if (nameText === METRIC_NAME) byMetric.add(seriesCount, () => value);
        byPair.add(seriesCount, () => `${nameText}=${value}`);
      }
      valueCounts.add(count, () => nameText);
      memory.add(bytes, () => nameText);
    });
    return {
      seriesCountByMetricName: byMetric.list(),
      labelValueCountByLabelName: valueCounts.list(),
      memoryInBytesByLabelName: memory.list(),
      seriesCountByLabelValuePair: byPair.list(),
    };
  } finally {
    reading.leave();
  }
}
