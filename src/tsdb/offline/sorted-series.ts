import { compareLabels, labelsEqual } from '#model';
import type { Labels } from '#model';
import { SampleColumns, joinRuns } from '#storage';
import type { SeriesSet } from '#storage';

/** Walks through a set in the order of labels. */
export class SortedCursor {
  readonly #set: SeriesSet;
  readonly #order: Uint32Array | undefined;
  #at = -1;
  /** Of the series that it stands at; undefined at the end. */
  labels: Labels | undefined = [];

  /** A set that `isSorted` by itself needs no memory for it. */
  constructor(set: SeriesSet, isSorted: boolean) {
    this.#set = set;
    this.#order = isSorted ? undefined : orderOf(set);
    this.advance();
  }

  /** Series whose labels cannot be read are passed over; the set has a warning then. */
  advance(): void {
    do {
      this.#at++;
      this.labels = this.#at < this.#set.count ? this.#set.labels(this.#index) : undefined;
    } while (this.labels?.length === 0);
  }

  read(startMs: number, endMs: number, columns: SampleColumns): void {
    this.#set.read(this.#index, startMs, endMs, columns);
  }

  get #index(): number {
    return this.#order === undefined ? this.#at : this.#order[this.#at];
  }
}

function orderOf(set: SeriesSet): Uint32Array {
  const labels = Array.from({ length: set.count }, (_, index) => set.labels(index));
  const order = Uint32Array.from(labels.keys());
  return order.toSorted((a, b) => compareLabels(labels[a], labels[b]));
}

/**
 * One series after the other, the samples of all cursors that have it joined; of two at the same time
 * that of the earlier cursor counts. The columns are reused. Series without samples are left out.
 */
export function* mergedSeries(
  cursors: readonly SortedCursor[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Generator<{ readonly labels: Labels; readonly samples: SampleColumns }> {
  const samples = new SampleColumns(1024);
  const scratch = new SampleColumns(0);
  for (;;) {
    const labels = firstLabels(cursors);
    if (labels === undefined) return;
    samples.clear();
    for (const cursor of cursors) {
      if (cursor.labels === undefined || !labelsEqual(cursor.labels, labels)) continue;
      const middle = samples.length;
      cursor.read(startMs, endMs, samples);
      joinRuns(samples, { first: 0, middle }, scratch);
      cursor.advance();
    }
    if (samples.length > 0) yield { labels, samples };
  }
}

function firstLabels(cursors: readonly SortedCursor[]): Labels | undefined {
  let first: Labels | undefined;
  for (const { labels } of cursors) {
    if (labels === undefined) continue;
    if (first === undefined || compareLabels(labels, first) < 0) first = labels;
  }
  return first;
}
