import type { ApiHistogram, ApiSeries } from './query-value.ts';

interface Extent {
  readonly min: number;
  readonly average: number;
  readonly max: number;
}

/** How one histogram uses its buckets, from sample to sample. */
export interface BucketStatistics {
  /** Buckets whose count changed. */
  readonly changed: Extent;
  /** By how much, all buckets together. */
  readonly delta: Extent;
  /** Buckets that are not empty. */
  readonly populated: Extent;
  readonly bucketCount: number;
}

export class BucketStatisticsError extends Error {
  readonly code = 'not-aligned';
  constructor() {
    super('cannot compare buckets: they have samples at different times');
    this.name = 'BucketStatisticsError';
  }
}

/** Between two samples: changed buckets, delta, populated buckets. */
type Step = readonly [changed: number, delta: number, populated: number];

/** The buckets of a classic histogram, each a series. Undefined: not enough data. Throws BucketStatisticsError. */
export function classicStatistics(series: readonly ApiSeries[]): BucketStatistics | undefined {
  const buckets = series.toSorted((a, b) => boundOf(a) - boundOf(b));
  const sampleCount = buckets[0]?.values?.length ?? 0;
  if (sampleCount < 2) return undefined;
  const steps: Step[] = [];
  let before = countsAt(buckets, 0);
  for (let index = 1; index < sampleCount; index++) {
    const counts = countsAt(buckets, index);
    const deltas = counts.map((count, i) => Math.abs(count - (before[i] ?? 0)));
    const changed = deltas.filter((delta) => delta !== 0).length;
    const populated = counts.filter((count) => count !== 0).length;
    steps.push([changed, sumOf(deltas), populated]);
    before = counts;
  }
  return statisticsOf(steps, buckets.length);
}

function boundOf({ metric }: ApiSeries): number {
  const bound = metric['le'] ?? '';
  return bound === '+Inf' ? Infinity : Number(bound);
}

/** Not cumulative. */
function countsAt(buckets: readonly ApiSeries[], index: number): number[] {
  const samples = buckets.map(({ values = [] }) => values[index]);
  const timeSeconds = samples[0]?.[0];
  if (samples.some((sample) => sample?.[0] !== timeSeconds)) throw new BucketStatisticsError();
  const totals = samples.map((sample) => Number(sample?.[1] ?? 0));
  return totals.map((total, i) => Math.trunc(i === 0 ? total : total - (totals[i - 1] ?? 0)));
}

/** One series of native histograms. Undefined: not enough data, or none. */
export function nativeStatistics({ histograms = [] }: ApiSeries): BucketStatistics | undefined {
  if (histograms.length < 2) return undefined;
  const all = new Set<string>();
  const steps: Step[] = [];
  let before: ReadonlyMap<string, number> | undefined;
  for (const [, histogram] of histograms) {
    const counts = bucketCounts(histogram);
    for (const bounds of counts.keys()) all.add(bounds);
    if (before !== undefined) steps.push(nativeStep(before, counts));
    before = counts;
  }
  return statisticsOf(steps, all.size);
}

function bucketCounts({ buckets = [] }: ApiHistogram): Map<string, number> {
  return new Map(
    buckets.map(([kind, lower, upper, count]) => [`${kind} ${lower} ${upper}`, Number(count)]),
  );
}

function nativeStep(
  before: ReadonlyMap<string, number>,
  counts: ReadonlyMap<string, number>,
): Step {
  const deltas = [...new Set([...before.keys(), ...counts.keys()])]
    .map((bounds) => Math.abs((counts.get(bounds) ?? 0) - (before.get(bounds) ?? 0)))
    .filter((delta) => delta !== 0);
  return [deltas.length, sumOf(deltas.map(Math.trunc)), counts.size];
}

function statisticsOf(steps: readonly Step[], bucketCount: number): BucketStatistics {
  return {
    changed: extentOf(steps.map(([changed]) => changed)),
    delta: extentOf(steps.map(([, delta]) => delta)),
    populated: extentOf(steps.map(([, , populated]) => populated)),
    bucketCount,
  };
}

function extentOf(values: readonly number[]): Extent {
  let min = Infinity;
  let max = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, average: sumOf(values) / values.length, max };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** In promtool's words. */
export function formatStatistics(statistics: BucketStatistics): string {
  const { changed, delta, populated, bucketCount } = statistics;
  return (
    `Bucket stats (min/avg/max) - number of buckets changed: ${formatExtent(changed)} ` +
    `total delta of changed buckets: ${formatExtent(delta)} ` +
    `number of populated buckets: ${formatExtent(populated)}. ` +
    `total number of buckets: ${bucketCount}`
  );
}

/** Over all histograms. */
export function formatSummary(all: readonly BucketStatistics[]): string {
  const rows: [string, number[]][] = [];
  for (const [name, pick] of [
    ['Changed', (one: BucketStatistics): Extent => one.changed],
    ['Delta', (one: BucketStatistics): Extent => one.delta],
    ['Pop', (one: BucketStatistics): Extent => one.populated],
  ] as const) {
    rows.push([`min${name}`, all.map((one) => pick(one).min)]);
    rows.push([`avg${name}`, all.map((one) => Math.trunc(pick(one).average))]);
    rows.push([`max${name}`, all.map((one) => pick(one).max)]);
  }
  rows.push(['total', all.map(({ bucketCount }) => bucketCount)]);
  const lines = rows.map(([name, values]) => {
    const extent = values.length === 0 ? { min: 0, average: 0, max: 0 } : extentOf(values);
    return `${name} - min/avg/max: ${formatExtent(extent)}\n`;
  });
  return `${lines.join('')}count - ${all.length}\n`;
}

function formatExtent({ min, average, max }: Extent): string {
  return `${min}/${average.toFixed(3)}/${max}`;
}
