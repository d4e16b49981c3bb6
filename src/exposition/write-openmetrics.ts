import type { ClassicHistogram, Exemplar, FamilyMetric, MetricFamily } from '#model';
import { formatOpenMetricsFloat } from './series-labels.ts';
import {
  escapeValue,
  FamilyError,
  formatCount,
  histogramOf,
  type LabelPairs,
  quoteName,
  summaryOf,
  valueOf,
  withInfiniteBucket,
  writeSeries,
} from './write-text.ts';

export interface OpenMetricsOptions {
  /** Writes `_created` lines too. */
  readonly createdLines?: boolean;
}

/** Writes families in OpenMetrics 1.0, with the closing `# EOF`. */
export function writeOpenMetrics(
  families: readonly MetricFamily[],
  options: OpenMetricsOptions = {},
): string {
  return `${families.map((family) => writeOpenMetricsFamily(family, options)).join('')}# EOF\n`;
}

/** One family without the closing line. */
export function writeOpenMetricsFamily(
  family: MetricFamily,
  options: OpenMetricsOptions = {},
): string {
  const { help, unit = '' } = family;
  if (family.name === '') throw new FamilyError('no-name', 'MetricFamily has no name');
  // Only a name with `_total` can be a counter here; others are written as they are, untyped.
  const isCounter = family.type === 'counter' && family.name.endsWith('_total');
  let name = isCounter ? family.name.slice(0, -'_total'.length) : family.name;
  if (unit !== '' && !name.endsWith(`_${unit}`)) name += `_${unit}`;
  const type = family.type === 'counter' && !isCounter ? 'unknown' : family.type;
  const shown = quoteName(name);
  let text = help === '' ? '' : `# HELP ${shown} ${escapeValue(help)}\n`;
  text += `# TYPE ${shown} ${type}\n`;
  if (unit !== '') text += `# UNIT ${shown} ${unit}\n`;
  for (const metric of family.metrics) {
    text += new MetricWriter(name, metric, options).write(family);
  }
  return text;
}

class MetricWriter {
  private readonly name: string;
  private readonly metric: FamilyMetric;
  private readonly options: OpenMetricsOptions;
  private readonly timestamp: string;

  constructor(name: string, metric: FamilyMetric, options: OpenMetricsOptions) {
    this.name = name;
    this.metric = metric;
    this.options = options;
    this.timestamp = formatTimestamp(metric.timestampMs);
  }

  write(family: MetricFamily): string {
    switch (family.type) {
      case 'summary':
        return this.writeSummary() + this.writeCreated();
      case 'histogram':
      case 'gaugehistogram':
        return this.writeHistogram(histogramOf(this.metric)) + this.writeCreated();
      case 'counter': {
        const suffix = family.name.endsWith('_total') ? '_total' : '';
        const value = formatOpenMetricsFloat(valueOf(family, this.metric));
        const line = this.line(suffix, this.metric.labels, value, this.metric.exemplar);
        return suffix === '' ? line : line + this.writeCreated();
      }
      case 'gauge':
      case 'info':
      case 'stateset':
      case 'unknown': {
        const value = formatOpenMetricsFloat(valueOf(family, this.metric));
        return this.line('', this.metric.labels, value);
      }
    }
  }

  private line(suffix: string, labels: LabelPairs, value: string, exemplar?: Exemplar): string {
    const series = writeSeries(this.name + suffix, labels);
    return `${series} ${value}${this.timestamp}${formatExemplar(exemplar)}\n`;
  }

  private writeSummary(): string {
    const { labels } = this.metric;
    const summary = summaryOf(this.metric);
    const quantiles = summary.quantiles.map(({ quantile, value }) => {
      const all: LabelPairs = [...labels, ['quantile', formatOpenMetricsFloat(quantile)]];
      return this.line('', all, formatOpenMetricsFloat(value));
    });
    const sum = this.line('_sum', labels, formatOpenMetricsFloat(summary.sum));
    return quantiles.join('') + sum + this.line('_count', labels, formatCount(summary.count));
  }

  private writeHistogram(histogram: ClassicHistogram): string {
    if (histogram.hasFloatCounts === true) {
      const message = `OpenMetrics v1.0 does not support float histogram ${this.name} histogram`;
      throw new FamilyError('not-supported', message);
    }
    const { labels } = this.metric;
    const buckets = withInfiniteBucket(histogram).map((bucket) => {
      const all: LabelPairs = [...labels, ['le', formatOpenMetricsFloat(bucket.upperBound)]];
      return this.line('_bucket', all, formatCount(bucket.cumulativeCount), bucket.exemplar);
    });
    const sum = this.line('_sum', labels, formatOpenMetricsFloat(histogram.sum));
    return buckets.join('') + sum + this.line('_count', labels, formatCount(histogram.count));
  }

  private writeCreated(): string {
    const { createdMs, labels } = this.metric;
    if (this.options.createdLines !== true || createdMs === undefined) return '';
    return this.line('_created', labels, formatOpenMetricsFloat(createdMs / 1000));
  }
}

/** Seconds, with a space before; nothing where there is none. */
function formatTimestamp(timestampMs: number | undefined): string {
  return timestampMs === undefined ? '' : ` ${formatSeconds(timestampMs)}`;
}

function formatSeconds(timestampMs: number): string {
  return formatOpenMetricsFloat(timestampMs / 1000);
}

function formatExemplar(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined || exemplar.labels.length === 0) return '';
  const pairs: [string, string][] = [];
  for (let i = 0; i < exemplar.labels.length; i += 2) {
    pairs.push([exemplar.labels[i] as string, exemplar.labels[i + 1] as string]);
  }
  const labels = pairs.map(([name, value]) => `${quoteName(name)}="${escapeValue(value)}"`);
  const value = formatOpenMetricsFloat(exemplar.value);
  return ` # {${labels.join(',')}} ${value}${formatTimestamp(exemplar.timestampMs)}`;
}
