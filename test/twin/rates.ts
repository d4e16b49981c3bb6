import type { PositionRange } from '#promql';
import {
  added,
  compacted,
  coarser,
  divided,
  Incompatible,
  isCustom,
  isReset,
  scaled,
  subtracted,
  type Sum,
  type TwinHistogram,
} from './histogram.ts';
import type { Notes } from './query.ts';
import { interpolated, type Range } from './selectors.ts';
import type { Value } from './values.ts';

export interface At<T> {
  readonly timestampMs: number;
  readonly value: T;
}

/** One series of a range vector under a function. */
export interface RangeCall {
  readonly range: Range;
  readonly floats: readonly At<number>[];
  readonly histograms: readonly At<TwinHistogram>[];
  readonly metricName: string;
  readonly notes: Notes;
  readonly position: PositionRange;
}

export interface RateKind {
  readonly isCounter: boolean;
  readonly perSecond: boolean;
}

export const RATES: Readonly<Record<string, RateKind>> = {
  rate: { isCounter: true, perSecond: true },
  increase: { isCounter: true, perSecond: false },
  delta: { isCounter: false, perSecond: false },
};

export function warnMixed({ notes, metricName, position }: RangeCall): void {
  notes.warn(
    `encountered a mix of histograms and floats for metric name ${JSON.stringify(metricName)}`,
    position,
  );
}

export function warnSchemas({ notes, metricName, position }: RangeCall): void {
  notes.warn(
    `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metricName)}`,
    position,
  );
}

function warnKind({ notes, metricName, position }: RangeCall, kind: 'counter' | 'gauge'): void {
  notes.warn(
    `this native histogram metric is not a ${kind}: ${JSON.stringify(metricName)}`,
    position,
  );
}

function noteBounds(call: RangeCall, operation: 'addition' | 'subtraction'): void {
  call.notes.info(`mismatched custom buckets were reconciled during ${operation}`, call.position);
}

function noted(call: RangeCall, sum: Sum, operation: 'addition' | 'subtraction'): TwinHistogram {
  if (sum.reconciled) noteBounds(call, operation);
  return sum.histogram;
}

/** Runs what may meet histograms that do not go together; that gives a warning and nothing. */
function unlessIncompatible(call: RangeCall, run: () => Value | undefined): Value | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Incompatible)) throw error;
    warnSchemas(call);
    return undefined;
  }
}

export function rateOf(call: RangeCall, kind: RateKind): Value | undefined {
  const { floats, histograms, range } = call;
  if (floats.length > 0 && histograms.length > 0) {
    warnMixed(call);
    return undefined;
  }
  if (range.anchored || range.smoothed) return extendedRate(call, kind);
  if (floats.length > 1) {
    const grown = increaseOf(floats, kind);
    const factor = extrapolation(call, { points: floats, first: floats[0].value, grown }, kind);
    return grown * factor;
  }
  if (histograms.length < 2) return undefined;
  return unlessIncompatible(call, () => {
    const grown = histogramIncrease(call, kind);
    const first = histograms[0].value.count;
    return scaled(
      grown,
      extrapolation(call, { points: histograms, first, grown: grown.count }, kind),
    );
  });
}

function increaseOf(floats: readonly At<number>[], { isCounter }: RateKind): number {
  let increase = (floats.at(-1)?.value ?? NaN) - floats[0].value;
  for (let i = 1; i < floats.length; i++) {
    const before = floats[i - 1].value;
    if (isCounter && floats[i].value < before) increase += before;
  }
  return increase;
}

/** How much longer the range is than what the samples span, as far as the series is taken to go. */
function extrapolation(
  { range }: RangeCall,
  {
    points,
    first,
    grown,
  }: { readonly points: readonly At<unknown>[]; readonly first: number; readonly grown: number },
  { isCounter, perSecond }: RateKind,
): number {
  const firstMs = points[0].timestampMs;
  const lastMs = points[points.length - 1].timestampMs;
  const sampled = (lastMs - firstMs) / 1000;
  const average = sampled / (points.length - 1);
  let toStart = (firstMs - range.startMs) / 1000;
  let toEnd = (range.endMs - lastMs) / 1000;
  if (toStart >= average * 1.1) toStart = average / 2;
  if (isCounter && grown > 0 && first >= 0) {
    const toZero = sampled * (first / grown);
    if (toZero < toStart) toStart = toZero;
  }
  if (toEnd >= average * 1.1) toEnd = average / 2;
  const factor = (sampled + toStart + toEnd) / sampled;
  return perSecond ? factor / (range.rangeMs / 1000) : factor;
}

function histogramIncrease(call: RangeCall, { isCounter }: RateKind): TwinHistogram {
  const points = call.histograms.map(({ value }) => value);
  const last = points[points.length - 1];
  const ends = [points[0], last];
  if (isCounter && points.some(({ hint }) => hint === 'gauge')) warnKind(call, 'counter');
  if (!isCounter && ends.some(({ hint }) => hint !== 'gauge')) warnKind(call, 'gauge');
  // What came before a reset right at the beginning does not count.
  const first = isCounter && isReset(points[1], points[0]) ? nothingLike(points[1]) : points[0];
  const considered = isCounter ? [first, ...points.slice(1)] : [first, last];
  if (considered.some((one) => isCustom(one) !== isCustom(first))) {
    throw new Incompatible('mixed schemas');
  }
  const schema = Math.min(...considered.map((one) => one.schema ?? -Infinity));
  const start = isCustom(last) ? last : coarser(last, schema);
  let grown = noted(call, subtracted(start, first), 'subtraction');
  let before = first;
  for (const now of isCounter ? points.slice(1) : []) {
    if (isReset(now, before)) grown = noted(call, added(grown, before), 'addition');
    before = now;
  }
  return compacted({ ...grown, hint: 'gauge' });
}

function nothingLike({ schema, bounds }: TwinHistogram): TwinHistogram {
  const none = new Map<number, number>();
  const zero = { zeroThreshold: 0, zeroCount: 0, count: 0, sum: 0 };
  return { hint: 'unknown', schema, bounds, ...zero, positive: none, negative: none };
}

/** From exactly the start of the range to exactly its end. */
function extendedRate(call: RangeCall, kind: RateKind): Value | undefined {
  const { floats, histograms, range } = call;
  if (floats.length > 0) {
    const increase = extendedFloats(call, kind.isCounter);
    if (increase === undefined) return undefined;
    return kind.perSecond ? increase / (range.rangeMs / 1000) : increase;
  }
  if (histograms.length === 0) return undefined;
  return unlessIncompatible(call, () => {
    const increase = extendedHistograms(call, kind.isCounter);
    if (increase === undefined) return undefined;
    const result = kind.perSecond ? divided(increase, range.rangeMs / 1000) : increase;
    return compacted({ ...result, hint: 'gauge' });
  });
}

/** The samples at the ends: at or before the start, at (smoothed: or after) the end. */
export function endsOf<T>(
  points: readonly At<T>[],
  { startMs, endMs, smoothed }: Range,
): { readonly first: number; readonly last: number } | undefined {
  const before = points.findLastIndex(({ timestampMs }) => timestampMs <= startMs);
  const first = Math.max(0, before);
  const after = points.findIndex(({ timestampMs }) => timestampMs >= endMs);
  const last = smoothed && after !== -1 ? after : points.length - 1;
  if (points[last].timestampMs <= startMs) return undefined;
  if (smoothed && points[first].timestampMs > endMs) return undefined;
  return { first, last };
}

interface AtRow {
  readonly row: number;
  readonly isCounter: boolean;
}

type OnReconciled = (operation: 'subtraction' | 'addition') => void;

export function atStart<T extends Value>(
  { smoothed, startMs }: Range,
  points: readonly At<T>[],
  { row, isCounter }: AtRow,
  onReconciled: OnReconciled = () => {},
): Value {
  if (!smoothed || points[row].timestampMs >= startMs) return points[row].value;
  const ends = { before: points[row], after: points[row + 1], atMs: startMs };
  return interpolated(ends, isCounter, onReconciled);
}

export function atEnd<T extends Value>(
  { smoothed, endMs }: Range,
  points: readonly At<T>[],
  { row, isCounter }: AtRow,
  onReconciled: OnReconciled = () => {},
): Value {
  if (!smoothed || row === 0 || points[row].timestampMs <= endMs) return points[row].value;
  const ends = { before: points[row - 1], after: points[row], atMs: endMs };
  return interpolated(ends, isCounter, onReconciled);
}

function extendedFloats(call: RangeCall, isCounter: boolean): number | undefined {
  const { floats, range } = call;
  const ends = endsOf(floats, range);
  if (ends === undefined) return undefined;
  const left = Number(atStart(range, floats, { row: ends.first, isCounter }));
  const right = Number(atEnd(range, floats, { row: ends.last, isCounter }));
  if (!isCounter) return right - left;
  const inside = floats
    .slice(ends.first, ends.last + 1)
    .filter(({ timestampMs }) => timestampMs > range.startMs && timestampMs < range.endMs)
    .map(({ value }) => value);
  let lost = 0;
  let before = left;
  for (const value of [...inside, right]) {
    if (value < before) lost += before;
    before = value;
  }
  return right - left + lost;
}

function extendedHistograms(call: RangeCall, isCounter: boolean): TwinHistogram | undefined {
  const { histograms, range } = call;
  const ends = endsOf(histograms, range);
  if (ends === undefined) return undefined;
  const within = histograms.slice(ends.first, ends.last + 1).map(({ value }) => value);
  if (within.some((one) => isCustom(one) !== isCustom(within[0]))) {
    throw new Incompatible('mixed schemas');
  }
  if (isCounter && within.some(({ hint }) => hint === 'gauge')) warnKind(call, 'counter');
  const note: OnReconciled = (operation) => noteBounds(call, operation);
  const left = atStart(range, histograms, { row: ends.first, isCounter }, note) as TwinHistogram;
  const right = atEnd(range, histograms, { row: ends.last, isCounter }, note) as TwinHistogram;
  if (!isCounter && (left.hint !== 'gauge' || right.hint !== 'gauge')) warnKind(call, 'gauge');
  let result = noted(call, subtracted(right, left), 'subtraction');
  if (!isCounter) return result;
  const isStartBetween = range.smoothed && histograms[ends.first].timestampMs < range.startMs;
  // A reset between the samples around the start is part of the interpolation there.
  const skipsReset = isStartBetween && isReset(within[1], within[0]);
  if (skipsReset && within.length <= 2) return result;
  if (within.length === 1) return result;
  let before = skipsReset ? within[1] : left;
  const later = [...within.slice(skipsReset ? 2 : 1, -1), right];
  for (const now of later) {
    if (isReset(now, before)) result = noted(call, added(result, before), 'addition');
    before = now;
  }
  return result;
}

/** `irate` and `idelta`: of the last two samples. */
export function instantRate(call: RangeCall, isRate: boolean): Value | undefined {
  const all: At<Value>[] = [...call.floats, ...call.histograms];
  all.sort((a, b) => a.timestampMs - b.timestampMs);
  if (all.length < 2) return undefined;
  const [before, last] = all.slice(-2);
  const seconds = (last.timestampMs - before.timestampMs) / 1000;
  if (typeof before.value === 'number' && typeof last.value === 'number') {
    const wasReset = isRate && last.value < before.value;
    const grown = wasReset ? last.value : last.value - before.value;
    return isRate ? grown / seconds : grown;
  }
  if (typeof before.value === 'number' || typeof last.value === 'number') {
    warnMixed(call);
    return undefined;
  }
  const [from, to] = [before.value, last.value];
  const areGauges = new Set([from.hint === 'gauge', to.hint === 'gauge']);
  if (isRate && areGauges.has(true)) warnKind(call, 'counter');
  if (!isRate && areGauges.has(false)) warnKind(call, 'gauge');
  return unlessIncompatible(call, () => {
    const grown =
      isRate && isReset(to, from) ? to : noted(call, subtracted(to, from), 'subtraction');
    const result = compacted({ ...grown, hint: 'gauge' });
    return isRate ? divided(result, seconds) : result;
  });
}
