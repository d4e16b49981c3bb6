import type { MatrixSeries } from '#contract';

/** Steps that have been computed anew, in seconds, inclusive. */
export interface FreshSteps {
  readonly start: number;
  readonly end: number;
  readonly series: readonly MatrixSeries[];
}

/**
 * Fresh steps take the place of those that were there, and what is older than `oldest` (seconds) goes. Series that are
 * there stay in their place, new ones follow; those without a point go.
 */
export function mergeSteps(
  before: readonly MatrixSeries[],
  fresh: FreshSteps,
  oldest: number,
): MatrixSeries[] {
  const found = new Map(fresh.series.map((one) => [JSON.stringify(one.metric), one]));
  const merged: MatrixSeries[] = [];
  for (const { metric, values = [], histograms = [] } of before) {
    const key = JSON.stringify(metric);
    const added = found.get(key);
    found.delete(key);
    merged.push({
      metric,
      values: joined(values, added?.values ?? [], fresh, oldest),
      histograms: joined(histograms, added?.histograms ?? [], fresh, oldest),
    });
  }
  for (const { metric, values = [], histograms = [] } of found.values()) {
    merged.push({ metric, values, histograms });
  }
  return merged.filter(
    ({ values = [], histograms = [] }) => values.length > 0 || histograms.length > 0,
  );
}

type Point = readonly [number, unknown];

// oxlint-disable-next-line max-params -- both lists, and what is kept of the first
function joined<P extends Point>(
  before: readonly P[],
  added: readonly P[],
  { start, end }: FreshSteps,
  oldest: number,
): readonly P[] {
  const first = firstFrom(before, oldest);
  const cut = Math.max(first, firstFrom(before, start));
  const kept = before.slice(first, cut);
  const later = before.slice(Math.max(cut, firstAfter(before, end)));
  return later.length === 0 ? kept.concat(added) : [...kept, ...added, ...later];
}

/** Points are in the order of their times. */
function firstFrom(points: readonly Point[], time: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAfter(points: readonly Point[], time: number): number {
  const index = firstFrom(points, time);
  return points[index]?.[0] === time ? index + 1 : index;
}
