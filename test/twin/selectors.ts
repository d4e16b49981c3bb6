import type { MatrixSelector, Subquery, VectorSelector } from '#promql';
import { added, Incompatible, isCustom, isReset, scaled, subtracted } from './histogram.ts';
import { durationMs, positiveDurationMs } from './durations.ts';
import type { TwinQuery } from './query.ts';
import {
  type Labels,
  labelsKey,
  type Point,
  type RangeSeries,
  type Sample,
  type StoredSeries,
  TwinError,
  type Value,
} from './values.ts';

/** The time that a selector or subquery looks at, when evaluated at `timeMs`. */
export function lookedAtMs(
  query: TwinQuery,
  selector: VectorSelector | Subquery,
  timeMs: number,
): number {
  const { at } = selector;
  const fromMs =
    at === undefined
      ? timeMs
      : at.kind === 'timestamp'
        ? at.timestampMs
        : at.kind === 'start'
          ? query.startMs
          : query.endMs;
  return fromMs - durationMs(query, selector.offsetExpression, selector.offsetMs);
}

export function matchingSeries(query: TwinQuery, { matchers }: VectorSelector): StoredSeries[] {
  return query.series.filter(({ labels }) =>
    matchers.every(({ type, name, value, matches }) => {
      const own = labels[name] ?? '';
      if (type === '=') return own === value;
      if (type === '!=') return own !== value;
      return matches(own);
    }),
  );
}

export interface Found extends Sample {
  readonly timestampMs: number;
}

/** The last sample of each series within the lookback, unless the series has ended. */
export function selectInstant(query: TwinQuery, selector: VectorSelector, timeMs: number): Found[] {
  const endMs = lookedAtMs(query, selector, timeMs);
  return matchingSeries(query, selector).flatMap(({ labels, points }) => {
    const last = points.findLast((point) => point.timestampMs <= endMs);
    if (last === undefined || last.timestampMs <= endMs - query.lookbackMs) return [];
    const { timestampMs, value } = last;
    return value === 'stale' ? [] : [{ labels, value, timestampMs }];
  });
}

export interface Range {
  /** What the function sees; for anchored and smoothed selectors more than what is in the range. */
  readonly series: readonly RangeSeries[];
  readonly startMs: number;
  readonly endMs: number;
  readonly rangeMs: number;
  readonly anchored: boolean;
  readonly smoothed: boolean;
}

/** Samples after the start of the range, up to and with its end. */
export function selectRange(query: TwinQuery, matrix: MatrixSelector, timeMs: number): Range {
  const { selector } = matrix;
  const { anchored, smoothed } = selector;
  const rangeMs = positiveDurationMs(query, matrix.rangeExpression, matrix.rangeMs);
  const endMs = lookedAtMs(query, selector, timeMs);
  const startMs = endMs - rangeMs;
  const fromMs = anchored || smoothed ? startMs - query.lookbackMs : startMs;
  const toMs = smoothed ? endMs + query.lookbackMs : endMs;
  const series = matchingSeries(query, selector).flatMap(({ labels, points }) => {
    const within = pointsWithin(points, fromMs, toMs);
    return within.length === 0 ? [] : [{ labels, points: within }];
  });
  return { series, startMs, endMs, rangeMs, anchored, smoothed };
}

function pointsWithin(
  points: readonly Point[],
  fromMs: number,
  toMs: number,
): { timestampMs: number; value: Value }[] {
  return points.flatMap(({ timestampMs, value }) =>
    timestampMs > fromMs && timestampMs <= toMs && value !== 'stale'
      ? [{ timestampMs, value }]
      : [],
  );
}

/** Values between samples before and after the time; the last one where there is none after. */
export function selectSmoothed(
  query: TwinQuery,
  selector: VectorSelector,
  timeMs: number,
): Sample[] {
  const atMs = lookedAtMs(query, selector, timeMs);
  const { lookbackMs, notes } = query;
  return matchingSeries(query, selector).flatMap(({ labels, points }) => {
    const window = pointsWithin(points, atMs - lookbackMs, atMs + lookbackMs);
    const name = labels['__name__'] ?? '';
    if (new Set(window.map(({ value }) => typeof value)).size > 1) {
      notes.warn(
        `encountered a mix of histograms and floats for metric name ${JSON.stringify(name)}`,
        selector.position,
      );
      return [];
    }
    const before = window.findLast(({ timestampMs }) => timestampMs <= atMs);
    const after = window.find(({ timestampMs }) => timestampMs > atMs);
    if (before === undefined) return [];
    if (after === undefined || before.timestampMs === atMs)
      return [{ labels, value: before.value }];
    const value = between(query, { before, after, atMs }, { selector, name });
    return value === undefined ? [] : [{ labels, value }];
  });
}

interface Neighbours {
  readonly before: { readonly timestampMs: number; readonly value: Value };
  readonly after: { readonly timestampMs: number; readonly value: Value };
  readonly atMs: number;
}

function between(
  query: TwinQuery,
  neighbours: Neighbours,
  { selector, name }: { readonly selector: VectorSelector; readonly name: string },
): Value | undefined {
  try {
    const { value } = neighbours.before;
    const isCounter = typeof value !== 'number' && value.hint !== 'gauge';
    return interpolated(neighbours, isCounter, (operation) =>
      query.notes.info(
        `mismatched custom buckets were reconciled during ${operation}`,
        selector.position,
      ),
    );
  } catch (error) {
    if (!(error instanceof Incompatible)) throw error;
    query.notes.warn(
      `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(name)}`,
      selector.position,
    );
    return undefined;
  }
}

/** On the line between two samples; a counter that was reset on the way began at zero. */
export function interpolated(
  { before, after, atMs }: Neighbours,
  isCounter: boolean,
  onReconciled: (operation: 'subtraction' | 'addition') => void,
): Value {
  const passedMs = atMs - before.timestampMs;
  const distanceMs = after.timestampMs - before.timestampMs;
  if (typeof before.value === 'number' && typeof after.value === 'number') {
    const from = isCounter && after.value < before.value ? 0 : before.value;
    return from + ((after.value - from) * passedMs) / distanceMs;
  }
  if (typeof before.value === 'number' || typeof after.value === 'number') {
    throw new TwinError('cannot interpolate between a float and a histogram');
  }
  const share = passedMs / distanceMs;
  if (isCustom(before.value) !== isCustom(after.value)) throw new Incompatible('mixed schemas');
  if (isCounter && isReset(after.value, before.value)) return scaled(after.value, share);
  const difference = subtracted(after.value, before.value);
  if (difference.reconciled) onReconciled('subtraction');
  const sum = added(scaled(difference.histogram, share), before.value);
  if (sum.reconciled) onReconciled('addition');
  return sum.histogram;
}

/** The instants of a subquery: multiples of its step after the start of the range. */
export function subqueryTimesMs(query: TwinQuery, subquery: Subquery, timeMs: number): number[] {
  const endMs = lookedAtMs(query, subquery, timeMs);
  const rangeMs = positiveDurationMs(query, subquery.rangeExpression, subquery.rangeMs);
  const stepMs =
    positiveDurationMs(query, subquery.stepExpression, subquery.stepMs) || query.subqueryStepMs;
  const timesMs: number[] = [];
  let next = Math.floor((endMs - rangeMs) / stepMs) * stepMs + stepMs;
  for (; next <= endMs; next += stepMs) timesMs.push(next);
  return timesMs;
}

/** Instant vectors over time as series. Hints do not survive, since samples may be missing or doubled. */
export function seriesOver(
  timesMs: readonly number[],
  vectors: readonly (readonly Sample[])[],
): RangeSeries[] {
  const byKey = new Map<
    string,
    { labels: Labels; points: { timestampMs: number; value: Value }[] }
  >();
  for (const [i, samples] of vectors.entries()) {
    for (const { labels, value } of samples) {
      const key = labelsKey(labels);
      const series = byKey.get(key) ?? { labels, points: [] };
      byKey.set(key, series);
      series.points.push({ timestampMs: timesMs[i], value: withoutHint(value) });
    }
  }
  return [...byKey.values()];
}

function withoutHint(value: Value): Value {
  if (typeof value === 'number' || value.hint === 'gauge') return value;
  return { ...value, hint: 'unknown' };
}
