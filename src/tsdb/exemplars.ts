import { labelValue, labelsEqual, labelsKey } from '#model';
import type { Exemplar, Labels, Matcher } from '#model';
import { AppendStatus } from '#storage';
import type { ExemplarSeries } from '#storage';

export type StoredExemplar = Exemplar & { readonly timestampMs: number };

interface SeriesExemplars {
  readonly ref: number;
  readonly labels: Labels;
  /** Ascending by time. */
  readonly list: StoredExemplar[];
}

/** Of the label set of one exemplar, in characters: OpenMetrics' limit, as Prometheus checks it. */
const LABELS_LENGTH_MAX = 128;

/** The newest exemplars of all series together, so many and no more. In the writing thread. */
export class ExemplarStore {
  #max: number;
  readonly #bySeries = new Map<number, SeriesExemplars>();
  /** Whose exemplar is the oldest, the second oldest, ... from `#oldest` on. */
  #order: SeriesExemplars[] = [];
  #oldest = 0;
  appended = 0;
  outOfOrder = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get max(): number {
    return this.#max;
  }

  get count(): number {
    return this.#order.length - this.#oldest;
  }

  /** 0 where there is none. */
  get oldestTimeMs(): number {
    return this.#order[this.#oldest]?.list[0]?.timestampMs ?? 0;
  }

  get seriesCount(): number {
    return this.#bySeries.size;
  }

  setMax(max: number): void {
    this.#max = max;
    while (this.count > max) this.#dropOldest();
    this.#compact();
  }

  /** What `add` would answer. `ok` also for one that is known already: `isKnown` tells. */
  check(ref: number, exemplar: StoredExemplar): AppendStatus {
    if (this.#max === 0) return AppendStatus.ok;
    if (labelsLength(exemplar.labels) > LABELS_LENGTH_MAX) return AppendStatus.limit;
    const newest = this.#bySeries.get(ref)?.list.at(-1);
    if (newest === undefined || sameExemplar(newest, exemplar)) return AppendStatus.ok;
    // Of one moment Prometheus takes several exemplars if their values rise.
    const isLater =
      exemplar.timestampMs > newest.timestampMs ||
      (exemplar.timestampMs === newest.timestampMs && exemplar.value > newest.value);
    if (isLater) return AppendStatus.ok;
    return AppendStatus.outOfOrder;
  }

  isKnown(ref: number, exemplar: StoredExemplar): boolean {
    const newest = this.#bySeries.get(ref)?.list.at(-1);
    return newest !== undefined && sameExemplar(newest, exemplar);
  }

  /** `labels`: of the series. */
  add(ref: number, labels: () => Labels, exemplar: StoredExemplar): void {
    if (this.#max === 0 || this.isKnown(ref, exemplar)) return;
    if (this.check(ref, exemplar) !== AppendStatus.ok) {
      this.outOfOrder++;
      return;
    }
    let series = this.#bySeries.get(ref);
    if (series === undefined) {
      series = { ref, labels: labels(), list: [] };
      this.#bySeries.set(ref, series);
    }
    series.list.push(exemplar);
    this.#order.push(series);
    this.appended++;
    if (this.count > this.#max) this.#dropOldest();
    this.#compact();
  }

  select(
    startMs: number,
    endMs: number,
    matcherSets: readonly (readonly Matcher[])[],
  ): readonly ExemplarSeries[] {
    // A series that left and came back has several references.
    const found = new Map<string, ExemplarSeries>();
    for (const { labels, list } of this.#bySeries.values()) {
      if (!matcherSets.some((matchers) => matchesAll(labels, matchers))) continue;
      const exemplars = list.filter((e) => e.timestampMs >= startMs && e.timestampMs <= endMs);
      if (exemplars.length === 0) continue;
      const key = labelsKey(labels);
      const before = found.get(key)?.exemplars ?? [];
      found.set(key, { labels, exemplars: byTime([...before, ...exemplars]) });
    }
    return [...found.values()];
  }

  /** All, oldest first, each with the reference of its series. */
  *inOrder(): Generator<readonly [ref: number, exemplar: StoredExemplar]> {
    const next = new Map<SeriesExemplars, number>();
    for (let i = this.#oldest; i < this.#order.length; i++) {
      const series = this.#order[i];
      const index = next.get(series) ?? 0;
      next.set(series, index + 1);
      yield [series.ref, series.list[index]];
    }
  }

  #dropOldest(): void {
    const series = this.#order[this.#oldest++];
    series.list.shift();
    if (series.list.length === 0) this.#bySeries.delete(series.ref);
  }

  #compact(): void {
    if (this.#oldest < 1024 || this.#oldest * 2 < this.#order.length) return;
    this.#order = this.#order.slice(this.#oldest);
    this.#oldest = 0;
  }
}

function byTime<T extends { readonly timestampMs?: number | undefined }>(list: T[]): T[] {
  return list.toSorted((a, b) => (a.timestampMs ?? 0) - (b.timestampMs ?? 0));
}

function labelsLength(labels: Labels): number {
  let length = 0;
  for (const text of labels) length += text.length;
  return length;
}

function sameExemplar(a: StoredExemplar, b: StoredExemplar): boolean {
  return (
    a.timestampMs === b.timestampMs &&
    Object.is(a.value, b.value) &&
    labelsEqual(a.labels, b.labels)
  );
}

function matchesAll(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ name, matches }) => matches(labelValue(labels, name)));
}
