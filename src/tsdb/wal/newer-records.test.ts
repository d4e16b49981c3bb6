import { expect, test } from 'vitest';
import { ByteWriter, crc32c } from '#bytes';
import type { FloatHistogram } from '#model';
import { MemoryDisk } from '#platform';
import { encodeHistogram } from './histogram-records.ts';
import { Fragment, RecordType, ZSTD_FLAG } from './layout.ts';
import { LoggedSamples } from './logged-samples.ts';
import { readSegment } from './reader.ts';
import { decodeRecord } from './records.ts';
import type { RecordSink } from './records.ts';

/** By the zstd program: a record of 60 samples of series 5 to 64, from the time 1,000 on. */
const ZSTD_FRAME = Buffer.from(
  '28b52ffd606901950800c40b0200050003e800000040000202010404020606030808040a0a050c0c060e0e0710100812120914140a16160b18180c1a1a0d1c1c0e1e1e0f2020102222112424122626132828142a2a152c2c162e2e1730301832321934341a36361b38381c3a3a1d3c3c1e3e3e1f4040204242214444224646234848244a4a254c4c264e4e2750502852522954542a56562b58582c5a5a2d5c5c2e5e5e2f6060306262316464326666336868346a6a356c6c366e6e3770703872723974743a76763b3e20e0d779e491471e79e491471e79e491471e79e491471e79e491873cf2c8238f3cf2c8238f3cf2c8238f3cf2c8238f3cf2c8230f79e491471e79e491471e79e491471e79e491471e79e4a1f368e266041e1e16',
  'hex',
);

type Seen = readonly [ref: number, timeMs: number, value: FloatHistogram | number];

const ignore = (): void => {};

function sinkTo(seen: Seen[], others: number[] = []): RecordSink {
  return {
    series: ignore,
    samples: new LoggedSamples(),
    addSamples: ({ refs, times, words, count }) => {
      for (let i = 0; i < count; i++) seen.push([refs[i] ?? 0, times[i] ?? 0, words[i * 2] ?? 0]);
    },
    histogram: (ref, timeMs, histogram) => void seen.push([ref, timeMs, histogram]),
    exemplar: ignore,
    metadata: ignore,
    tombstone: ignore,
    other: (type) => void others.push(type),
  };
}

function decoded(record: Uint8Array): { seen: Seen[]; others: number[] } {
  const seen: Seen[] = [];
  const others: number[] = [];
  decodeRecord(record, sinkTo(seen, others));
  return { seen, others };
}

function fileOf(flags: number, data: Uint8Array): MemoryDisk {
  const disk = new MemoryDisk();
  const out = new ByteWriter();
  out.writeByte(Fragment.full | flags);
  out.writeUint16(data.length);
  out.writeUint32(crc32c(data));
  out.writeBytes(data);
  const file = disk.open('wal/00000000', 'append');
  file.append(out.view());
  file.close();
  return disk;
}

test('records compressed with zstd are read', () => {
  const seen: Seen[] = [];
  const content = readSegment(fileOf(ZSTD_FLAG, ZSTD_FRAME), 'wal/00000000', (record) =>
    decodeRecord(record, sinkTo(seen)),
  );
  expect(content).toEqual({ recordCount: 1, unreadableCount: 0, corruptions: [] });
  expect(seen).toHaveLength(60);
  expect(seen[59]).toEqual([5 + 59, 1000 + 59, 59]);
});

test('a record that says zstd and is none is counted, and stays', () => {
  const disk = fileOf(ZSTD_FLAG, Buffer.from('no frame at all'));
  const content = readSegment(disk, 'wal/00000000', () => expect.unreachable());
  expect(content).toEqual({ recordCount: 0, unreadableCount: 1, corruptions: [] });
});

const HISTOGRAM: FloatHistogram = {
  counterResetHint: 'not_reset',
  schema: 1,
  zeroThreshold: 0.001,
  zeroCount: 2,
  count: 9,
  sum: 12.5,
  positiveSpans: [{ offset: 0, length: 2 }],
  negativeSpans: [{ offset: 1, length: 1 }],
  positiveBuckets: [3, 1],
  negativeBuckets: [3],
  customValues: [],
};

const BOUNDED: FloatHistogram = {
  ...HISTOGRAM,
  schema: -53,
  zeroThreshold: 0,
  zeroCount: 0,
  negativeSpans: [],
  negativeBuckets: [],
  customValues: [0.5, 2],
};

/** Three samples: a start time, the same one, none; then one with another start time. */
function histogramRecord(type: number, histogram: FloatHistogram, areFloats: boolean): Uint8Array {
  const out = new ByteWriter();
  out.writeByte(type);
  const places = [
    () => [7, 100_000, 40_000].forEach((number) => out.writeVarint(number)),
    () => {
      [2, 15_000].forEach((number) => out.writeVarint(number));
      out.writeByte(1);
    },
    () => {
      [-4, 30_000].forEach((number) => out.writeVarint(number));
      out.writeByte(0);
    },
    () => {
      [1, 30_001].forEach((number) => out.writeVarint(number));
      out.writeByte(2);
      out.writeVarint(-300);
    },
  ];
  for (const writePlace of places) {
    writePlace();
    encodeHistogram(out, histogram, areFloats);
  }
  return out.view();
}

test.each([
  ['integer histograms', RecordType.histogramsV2, HISTOGRAM, false],
  ['integer histograms with bounds', RecordType.histogramsV2, BOUNDED, false],
  ['float histograms', RecordType.floatHistogramsV2, { ...HISTOGRAM, count: 9.5 }, true],
  ['float histograms with bounds', RecordType.floatHistogramsV2, { ...BOUNDED, sum: 0.1 }, true],
])('%s with start times are read, without those', (_, type, histogram, areFloats) => {
  expect(decoded(histogramRecord(type, histogram, areFloats)).seen).toEqual([
    [7, 100_000, histogram],
    [9, 115_000, histogram],
    [5, 130_000, histogram],
    [6, 130_001, histogram],
  ]);
});

test('samples with start times are read, without those', () => {
  const out = new ByteWriter();
  out.writeByte(RecordType.samplesV2);
  [3, 5000, 4000].forEach((number) => out.writeVarint(number));
  out.writeFloat64Bits(0, 1);
  [-1, 10].forEach((number) => out.writeVarint(number));
  out.writeByte(2);
  out.writeVarint(17);
  out.writeFloat64Bits(0, 2);
  [5, -10].forEach((number) => out.writeVarint(number));
  out.writeByte(1);
  out.writeFloat64Bits(0, 3);
  expect(decoded(out.view()).seen).toEqual([
    [3, 5000, 1],
    [2, 5010, 2],
    [7, 4990, 3],
  ]);
});

test.each([
  ['what a checkpoint left out is told without effect', RecordType.minValidTime, []],
  ['a type that is not known is counted', 99, [99]],
])('%s', (_, type, others) => {
  const out = new ByteWriter();
  out.writeByte(type);
  out.writeInt64(1234);
  expect(decoded(out.view())).toEqual({ seen: [], others });
});
