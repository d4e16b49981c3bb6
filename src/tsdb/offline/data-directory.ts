import { join } from 'node:path';
import { CodedError, systemDisk } from '#platform';
import type { Disk } from '#platform';
import { sizedBlock } from '../block/block-list.ts';
import type { BlockMeta } from '../block/block-meta.ts';
import { readMeta } from '../block/block-reader.ts';
import { isUlid } from '../block/ulid.ts';

/** Why a data directory cannot be read as a whole. */
export class DataDirectoryError extends CodedError<'no-directory' | 'no-block' | 'busy'> {
  override readonly name = 'DataDirectoryError';
}

export interface ListedBlocks {
  /** By time. `bytes`: of all its files. */
  readonly blocks: readonly { readonly meta: BlockMeta; readonly bytes: number }[];
  /** What cannot be used, and why. */
  readonly damaged: readonly { readonly ulid: string; readonly reason: string }[];
}

/**
 * The blocks of a data directory, whether a server uses it or not, by their `meta.json`. Writes nothing.
 * Throws DataDirectoryError `no-directory`.
 */
export function listBlocks(dir: string, disk: Disk = systemDisk): ListedBlocks {
  if (!disk.exists(dir)) {
    throw new DataDirectoryError('no-directory', `cannot find the data directory ${dir}`);
  }
  const blocks: { meta: BlockMeta; bytes: number }[] = [];
  const damaged: { ulid: string; reason: string }[] = [];
  for (const ulid of disk.list(dir)) {
    if (!isUlid(ulid)) continue;
    try {
      blocks.push(sizedBlock(disk, dir, { ...readMeta(disk, join(dir, ulid)), ulid }));
    } catch (error) {
      // A server may have removed it since the directory was read.
      if (!disk.exists(join(dir, ulid))) continue;
      damaged.push({ ulid, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { blocks: blocks.toSorted((a, b) => a.meta.minTimeMs - b.meta.minTimeMs), damaged };
}

/** Those that hold data of their own: a merged block takes the place of what it was made of. */
export function currentBlocks({ blocks }: ListedBlocks): ListedBlocks['blocks'] {
  const replaced = new Set(
    blocks.flatMap(({ meta }) => meta.compaction.parents.map(({ ulid }) => ulid)),
  );
  return blocks.filter(({ meta }) => !replaced.has(meta.ulid) && !meta.compaction.deletable);
}
