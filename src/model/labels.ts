/**
 * A label set: name, value, name, value, ... sorted by name in byte order of UTF-8, each name once,
 * no empty values. A plain array, so that it crosses threads unchanged. Never modified once made.
 */
export type Labels = readonly string[];

export const METRIC_NAME = '__name__';

export const EMPTY_LABELS: Labels = [];

/** Orders two strings as Prometheus does: by their UTF-8 bytes. Negative, zero or positive. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return compareUnits(x, y);
  }
  return a.length - b.length;
}

/** UTF-16 order differs from UTF-8 order only where a surrogate meets a unit from U+E000 up. */
function compareUnits(x: number, y: number): number {
  const xIsSurrogate = x >= 0xd800 && x <= 0xdfff;
  const yIsSurrogate = y >= 0xd800 && y <= 0xdfff;
  if (xIsSurrogate && !yIsSurrogate && y > 0xdfff) return 1;
  if (yIsSurrogate && !xIsSurrogate && x > 0xdfff) return -1;
  return x - y;
}

/** Sorts pairs, drops empty values; of a name given twice the last value counts. */
export function labelsFromPairs(pairs: Iterable<readonly [string, string]>): Labels {
  const byName = new Map<string, string>();
  for (const [name, value] of pairs) byName.set(name, value);
  const names = [...byName.keys()].toSorted(compareStrings);
  const labels: string[] = [];
  for (const name of names) {
    const value = byName.get(name) ?? '';
    if (value !== '') labels.push(name, value);
  }
  return labels;
}

export function labelsFromObject(object: Readonly<Record<string, string>>): Labels {
  return labelsFromPairs(Object.entries(object));
}

/** The shape that the HTTP API shows. */
export function labelsToObject(labels: Labels): Record<string, string> {
  const object: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let i = 0; i < labels.length; i += 2) object[labels[i] as string] = labels[i + 1] as string;
  return object;
}

/** The value of a label, or '' where the set has none of that name. */
export function labelValue(labels: Labels, name: string): string {
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) return labels[i + 1] as string;
  }
  return '';
}

export function hasLabel(labels: Labels, name: string): boolean {
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) return true;
  }
  return false;
}

/** A string that is equal exactly for equal label sets; usable as a Map key, never shown. */
export function labelsKey(labels: Labels): string {
  return labels.join('\xff\u0000');
}

export function labelsEqual(a: Labels, b: Labels): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

/** Prometheus' order of series: name by name, value by value, the shorter first. */
export function compareLabels(a: Labels, b: Labels): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareStrings(a[i] as string, b[i] as string);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** The set with one label set to a value; '' removes it. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] !== name) pairs.push([labels[i] as string, labels[i + 1] as string]);
  }
  pairs.push([name, value]);
  return labelsFromPairs(pairs);
}

export function withoutLabel(labels: Labels, name: string): Labels {
  return hasLabel(labels, name) ? filterLabels(labels, (other) => other !== name) : labels;
}

export function filterLabels(labels: Labels, keep: (name: string) => boolean): Labels {
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (keep(labels[i] as string)) kept.push(labels[i] as string, labels[i + 1] as string);
  }
  return kept;
}

const LEGACY_METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LEGACY_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function isLegacyMetricName(name: string): boolean {
  return LEGACY_METRIC_NAME.test(name);
}

export function isLegacyLabelName(name: string): boolean {
  return LEGACY_LABEL_NAME.test(name);
}

/** As Prometheus writes it: `up{job="a"}`, `{"my.metric", "a.b"="c"}`, `{}`. */
export function formatLabels(labels: Labels): string {
  const name = labelValue(labels, METRIC_NAME);
  const parts: string[] = [];
  const bareName = isLegacyMetricName(name);
  if (name !== '' && !bareName) parts.push(JSON.stringify(name));
  for (let i = 0; i < labels.length; i += 2) {
    const label = labels[i] as string;
    if (label === METRIC_NAME) continue;
    const shown = isLegacyLabelName(label) ? label : JSON.stringify(label);
    parts.push(`${shown}=${JSON.stringify(labels[i + 1])}`);
  }
  if (bareName) return parts.length === 0 ? name : `${name}{${parts.join(', ')}}`;
  return `{${parts.join(', ')}}`;
}
