import { dirname, join } from 'node:path';
import type { Disk } from '#platform';
import { PAGE_BYTES, SEGMENT_BYTES, segmentName } from './layout.ts';
import { readSegment } from './reader.ts';
import type { SegmentContent } from './reader.ts';
import { WalWriter } from './writer.ts';

/**
 * Makes a damaged segment readable for all: cuts a bad end off, or writes the good records anew where
 * some follow the damage. Throws the disk's error; the segment is as before then.
 */
export async function repairSegment(
  disk: Disk,
  path: string,
  content: SegmentContent,
): Promise<void> {
  const [first] = content.corruptions;
  if (first === undefined) return;
  if (first.isTail) cutSegment(disk, path, first.offset);
  else await rewriteSegment(disk, path);
}

function cutSegment(disk: Disk, path: string, bytes: number): void {
  const file = disk.open(path, 'append');
  try {
    file.truncate(bytes);
    file.sync();
  } finally {
    file.close();
  }
}

async function rewriteSegment(disk: Disk, path: string): Promise<void> {
  const dir = `${path}.repair`;
  disk.remove(dir);
  disk.makeDir(dir);
  try {
    const errors: unknown[] = [];
    const writer = new WalWriter({
      disk,
      dir,
      segment: 0,
      // All of it stays one segment.
      segmentBytes: SEGMENT_BYTES * PAGE_BYTES,
      compression: 'snappy',
      onSyncError: (error) => errors.push(error),
    });
    writer.open();
    readSegment(disk, path, (record) => {
      writer.add(record);
      writer.commit();
    });
    await writer.close();
    if (errors.length > 0) throw errors[0];
    disk.rename(join(dir, segmentName(0)), path);
    disk.syncDir(dirname(path));
  } finally {
    disk.remove(dir);
  }
}
