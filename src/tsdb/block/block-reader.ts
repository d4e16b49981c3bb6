import { join } from 'node:path';
import type { Disk } from '#platform';
import { BlockDamagedError, parseMeta } from './block-meta.ts';
import type { BlockMeta } from './block-meta.ts';
import { ChunkSegmentReader } from './chunk-segments.ts';
import { IndexReader } from './index-reader.ts';
import { CHUNKS_DIR, INDEX_FILE, META_FILE } from './layout.ts';
import type { PageCache } from './page-cache.ts';
import { readTombstones } from './tombstones.ts';
import type { Tombstones } from './tombstones.ts';

/** meta.json is some kilobytes; with thousands of sources some hundreds of them. */
const META_BYTES_MAX: number = 16 * 1024 * 1024;

/** Reads `meta.json`. Throws BlockDamagedError, or the disk's error. */
export function readMeta(disk: Disk, dir: string): BlockMeta {
  const path = join(dir, META_FILE);
  if (!disk.exists(path)) throw new BlockDamagedError('cannot find meta.json');
  const file = disk.open(path, 'read');
  try {
    if (file.bytes > META_BYTES_MAX)
      throw new BlockDamagedError('cannot read meta.json: too large');
    const bytes = new Uint8Array(file.bytes);
    file.readAt(0, bytes);
    return parseMeta(new TextDecoder().decode(bytes));
  } finally {
    file.close();
  }
}

/** An open block. Synchronous, of one thread. */
export class BlockReader {
  readonly meta: BlockMeta;
  readonly index: IndexReader;
  readonly chunks: ChunkSegmentReader;
  readonly tombstones: Tombstones;

  /** Checks all but the series and the chunks, which are checked when they are read. Throws BlockDamagedError, or the disk's error. */
  constructor(disk: Disk, dir: string, cache: PageCache) {
    this.meta = readMeta(disk, dir);
    this.tombstones = readTombstones(disk, dir);
    this.index = new IndexReader(disk, join(dir, INDEX_FILE), cache);
    try {
      this.chunks = new ChunkSegmentReader(disk, join(dir, CHUNKS_DIR), cache);
    } catch (error) {
      this.index.close();
      throw error;
    }
  }

  close(): void {
    this.index.close();
    this.chunks.close();
  }
}
