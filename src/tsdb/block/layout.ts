/*
 * Numbers of the formats in docs/formats/{block,index,chunks,tombstones}.md.
 */

export const INDEX_MAGIC = 0xbaaad700;
export const INDEX_VERSION = 2;
/** Magic and version. */
export const INDEX_HEADER_BYTES = 5;
/** Six offsets of eight bytes and a checksum, at the end of the file. */
export const TOC_BYTES = 52;
/** Series start at multiples of it; a series is named by offset / 16. */
export const SERIES_ALIGN = 16;

export const CHUNKS_MAGIC = 0x85bd40dd;
export const CHUNKS_VERSION = 1;
/** Magic, version and three bytes of padding. */
export const CHUNKS_HEADER_BYTES = 8;
/** Prometheus' limit of a segment. Offsets in it must fit into 32 bits. */
export const CHUNKS_SEGMENT_BYTES: number = 512 * 1024 * 1024;

export const TOMBSTONES_MAGIC = 0x0130ba30;
export const TOMBSTONES_VERSION = 1;

/** A chunk is named by segment index (from 0) * 2^32 + offset. */
export const CHUNK_SEGMENT_FACTOR = 4_294_967_296;

/** Kinds of chunks. Others exist or may come; they are counted and left alone. */
export const ChunkKind = { xor: 1, histogram: 2, floatHistogram: 3 } as const;

export const META_FILE = 'meta.json';
export const INDEX_FILE = 'index';
export const TOMBSTONES_FILE = 'tombstones';
export const CHUNKS_DIR = 'chunks';

/** A block that is being written; removed at start. */
export const CREATION_SUFFIX = '.tmp-for-creation';
/** A block that is being removed; removed at start. */
export const DELETION_SUFFIX = '.tmp-for-deletion';

export function segmentFileName(index: number): string {
  return String(index + 1).padStart(6, '0');
}
