import type { HistogramBucket } from '#contract';
import { msOf, type SeriesColumns } from './answered-columns.ts';
import type { Field, Frame, NumberField } from './frame.ts';
import type { AnsweredQuery, TimeColumn } from './answered-query.ts';
import { readFloat, timeField } from './frame-columns.ts';

/** Buckets of one heatmap; a native histogram has 160 by default. */
const bucketsMax = 1000;

/**
 * Counts up to `le` as counts between bounds: one field per bucket in ascending order, named by its upper bound, with
 * the labels `ge` and `le`. Series of one bound are added up. Series without `le` stay as they are.
 */
export function bucketFrame(frame: Frame): Frame {
  const bounds = new Map<number, NumberField[]>();
  for (const field of frame.fields) {
    const le = field.type === 'number' ? boundOf(field) : NaN;
    if (field.type !== 'number' || Number.isNaN(le)) continue;
    const same = bounds.get(le);
    if (same === undefined) bounds.set(le, [field]);
    else same.push(field);
  }
  if (bounds.size === 0) return { ...frame, kind: 'heatmap' };
  const times = frame.fields.filter((field) => field.type === 'time');
  const ordered = [...bounds.keys()].toSorted((a, b) => a - b).slice(0, bucketsMax);
  const fields: Field[] = [...times];
  let below: Float64Array | undefined;
  for (const [i, le] of ordered.entries()) {
    const cumulative = sumOf(bounds.get(le) ?? [], frame.length);
    const ge = ordered[i - 1] ?? -Infinity;
    fields.push(
      bucketField(ge, le, below === undefined ? cumulative : difference(cumulative, below)),
    );
    below = below === undefined ? cumulative : knownOr(cumulative, below);
  }
  return { ...frame, fields, kind: 'heatmap' };
}

/** Of the label, or of what the legend made of it. */
function boundOf(field: NumberField): number {
  const text = field.labels['le'] ?? field.legend;
  return text === '' ? NaN : readFloat(text);
}

function sumOf(fields: readonly NumberField[], length: number): Float64Array {
  const sum = new Float64Array(length).fill(NaN);
  for (const { values } of fields) {
    for (let i = 0; i < length; i++) {
      const value = values[i] ?? NaN;
      const before = sum[i] ?? NaN;
      if (!Number.isNaN(value)) sum[i] = Number.isNaN(before) ? value : before + value;
    }
  }
  return sum;
}

/** Where a bound has no value the counts of the next lower one stand below the next higher one. */
function knownOr(values: Float64Array, others: Float64Array): Float64Array {
  return values.map((value, i) => (Number.isNaN(value) ? (others[i] ?? NaN) : value));
}

/** Rates of neighbouring buckets are taken apart in time, so that a difference may fall a little below zero. */
function difference(upper: Float64Array, lower: Float64Array): Float64Array {
  const result = new Float64Array(upper.length);
  for (let i = 0; i < upper.length; i++) {
    const below = lower[i] ?? NaN;
    const rest = (upper[i] ?? NaN) - (Number.isNaN(below) ? 0 : below);
    result[i] = rest < 0 ? 0 : rest;
  }
  return result;
}

function bucketField(ge: number, le: number, values: Float64Array): NumberField {
  const name = boundText(le);
  const labels = { ge: boundText(ge), le: name };
  const isNull = new Uint8Array(values.length);
  let countNull = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i] ?? NaN)) continue;
    isNull[i] = 1;
    countNull++;
  }
  const field: NumberField = { type: 'number', name, labels, legend: name, values };
  return countNull === 0 ? field : { ...field, isNull };
}

function boundText(bound: number): string {
  if (bound === Infinity) return '+Inf';
  return bound === -Infinity ? '-Inf' : String(bound);
}

/** Buckets of native histograms, of all series together. */
export function histogramFrame(
  series: readonly SeriesColumns[],
  times: TimeColumn,
  query: AnsweredQuery,
): Frame {
  const columns = new Map<string, { ge: number; le: number; values: Float64Array }>();
  const length = times.values.length;
  const hasHistogram = new Uint8Array(length);
  for (const { histograms } of series) {
    for (const [seconds, { buckets = [] }] of histograms) {
      const row = times.rowOf(msOf(seconds));
      if (row < 0) continue;
      hasHistogram[row] = 1;
      for (const bucket of buckets) addBucket(columns, bucket, { row, length });
    }
  }
  const ordered = [...columns.values()].toSorted((a, b) => a.le - b.le || a.ge - b.ge);
  const fields = ordered.map(({ ge, le, values }) => {
    for (let i = 0; i < length; i++) if (hasHistogram[i] === 0) values[i] = NaN;
    return bucketField(ge, le, values);
  });
  return {
    refId: query.refId,
    name: query.refId,
    fields: [timeField(times.values), ...fields],
    length,
    kind: 'heatmap',
  };
}

function addBucket(
  columns: Map<string, { ge: number; le: number; values: Float64Array }>,
  [, lower, upper, count]: HistogramBucket,
  { row, length }: { readonly row: number; readonly length: number },
): void {
  const key = `${lower} ${upper}`;
  let column = columns.get(key);
  if (column === undefined) {
    if (columns.size >= bucketsMax) return;
    column = { ge: readFloat(lower), le: readFloat(upper), values: new Float64Array(length) };
    columns.set(key, column);
  }
  column.values[row] = (column.values[row] ?? 0) + readFloat(count);
}
