// Hours of what containers show: counters, gauges, odd numbers, native histograms; a third of the
// containers are replaced every hour. The same for every run but for when it ends.
import { ProtobufWriter, snappyCompress } from '#bytes';
import { CUSTOM_BUCKETS_SCHEMA, STALE_HISTOGRAM, STALE_NAN, labelsFromObject } from '#model';
import type { FloatHistogram, Labels } from '#model';
import { AppendStatus } from '#storage';
import type { Database } from '#tsdb';
import { bitsOf, histogramText, labelText } from './tsdb-content.ts';

const STEP_MS = 60_000;
const STEPS: number = 20 * 60;
const STEPS_A_LIFE = 60;
const FLOAT_SERIES = 180;
const HISTOGRAM_SERIES = 12;

export interface Sample {
  readonly labels: Labels;
  readonly timestampMs: number;
  readonly value: number | FloatHistogram;
  /** How its counts are stored. */
  readonly countsAre: 'integers' | 'floats';
}

export interface DataOptions {
  readonly endMs: number;
  /** Minutes before it, 20 hours unless given. */
  readonly steps?: number;
  /** So many steps late come some samples, which are out of order then. */
  readonly lateBySteps?: number;
  /**
   * What 2.42 can be given: no histograms with custom buckets; none that are gauges, over which it cannot cut a
   * block ("unexpected counter reset"); and no stale markers of float histograms, which its receiver of remote
   * write takes for those of integer histograms.
   */
  readonly forPrometheus242: boolean;
}

/** The samples of one step, in no order of series. */
function samplesOf(step: number, options: DataOptions): Sample[] {
  const { endMs, forPrometheus242, steps = STEPS } = options;
  const samples: Sample[] = [];
  const timeMs = endMs - (steps - step) * STEP_MS;
  for (let i = 0; i < FLOAT_SERIES; i++) {
    // Some scrapes failed.
    if ((step * 31 + i * 7) % 211 === 0) continue;
    const value = endsAt(i, step) ? STALE_NAN : floatOf(i, step);
    const timestampMs = timeMs + ((i * step) % 5);
    samples.push({ labels: labelsOf('m', i, step), timestampMs, value, countsAre: 'integers' });
  }
  for (let i = 0; i < HISTOGRAM_SERIES; i++) {
    const countsAre = i % 2 === 0 ? 'integers' : 'floats';
    const isStale = endsAt(i, step) && !(forPrometheus242 && countsAre === 'floats');
    const value = isStale ? STALE_HISTOGRAM : histogramOf(i, step, !forPrometheus242);
    const labels = labelsOf('h', i, step);
    samples.push({ labels, timestampMs: timeMs + (i % 3), value, countsAre });
  }
  if (forPrometheus242) return samples;
  for (let i = 0; i < 4; i++) {
    const labels = labelsOf('custom', i, step);
    const countsAre = i % 2 === 0 ? 'integers' : 'floats';
    samples.push({ labels, timestampMs: timeMs, value: customOf(i, step), countsAre });
  }
  return samples;
}

/** Step by step in the order in which they come. */
function* arrivals(options: DataOptions): Generator<Sample[]> {
  const { steps = STEPS, lateBySteps = 0 } = options;
  const held: Sample[][] = [];
  for (let step = 0; step < steps + lateBySteps; step++) {
    const samples = step < steps ? samplesOf(step, options) : [];
    if (lateBySteps === 0) {
      yield samples;
      continue;
    }
    const isLate = ({ value }: Sample, i: number): boolean =>
      typeof value === 'number' && i % 4 === 1 && (step + i) % 3 === 0;
    held.push(samples.filter(isLate));
    const due = step < lateBySteps ? undefined : held.shift();
    yield [...samples.filter((sample, i) => !isLate(sample, i)), ...(due ?? [])];
  }
}

/** As what reads a directory shows it, sorted. */
export function linesOf(options: DataOptions): string[] {
  const lines: string[] = [];
  for (const samples of arrivals(options)) {
    for (const { labels, timestampMs, value } of samples) {
      const text = typeof value === 'number' ? bitsOf(value) : histogramText(value);
      lines.push(`${labelText(labels)} ${text} ${timestampMs}`);
    }
  }
  return lines.toSorted();
}

/** A batch for each step. */
export function fillDatabase(database: Database, options: DataOptions): void {
  for (const samples of arrivals(options)) {
    const appender = database.appender();
    for (const { labels, timestampMs, value } of samples) {
      const ref = appender.seriesRef(labels);
      const status =
        typeof value === 'number'
          ? appender.append(ref, timestampMs, value)
          : appender.appendHistogram(ref, timestampMs, value);
      if (status !== AppendStatus.ok) throw new Error(`${labels.join()}: status ${status}`);
    }
    appender.commit();
  }
}

const STEPS_A_REQUEST = 20;

/** Sends what comes from one step to before another, all unless given, to a Prometheus by remote write 1.0. */
export async function writeRemotely(
  url: string,
  options: DataOptions,
  { from = 0, to = Infinity }: { readonly from?: number; readonly to?: number } = {},
): Promise<void> {
  let steps: Sample[][] = [];
  let step = 0;
  for (const samples of arrivals(options)) {
    const isWanted = step >= from && step < to;
    step++;
    if (!isWanted) continue;
    steps.push(samples);
    if (steps.length < STEPS_A_REQUEST) continue;
    await writeSteps(url, steps);
    steps = [];
  }
  await writeSteps(url, steps);
}

async function writeSteps(url: string, steps: readonly (readonly Sample[])[]): Promise<void> {
  const series = new Map<string, ProtobufWriter>();
  for (const sample of steps.flat()) {
    const key = sample.labels.join('\0');
    const message = series.get(key) ?? labelMessage(sample.labels);
    series.set(key, message);
    if (typeof sample.value === 'number') message.field(2, floatMessage(sample));
    else message.field(4, histogramMessage(sample, sample.value));
  }
  const request = new ProtobufWriter();
  for (const message of series.values()) request.field(1, message);
  await post(`${url}/api/v1/write`, snappyCompress(request.finish()));
}

async function post(url: string, body: Uint8Array): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
  const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

function labelMessage(labels: Labels): ProtobufWriter {
  const message = new ProtobufWriter();
  for (let i = 0; i < labels.length; i += 2) {
    const pair = new ProtobufWriter().field(1, labels[i] ?? '').field(2, labels[i + 1] ?? '');
    message.field(1, pair);
  }
  return message;
}

function floatMessage({ timestampMs, value }: Sample): ProtobufWriter {
  return new ProtobufWriter().double(1, value as number).int64(2, timestampMs);
}

/** Counts of whole numbers go as differences between buckets. */
function histogramMessage({ timestampMs, countsAre }: Sample, h: FloatHistogram): ProtobufWriter {
  const message = new ProtobufWriter();
  const areFloats = countsAre === 'floats';
  if (areFloats) message.double(2, h.count).double(7, h.zeroCount);
  else message.uint(1, h.count).uint(6, h.zeroCount);
  message.double(3, h.sum).sint(4, h.schema).double(5, h.zeroThreshold);
  for (const [spanField, spans, buckets] of [
    [8, h.negativeSpans, h.negativeBuckets],
    [11, h.positiveSpans, h.positiveBuckets],
  ] as const) {
    for (const { offset, length } of spans) {
      message.field(spanField, new ProtobufWriter().sint(1, offset).uint(2, length));
    }
    for (const [i, count] of buckets.entries()) {
      if (areFloats) message.double(spanField + 2, count);
      else message.sint(spanField + 1, count - (buckets[i - 1] ?? 0));
    }
  }
  return message.uint(14, h.counterResetHint === 'gauge' ? 3 : 0).int64(15, timestampMs);
}

function isReplaced(i: number): boolean {
  return i % 3 === 0;
}

/** Its container ends with this step. */
function endsAt(i: number, step: number): boolean {
  return isReplaced(i) && step % STEPS_A_LIFE === STEPS_A_LIFE - 1;
}

function labelsOf(kind: string, i: number, step: number): Labels {
  const life = isReplaced(i) ? Math.floor(step / STEPS_A_LIFE) : 0;
  return labelsFromObject({
    __name__: `${kind}_${i % 4}`,
    container: `gallery-${i}`,
    id: `${i * 1000 + life}`,
    text: 'grün "\\\n',
  });
}

const ODD_NUMBERS = [-0, 5e-324, -1.7976931348623157e308, Infinity, -Infinity, NaN, 2 ** 53, 0.1];

function floatOf(i: number, step: number): number {
  // A counter with resets, a sine, one that is constant, and what floats can be.
  if (i % 4 === 0) return (step % 500) * (i + 1);
  if (i % 4 === 1) return Math.sin(step * i);
  if (i % 4 === 2) return i;
  return step % 10 === 3 ? (ODD_NUMBERS[(step + i) % 8] ?? 0) : 1 / (step + i);
}

/** A counter with resets, or a gauge; buckets come and go. */
function histogramOf(i: number, step: number, withGauges: boolean): FloatHistogram {
  const isGauge = withGauges && i % 4 > 1;
  const scale = i % 2 === 0 ? 1 : 0.25;
  const age = isGauge ? (step * 7) % 50 : step % 300;
  const isWide = step % 90 > 45;
  const positiveBuckets = (isWide ? [age, age * 2, 1] : [age, age * 2]).map((n) => n * scale);
  const negativeBuckets = [age * scale];
  const zeroCount = 3 * scale;
  const counts = [...positiveBuckets, ...negativeBuckets, zeroCount];
  return {
    ...STALE_HISTOGRAM,
    counterResetHint: isGauge ? 'gauge' : 'unknown',
    schema: (i % 5) - 1,
    zeroThreshold: i % 3 === 0 ? 2 ** -128 : 0.001,
    zeroCount,
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: Math.fround(age * 1.7),
    positiveSpans: isWide
      ? [
          { offset: -3, length: 2 },
          { offset: 7, length: 1 },
        ]
      : [{ offset: -3, length: 2 }],
    positiveBuckets,
    negativeSpans: [{ offset: 2, length: 1 }],
    negativeBuckets,
  };
}

function customOf(i: number, step: number): FloatHistogram {
  const scale = i % 2 === 0 ? 1 : 0.5;
  const positiveBuckets = [step * scale, step * 2 * scale, scale];
  return {
    ...STALE_HISTOGRAM,
    schema: CUSTOM_BUCKETS_SCHEMA,
    count: step * 3 * scale + scale,
    sum: step * 4.5,
    positiveSpans: [{ offset: 0, length: 3 }],
    positiveBuckets,
    customValues: step % 400 < 200 ? [0.1, 0.25, 1.337] : [0.1, 0.25, 2.5],
  };
}
