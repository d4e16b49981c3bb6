import { beforeAll, describe, expect, test } from 'vitest';
import { ByteReader, DecodeError, crc32c } from '#bytes';
import { STALE_NAN, createMatcher, labelsFromObject } from '#model';
import type { FloatHistogram } from '#model';
import { MemoryDisk, silentLog } from '#platform';
import { SampleColumns } from '#storage';
import { BlockDamagedError } from './block-meta.ts';
import { BlockQuerier, BlockReading } from './block-querier.ts';
import { BlockReader } from './block-reader.ts';
import { writeBlock } from './block-writer.ts';
import { LEVEL_ONE, runCompaction } from './compactor.ts';
import { findBlocks } from './block-list.ts';
import { SeriesEntry } from './index-reader.ts';
import { CHUNK_SEGMENT_FACTOR, segmentFileName } from './layout.ts';
import { listedSource } from './listed-source.ts';
import type { ListedSeries } from './listed-source.ts';
import { PageCache } from './page-cache.ts';
import { writeTombstones } from './tombstones.ts';

/*
 * Blocks whose bytes are wrong in any way, with checksums that are wrong too or were made right again: opening
 * and reading never throws anything but the errors that say so, ends, and takes no more memory than a sound
 * block of that size could.
 */

const ALWAYS = { startMs: -Infinity, endMs: Infinity };
const ULID = '01HF7YT6C0ZQ2N3W5R8V4K9XJM';
const PATH = `data/${ULID}`;
const FILES = ['meta.json', 'index', 'chunks/000001', 'chunks/000002', 'tombstones'];
/** `FUZZ_ROUNDS=20000` goes on for longer; `FUZZ_SEED` plays one again. */
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 60);
/** What one look at a block of some kilobytes may take beyond its caches. */
const MEMORY_BYTES_MAX = 48 * 1024 * 1024;

/** A piece of a file under a checksum that stands right behind it. */
interface Summed {
  readonly start: number;
  readonly end: number;
}

let whole = new MemoryDisk();
let summed = new Map<string, readonly Summed[]>();

beforeAll(() => {
  whole = new MemoryDisk();
  const block = { disk: whole, dir: 'data', ulid: ULID, minTimeMs: 0, maxTimeMs: 400_000 };
  const list = Array.from({ length: 45 }, (_, i) => seriesOf(i));
  const compaction = { ...LEVEL_ONE, sources: [ULID] };
  writeBlock({ ...block, compaction, segmentBytes: 25_000 }, listedSource(list));
  const index = whole.read(`${PATH}/index`);
  const reader = new BlockReader(whole, PATH, new PageCache());
  const refs = reader.index.allPostings();
  const deleted = new Map(
    [...refs.subarray(0, 9)].map((ref) => [ref, [1000, 30_000, 50_000, 60_000]]),
  );
  whole.write(`${PATH}/tombstones`, new Uint8Array(0));
  writeTombstones(whole, PATH, deleted);
  summed = new Map([['index', sectionsOf(index, reader)], ...chunksOf(reader)]);
  const { length } = whole.read(`${PATH}/tombstones`);
  summed.set('tombstones', [{ start: 5, end: length - 4 }]);
  reader.close();
});

function seriesOf(i: number): ListedSeries {
  const samples = new SampleColumns();
  for (let row = 0; row < 130; row++) {
    if (i % 5 === 3) samples.pushHistogram(row * 1000, histogramOf(row, i % 2 === 0));
    else samples.push(row * 1000, row === 100 ? STALE_NAN : row * i * 1.1);
  }
  return {
    labels: labelsFromObject({ __name__: `m${i % 4}`, i: String(i), text: 'ä'.repeat(i) }),
    samples,
  };
}

function histogramOf(row: number, isCustom: boolean): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema: isCustom ? -53 : 2,
    zeroThreshold: isCustom ? 0 : 0.001,
    zeroCount: isCustom ? 0 : row,
    count: row * (isCustom ? 3 : 4),
    sum: row * 1.5,
    positiveSpans: [
      { offset: isCustom ? 0 : -3, length: 2 },
      { offset: 2, length: 1 },
    ],
    positiveBuckets: [row, row, row],
    negativeSpans: [],
    negativeBuckets: [],
    customValues: isCustom ? [1, 2, 3, 4, 5] : [],
  };
}

function sectionsOf(index: Uint8Array, reader: BlockReader): Summed[] {
  const found: Summed[] = [{ start: index.length - 52, end: index.length - 4 }];
  const toc = new ByteReader(index, index.length - 52);
  const offsets = Array.from({ length: 6 }, () => toc.readInt64());
  const postings = new Set<number>();
  for (const name of reader.index.names()) {
    reader.index.eachValue(name, (_, offset) => void postings.add(offset));
  }
  for (const offset of [offsets[0] ?? 0, offsets[5] ?? 0, ...postings]) {
    const length = new ByteReader(index, offset).readUint32();
    found.push({ start: offset + 4, end: offset + 4 + length });
  }
  for (const ref of reader.index.allPostings()) {
    const entry = new ByteReader(index, ref * 16);
    const length = entry.readUvarint();
    found.push({ start: entry.position, end: entry.position + length });
  }
  return found;
}

function chunksOf(reader: BlockReader): Map<string, Summed[]> {
  const found = new Map<string, Summed[]>();
  const entry = new SeriesEntry();
  for (const ref of reader.index.allPostings()) {
    reader.index.series(ref, entry);
    for (let i = 0; i < entry.chunkCount; i++) {
      const segment = Math.floor((entry.refs[i] ?? 0) / CHUNK_SEGMENT_FACTOR);
      const name = `chunks/${segmentFileName(segment)}`;
      const bytes = new ByteReader(
        whole.read(`${PATH}/${name}`),
        (entry.refs[i] ?? 0) % CHUNK_SEGMENT_FACTOR,
      );
      const length = bytes.readUvarint();
      const list = found.get(name) ?? [];
      list.push({ start: bytes.position, end: bytes.position + 1 + length });
      found.set(name, list);
    }
  }
  return found;
}

/** Pseudorandom numbers below `below` that a seed repeats (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** The block with one file spoilt. */
function spoilt(file: string, seed: number): MemoryDisk {
  const random = randomOf(seed);
  const disk = whole.copy();
  let bytes = disk.read(`${PATH}/${file}`).slice();
  const sections = summed.get(file) ?? [];
  const isSummed = sections.length > 0 && random(3) > 0;
  const section = sections[random(sections.length)];
  // The table of contents, the symbols and the table of postings are few among many.
  const rare = sections[random(Math.min(3, sections.length))];
  const chosen = random(3) === 0 ? rare : section;
  const from = isSummed && chosen !== undefined ? chosen.start : 0;
  const to = isSummed && chosen !== undefined ? chosen.end : bytes.length;
  for (let count = 1 + random(3); count > 0; count--) spoil(bytes, { from, to }, random);
  if (isSummed && chosen !== undefined) {
    new DataView(bytes.buffer).setUint32(chosen.end, crc32c(bytes, chosen.start, chosen.end));
  } else if (random(3) === 0) bytes = bytes.slice(0, random(bytes.length + 1));
  disk.write(`${PATH}/${file}`, bytes);
  return disk;
}

function spoil(
  bytes: Uint8Array,
  { from, to }: { from: number; to: number },
  random: (below: number) => number,
): void {
  const at = from + random(random(2) === 0 ? Math.min(12, to - from) : to - from);
  const kind = random(5);
  if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
  else if (kind === 1) bytes[at] = random(256);
  else if (kind === 2) bytes.fill(0, at, Math.min(to, at + random(16)));
  else if (kind === 3) bytes.fill(0xff, at, Math.min(to, at + 1 + random(9)));
  else bytes.copyWithin(at, from + random(to - from), Math.min(to, from + random(to - from)));
}

function isExpected(error: unknown): boolean {
  return error instanceof BlockDamagedError || error instanceof DecodeError;
}

/** All ways to read it. Throws what is not expected. */
function lookAt(disk: MemoryDisk): void {
  const errors: unknown[] = [];
  const log = { ...silentLog, error: (_: string, fields?: object) => void errors.push(fields) };
  const { blocks, damagedCount } = findBlocks(disk, 'data', log);
  expect(blocks.length + damagedCount).toBe(1);
  expect(errors).toHaveLength(damagedCount);
  try {
    const reader = new BlockReader(disk, PATH, new PageCache(1 << 18));
    readAll(new BlockQuerier(reader, new BlockReading(), ALWAYS));
    readAll(new BlockQuerier(reader, new BlockReading(), { startMs: 20_000, endMs: 70_000 }));
    reader.close();
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
  const tools = { disk, nowMs: () => 0, head: () => expect.fail('there is no head') };
  for (const job of [
    { kind: 'merge', dir: 'data', ulids: [ULID, ULID], isSettled: true },
    { kind: 'clean', dir: 'data', ulid: ULID },
  ] as const) {
    const { failure } = runCompaction(job, tools);
    // The texts of errors that are ours to say.
    if (failure !== undefined)
      expect(failure).not.toMatch(/undefined|not a function|Invalid|RangeError/);
    expect(disk.list('data').filter((name) => name.endsWith('.tmp-for-creation'))).toEqual([]);
  }
}

function readAll(querier: BlockQuerier): void {
  const columns = new SampleColumns();
  for (const matcher of [
    createMatcher('=~', '__name__', 'm[012].*'),
    createMatcher('!=', 'i', '3'),
    createMatcher('=', 'i', '44'),
  ]) {
    const set = querier.select([matcher], ALWAYS);
    for (let i = 0; i < set.count; i++) {
      set.labels(i);
      columns.clear();
      set.read(i, -Infinity, Infinity, columns);
    }
    querier.labelValues('i', [matcher]);
    querier.labelNames([matcher]);
  }
  querier.labelValues('text', []);
}

function memoryBytes(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

describe('a block of any bytes', () => {
  test.each(FILES)(
    'is refused or read with warnings, whatever stands in %s',
    { timeout: 600_000 },
    (file) => {
      const given = process.env['FUZZ_SEED'];
      const first = given === undefined ? 1 : Number(given);
      const rounds = given === undefined ? ROUNDS : 1;
      for (let seed = first; seed < first + rounds; seed++) {
        const disk = spoilt(file, seed);
        const before = memoryBytes();
        try {
          lookAt(disk);
        } catch (error) {
          throw new Error(`FUZZ_SEED=${seed} of ${file}`, { cause: error });
        }
        const grown = memoryBytes() - before;
        expect(grown, `FUZZ_SEED=${seed} of ${file}`).toBeLessThan(MEMORY_BYTES_MAX);
      }
    },
  );
});
