import type { MetricType } from '#model';
import type { RawLabels } from './series-labels.ts';

const CREATED = '_created';
const SUFFIXES: readonly string[] = [CREATED, '_total', '_bucket', '_count', '_sum'];

export function typeHasStartTimestamp(type: MetricType): boolean {
  return type === 'counter' || type === 'histogram' || type === 'summary';
}

export function isCreatedName(name: string): boolean {
  return name.endsWith(CREATED);
}

/** Equal for the series of one metric and its `_created` line: the family's name and the labels less the bound. */
export function createdKey(raw: RawLabels, type: MetricType): string {
  const bound = type === 'histogram' ? 'le' : type === 'summary' ? 'quantile' : '';
  const suffix = SUFFIXES.find((end) => raw.metricName.endsWith(end)) ?? '';
  const parts = [raw.metricName.slice(0, raw.metricName.length - suffix.length)];
  for (let i = 0; i < raw.pairs.length; i += 2) {
    const name = raw.pairs[i] as string;
    if (name !== bound) parts.push(name, raw.pairs[i + 1] as string);
  }
  return parts.join('\0');
}
