import { compareLabels, compareStrings } from '#model';
import type { Labels } from '#model';
import type { SampleColumns } from '#storage';
import type { BlockSeries, SeriesSource } from './block-series.ts';
import { SampleChunker } from './sample-chunker.ts';

/** A series with its float samples, sorted by time. */
export interface ListedSeries {
  readonly labels: Labels;
  readonly samples: SampleColumns;
}

/** Makes a block's content out of series in memory, each label set once. */
export function listedSource(list: readonly ListedSeries[]): SeriesSource {
  const sorted = list.toSorted((a, b) => compareLabels(a.labels, b.labels));
  const symbols = [...new Set(list.flatMap(({ labels }) => labels))].toSorted(compareStrings);
  const numbers = new Map(symbols.map((symbol, i) => [symbol, i]));
  const chunker = new SampleChunker();
  let at = 0;
  return {
    symbols,
    next: (series: BlockSeries): boolean => {
      const item = sorted[at++];
      if (item === undefined) return false;
      series.clear();
      for (const text of item.labels) series.addSymbol(numbers.get(text) ?? 0);
      chunker.encode(item.samples, 0, item.samples.length, series.chunks);
      return true;
    },
  };
}
