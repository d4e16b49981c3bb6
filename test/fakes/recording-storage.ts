import { formatLabels, isStaleNaN } from '#model';
import type { Exemplar, Labels, Metadata } from '#model';
import { AppendStatus } from '#storage';
import type { Appendable, Appender, SeriesRef } from '#storage';

export interface RecordedSeries {
  readonly labels: Labels;
  readonly samples: [timestampMs: number, value: number][];
  /** Which samples are stale markers: an array of plain numbers does not keep their bits. */
  readonly staleAt: Set<number>;
  readonly exemplars: Exemplar[];
  metadata: Metadata | undefined;
}

/** Keeps everything, refuses what is out of order, and shows it as text. */
export class RecordingStorage implements Appendable {
  readonly #byText = new Map<string, SeriesRef>();
  readonly #series: (RecordedSeries | undefined)[] = [undefined];
  /** How often a series was asked for; the work that the scrape cache saves. */
  lookups = 0;

  appender(): Appender {
    const batch: (() => void)[] = [];
    const undo: (() => void)[] = [];
    return {
      seriesRef: (labels) => this.#ref(labels),
      findSeries: (labels) => this.#find(labels.labels()),
      seriesRefOfSpans: (labels) => this.#ref(labels.labels()),
      append: (ref, timestampMs, value) => {
        const series = this.#series[ref];
        if (series === undefined) return AppendStatus.unknownSeries;
        const last = series.samples.at(-1);
        if (last !== undefined && last[0] > timestampMs) return AppendStatus.outOfOrder;
        if (last !== undefined && last[0] === timestampMs) {
          return Object.is(last[1], value) ? AppendStatus.ok : AppendStatus.duplicate;
        }
        if (isStaleNaN(value)) series.staleAt.add(timestampMs);
        series.samples.push([timestampMs, value]);
        undo.push(() => {
          series.staleAt.delete(timestampMs);
          series.samples.pop();
        });
        return AppendStatus.ok;
      },
      appendHistogram: () => AppendStatus.ok,
      appendExemplar: (ref, exemplar) => {
        batch.push(() => this.#series[ref]?.exemplars.push(exemplar));
        return AppendStatus.ok;
      },
      setMetadata: (ref, metadata) => {
        batch.push(() => {
          const series = this.#series[ref];
          if (series !== undefined) series.metadata = metadata;
        });
      },
      commit: () => {
        for (const write of batch) write();
      },
      rollback: () => {
        for (const back of undo.toReversed()) back();
      },
    };
  }

  #find(labels: Labels): SeriesRef {
    this.lookups++;
    return this.#byText.get(formatLabels(labels)) ?? 0;
  }

  #ref(labels: Labels): SeriesRef {
    this.lookups++;
    const text = formatLabels(labels);
    let ref = this.#byText.get(text);
    if (ref === undefined) {
      ref = this.#series.length;
      this.#byText.set(text, ref);
      this.#series.push({
        labels,
        samples: [],
        staleAt: new Set(),
        exemplars: [],
        metadata: undefined,
      });
    }
    return ref;
  }

  /** The storage forgets its series, as after a long pause: their references name nothing any more. */
  forgetSeries(): void {
    this.#byText.clear();
    this.#series.fill(undefined);
  }

  series(text: string): RecordedSeries | undefined {
    return this.#series[this.#byText.get(text) ?? 0];
  }

  /** Values in order, `stale` for the marker. Empty where the series is not there. */
  values(text: string): (number | 'stale')[] {
    const { samples, staleAt } = this.series(text) ?? { samples: [], staleAt: new Set<number>() };
    return samples.map(([timestampMs, value]) => (staleAt.has(timestampMs) ? 'stale' : value));
  }

  timestamps(text: string): number[] {
    return (this.series(text)?.samples ?? []).map(([timestampMs]) => timestampMs);
  }

  /** Texts of all series with samples, sorted; without those that every scrape writes about itself. */
  names(): string[] {
    return [...this.#byText]
      .filter(([, ref]) => (this.#series[ref]?.samples.length ?? 0) > 0)
      .map(([text]) => text)
      .filter((text) => !/^(?:up|scrape_\w+)\{/.test(text))
      .toSorted();
  }
}
