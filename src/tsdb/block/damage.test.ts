import { beforeAll, describe, expect, test } from 'vitest';
import { createMatcher, labelsFromObject } from '#model';
import { MemoryDisk } from '#platform';
import { SampleColumns } from '#storage';
import { BlockDamagedError } from './block-meta.ts';
import { BlockQuerier, BlockReading } from './block-querier.ts';
import { BlockReader } from './block-reader.ts';
import { writeBlock } from './block-writer.ts';
import { LEVEL_ONE, runCompaction } from './compactor.ts';
import { listedSource } from './listed-source.ts';
import { PageCache } from './page-cache.ts';

const ALWAYS = { startMs: -Infinity, endMs: Infinity };
const PATH = 'data/A';

let whole = new MemoryDisk();
beforeAll(() => {
  whole = new MemoryDisk();
  const list = Array.from({ length: 15 }, (_, i) => {
    const samples = new SampleColumns();
    for (let row = 0; row < 20; row++) samples.push(row * 1000, row * i);
    return { labels: labelsFromObject({ __name__: `m${i % 4}`, i: String(i) }), samples };
  });
  const block = { disk: whole, dir: 'data', ulid: 'A', minTimeMs: 0, maxTimeMs: 20_000 };
  writeBlock({ ...block, compaction: LEVEL_ONE }, listedSource(list));
});

/** Reads all there is in each way; the answer is the samples found and the warnings. */
function readAll(disk: MemoryDisk): { samples: number; warnings: number } {
  const reader = new BlockReader(disk, PATH, new PageCache());
  const querier = new BlockQuerier(reader, new BlockReading(), ALWAYS);
  const columns = new SampleColumns();
  let samples = 0;
  let warnings = 0;
  for (const matcher of [
    createMatcher('=~', '__name__', 'm[012].*'),
    createMatcher('!=', 'i', '3'),
  ]) {
    const set = querier.select([matcher], ALWAYS);
    for (let i = 0; i < set.count; i++) {
      set.labels(i);
      columns.clear();
      set.read(i, -Infinity, Infinity, columns);
      samples += columns.length;
    }
    warnings += set.warnings.length;
    warnings += querier.labelValues('i', [matcher]).warnings.length;
    warnings += querier.labelNames([matcher]).warnings.length;
  }
  warnings += querier.labelValues('i', []).warnings.length;
  reader.close();
  return { samples, warnings };
}

function damaged(file: string, damage: (bytes: Uint8Array) => Uint8Array): MemoryDisk {
  const disk = whole.copy();
  disk.write(`${PATH}/${file}`, damage(disk.read(`${PATH}/${file}`).slice()));
  return disk;
}

describe('a damaged block', () => {
  test.each(['index', 'chunks/000001', 'tombstones'])(
    'is refused, or read with warnings, whichever byte of %s is changed',
    (file) => {
      const { samples } = readAll(whole);
      const { length } = whole.read(`${PATH}/${file}`);
      for (let at = 0; at < length; at++) {
        const disk = damaged(file, (bytes) => {
          bytes[at] = (bytes[at] ?? 0) ^ 0x41;
          return bytes;
        });
        try {
          const found = readAll(disk);
          if (found.samples !== samples) expect(found.warnings).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(BlockDamagedError);
        }
      }
    },
  );

  test.each(['index', 'chunks/000001', 'tombstones', 'meta.json'])(
    'is refused, or read with warnings, wherever %s ends',
    (file) => {
      const { samples } = readAll(whole);
      const { length } = whole.read(`${PATH}/${file}`);
      for (let end = 0; end < length; end += file === 'meta.json' ? 1 : 7) {
        const disk = damaged(file, (bytes) => bytes.slice(0, end));
        try {
          const found = readAll(disk);
          if (found.samples !== samples) expect(found.warnings).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(BlockDamagedError);
        }
      }
    },
  );

  test.each(['index', 'chunks', 'meta.json'])('is refused without %s', (file) => {
    const disk = whole.copy();
    disk.remove(`${PATH}/${file}`);
    let found: unknown;
    try {
      found = readAll(disk);
    } catch (error) {
      found = error;
    }
    if (found instanceof Error)
      expect(String((found as { code?: string }).code)).toMatch(/block-damaged|ENOENT/);
    else expect(found).toMatchObject({ samples: 0 });
  });

  test('is not merged: the job tells why', () => {
    const { length } = whole.read(`${PATH}/chunks/000001`);
    for (let at = 8; at < length; at += 5) {
      const disk = damaged('chunks/000001', (bytes) => {
        bytes[at] = (bytes[at] ?? 0) ^ 0x10;
        return bytes;
      });
      const answer = runCompaction(
        { kind: 'merge', dir: 'data', ulids: ['A'], isSettled: true },
        {
          disk,
          nowMs: () => 0,
          head: () => {
            throw new Error('not needed');
          },
        },
      );
      expect(answer.failure).toBeDefined();
      expect(disk.list('data')).toEqual(['A']);
    }
  });
});
