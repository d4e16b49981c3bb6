/*
 * Names and numbers of Prometheus' snapshots of a head (docs/formats/chunk-snapshot.md) and of the closed
 * chunks beside them (docs/formats/head-chunks.md).
 */

export const HEAD_CHUNKS_DIR = 'chunks_head';
export const HEAD_CHUNKS_MAGIC = 0x0130bc91;
export const HEAD_CHUNKS_VERSION = 1;
/** Magic, version and three bytes of padding. */
export const HEAD_CHUNKS_HEADER_BYTES = 8;
/** Prometheus' limit of a file. */
export const HEAD_CHUNKS_FILE_BYTES: number = 128 * 1024 * 1024;
/** Ref, first and last time, kind; then the length, at most five bytes, the data, and a checksum. */
export const CHUNK_PREFIX_BYTES = 25;
export const CHUNK_FRAME_BYTES_MAX: number = CHUNK_PREFIX_BYTES + 5 + 4;
/** Set in the kind of a chunk of late samples. */
export const LATE_FLAG = 0x80;

/** The first byte of a record of a snapshot. */
export const SnapshotRecord = { series: 1, tombstones: 2, exemplars: 3 } as const;

/** In the directory of a snapshot: what Prometheus does not keep. It reads only names that are numbers. */
export const STATE_FILE = 'narthex.state';
export const STATE_MAGIC = 0x4e58_5353;
export const STATE_VERSION = 2;

export const TEMPORARY_SUFFIX = '.tmp';
/** Of a snapshot that could not be read, until there is a new one. Prometheus passes over it. */
export const DAMAGED_SUFFIX = '.damaged';
/** Of the chunks that new ones replace. */
export const OLD_SUFFIX = '.old';

/** Up to where the log is in a snapshot: a segment, and bytes of it. */
export interface LogPlace {
  readonly segment: number;
  readonly offset: number;
}

export function snapshotName({ segment, offset }: LogPlace): string {
  return `chunk_snapshot.${String(segment).padStart(6, '0')}.${String(offset).padStart(10, '0')}`;
}

/** Where a snapshot of this name ends; undefined where it is none, or an unfinished or damaged one. */
export function snapshotPlace(name: string): LogPlace | undefined {
  const [, segment, offset] = /^chunk_snapshot\.(\d{1,15})\.(\d{1,15})$/.exec(name) ?? [];
  if (segment === undefined || offset === undefined) return undefined;
  return { segment: Number(segment), offset: Number(offset) };
}

/** Finished, unfinished and damaged ones. */
export function isSnapshotName(name: string): boolean {
  return /^chunk_snapshot\.\d+\.\d+(?:\.tmp|\.damaged)?$/.test(name);
}

/** The newest of the finished ones among the names of a data directory. */
export function newestSnapshot(names: readonly string[]): string | undefined {
  let newest: string | undefined;
  let newestPlace: LogPlace = { segment: -1, offset: -1 };
  for (const name of names) {
    const place = snapshotPlace(name);
    if (place === undefined || !isAfter(place, newestPlace)) continue;
    newest = name;
    newestPlace = place;
  }
  return newest;
}

function isAfter(a: LogPlace, b: LogPlace): boolean {
  return a.segment > b.segment || (a.segment === b.segment && a.offset > b.offset);
}

export function headChunksFileName(number: number): string {
  return String(number).padStart(6, '0');
}
