import { ProtobufWriter, snappyCompress } from '#bytes';

type WrittenLabels = Readonly<Record<string, string>>;

export interface WrittenSample {
  readonly labels: WrittenLabels;
  readonly timestampMs: number;
  readonly value: number;
  /** Written instead of the value: the series has ended. */
  readonly isStale?: boolean;
}

/** Of schema 0: the upper bound of the first bucket is 1, each is twice as wide as the one before. */
export interface WrittenHistogram {
  readonly sum: number;
  /** How many observations each bucket has, from the one that begins at `2 ** (firstBucket - 1)` on. */
  readonly buckets: readonly number[];
  readonly firstBucket: number;
}

/** One series with all that it has: numbers, or native histograms. */
export interface WrittenSeries {
  readonly labels: WrittenLabels;
  readonly points: readonly (readonly [timestampMs: number, value: number | WrittenHistogram])[];
}

/** Of a stale marker, as bytes: a NaN may lose them on its way. */
const STALE_BYTES = Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);

/** The body of a remote-write 1.0 request with one sample a series. */
export function writeRequestBody(samples: readonly WrittenSample[]): Uint8Array {
  return requestBody(
    samples.map(({ labels, timestampMs, value, isStale }) => {
      const sample = isStale === true ? staleMarker(timestampMs) : point(timestampMs, value);
      return labelled(labels).field(2, sample);
    }),
  );
}

export async function remoteWrite(url: string, samples: readonly WrittenSample[]): Promise<number> {
  return await send(url, writeRequestBody(samples));
}

/** The samples of each series in the order of their times. */
export async function remoteWriteSeries(
  url: string,
  series: readonly WrittenSeries[],
): Promise<number> {
  return await send(url, requestBody(series.map(timeSeries)));
}

async function send(url: string, body: Uint8Array): Promise<number> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: Buffer.from(body),
  });
  await response.arrayBuffer();
  return response.status;
}

function requestBody(series: readonly ProtobufWriter[]): Uint8Array {
  const message = new ProtobufWriter();
  for (const one of series) message.field(1, one);
  return snappyCompress(message.finish());
}

function timeSeries({ labels, points }: WrittenSeries): ProtobufWriter {
  const message = labelled(labels);
  for (const [timestampMs, value] of points) {
    if (typeof value === 'number') message.field(2, point(timestampMs, value));
    else message.field(4, histogram(timestampMs, value));
  }
  return message;
}

function labelled(labels: WrittenLabels): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const name of Object.keys(labels).toSorted()) {
    message.field(1, new ProtobufWriter().field(1, name).field(2, labels[name] ?? ''));
  }
  return message;
}

function point(timestampMs: number, value: number): ProtobufWriter {
  return new ProtobufWriter().double(1, value).int64(2, timestampMs);
}

function staleMarker(timestampMs: number): Uint8Array {
  const time = new ProtobufWriter().int64(2, timestampMs).finish();
  return Buffer.concat([Buffer.from([(1 << 3) | 1]), STALE_BYTES, time]);
}

function histogram(
  timestampMs: number,
  { sum, buckets, firstBucket }: WrittenHistogram,
): ProtobufWriter {
  const message = new ProtobufWriter()
    .uint(
      1,
      buckets.reduce((total, count) => total + count, 0),
    )
    .double(3, sum)
    .sint(4, 0)
    .double(5, 2 ** -128)
    .field(11, new ProtobufWriter().sint(1, firstBucket).uint(2, buckets.length))
    .int64(15, timestampMs);
  for (const [i, count] of buckets.entries()) message.sint(12, count - (buckets[i - 1] ?? 0));
  return message;
}
