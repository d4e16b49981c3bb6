import { compareStrings, type FamilyMetric, type MetricFamily, type MetricType } from '#model';
import { quoteText } from './go-text.ts';

export interface SampleDraft {
  readonly name: string;
  /** Without the bound's label. */
  readonly labels: readonly (readonly [string, string])[];
  /** Of a bucket or quantile. */
  readonly bound: number | undefined;
  readonly value: number;
  readonly timestampMs: number | undefined;
}

interface MetricDraft {
  readonly labels: SampleDraft['labels'];
  timestampMs: number | undefined;
  value: number | undefined;
  count: number;
  sum: number;
  readonly bounds: { bound: number; value: number }[];
}

/** A family while its lines are read. */
export class FamilyDraft {
  readonly name: string;
  help: string | undefined = undefined;
  type: MetricType | undefined = undefined;
  private readonly metrics: MetricDraft[] = [];
  private readonly byLabels = new Map<string, MetricDraft>();

  constructor(name: string) {
    this.name = name;
  }

  get hasSamples(): boolean {
    return this.metrics.length > 0;
  }

  ownsSuffix(suffix: string): boolean {
    if (this.isHistogram) return true;
    return this.type === 'summary' && suffix !== 'bucket';
  }

  boundLabel(): 'le' | 'quantile' | undefined {
    if (this.isHistogram) return 'le';
    return this.type === 'summary' ? 'quantile' : undefined;
  }

  private get isHistogram(): boolean {
    return this.type === 'histogram' || this.type === 'gaugehistogram';
  }

  /** Takes a sample, or says why it cannot be. */
  add(sample: SampleDraft): string | undefined {
    const { value } = sample;
    const suffix = sample.name.slice(this.name.length);
    if (this.isHistogram && value < 0 && suffix === '_count') {
      return `negative count for histogram ${quoteText(this.name)}`;
    }
    if (this.isHistogram && value < 0 && suffix === '_bucket') {
      return `negative bucket population for histogram ${quoteText(this.name)}`;
    }
    const metric = this.metricOf(sample.labels);
    if (sample.timestampMs !== undefined) metric.timestampMs = sample.timestampMs;
    if (this.boundLabel() === undefined) metric.value = value;
    else if (suffix === '_count') metric.count = value;
    else if (suffix === '_sum') metric.sum = value;
    else if (sample.bound !== undefined) metric.bounds.push({ bound: sample.bound, value });
    return undefined;
  }

  private metricOf(labels: SampleDraft['labels']): MetricDraft {
    const sorted = labels.toSorted(([a], [b]) => compareStrings(a, b));
    const key = JSON.stringify(sorted);
    const known = this.boundLabel() === undefined ? undefined : this.byLabels.get(key);
    if (known !== undefined) return known;
    const made: MetricDraft = {
      labels,
      timestampMs: undefined,
      value: undefined,
      count: 0,
      sum: 0,
      bounds: [],
    };
    this.metrics.push(made);
    this.byLabels.set(key, made);
    return made;
  }

  finish(): MetricFamily {
    const { name, help = '', type = 'unknown' } = this;
    return { name, help, type, metrics: this.metrics.map((metric) => this.finishMetric(metric)) };
  }

  private finishMetric(metric: MetricDraft): FamilyMetric {
    const { labels, timestampMs, value, count, sum, bounds } = metric;
    const shared = timestampMs === undefined ? { labels } : { labels, timestampMs };
    if (this.type === 'summary') {
      const quantiles = bounds.map(({ bound, value: at }) => ({ quantile: bound, value: at }));
      return { ...shared, summary: { count, sum, quantiles } };
    }
    if (!this.isHistogram) return { ...shared, value: value ?? 0 };
    const buckets = bounds.map(({ bound, value: at }) => ({
      upperBound: bound,
      cumulativeCount: at,
    }));
    const counts = [count, ...bounds.map((bucket) => bucket.value)];
    const hasFloatCounts = counts.some((one) => !Number.isInteger(one));
    return { ...shared, histogram: { count, sum, buckets, hasFloatCounts } };
  }
}
