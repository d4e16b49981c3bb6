import type { Field, NumberField, TimeField } from './frame.ts';

/** What a reducer makes of a field; null for no value. */
export type ReducedValue = number | string | boolean | null;

/** Grafana's ids with the names legends and tables show. */
const names: Readonly<Record<string, string>> = {
  lastNotNull: 'Last *',
  last: 'Last',
  firstNotNull: 'First *',
  first: 'First',
  min: 'Min',
  max: 'Max',
  mean: 'Mean',
  median: 'Median',
  sum: 'Total',
  count: 'Count',
  range: 'Range',
  delta: 'Delta',
  step: 'Step',
  diff: 'Difference',
  diffperc: 'Difference percent',
  logmin: 'Min (above zero)',
  allIsZero: 'All zeros',
  allIsNull: 'All nulls',
  changeCount: 'Change count',
  distinctCount: 'Distinct count',
  uniqueValues: 'All unique values',
  allValues: 'All values',
  variance: 'Variance',
  stdDev: 'StdDev',
};

/** Those that a person chooses from, in the order in which they are offered. */
export const reducerChoices: readonly string[] = [
  ...Object.keys(names).filter((id) => !id.startsWith('all') && id !== 'uniqueValues'),
  'p50',
  'p90',
  'p95',
  'p99',
];

/** What old files say. `name` shows the series' name, which is the panel's to do. */
const oldIds: Readonly<Record<string, string>> = {
  current: 'lastNotNull',
  lastNonNull: 'lastNotNull',
  firstNonNull: 'firstNotNull',
  avg: 'mean',
  average: 'mean',
  total: 'sum',
  last_time: 'lastTime',
};

/** Today's id of a reducer, also of one that an old file names; undefined for an unknown one. */
export function reducerId(id: string): string | undefined {
  const today = Object.hasOwn(oldIds, id) ? oldIds[id] : id;
  if (today === undefined) return undefined;
  if (Object.hasOwn(names, today) || percentileOf(today) !== undefined) return today;
  return today === 'lastTime' || today === 'name' ? today : undefined;
}

/** `Last *`, `95th %`; the id itself of an unknown one. */
export function reducerName(id: string): string {
  const today = reducerId(id) ?? id;
  const percentile = percentileOf(today);
  if (percentile !== undefined) return `${ordinal(percentile)} %`;
  return Object.hasOwn(names, today) ? (names[today] ?? id) : id;
}

/** Does the reducer give a number in the field's own unit, rather than a count or a share of its own? */
export function keepsUnit(id: string): boolean {
  const today = reducerId(id) ?? id;
  const counts = ['count', 'changeCount', 'distinctCount', 'diffperc', 'allIsZero', 'allIsNull'];
  return !counts.includes(today);
}

function ordinal(value: number): string {
  const tens = value % 100;
  if (tens >= 11 && tens <= 13) return `${value}th`;
  return value + (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
}

/** 1 to 99 of `p1` to `p99`. */
function percentileOf(id: string): number | undefined {
  const found = /^p([1-9][0-9]?)$/.exec(id);
  return found === null ? undefined : Number(found[1]);
}

/**
 * One value of a field. Gaps are no values; NaN is none either, but for `first`, `last` and `count`. Null where there
 * is no value to reduce, or the reducer is unknown.
 */
export function reduceField(field: Field, id: string): ReducedValue {
  const today = reducerId(id);
  if (today === undefined) return null;
  if (field.type === 'number' || field.type === 'time') return reduceNumbers(field, today);
  return reduceOthers(field.values, today);
}

function reduceNumbers(field: NumberField | TimeField, id: string): ReducedValue {
  const percentile = id === 'median' ? 50 : percentileOf(id);
  if (percentile !== undefined) return numberOrNull(percentileIn(field, percentile));
  switch (id) {
    case 'last':
      return edge(field, false, true);
    case 'lastNotNull':
      return edge(field, false, false);
    case 'first':
      return edge(field, true, true);
    case 'firstNotNull':
      return edge(field, true, false);
    case 'distinctCount':
      return distinct(field).size;
    case 'uniqueValues':
    case 'allValues':
      return listText(id === 'allValues' ? presentOf(field) : distinct(field));
    case 'variance':
    case 'stdDev':
      return spread(field, id === 'stdDev');
    default:
      return reduceByStatistics(statisticsOf(field), id);
  }
}

function reduceByStatistics(all: Statistics, id: string): ReducedValue {
  if (id === 'count') return all.countPresent;
  if (id === 'allIsNull') return all.count === 0;
  if (id === 'allIsZero') return all.count > 0 && all.isZero;
  if (id === 'changeCount') return all.changes;
  if (all.count === 0) return null;
  switch (id) {
    case 'min':
      return all.min;
    case 'max':
      return all.max;
    case 'sum':
      return all.sum;
    case 'mean':
      return all.sum / all.count;
    case 'range':
      return all.max - all.min;
    case 'delta':
      return all.delta;
    case 'diff':
      return all.last - all.first;
    case 'diffperc':
      return all.first === 0 ? null : (all.last - all.first) / all.first;
    case 'step':
      return numberOrNull(all.step === Infinity ? NaN : all.step);
    case 'logmin':
      return numberOrNull(all.minAboveZero === Infinity ? NaN : all.minAboveZero);
    default:
      return null;
  }
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function nullsOf(field: NumberField | TimeField): Uint8Array | undefined {
  return field.type === 'number' ? field.isNull : undefined;
}

/** The first or last value there is, NaN where `takesNaN`. */
function edge(
  field: NumberField | TimeField,
  fromStart: boolean,
  takesNaN: boolean,
): number | null {
  const isNull = nullsOf(field);
  const length = field.values.length;
  for (let i = 0; i < length; i++) {
    const row = fromStart ? i : length - 1 - i;
    const value = field.values[row] ?? NaN;
    if (isNull?.[row] === 1 || (!takesNaN && Number.isNaN(value))) continue;
    return value;
  }
  return null;
}

interface Statistics {
  /** Without NaN. */
  count: number;
  /** With NaN, without gaps. */
  countPresent: number;
  sum: number;
  min: number;
  max: number;
  minAboveZero: number;
  first: number;
  last: number;
  /** Sum of what it rose; a fall is a counter that began anew. */
  delta: number;
  step: number;
  changes: number;
  isZero: boolean;
}

function statisticsOf(field: NumberField | TimeField): Statistics {
  const isNull = nullsOf(field);
  const { values } = field;
  const all: Statistics = {
    count: 0,
    countPresent: 0,
    sum: 0,
    min: Infinity,
    max: -Infinity,
    minAboveZero: Infinity,
    first: NaN,
    last: NaN,
    delta: 0,
    step: Infinity,
    changes: 0,
    isZero: true,
  };
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (isNull?.[i] === 1) continue;
    all.countPresent++;
    if (Number.isNaN(value)) continue;
    if (all.count === 0) all.first = value;
    else addChange(all, value - all.last, value);
    all.count++;
    all.sum += value;
    all.last = value;
    if (value !== 0) all.isZero = false;
    if (value < all.min) all.min = value;
    if (value > all.max) all.max = value;
    if (value > 0 && value < all.minAboveZero) all.minAboveZero = value;
  }
  return all;
}

function addChange(all: Statistics, change: number, value: number): void {
  all.delta += change < 0 ? value : change;
  if (change !== 0) all.changes++;
  if (change < all.step) all.step = change;
}

function presentOf(field: NumberField | TimeField): Float64Array {
  const isNull = nullsOf(field);
  const present = new Float64Array(field.values.length);
  let count = 0;
  for (let i = 0; i < field.values.length; i++) {
    const value = field.values[i] ?? NaN;
    if (isNull?.[i] === 1 || Number.isNaN(value)) continue;
    present[count++] = value;
  }
  return present.subarray(0, count);
}

/** Between the two nearest values in proportion. */
function percentileIn(field: NumberField | TimeField, percentile: number): number {
  const sorted = presentOf(field).toSorted();
  if (sorted.length === 0) return NaN;
  const rank = ((sorted.length - 1) * percentile) / 100;
  const below = Math.floor(rank);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (rank - below);
}

function distinct(field: NumberField | TimeField): Set<number> {
  return new Set(presentOf(field));
}

/** Of the population, after Welford. */
function spread(field: NumberField | TimeField, isRoot: boolean): number | null {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of presentOf(field)) {
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }
  if (count === 0) return null;
  const variance = squares / count;
  return isRoot ? Math.sqrt(variance) : variance;
}

/** Values shown in one text; what more there is nobody reads. */
const listedMax = 100;

function listText(values: Iterable<unknown>): string {
  const texts: string[] = [];
  for (const value of values) {
    if (texts.length === listedMax) return `${texts.join(', ')}, …`;
    texts.push(textOf(value));
  }
  return texts.join(', ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}

function plainValue(value: unknown): ReducedValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return textOf(value);
}

function reduceOthers(values: readonly unknown[], id: string): ReducedValue {
  switch (id) {
    case 'last':
      return plainValue(values.at(-1));
    case 'lastNotNull':
      return plainValue(values.findLast(isPresent));
    case 'first':
      return plainValue(values[0]);
    case 'firstNotNull':
      return plainValue(values.find(isPresent));
    case 'count':
      return values.length;
    case 'distinctCount':
      return new Set(values.map(plainValue)).size;
    case 'changeCount':
      return values.filter((value, i) => i > 0 && value !== values[i - 1]).length;
    case 'allIsNull':
      return !values.some(isPresent);
    case 'allIsZero':
      return values.length > 0 && values.every((value) => value === 0);
    case 'uniqueValues':
      return listText(new Set(values.map(plainValue)));
    case 'allValues':
      return listText(values);
    default:
      return null;
  }
}
