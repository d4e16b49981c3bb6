import {
  type ClassicHistogram,
  type FamilyMetric,
  formatFloatCompact,
  isLegacyLabelName,
  isLegacyMetricName,
  type MetricFamily,
  type MetricType,
  type Summary,
} from '#model';

/** A family that cannot be written: a fault of the program that made it, not of the outside. */
export class FamilyError extends Error {
  readonly code: 'no-name' | 'wrong-value' | 'not-supported';
  constructor(code: 'no-name' | 'wrong-value' | 'not-supported', message: string) {
    super(message);
    this.name = 'FamilyError';
    this.code = code;
  }
}

export type LabelPairs = readonly (readonly [string, string])[];

const TEXT_TYPES: Readonly<Record<MetricType, string>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gaugehistogram: 'histogram',
  summary: 'summary',
  info: 'gauge',
  stateset: 'gauge',
  unknown: 'untyped',
};

/** Writes families in Prometheus' text format 0.0.4 (names beyond it quoted, as 1.0.0 has them). */
export function writeText(families: readonly MetricFamily[]): string {
  return families.map(writeTextFamily).join('');
}

function writeTextFamily(family: MetricFamily): string {
  const { name, help, type } = family;
  if (name === '') throw new FamilyError('no-name', 'MetricFamily has no name');
  const shown = quoteName(name);
  let text = help === '' ? '' : `# HELP ${shown} ${escapeHelp(help)}\n`;
  text += `# TYPE ${shown} ${TEXT_TYPES[type]}\n`;
  for (const metric of family.metrics) text += writeTextMetric(family, metric);
  return text;
}

function writeTextMetric(family: MetricFamily, metric: FamilyMetric): string {
  const { name } = family;
  const end =
    metric.timestampMs === undefined ? '\n' : ` ${String(Math.trunc(metric.timestampMs))}\n`;
  const line = (lineName: string, labels: LabelPairs, value: number): string =>
    `${writeSeries(lineName, labels)} ${formatFloatCompact(value)}${end}`;
  const { labels } = metric;
  if (family.type === 'summary') {
    const summary = summaryOf(metric);
    let text = '';
    for (const { quantile, value } of summary.quantiles) {
      text += line(name, [...labels, ['quantile', formatFloatCompact(quantile)]], value);
    }
    return (
      text +
      line(`${name}_sum`, labels, summary.sum) +
      `${writeSeries(`${name}_count`, labels)} ${formatCount(summary.count)}${end}`
    );
  }
  if (family.type === 'histogram' || family.type === 'gaugehistogram') {
    const histogram = histogramOf(metric);
    let text = '';
    for (const bucket of withInfiniteBucket(histogram)) {
      const le = formatFloatCompact(bucket.upperBound);
      const series = writeSeries(`${name}_bucket`, [...labels, ['le', le]]);
      text += `${series} ${formatCount(bucket.cumulativeCount)}${end}`;
    }
    return (
      text +
      line(`${name}_sum`, labels, histogram.sum) +
      `${writeSeries(`${name}_count`, labels)} ${formatCount(histogram.count)}${end}`
    );
  }
  return line(name, labels, valueOf(family, metric));
}

/** Counts keep all their digits, unlike values. */
export function formatCount(count: number): string {
  return Number.isInteger(count) && Math.abs(count) < 1e21
    ? String(count)
    : formatFloatCompact(count);
}

export function valueOf(family: MetricFamily, metric: FamilyMetric): number {
  if (metric.value !== undefined) return metric.value;
  const name = writeSeries(family.name, metric.labels);
  throw new FamilyError('wrong-value', `expected ${family.type} in metric ${name}`);
}

export function summaryOf(metric: FamilyMetric): Summary {
  if (metric.summary !== undefined) return metric.summary;
  throw new FamilyError('wrong-value', 'expected summary in metric');
}

export function histogramOf(metric: FamilyMetric): ClassicHistogram {
  if (metric.histogram !== undefined) return metric.histogram;
  throw new FamilyError('wrong-value', 'expected histogram in metric');
}

export function withInfiniteBucket(histogram: ClassicHistogram): ClassicHistogram['buckets'] {
  const { buckets, count } = histogram;
  if (buckets.at(-1)?.upperBound === Infinity) return buckets;
  return [...buckets, { upperBound: Infinity, cumulativeCount: count }];
}

export function writeSeries(name: string, labels: LabelPairs): string {
  const parts = labels.map(
    ([label, value]) =>
      `${isLegacyLabelName(label) ? label : `"${escapeValue(label)}"`}="${escapeValue(value)}"`,
  );
  if (isLegacyMetricName(name)) return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
  return `{${[quoteName(name), ...parts].join(',')}}`;
}

export function quoteName(name: string): string {
  return isLegacyMetricName(name) ? name : `"${escapeValue(name)}"`;
}

export function escapeValue(value: string): string {
  return /[\\\n"]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
    : value;
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
