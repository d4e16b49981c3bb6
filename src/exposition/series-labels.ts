import {
  compareStrings,
  formatFloatCompact,
  type Labels,
  METRIC_NAME,
  type MetricType,
} from '#model';
import { parseGoFloat } from './go-text.ts';

/** The labels of a line as written: the metric's name, then name, value, name, value, ... unescaped. */
export interface RawLabels {
  readonly metricName: string;
  readonly pairs: readonly string[];
}

const TYPE_LABEL = '__type__';
const UNIT_LABEL = '__unit__';

/**
 * The labels as stored: sorted, empty values left out, `le` and `quantile` as floats. With a `unit`
 * (which may be empty) the metadata become labels and win over the line's own of that name.
 */
export function buildSeriesLabels(
  raw: RawLabels,
  type: MetricType,
  unit: string | undefined,
): Labels {
  const labels: string[] = [];
  const insert = inserter(raw.pairs);
  insert(labels, METRIC_NAME, raw.metricName);
  if (unit !== undefined) {
    if (type !== 'unknown') insert(labels, TYPE_LABEL, type);
    insert(labels, UNIT_LABEL, unit);
  }
  const taken = new Set(unit === undefined ? [] : labels.filter((_, i) => i % 2 === 0));
  for (let i = 0; i < raw.pairs.length; i += 2) {
    const name = raw.pairs[i] as string;
    if (isMetadataLabel(name) && taken.has(name)) continue;
    insert(labels, name, normalizeBound(type, name, raw.pairs[i + 1] as string));
  }
  return insert === insertSorted ? labels : sorted(labels);
}

/** Of an exemplar: sorted, nothing else. */
export function buildLabels(pairs: readonly string[]): Labels {
  const labels: string[] = [];
  const insert = inserter(pairs);
  for (let i = 0; i < pairs.length; i += 2) {
    insert(labels, pairs[i] as string, pairs[i + 1] as string);
  }
  return insert === insertSorted ? labels : sorted(labels);
}

function isMetadataLabel(name: string): boolean {
  return name === METRIC_NAME || name === TYPE_LABEL || name === UNIT_LABEL;
}

/** A line with more labels than this is no common one; it must not take the square of their number. */
const INSERTED_LABELS_MAX = 64;

type Insert = (labels: string[], name: string, value: string) => void;

function inserter(pairs: readonly string[]): Insert {
  return pairs.length <= INSERTED_LABELS_MAX * 2 ? insertSorted : insertLast;
}

function insertLast(labels: string[], name: string, value: string): void {
  if (value !== '') labels.push(name, value);
}

/** By name; those of the same name stay in order. */
function sorted(labels: readonly string[]): Labels {
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    pairs.push([labels[i] as string, labels[i + 1] as string]);
  }
  return pairs.toSorted(([a], [b]) => compareStrings(a, b)).flat();
}

/** Insertion sort: lines have few labels, mostly in order already. */
function insertSorted(labels: string[], name: string, value: string): void {
  if (value === '') return;
  let at = labels.length;
  labels.push(name, value);
  while (at > 0 && compareStrings(labels[at - 2] as string, name) > 0) {
    labels[at] = labels[at - 2] as string;
    labels[at + 1] = labels[at - 1] as string;
    at -= 2;
  }
  labels[at] = name;
  labels[at + 1] = value;
}

/** `1` and `1.0` must be the same series: bounds are stored in OpenMetrics' form. */
function normalizeBound(type: MetricType, name: string, value: string): string {
  const isBound =
    (type === 'histogram' && name === 'le') || (type === 'summary' && name === 'quantile');
  if (!isBound) return value;
  const bound = parseGoFloat(value);
  return typeof bound === 'string' ? value : formatOpenMetricsFloat(bound);
}

/** Whether a bound has the form in which it is stored. */
export function isStoredBound(value: string): boolean {
  const bound = parseGoFloat(value);
  return typeof bound === 'string' || formatOpenMetricsFloat(bound) === value;
}

/** OpenMetrics' form of a float: as Go's shortest, but never without point or exponent. */
export function formatOpenMetricsFloat(value: number): string {
  const text = formatFloatCompact(value);
  return /[.enN]/.test(text) ? text : `${text}.0`;
}

/** `\"`, `\\` and `\n`; other escapes stand for themselves, as in Prometheus. */
export function unescapeText(text: string): string {
  return text.replaceAll(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

/** HELP of the text format knows no `\"`. */
export function unescapeHelp(text: string): string {
  return text.replaceAll(/\\([\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
