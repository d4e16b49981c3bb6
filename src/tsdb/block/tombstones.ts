import { join } from 'node:path';
import { ByteReader, ByteWriter, DecodeError, crc32c } from '#bytes';
import type { Disk } from '#platform';
import { BlockDamagedError } from './block-meta.ts';
import { FileWriter } from './file-writer.ts';
import { TOMBSTONES_FILE, TOMBSTONES_MAGIC, TOMBSTONES_VERSION } from './layout.ts';

/** Inclusive bounds in milliseconds: start, end, start, end, ...; sorted and apart. */
export type Intervals = readonly number[];

/** What was deleted, by reference of the series. */
export type Tombstones = ReadonlyMap<number, Intervals>;

export const NO_TOMBSTONES: Tombstones = new Map();

/** Int64 bounds that mean "always"; beyond what a double holds exactly. */
const TIME_LIMIT_MS = 8_640_000_000_000_000;

/** Throws the disk's error. */
export function writeTombstones(
  disk: Disk,
  dir: string,
  tombstones: Tombstones,
  name: string = TOMBSTONES_FILE,
): void {
  const writer = new FileWriter(disk, join(dir, name));
  writer.out.writeUint32(TOMBSTONES_MAGIC);
  const content = new ByteWriter(64);
  encodeTombstones(content, tombstones);
  writer.out.writeBytes(content.view());
  // As Prometheus does, without the version.
  writer.out.writeUint32(crc32c(content.buffer, 1, content.length));
  writer.finish();
}

/** None where there is no such file. Throws BlockDamagedError, or the disk's error. */
export function readTombstones(disk: Disk, dir: string): Tombstones {
  const path = join(dir, TOMBSTONES_FILE);
  if (!disk.exists(path)) return NO_TOMBSTONES;
  const file = disk.open(path, 'read');
  const bytes = new Uint8Array(file.bytes);
  try {
    file.readAt(0, bytes);
  } finally {
    file.close();
  }
  try {
    return decodeTombstones(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new BlockDamagedError(`cannot read tombstones: ${error.message}`, { cause: error });
  }
}

function decodeTombstones(bytes: Uint8Array): Tombstones {
  const end = bytes.length - 4;
  const reader = new ByteReader(bytes, 0, end);
  if (reader.readUint32() !== TOMBSTONES_MAGIC) throw new DecodeError('it begins as none', 0);
  const stored = new ByteReader(bytes, end).readUint32();
  if (crc32c(bytes, 5, end) !== stored) throw new DecodeError('it has a wrong checksum', end);
  const found = decodeTombstoneRows(reader);
  return new Map(Array.from(found, ([ref, intervals]) => [ref, joinIntervals(intervals)]));
}

/** What a file of tombstones holds, without magic number and checksum. */
export function encodeTombstones(
  out: ByteWriter,
  tombstones: Iterable<readonly [number, Intervals]>,
): void {
  out.writeByte(TOMBSTONES_VERSION);
  for (const [ref, intervals] of tombstones) {
    for (let i = 0; i < intervals.length; i += 2) {
      out.writeUvarint(ref);
      out.writeVarint(intervals[i]);
      out.writeVarint(intervals[i + 1]);
    }
  }
}

/** To its end. Intervals as they stand. Throws DecodeError. */
export function decodeTombstoneRows(reader: ByteReader): Map<number, number[]> {
  const { position } = reader;
  if (reader.readByte() !== TOMBSTONES_VERSION) {
    throw new DecodeError('its version is unknown', position);
  }
  const found = new Map<number, number[]>();
  while (reader.hasMore) {
    const ref = reader.readUvarint();
    const startMs = clampTime(reader.readVarint());
    const endMs = clampTime(reader.readVarint());
    const intervals = found.get(ref);
    if (intervals === undefined) found.set(ref, [startMs, endMs]);
    else intervals.push(startMs, endMs);
  }
  return found;
}

function clampTime(timeMs: number): number {
  return Math.min(TIME_LIMIT_MS, Math.max(-TIME_LIMIT_MS, timeMs));
}

/** Sorts, and joins what touches. */
export function joinIntervals(intervals: Intervals): Intervals {
  const pairs: [number, number][] = [];
  for (let i = 0; i < intervals.length; i += 2) pairs.push([intervals[i], intervals[i + 1]]);
  const joined: number[] = [];
  for (const [startMs, endMs] of pairs.toSorted((a, b) => a[0] - b[0])) {
    const lastEndMs = joined.at(-1);
    if (lastEndMs === undefined || startMs > lastEndMs + 1) joined.push(startMs, endMs);
    else joined[joined.length - 1] = Math.max(lastEndMs, endMs);
  }
  return joined;
}

/** True where all of an inclusive range is deleted. */
export function isDeleted(intervals: Intervals, startMs: number, endMs: number): boolean {
  for (let i = 0; i < intervals.length; i += 2) {
    if (intervals[i] <= startMs && intervals[i + 1] >= endMs) return true;
  }
  return false;
}

/** True where a part of an inclusive range is deleted. */
export function isTouched(intervals: Intervals, startMs: number, endMs: number): boolean {
  for (let i = 0; i < intervals.length; i += 2) {
    if (intervals[i] <= endMs && intervals[i + 1] >= startMs) return true;
  }
  return false;
}
