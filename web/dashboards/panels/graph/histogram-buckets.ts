import { type FieldSettings, formatText, type Frame, seriesColours } from '#dashboards';
import type { BarModel } from './bar-model.ts';
import { bucketCells, niceSize } from './heat-cells.ts';

export interface BucketOptions {
  /** How many are wanted, where the size is not given. */
  readonly bucketCount: number;
  readonly bucketSize: number | undefined;
  readonly bucketOffset: number;
}

export interface Buckets {
  /** Lower bounds, ascending, `size` apart. */
  readonly starts: Float64Array;
  readonly size: number;
  /** For each column of values. */
  readonly counts: readonly Float64Array[];
}

const BUCKETS_MAX = 1000;
const BUCKETS_USUAL = 30;

/** Counts values into buckets of equal size that all columns share. */
export function countBuckets(columns: readonly Float64Array[], options: BucketOptions): Buckets {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high)
    return { starts: new Float64Array(0), size: 1, counts: columns.map(() => new Float64Array(0)) };
  const size = sizeOf(low, high, options);
  const offset = options.bucketOffset % size;
  const start = Math.floor((low - offset) / size) * size + offset;
  const length = Math.min(BUCKETS_MAX, Math.floor((high - start) / size) + 1);
  const starts = Float64Array.from({ length }, (_, i) => start + i * size);
  const counts = columns.map((column) => {
    const result = new Float64Array(length);
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      const place = Math.min(length - 1, Math.floor((value - start) / size));
      result[place] = (result[place] ?? 0) + 1;
    }
    return result;
  });
  return { starts, size, counts };
}

function sizeOf(low: number, high: number, { bucketSize, bucketCount }: BucketOptions): number {
  const span = high - low;
  const least = span / (BUCKETS_MAX - 1);
  if (bucketSize !== undefined && bucketSize > 0) return Math.max(bucketSize, least);
  const count = bucketCount > 0 ? Math.min(bucketCount, BUCKETS_MAX - 1) : BUCKETS_USUAL;
  return niceSize(span === 0 ? Math.abs(low) / 10 || 1 : span / count);
}

/** `1 s – 2 s`, `> 10 s`. */
export function bucketText(from: number, to: number, unit: string): string {
  const bound = (value: number): string =>
    formatText(Number(value.toPrecision(10)), unit || 'short');
  if (to === Infinity) return `> ${bound(from)}`;
  return Number.isFinite(from) ? `${bound(from)} – ${bound(to)}` : `≤ ${bound(to)}`;
}

/** The unit of a field is that of its bounds, not of how many there are. */
export function countSettings(settings: FieldSettings): FieldSettings {
  return { ...settings, unit: 'short', min: undefined, max: undefined };
}

/** Bars of what Prometheus counted into buckets, over the whole time; undefined where it did not. */
export function bucketSeries(
  frames: readonly Frame[],
  settings: readonly (readonly FieldSettings[])[],
  isDark: boolean,
): BarModel | undefined {
  const index = frames.findIndex(
    ({ kind, fields }) => kind === 'heatmap' && fields.some(({ labels }) => 'le' in labels),
  );
  const [frame, own] = [frames[index], settings[index]?.at(-1)];
  if (frame === undefined || own === undefined) return undefined;
  const { rows } = bucketCells([frame], 1);
  const values = Float64Array.from(rows, ({ counts }) =>
    counts.reduce((sum, count) => (Number.isFinite(count) ? sum + count : sum), 0),
  );
  const categories = rows.map(({ from, to }) => bucketText(from, to, own.unit));
  const name = 'Count';
  const [colour = ''] = seriesColours([name], isDark);
  const series = { name, colour, colourAt: undefined, settings: countSettings(own), values };
  return { categories, series: [series] };
}
