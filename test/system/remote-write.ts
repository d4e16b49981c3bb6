import { snappyCompress } from '#bytes';

export interface WrittenSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestampMs: number;
  readonly value: number;
  /** Written instead of the value: the series has ended. */
  readonly isStale?: boolean;
}

/** Of a stale marker, as bytes: a NaN may lose them on its way. */
const STALE_BYTES = Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);

/** The body of a remote-write 1.0 request with one sample a series. */
export function writeRequestBody(samples: readonly WrittenSample[]): Uint8Array {
  return snappyCompress(Buffer.concat(samples.map((sample) => field(1, timeSeries(sample)))));
}

export async function remoteWrite(url: string, samples: readonly WrittenSample[]): Promise<number> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: Buffer.from(writeRequestBody(samples)),
  });
  await response.arrayBuffer();
  return response.status;
}

function timeSeries({ labels, timestampMs, value, isStale }: WrittenSample): Buffer {
  const names = Object.keys(labels).toSorted();
  const pairs = names.map((name) =>
    field(
      1,
      Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(labels[name] ?? ''))]),
    ),
  );
  const number = Buffer.alloc(9);
  number[0] = (1 << 3) | 1;
  if (isStale === true) STALE_BYTES.copy(number, 1);
  else number.writeDoubleLE(value, 1);
  const sample = Buffer.concat([number, Buffer.from([2 << 3]), varint(timestampMs)]);
  return Buffer.concat([...pairs, field(2, sample)]);
}

function field(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(tag << 3) | 2]), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
