import type { TwinHistogram } from './histogram.ts';

/** Without labels that are empty. */
export type Labels = Readonly<Record<string, string>>;

export type Value = number | TwinHistogram;

/** One sample as it is stored. */
export interface Point {
  readonly timestampMs: number;
  /** `stale`: the series ended here. */
  readonly value: Value | 'stale';
}

export interface StoredSeries {
  readonly labels: Labels;
  /** By time. */
  readonly points: readonly Point[];
}

/** One element of an instant vector. */
export interface Sample {
  readonly labels: Labels;
  readonly value: Value;
}

/** One element of a range vector. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly points: readonly { readonly timestampMs: number; readonly value: Value }[];
}

export type Result =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'vector'; readonly samples: readonly Sample[] }
  | { readonly kind: 'matrix'; readonly series: readonly RangeSeries[] };

/** Why there is no result. */
export class TwinError extends Error {
  override readonly name = 'TwinError';
}

export function labelsKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function pickLabels(labels: Labels, isKept: (name: string) => boolean): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => isKept(name)));
}

/** An empty value takes the label away. */
export function putLabel(labels: Labels, name: string, value: string): Labels {
  const others = pickLabels(labels, (other) => other !== name);
  return value === '' ? others : { ...others, [name]: value };
}

const METADATA: ReadonlySet<string> = new Set(['__name__', '__type__', '__unit__']);

/** The labels of what is no longer the metric. */
export function nameless(labels: Labels): Labels {
  return pickLabels(labels, (name) => !METADATA.has(name));
}

/** The same samples. Throws where two have the same labels. */
export function distinct(samples: readonly Sample[]): readonly Sample[] {
  if (new Set(samples.map(({ labels }) => labelsKey(labels))).size < samples.length) {
    throw new TwinError('vector cannot contain metrics with the same labelset');
  }
  return samples;
}

/** Go's math.Max: infinity wins against NaN. */
export function goMax(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

/** Go's math.Min: negative infinity wins against NaN. */
export function goMin(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}

/** A sum with what rounding took from it (Neumaier), as Prometheus keeps them. */
export class Compensated {
  sum: number;
  lost: number;

  constructor(sum = 0, lost = 0) {
    this.sum = sum;
    this.lost = lost;
  }

  plus(value: number): Compensated {
    const total = this.sum + value;
    if (Math.abs(total) === Infinity) return new Compensated(total, 0);
    const isSumLarger = Math.abs(this.sum) >= Math.abs(value);
    const rounded = isSumLarger ? this.sum - total + value : value - total + this.sum;
    return new Compensated(total, this.lost + rounded);
  }
}

export function sumOf(values: readonly number[]): number {
  let sum = new Compensated();
  for (const value of values) sum = sum.plus(value);
  return Math.abs(sum.sum) === Infinity ? sum.sum : sum.sum + sum.lost;
}

/** Divides the sum; once it would overflow, the mean of means so far. */
export function meanOf(values: readonly number[]): number {
  let sum = new Compensated(values[0]);
  for (let i = 1; i < values.length; i++) {
    const next = sum.plus(values[i]);
    if (Math.abs(next.sum) === Infinity) return runningMean(values, i, sum);
    sum = next;
  }
  return sum.sum / values.length + sum.lost / values.length;
}

function runningMean(values: readonly number[], from: number, sum: Compensated): number {
  let mean = new Compensated(sum.sum / from, sum.lost / from);
  for (let i = from; i < values.length; i++) {
    const count = i + 1;
    const share = i / count;
    mean = new Compensated(share * mean.sum, share * mean.lost).plus(values[i] / count);
  }
  return mean.sum + mean.lost;
}

/** NaN is the smallest. */
export function quantileOf(quantile: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(quantile)) return NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const sorted = values.toSorted((a, b) => {
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
    return a < b ? -1 : Number(a > b);
  });
  const rank = quantile * (sorted.length - 1);
  const below = Math.floor(rank);
  const above = Math.min(sorted.length - 1, below + 1);
  const weight = rank - below;
  return sorted[below] * (1 - weight) + sorted[above] * weight;
}
