import { dirname, join } from 'node:path';
import type { Disk } from '#platform';
import type { SnapshotJob } from './compaction-job.ts';
import { CHUNKS_DIR, INDEX_FILE, META_FILE, TOMBSTONES_FILE } from './layout.ts';

const WAL_DIR = 'wal';
const TEMPORARY_SUFFIX = '.tmp';
const COPY_BYTES: number = 1 << 20;

/**
 * The blocks' files get a second name; nothing is copied where the disk knows hard links. `writeHead`
 * writes the head's block into a directory. A snapshot with its name is whole. Throws the disk's error.
 */
export function makeSnapshot(
  { dir, ulids, into }: SnapshotJob,
  disk: Disk,
  writeHead: (dir: string) => void,
): void {
  const parent = dirname(into);
  const temporary = into + TEMPORARY_SUFFIX;
  removeLeftovers(disk, parent);
  disk.makeDir(temporary);
  // Without it Debian's promtool does not take the directory for a database.
  disk.makeDir(join(temporary, WAL_DIR));
  try {
    for (const ulid of ulids) linkBlock(disk, join(dir, ulid), join(temporary, ulid));
    writeHead(temporary);
    disk.syncDir(temporary);
    disk.rename(temporary, into);
    disk.syncDir(parent);
    // The directory of snapshots may be new.
    disk.syncDir(dirname(parent));
  } catch (error) {
    disk.remove(temporary);
    throw error;
  }
}

/** One snapshot is made at a time: what is unfinished is of a process that died. */
function removeLeftovers(disk: Disk, parent: string): void {
  for (const name of disk.list(parent)) {
    if (name.endsWith(TEMPORARY_SUFFIX)) disk.remove(join(parent, name));
  }
}

function linkBlock(disk: Disk, from: string, to: string): void {
  disk.makeDir(join(to, CHUNKS_DIR));
  for (const name of [META_FILE, INDEX_FILE, TOMBSTONES_FILE]) {
    if (disk.exists(join(from, name))) linkFile(disk, join(from, name), join(to, name));
  }
  for (const name of disk.list(join(from, CHUNKS_DIR))) {
    linkFile(disk, join(from, CHUNKS_DIR, name), join(to, CHUNKS_DIR, name));
  }
  disk.syncDir(join(to, CHUNKS_DIR));
  disk.syncDir(to);
}

/** Not every file system has hard links, and some only so many of one file. */
const NO_LINK_CODES = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

function linkFile(disk: Disk, from: string, to: string): void {
  try {
    if (disk.link !== undefined) {
      disk.link(from, to);
      return;
    }
  } catch (error) {
    if (!NO_LINK_CODES.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  copyFile(disk, from, to);
}

function copyFile(disk: Disk, from: string, to: string): void {
  const source = disk.open(from, 'read');
  try {
    const copy = disk.open(to, 'append');
    try {
      const piece = new Uint8Array(COPY_BYTES);
      for (let at = 0; at < source.bytes;) {
        const count = source.readAt(at, piece);
        if (count === 0) break;
        copy.append(piece.subarray(0, count));
        at += count;
      }
      copy.sync();
    } finally {
      copy.close();
    }
  } finally {
    source.close();
  }
}
