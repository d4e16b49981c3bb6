import { ProtobufWriter, snappyCompress } from '#bytes';
import { isStaleNaN, labelsKey, type Labels } from '#model';
import { type Appendable, AppendStatus } from '#storage';
import { describe, expect, test } from 'vitest';
import { decodeWriteRequest } from './decode-v1.ts';
import { WriteRequest } from './write-request.ts';
import { receiveWrite, type ReceiveOptions } from './receive-write.ts';

interface Written {
  readonly labels: string;
  readonly samples: [number, number][];
}

/** Keeps what was committed; refuses times that do not grow. */
class SmallStorage implements Appendable {
  readonly series: Written[] = [];
  /** What samples of the time 0 get. */
  statusOfZero: AppendStatus = AppendStatus.ok;

  appender(): ReturnType<Appendable['appender']> {
    const pending: Written[] = [];
    const find = (labels: Labels): number =>
      pending.findIndex((one) => one.labels === shown(labels)) + 1;
    const make = (labels: Labels): number =>
      find(labels) || pending.push({ labels: shown(labels), samples: [] });
    return {
      seriesRef: make,
      findSeries: (spans) => {
        try {
          return find(spans.labels());
        } catch {
          // Not UTF-8.
          return 0;
        }
      },
      seriesRefOfSpans: (spans) => make(spans.labels()),
      append: (ref, timestampMs, value) => {
        const samples = pending[ref - 1]?.samples ?? [];
        const newest = samples.at(-1)?.[0] ?? -Infinity;
        if (timestampMs < newest) return AppendStatus.outOfOrder;
        if (timestampMs === 0) return this.statusOfZero;
        samples.push([timestampMs, value]);
        return AppendStatus.ok;
      },
      appendHistogram: () => AppendStatus.ok,
      appendExemplar: () => AppendStatus.ok,
      setMetadata: () => undefined,
      commit: () => {
        this.series.push(...pending);
      },
      rollback: () => undefined,
    };
  }
}

function shown(labels: Labels): string {
  return labelsKey(labels).replaceAll('\xff\0', ' ');
}

type Sample = readonly [timestampMs: number, value: number];

function series(
  labels: Readonly<Record<string, string>>,
  samples: readonly Sample[],
): ProtobufWriter {
  const message = new ProtobufWriter();
  for (const [name, value] of Object.entries(labels)) {
    message.field(1, new ProtobufWriter().field(1, name).field(2, value));
  }
  for (const [timestampMs, value] of samples) {
    message.field(2, new ProtobufWriter().double(1, value).int64(2, timestampMs));
  }
  return message;
}

function valued(value: Uint8Array | string): ProtobufWriter {
  const label = new ProtobufWriter().field(1, 'a').field(2, value);
  return series({ __name__: 'up' }, [[1, 1]]).field(1, label);
}

function request(...all: readonly ProtobufWriter[]): Uint8Array {
  const message = new ProtobufWriter();
  for (const one of all) message.field(1, one);
  return message.finish();
}

function post(
  message: Uint8Array,
  more: Partial<ReceiveOptions> = {},
): [number, string, SmallStorage] {
  const storage = new SmallStorage();
  const answer = receiveWrite({
    body: snappyCompress(message),
    contentType: 'application/x-protobuf',
    contentEncoding: 'snappy',
    appendable: storage,
    nowMs: 1_000_000,
    ...more,
  });
  return [answer.status, answer.body, storage];
}

describe('remote write 1.0', () => {
  test('samples are written with sorted labels; empty values and their names are left out', () => {
    const labels = { job: 'node', __name__: 'up', empty: '', a: 'ä' };
    const [status, body, storage] = post(
      request(
        series(labels, [
          [-5, 1],
          [7, -2.5],
        ]),
      ),
    );
    expect([status, body]).toEqual([204, '']);
    expect(storage.series).toEqual([
      {
        labels: '__name__ up a ä job node',
        samples: [
          [-5, 1],
          [7, -2.5],
        ],
      },
    ]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['no name', { job: 'node' }],
    ['an empty name', { __name__: '', job: 'node' }],
    ['a label without name', { __name__: 'up', '': 'x' }],
  ])('a series with %s is dropped, the others are written', (_, labels) => {
    const good = series({ __name__: 'good' }, [[1, 1]]);
    const [status, , storage] = post(request(series(labels, [[1, 1]]), good));
    expect(status).toBe(204);
    expect(storage.series.map((one) => one.labels)).toEqual(['__name__ good']);
  });

  test('a duplicate label drops the series', () => {
    const message = series({ __name__: 'up', a: '1' }, [[1, 1]]);
    message.field(1, new ProtobufWriter().field(1, 'a').field(2, '2'));
    const [status, , storage] = post(request(message));
    expect([status, storage.series.length]).toEqual([204, 0]);
  });

  test('labels in another order, with long texts or further fields, are the same series', () => {
    const path = '/é'.repeat(200);
    const sorted = series({ __name__: 'up', a: '1', path }, [[1, 1]]);
    const mixed = new ProtobufWriter()
      .field(1, new ProtobufWriter().field(2, path).uint(7, 300).field(1, 'path'))
      .field(1, new ProtobufWriter().field(1, 'gone').field(2, ''))
      .field(1, new ProtobufWriter().field(1, 'a').field(2, '1'))
      .field(2, new ProtobufWriter().double(1, 2).int64(2, 2))
      .field(1, new ProtobufWriter().field(1, '__name__').field(2, 'up'));
    const [status, , storage] = post(request(sorted, mixed));
    expect(status).toBe(204);
    expect(storage.series).toEqual([
      {
        labels: `__name__ up a 1 path ${path}`,
        samples: [
          [1, 1],
          [2, 2],
        ],
      },
    ]);
  });

  test('bytes that are not UTF-8 drop the series; U+FFFD itself does not', () => {
    const bad = [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80]].map((bytes) =>
      valued(Uint8Array.from(bytes)),
    );
    const [status, , storage] = post(request(...bad, valued('\ufffd')));
    expect(status).toBe(204);
    expect(storage.series.map((one) => one.labels)).toEqual(['__name__ up a \ufffd']);
  });

  test('a sample out of order undoes the whole request', () => {
    const good = series({ __name__: 'good' }, [[1, 1]]);
    const bad = series({ __name__: 'bad' }, [
      [2, 1],
      [1, 1],
    ]);
    const [status, body, storage] = post(request(good, bad));
    expect([status, body, storage.series]).toEqual([400, 'out of order sample\n', []]);
  });

  test.each<[AppendStatus, number, string]>([
    [AppendStatus.duplicate, 400, 'duplicate sample for timestamp\n'],
    [AppendStatus.tooOld, 400, 'out of bounds\n'],
    [AppendStatus.beyondWindow, 400, 'too old sample\n'],
    [AppendStatus.limit, 500, 'cannot write sample: storage limit reached\n'],
  ])('a sample that the storage refuses with %i is answered %i %s', (refusal, status, words) => {
    const storage = new SmallStorage();
    storage.statusOfZero = refusal;
    const sample = request(series({ __name__: 'up' }, [[0, 1]]));
    expect(post(sample, { appendable: storage }).slice(0, 2)).toEqual([status, words]);
  });

  test('a sample more than ten minutes ahead is refused', () => {
    const ahead = request(series({ __name__: 'up' }, [[1_600_001, 1]]));
    expect(post(ahead)[0]).toBe(400);
    const near = request(series({ __name__: 'up' }, [[1_600_000, 1]]));
    expect(post(near)[0]).toBe(204);
  });

  test('the stale marker arrives as itself', () => {
    const marker = Uint8Array.from([18, 9, 9, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);
    const name = Uint8Array.from([10, 5, 10, 1, 0x61, 18, 0]);
    const inner = Uint8Array.from([...name, ...marker]);
    const decoded = new WriteRequest();
    decodeWriteRequest(new ProtobufWriter().field(1, inner).finish(), decoded);
    expect(isStaleNaN(decoded.values[0] ?? 0)).toBe(true);
  });
});

describe('bodies that are refused', () => {
  const message = request(series({ __name__: 'up' }, [[1, 1]]));
  test.each<[string, number, Partial<ReceiveOptions>]>([
    ['no snappy', 400, { body: message }],
    ['no protobuf', 400, { body: snappyCompress(Uint8Array.from([255, 255])) }],
    ['another encoding', 415, { contentEncoding: 'gzip' }],
    ['another media type', 415, { contentType: 'text/plain' }],
    ['an unknown message', 415, { contentType: 'application/x-protobuf;proto=other' }],
    ['a body over the limit', 413, { limits: { bodyBytesMax: 5, messageBytesMax: 1000 } }],
    ['a message over the limit', 413, { limits: { bodyBytesMax: 1000, messageBytesMax: 5 } }],
  ])('%s is answered %i', (_, status, more) => {
    const [got, body, storage] = post(message, more);
    expect([got, storage.series]).toEqual([status, []]);
    expect(body).not.toBe('');
  });

  test('without headers the body is taken as 1.0 in snappy', () => {
    expect(post(message, { contentType: undefined, contentEncoding: undefined })[0]).toBe(204);
  });
});
