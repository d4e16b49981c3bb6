import { array, assert, integer, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryDisk } from '#platform';
import { StorageError } from '#storage';
import { FRAGMENT_HEADER_BYTES, PAGE_BYTES } from './layout.ts';
import { readSegment } from './reader.ts';
import type { SegmentContent } from './reader.ts';
import { repairSegment } from './repair.ts';
import { WalWriter } from './writer.ts';

const PATH = 'wal/00000000';

function writerTo(disk: MemoryDisk, segmentBytes = 1 << 30): WalWriter {
  return new WalWriter({
    disk,
    dir: 'wal',
    segment: 0,
    segmentBytes,
    compression: 'snappy',
    onSyncError: () => {},
  });
}

function readAll(disk: MemoryDisk, path = PATH): { records: string[]; content: SegmentContent } {
  const records: string[] = [];
  const content = readSegment(disk, path, (record) => {
    records.push(Buffer.from(record).toString('hex'));
  });
  return { records, content };
}

const hex = (record: Uint8Array): string => Buffer.from(record).toString('hex');

/** Records of many lengths, some longer than pages, some that hardly compress. */
function someRecords(): Uint8Array[] {
  let seed = 1;
  const random = (): number => (seed = Math.imul(seed, 1103515245) + 12345) >>> 16;
  return [10, 40_000, 3, PAGE_BYTES - FRAGMENT_HEADER_BYTES, 200, 70_000, 1, 500].map(
    (length, i) => {
      const record = new Uint8Array(length);
      for (let k = 0; k < length; k++) record[k] = i % 2 === 1 ? random() : k >> 6;
      record[0] = i + 1;
      return record;
    },
  );
}

function smallLog(): { disk: MemoryDisk; want: string[]; ends: number[] } {
  const disk = new MemoryDisk();
  const writer = writerTo(disk);
  const ends: number[] = [];
  const records = someRecords();
  for (const record of records) {
    writer.add(record);
    writer.commit();
    ends.push(writer.segmentBytesUsed);
  }
  return { disk, want: records.map(hex), ends };
}

test('records of any length come back', () => {
  const anyRecords = array(uint8Array({ minLength: 1, maxLength: 500 }), { maxLength: 20 });
  assert(
    property(anyRecords, integer({ min: 0, max: PAGE_BYTES }), (records, first) => {
      const disk = new MemoryDisk();
      const writer = writerTo(disk);
      writer.open();
      const all = [new Uint8Array(first + 1).fill(7), ...records];
      for (const record of all) writer.add(record);
      writer.commit();
      const { records: found, content } = readAll(disk);
      expect(found).toEqual(all.map(hex));
      expect(content.corruptions).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('a log cut anywhere keeps the records before the cut, and says what was lost', async () => {
  const { disk, want, ends } = smallLog();
  const whole = disk.read(PATH);
  for (let cut = 0; cut < whole.length; cut += cut % PAGE_BYTES < 200 ? 1 : 523) {
    disk.write(PATH, whole.slice(0, cut));
    const { records, content } = readAll(disk);
    const kept = ends.filter((end) => end <= cut).length;
    expect(records).toEqual(want.slice(0, kept));
    const goodEnd = kept === 0 ? 0 : ends[kept - 1];
    const isPadding = whole.subarray(goodEnd, cut).every((byte) => byte === 0);
    if (isPadding) {
      expect(content.corruptions).toEqual([]);
      continue;
    }
    expect(content.corruptions).toMatchObject([{ bytes: cut - content.corruptions[0].offset }]);
    await repairSegment(disk, PATH, content);
    const repaired = readAll(disk);
    expect(repaired.records).toEqual(want.slice(0, kept));
    expect(repaired.content.corruptions).toEqual([]);
  }
});

test('a flipped bit costs the records of its page at most, and repair makes the log whole', async () => {
  const { disk, want } = smallLog();
  const whole = disk.read(PATH).slice();
  for (let at = 0; at < whole.length; at += at % PAGE_BYTES < 20 ? 1 : 1531) {
    const flipped = whole.slice();
    flipped[at] ^= 1 << (at & 7);
    disk.write(PATH, flipped);
    const { records, content } = readAll(disk);
    const lost = want.filter((record) => !records.includes(record));
    if (content.corruptions.length > 0) {
      await repairSegment(disk, PATH, content);
      const repaired = readAll(disk);
      expect(repaired.content.corruptions).toEqual([]);
      expect(repaired.records).toEqual(records);
    }
    // A page holds the ends of three of these records at most.
    expect(lost.length).toBeLessThanOrEqual(4);
  }
});

test('noise is never taken for a record', () => {
  assert(
    property(uint8Array({ minLength: 1, maxLength: 3000 }), (noise) => {
      const disk = new MemoryDisk();
      disk.write(PATH, noise);
      const { records, content } = readAll(disk);
      expect(records).toEqual([]);
      if (noise.some((byte) => byte !== 0)) expect(content.corruptions.length).toBeGreaterThan(0);
    }),
  );
});

test('a batch is not divided between segments', () => {
  const disk = new MemoryDisk();
  const writer = writerTo(disk, 2 * PAGE_BYTES);
  for (const record of someRecords()) {
    writer.add(record);
    writer.commit();
  }
  const names = disk.list('wal');
  expect(names.length).toBeGreaterThan(2);
  const found = names.flatMap((name) => readAll(disk, `wal/${name}`).records);
  expect(found).toEqual(someRecords().map(hex));
});

test.each([0, 1, 6, 7, 8, 100])(
  'a write that fails after %d bytes leaves the log as it was',
  (freeBytes) => {
    const disk = new MemoryDisk();
    const writer = writerTo(disk);
    const [first, second] = [new Uint8Array(50).fill(1), someRecords()[1].subarray(0, 5000)];
    writer.add(first);
    writer.commit();
    disk.freeBytes = freeBytes;
    writer.add(second);
    expect(() => writer.commit()).toThrow(StorageError);
    expect(readAll(disk).records).toEqual([hex(first)]);
    disk.freeBytes = Infinity;
    writer.add(second);
    writer.commit();
    expect(readAll(disk)).toMatchObject({
      records: [hex(first), hex(second)],
      content: { corruptions: [] },
    });
  },
);
