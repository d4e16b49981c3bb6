/** Names and sizes of Prometheus' write-ahead log (tsdb/docs/format/wal.md, here docs/formats/wal.md). */

export const PAGE_BYTES = 32_768;
/** type 1 | length 2 | crc32c 4 */
export const FRAGMENT_HEADER_BYTES = 7;
export const SEGMENT_BYTES = 134_217_728;

/** The low three bits of a fragment's first byte. */
export const Fragment = { pageEnd: 0, full: 1, first: 2, middle: 3, last: 4 } as const;
export const FRAGMENT_TYPE_MASK = 0x07;
export const SNAPPY_FLAG = 0x08;
export const ZSTD_FLAG = 0x10;

/** The first byte of a record. */
export const RecordType = {
  series: 1,
  samples: 2,
  tombstones: 3,
  exemplars: 4,
  mmapMarkers: 5,
  metadata: 6,
  histograms: 7,
  floatHistograms: 8,
  customBucketHistograms: 9,
  customBucketFloatHistograms: 10,
  samplesV2: 11,
  histogramsV2: 12,
  floatHistogramsV2: 13,
  minValidTime: 14,
} as const;

/** What one record may decompress to; larger is taken for corruption. Prometheus' own hold some megabytes at most. */
export const RECORD_BYTES_MAX: number = 512 << 20;

export function segmentName(segment: number): string {
  return String(segment).padStart(8, '0');
}

/** Segments by number, ascending, from the names in a directory. */
export function segmentNumbers(names: readonly string[]): number[] {
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

export function checkpointName(segment: number): string {
  return `checkpoint.${segmentName(segment)}`;
}

/** The checkpoints by the last segment that each replaces, ascending. */
export function checkpointNumbers(names: readonly string[]): number[] {
  return names
    .flatMap((name) => /^checkpoint\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}
