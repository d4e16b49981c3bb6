import { compareStrings, formatFloat, isLegacyLabelName, isLegacyMetricName } from '#model';
import { quoteGo } from '#promql';
import type { ApiBucket, ApiHistogram, ApiSeries, Metric, QueryData } from './query-value.ts';

/** As promtool prints a value, in its form of `promql` (common/model: Value.String). */
export function formatValue(data: QueryData): string {
  switch (data.resultType) {
    case 'scalar':
      return `scalar: ${data.result[1]} @[${formatFloat(data.result[0])}]`;
    case 'string':
      return data.result[1];
    case 'vector':
      return data.result.map(formatSample).join('\n');
    case 'matrix':
      return data.result.map(formatStream).join('\n');
  }
}

/** The same as JSON in one line. */
export function formatValueJson(data: QueryData): string {
  switch (data.resultType) {
    case 'scalar':
    case 'string':
      return goJson(data.result);
    case 'vector':
    case 'matrix':
      return goJson(data.result.map((series) => ({ ...series, metric: sorted(series.metric) })));
  }
}

/** As Go's encoder writes it, which spares HTML its special characters. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function sorted(metric: Metric): Metric {
  return Object.fromEntries(Object.entries(metric).toSorted(([a], [b]) => compareStrings(a, b)));
}

function formatSample({ metric, value, histogram }: ApiSeries): string {
  const name = formatMetric(metric);
  if (histogram !== undefined) return `${name} => ${formatHistogramPair(histogram)}`;
  return `${name} => ${formatPair(value ?? [0, ''])}`;
}

function formatStream({ metric, values = [], histograms = [] }: ApiSeries): string {
  const lines = [...values.map(formatPair), ...histograms.map(formatHistogramPair)];
  return `${formatMetric(metric)} =>\n${lines.join('\n')}`;
}

function formatPair([timeSeconds, value]: readonly [number, string]): string {
  return `${value} @[${formatFloat(timeSeconds)}]`;
}

function formatHistogramPair([timeSeconds, histogram]: readonly [number, ApiHistogram]): string {
  const { count, sum, buckets = [] } = histogram;
  const shown = buckets.map(formatBucket).join(' ');
  return `Count: ${count}, Sum: ${sum}, Buckets: [${shown}] @[${formatFloat(timeSeconds)}]`;
}

function formatBucket([bounds, lower, upper, count]: ApiBucket): string {
  const open = bounds === 1 || bounds === 3 ? '[' : '(';
  const close = bounds === 0 || bounds === 3 ? ']' : ')';
  return `${open}${lower},${upper}${close}:${count}`;
}

/** `up{job="a"}`, `{}` */
export function formatMetric(metric: Metric): string {
  const { __name__: name = '', ...labels } = metric;
  const parts = pairsOf(labels);
  if (name !== '' && isLegacyMetricName(name)) {
    return parts.length === 0 ? name : `${name}{${parts.join(', ')}}`;
  }
  return `{${[...(name === '' ? [] : [quoteGo(name)]), ...parts].join(', ')}}`;
}

/** As promtool lists series: `{__name__="up", job="a"}`. */
export function formatLabelSetOf(metric: Metric): string {
  return `{${pairsOf(metric).join(', ')}}`;
}

function pairsOf(metric: Metric): string[] {
  return Object.entries(sorted(metric)).map(
    ([name, value]) => `${isLegacyLabelName(name) ? name : quoteGo(name)}=${quoteGo(value)}`,
  );
}
