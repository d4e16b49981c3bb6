// What a query gave, in a form in which the engine and its twin can be compared.
import {
  bucketColumns,
  CUSTOM_BUCKETS_SCHEMA,
  type FloatHistogram,
  type Labels,
  labelsToObject,
  type Span,
} from '#model';
import type { QueryValue } from '#promql';
import type { TwinHistogram } from '../twin/histogram.ts';
import { labelsKey, type Value } from '../twin/values.ts';

/** Values by time and labels; or a refusal. */
export type Outcome =
  | { readonly refusal: string }
  | {
      readonly kind: string;
      /** By the text of the labels, then by time. */
      readonly series: ReadonlyMap<string, ReadonlyMap<number, Value | string>>;
      /** Label sets in the order of the result, where it has one. */
      readonly order: readonly string[];
      readonly notes: ReadonlySet<string>;
    };

function countsOf(spans: readonly Span[], buckets: readonly number[]): Map<number, number> {
  const { indexes, counts } = bucketColumns(spans, buckets);
  return new Map(indexes.map((index, i) => [index, counts[i]]));
}

export function twinHistogram(histogram: FloatHistogram): TwinHistogram {
  const { schema, zeroThreshold, zeroCount, count, sum } = histogram;
  return {
    hint: histogram.counterResetHint === 'gauge' ? 'gauge' : 'unknown',
    schema: schema === CUSTOM_BUCKETS_SCHEMA ? undefined : schema,
    bounds: histogram.customValues,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positive: countsOf(histogram.positiveSpans, histogram.positiveBuckets),
    negative: countsOf(histogram.negativeSpans, histogram.negativeBuckets),
  };
}

export function keyOfLabels(labels: Labels): string {
  return labelsKey(labelsToObject(labels));
}

export function engineOutcome(value: QueryValue, notes: readonly string[]): Outcome {
  const series = new Map<string, Map<number, Value | string>>();
  const order: string[] = [];
  const put = (key: string, timeMs: number, one: Value | string): void => {
    const points = series.get(key) ?? new Map<number, Value | string>();
    if (!series.has(key)) order.push(key);
    series.set(key, points);
    if (points.has(timeMs)) throw new Error(`the result has ${key} twice at ${timeMs}`);
    points.set(timeMs, one);
  };
  switch (value.kind) {
    case 'scalar':
    case 'string':
      put('', value.timestampMs, value.value);
      break;
    case 'vector':
      for (const { labels, value: float, histogram } of value.samples) {
        const one = histogram === undefined ? float : twinHistogram(histogram);
        put(keyOfLabels(labels), value.timestampMs, one);
      }
      break;
    case 'matrix':
      for (const { labels, timestampsMs, values, histograms } of value.series) {
        for (let i = 0; i < timestampsMs.length; i++) {
          const histogram = histograms?.[i];
          const one = histogram === undefined ? values[i] : twinHistogram(histogram);
          put(keyOfLabels(labels), timestampsMs[i], one);
        }
      }
  }
  return { kind: value.kind, series, order, notes: new Set(notes) };
}

/** Begins what is no refusal of the engine, but a fault in it. */
export const BUG = 'BUG: ';

export interface Tolerance {
  /** Of the larger of two numbers. */
  readonly relative: number;
  /** 0 and -0 are the same, as they are in a sorted list. */
  readonly zerosAreEqual: boolean;
}

/** What two outcomes have different, in one line; undefined where they agree. */
export function difference(
  twin: Outcome,
  engine: Outcome,
  tolerance: Tolerance,
): string | undefined {
  if ('refusal' in twin || 'refusal' in engine) {
    const isBug = 'refusal' in engine && engine.refusal.startsWith(BUG);
    if ('refusal' in twin && 'refusal' in engine && !isBug) return undefined;
    const [a, b] = [twin, engine].map((one) => ('refusal' in one ? one.refusal : 'a result'));
    return `twin: ${a}; engine: ${b}`;
  }
  if (twin.kind !== engine.kind) return `twin: ${twin.kind}; engine: ${engine.kind}`;
  for (const key of new Set([...twin.series.keys(), ...engine.series.keys()])) {
    const found = seriesDifference([twin.series.get(key), engine.series.get(key)], tolerance);
    if (found !== undefined) return `${key} ${found}`;
  }
  return undefined;
}

type Points = ReadonlyMap<number, Value | string> | undefined;

function seriesDifference(
  [a, b]: readonly [Points, Points],
  tolerance: Tolerance,
): string | undefined {
  for (const timeMs of new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])) {
    const [x, y] = [a?.get(timeMs), b?.get(timeMs)];
    if (!isSame(x, y, tolerance)) return `@${timeMs}: twin: ${shown(x)}; engine: ${shown(y)}`;
  }
  return undefined;
}

function shown(value: Value | string | undefined): string {
  if (typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value);
  return JSON.stringify({ ...value, positive: [...value.positive], negative: [...value.negative] });
}

function isSame(
  x: Value | string | undefined,
  y: Value | string | undefined,
  tolerance: Tolerance,
): boolean {
  if (typeof x === 'number' && typeof y === 'number') return isSameNumber(x, y, tolerance);
  if (typeof x !== 'object' || typeof y !== 'object') return x === y;
  return isSameHistogram(x, y);
}

/** The same bits, but for what NaN says; or so near, relative to the larger one. */
function isSameNumber(x: number, y: number, { relative, zerosAreEqual }: Tolerance): boolean {
  if (Object.is(x, y) || (zerosAreEqual && x === y)) return true;
  if (relative === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return false;
  return Math.abs(x - y) <= relative * Math.max(Math.abs(x), Math.abs(y));
}

function partsOf(histogram: TwinHistogram): Map<string, number> {
  const { zeroCount, count, sum, positive, negative } = histogram;
  return new Map([
    ['zero', zeroCount],
    ['count', count],
    ['sum', sum],
    ...[...positive].map(([index, one]) => [`+${index}`, one] as const),
    ...[...negative].map(([index, one]) => [`-${index}`, one] as const),
  ]);
}

/** Relative to the largest part. The engine's sums keep what rounding takes away, the twin's do not. */
const HISTOGRAM_TOLERANCE = 1e-9;

function isSameHistogram(x: TwinHistogram, y: TwinHistogram): boolean {
  const isSameLayout =
    x.schema === y.schema &&
    x.zeroThreshold === y.zeroThreshold &&
    JSON.stringify(x.bounds) === JSON.stringify(y.bounds);
  if (!isSameLayout || (x.hint === 'gauge') !== (y.hint === 'gauge')) return false;
  const [a, b] = [partsOf(x), partsOf(y)];
  const all = [...a.values(), ...b.values()].filter(Number.isFinite);
  const largest = all.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return [...new Set([...a.keys(), ...b.keys()])].every((key) => {
    const [left, right] = [a.get(key) ?? 0, b.get(key) ?? 0];
    if (left === right || Object.is(left, right)) return true;
    return Math.abs(left - right) <= HISTOGRAM_TOLERANCE * largest;
  });
}
