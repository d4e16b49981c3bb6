import {
  exemplarsJson,
  type JsonBytes,
  encodePoint,
  encodeSuccess,
  writeQueryData,
  writeVectorSample,
} from '#http';
import { type FloatHistogram, labelsFromObject } from '#model';
import type { MatrixSeries, QueryValue } from '#promql';
import type { CaseResult } from '../suite.ts';
import { caseNumber } from '../exposition/cases.ts';

interface Fields {
  readonly type: string;
  readonly [name: string]: unknown;
}

export interface EncodingCase {
  readonly id: string;
  readonly value: Fields | readonly Fields[];
  readonly expect: { readonly body: string };
}

export function runEncoding(cases: readonly EncodingCase[]): CaseResult[] {
  return cases.map(({ id, value, expect }) => {
    const body = Buffer.from(encodeSuccess((out) => write(out, value))).toString();
    return body === expect.body ? { id, ok: true } : { id, ok: false, message: body };
  });
}

function write(out: JsonBytes, value: EncodingCase['value']): void {
  if (isList(value)) return out.write(exemplarsJson(value.map(exemplarSeries)));
  if (value['ResultType'] === 'vector') return writeVector(out, value);
  if (value.type === 'QueryData') return writeQueryData(out, matrix(value));
  out.write(encodePoint(milliseconds(value['T']), caseNumber(value['F'] as number)));
}

function isList(value: EncodingCase['value']): value is readonly Fields[] {
  return Array.isArray(value);
}

/** Beyond what a double holds the file writes text. */
function milliseconds(value: unknown): number | bigint {
  return typeof value === 'string' ? BigInt(value) : (value as number);
}

function exemplarSeries(value: Fields) {
  return {
    labels: labelsFromObject(value['SeriesLabels'] as Record<string, string>),
    exemplars: (value['Exemplars'] as Fields[]).map((exemplar) => ({
      labels: labelsFromObject(exemplar['Labels'] as Record<string, string>),
      value: exemplar['Value'] as number,
      timestampMs: exemplar['Ts'] as number,
    })),
  };
}

function matrix(value: Fields): QueryValue {
  return { kind: 'matrix', series: (value['Result'] as Fields[]).map(matrixSeries) };
}

/** The samples of the file have instants of their own, which those of a query never have. */
function writeVector(out: JsonBytes, value: Fields): void {
  out.write('{"resultType":"vector","result":[');
  for (const [i, sample] of (value['Result'] as Fields[]).entries()) {
    if (i > 0) out.write(',');
    const labels = labelsFromObject(sample['Metric'] as Record<string, string>);
    writeVectorSample(out, { labels, value: sample['F'] as number }, sample['T'] as number);
  }
  out.write(']}');
}

function matrixSeries(series: Fields): MatrixSeries {
  const floats = (series['Floats'] ?? []) as Fields[];
  const histograms = (series['Histograms'] ?? []) as Fields[];
  const points = [...floats, ...histograms];
  return {
    labels: labelsFromObject(series['Metric'] as Record<string, string>),
    timestampsMs: Float64Array.from(points, (point) => point['T'] as number),
    values: Float64Array.from(points, (point) => (point['F'] as number | undefined) ?? 0),
    ...(histograms.length > 0 && {
      histograms: points.map((point) => histogram(point['H'] as Fields | undefined)),
    }),
  };
}

function histogram(h: Fields | undefined): FloatHistogram | undefined {
  if (h === undefined) return undefined;
  const numbers = (name: string): number[] => (h[name] as number[] | undefined) ?? [];
  const spans = (name: string): FloatHistogram['positiveSpans'] =>
    ((h[name] as Fields[] | undefined) ?? []).map((span) => ({
      offset: span['Offset'] as number,
      length: span['Length'] as number,
    }));
  return {
    counterResetHint: 'unknown',
    schema: h['Schema'] as number,
    zeroThreshold: h['ZeroThreshold'] as number,
    zeroCount: h['ZeroCount'] as number,
    count: h['Count'] as number,
    sum: h['Sum'] as number,
    positiveSpans: spans('PositiveSpans'),
    negativeSpans: spans('NegativeSpans'),
    positiveBuckets: numbers('PositiveBuckets'),
    negativeBuckets: numbers('NegativeBuckets'),
    customValues: numbers('CustomValues'),
  };
}
