import {
  checkOpenMetrics,
  FamilyError,
  parseFamilies,
  writeOpenMetricsFamily,
  writeText,
} from '#exposition';
import type { ClassicHistogram, FamilyMetric, MetricFamily, MetricType } from '#model';
import type { CaseResult } from '../suite.ts';
import { caseBytes, caseNumber, compare, readCases } from './cases.ts';

type CaseValue = number | string;

interface CaseExemplar {
  readonly label?: readonly (readonly [string, string])[];
  readonly value: CaseValue;
  readonly timestamp?: number;
}

interface CaseMetric {
  readonly label?: readonly (readonly [string, string])[];
  readonly timestamp_ms?: number;
  readonly counter?: CaseScalar;
  readonly gauge?: CaseScalar;
  readonly untyped?: CaseScalar;
  readonly summary?: {
    readonly sample_count?: CaseValue;
    readonly sample_sum?: CaseValue;
    readonly quantile?: readonly { quantile: CaseValue; value: CaseValue }[];
    readonly created_timestamp?: number;
  };
  readonly histogram?: {
    readonly sample_count?: CaseValue;
    readonly sample_count_float?: CaseValue;
    readonly sample_sum?: CaseValue;
    readonly bucket?: readonly {
      readonly upper_bound: CaseValue;
      readonly cumulative_count?: CaseValue;
      readonly cumulative_count_float?: CaseValue;
      readonly exemplar?: CaseExemplar;
    }[];
    readonly created_timestamp?: number;
  };
}

interface CaseScalar {
  readonly value: CaseValue;
  readonly exemplar?: CaseExemplar;
  readonly created_timestamp?: number;
}

export interface CaseFamily {
  readonly name?: string;
  readonly help?: string;
  readonly type?: string;
  readonly unit?: string;
  readonly metric: readonly CaseMetric[];
}

interface WriteCase {
  readonly id: string;
  readonly format: 'text' | 'openmetrics';
  readonly options?: readonly string[];
  readonly family: CaseFamily;
  readonly expect: { readonly text?: string; readonly error_starts_with?: string };
}

export async function writeFile(dir: string): Promise<readonly CaseResult[]> {
  const cases = await readCases<WriteCase>(dir, 'write.json');
  return cases.map(({ id, format, options = [], family, expect }) => {
    const createdLines = options.includes('WithCreatedLines');
    try {
      const read = toFamily(family);
      const text =
        format === 'text' ? writeText([read]) : writeOpenMetricsFamily(read, { createdLines });
      return compare(id, text, expect.text);
    } catch (error) {
      if (!(error instanceof FamilyError)) throw error;
      const wanted = expect.error_starts_with;
      const ok = wanted !== undefined && error.message.startsWith(wanted);
      return { id, ok, message: error.message };
    }
  });
}

const TYPES: Readonly<Record<string, MetricType>> = {
  COUNTER: 'counter',
  GAUGE: 'gauge',
  UNTYPED: 'unknown',
  SUMMARY: 'summary',
  HISTOGRAM: 'histogram',
  GAUGE_HISTOGRAM: 'gaugehistogram',
};

/** The value field that a family's type asks for; protobuf's first type is the one left out. */
const VALUE_FIELDS = { counter: 'counter', gauge: 'gauge', unknown: 'untyped' } as const;

function toFamily(family: CaseFamily): MetricFamily {
  const { name = '', help = '', unit } = family;
  const type = TYPES[family.type ?? 'COUNTER'] ?? 'unknown';
  const metrics = family.metric.map((metric) => toMetric(type, metric));
  return { name, help, type, metrics, ...(unit === undefined ? {} : { unit }) };
}

function toMetric(type: MetricType, metric: CaseMetric): FamilyMetric {
  const field = VALUE_FIELDS[type as keyof typeof VALUE_FIELDS];
  const scalar = field === undefined ? undefined : metric[field];
  const { summary, histogram } = metric;
  const createdMs = (scalar ?? summary ?? histogram)?.created_timestamp;
  return {
    labels: metric.label ?? [],
    ...(metric.timestamp_ms === undefined ? {} : { timestampMs: metric.timestamp_ms }),
    ...(createdMs === undefined ? {} : { createdMs }),
    ...(scalar === undefined ? {} : { value: caseNumber(scalar.value) }),
    ...(scalar?.exemplar === undefined ? {} : { exemplar: toExemplar(scalar.exemplar) }),
    ...(summary === undefined ? {} : { summary: toSummary(summary) }),
    ...(histogram === undefined ? {} : { histogram: toHistogram(histogram) }),
  };
}

function toSummary(summary: NonNullable<CaseMetric['summary']>): FamilyMetric['summary'] & object {
  return {
    count: caseNumber(summary.sample_count ?? 0),
    sum: caseNumber(summary.sample_sum ?? 0),
    quantiles: (summary.quantile ?? []).map(({ quantile, value }) => ({
      quantile: caseNumber(quantile),
      value: caseNumber(value),
    })),
  };
}

function toHistogram(
  histogram: NonNullable<CaseMetric['histogram']>,
): FamilyMetric['histogram'] & object {
  return {
    count: caseNumber(histogram.sample_count_float ?? histogram.sample_count ?? 0),
    sum: caseNumber(histogram.sample_sum ?? 0),
    hasFloatCounts: histogram.sample_count_float !== undefined,
    buckets: (histogram.bucket ?? []).map(toBucket),
  };
}

type CaseBucket = NonNullable<NonNullable<CaseMetric['histogram']>['bucket']>[number];

function toBucket(bucket: CaseBucket): ClassicHistogram['buckets'][number] {
  const upperBound = caseNumber(bucket.upper_bound);
  const count = bucket.cumulative_count_float ?? bucket.cumulative_count ?? 0;
  const read = { upperBound, cumulativeCount: caseNumber(count) };
  return bucket.exemplar === undefined ? read : { ...read, exemplar: toExemplar(bucket.exemplar) };
}

function toExemplar(exemplar: CaseExemplar): FamilyMetric['exemplar'] & object {
  const { label = [], value, timestamp } = exemplar;
  return { labels: label.flat(), value: caseNumber(value), timestampMs: timestamp };
}

export async function strictFile(dir: string): Promise<readonly CaseResult[]> {
  interface Case {
    readonly name: string;
    readonly input?: string;
    readonly input_base64?: string;
    readonly should_parse: boolean;
  }
  const cases = await readCases<Case>(dir, 'openmetrics-strict.json');
  return cases.map(({ name, input, input_base64, should_parse }) => {
    const error = checkOpenMetrics(caseBytes(input, input_base64));
    const ok = (error === undefined) === should_parse;
    return { id: name, ok, message: error?.message ?? 'taken' };
  });
}

export async function textFamiliesFile(dir: string): Promise<readonly CaseResult[]> {
  interface Case {
    readonly id: string;
    readonly input?: string;
    readonly input_base64?: string;
    readonly expect: {
      readonly families?: readonly CaseFamily[];
      readonly error_starts_with?: string;
    };
  }
  const cases = await readCases<Case>(dir, 'text-families.json');
  return cases.map(({ id, input, input_base64, expect }) => {
    const { families, error } = parseFamilies(caseBytes(input, input_base64));
    const wanted = expect.error_starts_with;
    if (wanted !== undefined) {
      // Nothing to start with: the names are good under the UTF-8 scheme, which we follow.
      const ok = wanted === '' ? error === undefined : error?.message.startsWith(wanted) === true;
      return { id, ok, message: `wanted ${wanted}, got ${error?.message}` };
    }
    if (error !== undefined) return { id, ok: false, message: error.message };
    return compare(id, byName(families), byName((expect.families ?? []).map(toFamily)));
  });
}

function byName(families: readonly MetricFamily[]): MetricFamily[] {
  return families.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
