import { expect, test } from 'vitest';
import { ByteReader, ByteWriter, DecodeError } from '#bytes';
import { decodeSeries } from './logged-labels.ts';
import { LoggedSamples, decodeSamples } from './logged-samples.ts';

type Sample = readonly [ref: number, timeMs: number, high: number, low: number];

function recordOf(samples: readonly Sample[]): ByteWriter {
  const out = new ByteWriter();
  const [[firstRef, firstTimeMs] = [0, 0]] = samples;
  out.writeInt64(firstRef);
  out.writeInt64(firstTimeMs);
  for (const [ref, timeMs, high, low] of samples) {
    out.writeVarint(ref - firstRef);
    out.writeVarint(timeMs - firstTimeMs);
    out.writeFloat64Bits(high, low);
  }
  return out;
}

function decoded(bytes: Uint8Array): { samples: Sample[]; portions: number; error: unknown } {
  const samples: Sample[] = [];
  let portions = 0;
  const handOver = ({ refs, times, words, count }: LoggedSamples): void => {
    portions++;
    for (let i = 0; i < count; i++) {
      samples.push([refs[i] ?? 0, times[i] ?? 0, words[i * 2 + 1] ?? 0, words[i * 2] ?? 0]);
    }
  };
  try {
    decodeSamples(new ByteReader(bytes), new LoggedSamples(), handOver);
    return { samples, portions, error: undefined };
  } catch (error) {
    return { samples, portions, error };
  }
}

test.each<[string, Sample[]]>([
  ['one', [[5, 1000, 1, 2]]],
  ['none', []],
  [
    'differences of every length, forwards and back',
    [0, 63, 64, 8191, 8192, 2 ** 27, 2 ** 28, 2 ** 31, 2 ** 33, 2 ** 50].flatMap(
      (far): Sample[] => [
        [2 ** 51 + far, 1_760_000_000_000, -1, 1],
        [2 ** 51 - far, 1_760_000_000_000 + far, 0x7ff80000, far % 1000],
        [7, 0 - far, 0, 5],
      ],
    ),
  ],
  [
    'more than a portion',
    Array.from({ length: 9000 }, (_, i): Sample => [i, 1000 + (i % 3), i, i + 1]),
  ],
])('samples come back as they were: %s', (_, samples) => {
  const { samples: seen, error } = decoded(recordOf(samples).view());
  expect(error).toBeUndefined();
  expect(seen).toEqual(samples);
});

test('many samples come in portions', () => {
  const many = Array.from({ length: 9000 }, (_, i): Sample => [i, 0, 0, 0]);
  expect(decoded(recordOf(many).view()).portions).toBe(3);
});

test('what came before a fault is handed over', () => {
  const samples = Array.from({ length: 5000 }, (_, i): Sample => [i, i, i, i]);
  const bytes = recordOf(samples).view();
  const { samples: seen, error } = decoded(bytes.subarray(0, bytes.length - 1));
  expect(error).toBeInstanceOf(DecodeError);
  expect(seen).toEqual(samples.slice(0, -1));
});

test('a difference without an end is a fault', () => {
  const bytes = new Uint8Array(64).fill(0xff);
  expect(decoded(bytes).error).toBeInstanceOf(DecodeError);
});

function seriesOf(texts: readonly (readonly Uint8Array[])[]): Uint8Array {
  const out = new ByteWriter();
  for (const [i, labels] of texts.entries()) {
    out.writeInt64(i + 1);
    out.writeUvarint(labels.length / 2);
    for (const text of labels) {
      out.writeUvarint(text.length);
      out.writeBytes(text);
    }
  }
  return out.view();
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

test('labels come back as they were, and as UTF-8 where they were not', () => {
  const long = 'x'.repeat(300);
  const bytes = seriesOf([
    [],
    ['__name__', 'up', 'job', ''].map(bytesOf),
    ['__name__', 'größe', 'länge', '☃'].map(bytesOf),
    ['a', long].map(bytesOf),
    [bytesOf('a'), Uint8Array.of(0x62, 0xff)],
    ['a', 'after'].map(bytesOf),
  ]);
  const seen: unknown[] = [];
  decodeSeries(new ByteReader(bytes), (ref, labels) => seen.push([ref, labels.labels()]));
  expect(seen).toEqual([
    [1, []],
    [2, ['__name__', 'up', 'job', '']],
    [3, ['__name__', 'größe', 'länge', '☃']],
    [4, ['a', long]],
    [5, ['a', 'b\ufffd']],
    [6, ['a', 'after']],
  ]);
});

test.each([
  ['more labels than bytes', [...new Uint8Array(8), 200, 1]],
  ['a name that is cut off', [...new Uint8Array(8), 1, 5, 0x61]],
  ['a number that is cut off', [0, 0, 0]],
])('%s is a fault', (_, bytes) => {
  const read = (): void => decodeSeries(new ByteReader(Uint8Array.from(bytes)), () => {});
  expect(read).toThrow(DecodeError);
});
