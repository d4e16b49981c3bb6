import {
  array,
  assert,
  boolean,
  constantFrom,
  double,
  integer,
  oneof,
  property,
  record,
} from 'fast-check';
import { expect, test } from 'vitest';
import { DecodeError } from '#bytes';
import { isStaleNaN } from '#model';
import { SampleColumns } from '#storage';
import { decodeChunk, decodeNextChunk, endSeries, startSeries } from './chunk-decoder.ts';
import { decodeBlockChunk } from './block/chunk-values.ts';
import { ChunkKind } from './block/layout.ts';
import { ChunkEncoder, EncoderColumns } from './chunk-encoder.ts';
import { BLOCK_WORDS } from './memory.ts';

interface Sample {
  readonly timeMs: number;
  readonly high: number;
  readonly low: number;
}

const halves = new Int32Array(2);
const double64 = new Float64Array(halves.buffer);

function sample(timeMs: number, value: number): Sample {
  double64[0] = value;
  return { timeMs, high: halves[1], low: halves[0] };
}

/** Fills one block; the answer is it and how many samples fitted. */
function encode(samples: readonly Sample[]): { words: Int32Array; count: number } {
  const columns = new EncoderColumns();
  columns.resize(2);
  const encoder = new ChunkEncoder(columns);
  const words = new Int32Array(BLOCK_WORDS * 2);
  encoder.words = words;
  encoder.base = BLOCK_WORDS;
  let count = 0;
  for (const { timeMs, high, low } of samples) {
    if (count === 0) encoder.first(1, timeMs, high, low);
    else if (!encoder.next(1, timeMs, high, low)) break;
    words[BLOCK_WORDS] = ++count;
  }
  return { words, count };
}

function decode(words: Int32Array, startMs = -Infinity, endMs = Infinity): Sample[] {
  const columns = new SampleColumns(1);
  decodeChunk({ words, base: BLOCK_WORDS, startMs, endMs, countMax: 1e6 }, columns);
  const bits = new Int32Array(columns.values.buffer);
  return Array.from({ length: columns.length }, (_, i) => ({
    timeMs: columns.timestampsMs[i],
    high: bits[i * 2 + 1],
    low: bits[i * 2],
  }));
}

const anyBits = record({
  high: oneof(integer(), constantFrom(0, 0x7ff00000, 0x3ff00000)),
  low: oneof(integer(), constantFrom(0, 2)),
});
const anyDelta = oneof(
  constantFrom(1, 1000, 15_000),
  integer({ min: 1, max: 20_000 }),
  integer({ min: 1, max: 2 ** 40 }),
);

test('samples come back bit by bit, as many as fitted', () => {
  const anySamples = array(record({ delta: anyDelta, bits: anyBits }), {
    minLength: 1,
    maxLength: 200,
  });
  assert(
    property(anySamples, integer({ min: -(2 ** 44), max: 2 ** 44 }), (steps, start) => {
      let timeMs = start;
      const samples = steps.map(({ delta, bits }) => ({ timeMs: (timeMs += delta), ...bits }));
      const { words, count } = encode(samples);
      expect(decode(words)).toEqual(samples.slice(0, count));
      if (count < samples.length) expect(count).toBeGreaterThan(8);
    }),
    { numRuns: 300 },
  );
});

test('rising counters of doubles come back', () => {
  assert(
    property(array(double({ noNaN: true }), { minLength: 1, maxLength: 60 }), (values) => {
      const samples = values.map((value, i) => sample(1.7e12 + i * 15_000, value));
      const { words, count } = encode(samples);
      expect(decode(words)).toEqual(samples.slice(0, count));
    }),
  );
});

test('a steady series takes two bits a sample', () => {
  const samples = Array.from({ length: 2000 }, (_, i) => sample(1.7e12 + i * 15_000, 1));
  expect(encode(samples).count).toBeGreaterThan(800);
});

test.each([
  ['all', [-Infinity, Infinity], [0, 100]],
  ['the middle, bounds included', [1000, 3000], [10, 31]],
  ['before the chunk', [-10, -1], [0, 0]],
  ['after the chunk', [1e6, 2e6], [0, 0]],
])('reading %s', (_, [startMs, endMs], [from, to]) => {
  const samples = Array.from({ length: 100 }, (_, i) => sample(i * 100, i * 0.1));
  const { words, count } = encode(samples);
  const want = samples.slice(0, count).slice(from, to);
  expect(decode(words, startMs, endMs)).toEqual(want);
});

test('the first words are those that Prometheus writes', () => {
  // t=1 is varint 02; v=1.0 is 3ff0000000000000; then delta 1 as uvarint 01, value same: bit 0.
  const { words } = encode([sample(1, 1), sample(2, 1)]);
  expect(words[BLOCK_WORDS + 6] >>> 0).toBe(0x023ff000);
  expect(words[BLOCK_WORDS + 7]).toBe(0);
  expect(words[BLOCK_WORDS + 8] >>> 0).toBe(0x00010000);
});

test('a chunk of a block that says to have more samples than it holds does no harm', () => {
  const data = new Uint8Array(400).fill(0xff);
  data.set([0xff, 0xff, 0x00]);
  const columns = new SampleColumns(1);
  decodeBlockChunk({ kind: ChunkKind.xor, data }, { startMs: -Infinity, endMs: Infinity }, columns);
  expect(columns.length).toBeLessThanOrEqual(65_535);
  columns.clear();
  decodeBlockChunk(
    { kind: ChunkKind.xor, data: data.subarray(0, 2) },
    { startMs: -Infinity, endMs: Infinity },
    columns,
  );
  expect(columns.length).toBeLessThanOrEqual(65_535);
  columns.clear();
  decodeBlockChunk(
    { kind: ChunkKind.xor, data: data.subarray(0, 1) },
    { startMs: -Infinity, endMs: Infinity },
    columns,
  );
  expect(columns.length).toBe(0);
});

test('a chunk of a block that is too long is refused', () => {
  const data = new Uint8Array(2 << 20).fill(1);
  const bounds = { startMs: -Infinity, endMs: Infinity };
  expect(() =>
    decodeBlockChunk({ kind: ChunkKind.xor, data }, bounds, new SampleColumns()),
  ).toThrow(DecodeError);
});

test('what is known of several chunks together is true', () => {
  const anySeries = array(
    record({
      gap: constantFrom(1000, 1000, 1000, 2000),
      step: constantFrom(1000, 1000, 1000, 500),
      count: integer({ min: 1, max: 5 }),
      isStale: integer({ min: 0, max: 9 }).map((number) => number === 0),
      /** What comes before is of another storage. */
      endsPart: boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  );
  assert(
    property(anySeries, integer({ min: -1000, max: 8000 }), (chunks, startMs) => {
      const columns = new SampleColumns(1);
      startSeries();
      let timeMs = 0;
      for (const { gap, step, count, isStale, endsPart } of chunks) {
        if (endsPart) {
          endSeries(columns);
          startSeries();
        }
        timeMs += gap;
        const samples = Array.from({ length: count }, (_, i) => sample(timeMs + i * step, i));
        timeMs += (count - 1) * step;
        if (isStale) samples[0] = { timeMs: samples[0].timeMs, high: 0x7ff00000, low: 2 };
        const { words } = encode(samples);
        decodeNextChunk(
          { words, base: BLOCK_WORDS, startMs, endMs: Infinity, countMax: 99 },
          columns,
        );
      }
      endSeries(columns);
      const times = [...columns.timestampsMs.subarray(0, columns.length)];
      const gaps = new Set(times.slice(1).map((time, i) => time - times[i]));
      if (columns.spacingMs > 0) expect([...gaps]).toEqual([columns.spacingMs]);
      const isEven = chunks.every(({ gap, step, count }) => {
        return gap === 1000 && step === 1000 && count > 1;
      });
      if (isEven && startMs <= 1000) expect(columns.spacingMs).toBe(1000);
      const stale = [...columns.values.subarray(0, columns.length)].some(isStaleNaN);
      if (stale) expect(columns.isFreeOfStale).toBe(false);
      if (!chunks.some(({ isStale }) => isStale) && times.length > 0) {
        expect(columns.isFreeOfStale).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
