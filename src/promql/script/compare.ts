import {
  compactHistogram,
  type FloatHistogram,
  formatHistogram,
  formatLabels,
  isStaleNaN,
  type Labels,
  labelsKey,
} from '#model';
import type { SeriesDescription, SeriesValue } from '../parse/ast.ts';
import type { MatrixSeries, QueryValue, VectorSample } from '../result.ts';
import type { Evaluation } from './expectation.ts';

const TOLERANCE = 0.000_001;
const SMALLEST_NORMAL = 2 ** -1022;

/** Equality of floats as the test language defines it. */
export function floatsEqual(a: number, b: number): boolean {
  if (isStaleNaN(a) || isStaleNaN(b)) return isStaleNaN(a) && isStaleNaN(b);
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < TOLERANCE * SMALLEST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE;
}

export function histogramsMatch(
  expected: FloatHistogram,
  actual: FloatHistogram,
  compareHint: boolean,
): boolean {
  const a = compactHistogram(expected);
  const b = compactHistogram(actual);
  return (
    (!compareHint || a.counterResetHint === b.counterResetHint) &&
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    listsMatch(a.customValues, b.customValues, Object.is) &&
    floatsEqual(a.count, b.count) &&
    floatsEqual(a.sum, b.sum) &&
    floatsEqual(a.zeroCount, b.zeroCount) &&
    listsMatch(a.positiveSpans, b.positiveSpans, sameSpan) &&
    listsMatch(a.negativeSpans, b.negativeSpans, sameSpan) &&
    listsMatch(a.positiveBuckets, b.positiveBuckets, floatsEqual) &&
    listsMatch(a.negativeBuckets, b.negativeBuckets, floatsEqual)
  );
}

type Spanning = FloatHistogram['positiveSpans'][number];

function sameSpan(a: Spanning, b: Spanning): boolean {
  return a.offset === b.offset && a.length === b.length;
}

function listsMatch<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
}

/** What differs between the result and what was expected; undefined: nothing. */
export function differenceOf(evaluation: Evaluation, value: QueryValue): string | undefined {
  switch (value.kind) {
    case 'string':
      return evaluation.string === value.value
        ? undefined
        : `expected ${JSON.stringify(evaluation.string)}, got the string ${JSON.stringify(value.value)}`;
    case 'scalar':
      if (evaluation.scalar === undefined) return 'expected no scalar';
      return floatsEqual(evaluation.scalar, value.value)
        ? undefined
        : `expected ${evaluation.scalar}, got ${value.value}`;
    case 'vector':
      return vectorDifference(evaluation, value.samples);
    case 'matrix':
      return matrixDifference(evaluation, value.series);
  }
}

function vectorDifference(
  evaluation: Evaluation,
  samples: readonly VectorSample[],
): string | undefined {
  if (evaluation.scalar !== undefined) return 'expected a scalar, got a vector';
  if (evaluation.string !== undefined) return 'expected a string, got a vector';
  const seen = new Map<string, number>();
  for (const [position, sample] of samples.entries()) {
    const key = labelsKey(sample.labels);
    if (seen.has(key)) return `two samples of ${formatLabels(sample.labels)}`;
    seen.set(key, position);
    const index = evaluation.series.findIndex(({ labels }) => labelsKey(labels) === key);
    if (index < 0) return `unexpected ${shown(sample.labels, sample)}`;
    if (evaluation.ordered && index !== position) {
      return `expected ${formatLabels(sample.labels)} at ${index}, is at ${position}`;
    }
    const [expected] = evaluation.series[index].values;
    if (!valueMatches(expected, sample.value, sample.histogram)) {
      return `expected ${describe(expected)}, got ${shown(sample.labels, sample)}`;
    }
  }
  const missing = evaluation.series.find(({ labels }) => !seen.has(labelsKey(labels)));
  return missing === undefined ? undefined : `missing ${formatLabels(missing.labels)}`;
}

function valueMatches(
  expected: SeriesValue | undefined,
  value: number,
  histogram: FloatHistogram | undefined,
): boolean {
  if (expected === undefined || expected.kind === 'omitted') return false;
  if (expected.kind === 'float')
    return histogram === undefined && floatsEqual(expected.value, value);
  return (
    histogram !== undefined &&
    histogramsMatch(expected.histogram, histogram, expected.counterResetHintSet)
  );
}

function describe(value: SeriesValue | undefined): string {
  if (value === undefined || value.kind === 'omitted') return 'nothing';
  if (value.kind === 'float') return String(value.value);
  return `${formatHistogram(value.histogram)} (schema ${value.histogram.schema}, hint ${value.histogram.counterResetHint})`;
}

function shown(
  labels: Labels,
  { value, histogram }: { readonly value: number; readonly histogram?: FloatHistogram | undefined },
): string {
  const text =
    histogram === undefined
      ? String(value)
      : `${formatHistogram(histogram)} (schema ${histogram.schema}, hint ${histogram.counterResetHint})`;
  return `${formatLabels(labels)} ${text}`;
}

function matrixDifference(
  evaluation: Evaluation,
  series: readonly MatrixSeries[],
): string | undefined {
  const startMs = evaluation.rangeVector?.startMs ?? evaluation.startMs;
  const stepMs = evaluation.rangeVector?.stepMs ?? evaluation.stepMs;
  const isRange = evaluation.kind === 'range' || evaluation.rangeVector !== undefined;
  if (!isRange) return 'expected no matrix';
  const actual = new Map(series.map((one) => [labelsKey(one.labels), one]));
  if (actual.size !== series.length) return 'two series have the same labels';
  for (const expected of evaluation.series) {
    const key = labelsKey(expected.labels);
    const one = actual.get(key);
    actual.delete(key);
    const points = expected.values.filter(({ kind }) => kind !== 'omitted').length;
    if (one === undefined) {
      if (points > 0) return `missing ${formatLabels(expected.labels)}`;
      continue;
    }
    const difference = rowDifference(expected, one, { startMs, stepMs });
    if (difference !== undefined) return `${formatLabels(expected.labels)}: ${difference}`;
  }
  const [unexpected] = actual.values();
  return unexpected === undefined ? undefined : `unexpected ${describeSeries(unexpected)}`;
}

function describeSeries(series: MatrixSeries): string {
  const [value] = series.values;
  return `${shown(series.labels, { value, histogram: series.histograms?.[0] })} ... (${series.values.length} points)`;
}

function rowDifference(
  { values }: SeriesDescription,
  series: MatrixSeries,
  { startMs, stepMs }: { readonly startMs: number; readonly stepMs: number },
): string | undefined {
  let row = 0;
  for (const [i, expected] of values.entries()) {
    if (expected.kind === 'omitted') continue;
    const timeMs = startMs + i * stepMs;
    if (series.timestampsMs[row] !== timeMs) {
      return `expected a point at ${timeMs}, got one at ${series.timestampsMs[row]}`;
    }
    const histogram = series.histograms?.[row];
    if (!valueMatches(expected, series.values[row], histogram)) {
      const got = shown([], { value: series.values[row], histogram });
      return `at ${timeMs}: expected ${describe(expected)}, got ${got}`;
    }
    row++;
  }
  return row === series.timestampsMs.length
    ? undefined
    : `unexpected point at ${series.timestampsMs[row]}`;
}
