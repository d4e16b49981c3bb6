import { labelsToObject } from '#model';
import type { FloatHistogram, Labels } from '#model';
import type { MatrixSeries, QueryStats, QueryValue, VectorSample } from '#promql';
import { writeHistogram } from './encode-histogram.ts';
import { encodeTimestamp, encodeValue } from './encode-number.ts';
import type { JsonBytes } from './json-bytes.ts';

/** Writes `{"resultType":...,"result":...}` of a query; `stats` where asked for. */
export function writeQueryData(out: JsonBytes, value: QueryValue, stats?: QueryStats): void {
  out.write(`{"resultType":"${value.kind}","result":`);
  writeResult(out, value);
  if (stats !== undefined) out.write(`,"stats":${encodeStats(stats)}`);
  out.write('}');
}

function writeResult(out: JsonBytes, value: QueryValue): void {
  switch (value.kind) {
    case 'scalar':
      return out.write(encodePoint(value.timestampMs, value.value));
    case 'string':
      return out.write(`[${encodeTimestamp(value.timestampMs)},${JSON.stringify(value.value)}]`);
    case 'vector':
      return writeList(out, value.samples, (sample) =>
        writeVectorSample(out, sample, value.timestampMs),
      );
    case 'matrix':
      return writeList(out, value.series, (series) => writeMatrixSeries(out, series));
  }
}

function writeList<T>(out: JsonBytes, items: readonly T[], write: (item: T) => void): void {
  out.write('[');
  for (let i = 0; i < items.length; i++) {
    if (i > 0) out.write(',');
    write(items[i] as T);
  }
  out.write(']');
}

export function encodeLabels(labels: Labels): string {
  return JSON.stringify(labelsToObject(labels));
}

export function encodePoint(timestampMs: number | bigint, value: number): string {
  return `[${encodeTimestamp(timestampMs)},"${encodeValue(value)}"]`;
}

function writeHistogramPoint(out: JsonBytes, timestampMs: number, histogram: FloatHistogram): void {
  out.write(`[${encodeTimestamp(timestampMs)},`);
  writeHistogram(out, histogram);
  out.write(']');
}

export function writeVectorSample(out: JsonBytes, sample: VectorSample, timestampMs: number): void {
  out.write('{"metric":');
  out.writeLabels(sample.labels);
  if (sample.histogram === undefined) {
    out.write(',"value":');
    out.writePoint(timestampMs, sample.value);
  } else {
    out.write(',"histogram":');
    writeHistogramPoint(out, timestampMs, sample.histogram);
  }
  out.write('}');
}

function writeMatrixSeries(out: JsonBytes, series: MatrixSeries): void {
  out.write('{"metric":');
  out.writeLabels(series.labels);
  if (series.histograms === undefined) {
    writeFloats(out, series);
  } else {
    writeMixed(out, series, series.histograms);
  }
  out.write('}');
}

function writeFloats(out: JsonBytes, series: MatrixSeries): void {
  const { timestampsMs, values } = series;
  if (values.length === 0) return;
  out.write(',"values":[');
  out.writePoints(timestampsMs, values);
  out.write(']');
}

function writeMixed(
  out: JsonBytes,
  series: MatrixSeries,
  histograms: readonly (FloatHistogram | undefined)[],
): void {
  const { timestampsMs, values } = series;
  let separator = ',"values":[';
  for (let i = 0; i < values.length; i++) {
    if (histograms[i] !== undefined) continue;
    out.write(separator);
    out.writePoint(timestampsMs[i] as number, values[i] as number);
    separator = ',';
  }
  if (separator === ',') out.write(']');
  separator = ',"histograms":[';
  for (let i = 0; i < values.length; i++) {
    const histogram = histograms[i];
    if (histogram === undefined) continue;
    out.write(separator);
    writeHistogramPoint(out, timestampsMs[i] as number, histogram);
    separator = ',';
  }
  if (separator === ',') out.write(']');
}

/** Seconds, as Prometheus' util/stats writes them. */
export function encodeStats(stats: QueryStats): string {
  const { timings, samples, memory } = stats;
  const queueMs = timings.queueMs ?? 0;
  const perStep = samples.perStep?.map(
    (step) => `[${encodeTimestamp(step.timestampMs)},${step.samples}]`,
  );
  const steps =
    perStep === undefined ? '' : `"totalQueryableSamplesPerStep":[${perStep.join(',')}],`;
  const shownTimings = {
    evalTotalTime: timings.totalMs / 1000,
    resultSortTime: timings.sortMs / 1000,
    queryPreparationTime: timings.prepareMs / 1000,
    innerEvalTime: timings.evaluateMs / 1000,
    execQueueTime: queueMs / 1000,
    execTotalTime: (queueMs + timings.totalMs) / 1000,
  };
  return (
    `{"timings":${JSON.stringify(shownTimings)},"samples":{${steps}` +
    `"totalQueryableSamples":${samples.totalQueryableSamples},"peakSamples":${samples.peakSamples}},` +
    `"memory":{"peakBytes":${memory.peakBytes}}}`
  );
}
