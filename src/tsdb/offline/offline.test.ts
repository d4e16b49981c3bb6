import { describe, expect, it } from 'vitest';
import { Registry } from '#instrument';
import { STALE_NAN, createMatcher, formatLabels, isStaleNaN, labelsFromObject } from '#model';
import type { Matcher } from '#model';
import { MemoryDisk, silentLog, systemClock } from '#platform';
import { openDatabase } from '../database.ts';
import type { Database } from '../types.ts';
import { analyzeBlock } from './analyze-block.ts';
import { BackfillError, BlockFiller } from './block-filler.ts';
import { DataDirectoryError, listBlocks } from './data-directory.ts';
import { openReadOnly } from './read-only-database.ts';

const DIR = '/data';
const HOUR_MS = 3_600_000;
const RANGE_MS = 2 * HOUR_MS;
const ALL: readonly (readonly Matcher[])[] = [[]];

type Sample = readonly [name: string, timeMs: number, value: number];

function fill(disk: MemoryDisk, samples: readonly Sample[], rangeMs = RANGE_MS): string[] {
  const filler = new BlockFiller({ dir: DIR, rangeMs, nowMs: () => 1_700_000_000_000, disk });
  for (const [name, timeMs, value] of samples) {
    filler.add(filler.seriesOf(labelsFromObject({ __name__: name, job: 'a' })), timeMs, value);
  }
  return [...filler.write()].map(({ meta }) => meta.ulid);
}

function dump(
  disk: MemoryDisk,
  bounds: { startMs?: number; endMs?: number } = {},
  sets = ALL,
): { lines: string[]; warnings: readonly string[] } {
  const all = { startMs: -Infinity, endMs: Infinity };
  const database = openReadOnly({ dir: DIR, disk, ...all, ...bounds });
  const lines: string[] = [];
  for (const { labels, samples } of database.series(sets)) {
    for (let row = 0; row < samples.length; row++) {
      const value = samples.values[row] ?? 0;
      const shown = isStaleNaN(value) ? 'stale' : value;
      lines.push(`${formatLabels(labels)} ${shown} ${samples.timestampsMs[row]}`);
    }
  }
  database.close();
  return { lines, warnings: database.warnings };
}

function open(
  disk: MemoryDisk,
  outOfOrderWindowMs = 0,
  snapshotOnClose = false,
): Promise<Database> {
  return openDatabase({
    snapshotOnClose,
    dir: DIR,
    disk,
    retentionMs: 1e12,
    outOfOrderWindowMs,
    log: silentLog,
    clock: systemClock,
    registry: new Registry(),
  });
}

function append(database: Database, samples: readonly Sample[]): void {
  const appender = database.appender();
  for (const [name, timeMs, value] of samples) {
    const ref = appender.seriesRef(labelsFromObject({ __name__: name, job: 'a' }));
    appender.append(ref, timeMs, value);
  }
  appender.commit();
}

/** Content of all files, to see that nothing was written. */
function content(disk: MemoryDisk, dir: string = DIR): string[] {
  return disk.list(dir).flatMap((name) => {
    const path = `${dir}/${name}`;
    const below = content(disk, path);
    return below.length > 0 ? below : [`${path} ${disk.bytesIn(dir)}`];
  });
}

describe('BlockFiller', () => {
  it('makes a block for each range that has samples, as narrow as they are', () => {
    const disk = new MemoryDisk();
    fill(disk, [
      ['b', 5 * HOUR_MS, 3],
      ['a', 10, 1],
      ['a', RANGE_MS - 1, 2],
      ['a', RANGE_MS, 4],
    ]);
    const { blocks, damaged } = listBlocks(DIR, disk);
    expect(damaged).toEqual([]);
    expect(blocks.map(({ meta }) => [meta.minTimeMs, meta.maxTimeMs])).toEqual([
      [10, RANGE_MS],
      [RANGE_MS, RANGE_MS + 1],
      [5 * HOUR_MS, 5 * HOUR_MS + 1],
    ]);
    expect(blocks[0]?.meta.stats).toMatchObject({ sampleCount: 2, seriesCount: 1, chunkCount: 1 });
    expect(blocks[0]?.meta.compaction).toMatchObject({ level: 1, sources: [blocks[0]?.meta.ulid] });
    expect(blocks[0]?.bytes).toBeGreaterThan(200);
  });

  it('takes samples in any order, and the same one twice', () => {
    const disk = new MemoryDisk();
    fill(disk, [
      ['a', 3, 3],
      ['a', 1, 1],
      ['a', 3, 3],
      ['a', 2, NaN],
    ]);
    expect(dump(disk).lines).toEqual(['a{job="a"} 1 1', 'a{job="a"} NaN 2', 'a{job="a"} 3 3']);
  });

  it('refuses two values at one time', () => {
    const twice: Sample[] = [
      ['a', 1, 1],
      ['a', 1, 2],
    ];
    expect(() => fill(new MemoryDisk(), twice)).toThrow(BackfillError);
  });

  it('has samples before the epoch', () => {
    const disk = new MemoryDisk();
    fill(disk, [['a', -1, 1]]);
    expect(dump(disk).lines).toEqual(['a{job="a"} 1 -1']);
  });
});

describe('a data directory that is only read', () => {
  it('gives series of all blocks in the order of labels, samples in that of time', () => {
    const disk = new MemoryDisk();
    fill(disk, [
      ['b', 3, 3],
      ['a', RANGE_MS, 2],
      ['a', 1, 1],
    ]);
    // Overlaps the first.
    fill(disk, [
      ['c', 1, 9],
      ['a', 2, 5],
    ]);
    expect(dump(disk)).toEqual({
      lines: [
        'a{job="a"} 1 1',
        'a{job="a"} 5 2',
        `a{job="a"} 2 ${RANGE_MS}`,
        'b{job="a"} 3 3',
        'c{job="a"} 9 1',
      ],
      warnings: [],
    });
  });

  it('gives what matchers and bounds leave', () => {
    const disk = new MemoryDisk();
    const names = ['a', 'b', 'c'];
    fill(
      disk,
      names.flatMap((name) => [1, 2, 3].map((timeMs): Sample => [name, timeMs, timeMs])),
    );
    const sets = [[createMatcher('=', '__name__', 'c')], [createMatcher('=~', '__name__', 'b|c')]];
    expect(dump(disk, { startMs: 2, endMs: 2 }, sets).lines).toEqual([
      'b{job="a"} 2 2',
      'c{job="a"} 2 2',
    ]);
    expect(dump(disk, { startMs: 4 }).lines).toEqual([]);
  });

  it('has the log of a server that runs, behind its blocks, and writes nothing', async () => {
    const disk = new MemoryDisk();
    fill(disk, [['a', 1, 1]]);
    const database = await open(disk);
    append(database, [
      ['b', 10, 2],
      ['a', 20, STALE_NAN],
    ]);
    append(database, [['b', 30, 3]]);
    const before = content(disk);
    expect(dump(disk)).toEqual({
      lines: ['a{job="a"} 1 1', 'a{job="a"} stale 20', 'b{job="a"} 2 10', 'b{job="a"} 3 30'],
      warnings: [],
    });
    expect(dump(disk, { endMs: 10 }).lines).toEqual(['a{job="a"} 1 1', 'b{job="a"} 2 10']);
    expect(content(disk)).toEqual(before);
    append(database, [['b', 40, 4]]);
    await database.close();
    expect(dump(disk).lines).toHaveLength(5);
  });

  it('has what came out of order, behind blocks of the same time', async () => {
    const disk = new MemoryDisk();
    fill(disk, [['a', 5, 1]]);
    const database = await open(disk, 100);
    append(database, [['a', 50, 2]]);
    append(database, [
      ['a', 5, 3],
      ['a', 4, 4],
      ['b', 3, 5],
      ['a', 40, 6],
    ]);
    const lines = [
      'a{job="a"} 4 4',
      'a{job="a"} 1 5',
      'a{job="a"} 6 40',
      'a{job="a"} 2 50',
      'b{job="a"} 5 3',
    ];
    expect(dump(disk)).toEqual({ lines, warnings: [] });
    expect(dump(disk, { startMs: 4, endMs: 5 }).lines).toEqual(lines.slice(0, 2));
    await database.close();
    expect(dump(disk)).toEqual({ lines, warnings: [] });
  });

  it('has blocks that could not be merged', () => {
    const disk = new MemoryDisk();
    const [ulid = ''] = fill(disk, [['a', 1, 1]]);
    const path = `${DIR}/${ulid}/meta.json`;
    const meta = JSON.parse(new TextDecoder().decode(disk.read(path))) as { compaction: object };
    meta.compaction = { ...meta.compaction, failed: true };
    disk.write(path, new TextEncoder().encode(JSON.stringify(meta)));
    expect(dump(disk)).toEqual({ lines: ['a{job="a"} 1 1'], warnings: [] });
  });

  it('leaves out a record that is just being written', async () => {
    const disk = new MemoryDisk();
    const database = await open(disk);
    append(database, [['a', 1, 1]]);
    append(database, [['a', 2, 2]]);
    const [segment = ''] = disk.list(`${DIR}/wal`);
    const path = `${DIR}/wal/${segment}`;
    const written = disk.read(path).slice(0, -5);
    await database.close();
    disk.write(path, written);
    expect(dump(disk)).toEqual({ lines: ['a{job="a"} 1 1'], warnings: [] });
  });

  it('names a damaged block and goes on with the others', () => {
    const disk = new MemoryDisk();
    const [first = ''] = fill(disk, [
      ['a', 1, 1],
      ['a', RANGE_MS, 2],
    ]);
    disk.write(`${DIR}/${first}/meta.json`, new TextEncoder().encode('{'));
    const { lines, warnings } = dump(disk);
    expect(lines).toEqual([`a{job="a"} 2 ${RANGE_MS}`]);
    expect(warnings).toEqual([expect.stringContaining(`block ${first} cannot be read`)]);
    expect(listBlocks(DIR, disk).damaged).toEqual([
      { ulid: first, reason: expect.stringContaining('meta.json') as string },
    ]);
  });

  it('begins anew where a block goes away meanwhile, and gives up at last', () => {
    const disk = new MemoryDisk();
    const ulids = fill(disk, [
      ['a', 1, 1],
      ['a', RANGE_MS, 2],
    ]);
    let toGo: string | undefined = ulids[0];
    const changing = new (class extends MemoryDisk {
      override open(path: string, mode: 'read' | 'append') {
        if (toGo !== undefined && path.endsWith(`${toGo}/index`)) {
          disk.remove(`${DIR}/${toGo}`);
          toGo = undefined;
        }
        return disk.open(path, mode);
      }
      override list(dir: string): string[] {
        return disk.list(dir);
      }
      override exists(path: string): boolean {
        return disk.exists(path);
      }
    })();
    expect(dump(changing).lines).toEqual([`a{job="a"} 2 ${RANGE_MS}`]);
  });

  it('must be there', () => {
    expect(() => dump(new MemoryDisk())).toThrow(DataDirectoryError);
  });
});

function analyzed(limit: number) {
  const disk = new MemoryDisk();
  const filler = new BlockFiller({ dir: DIR, rangeMs: RANGE_MS, nowMs: () => 0, disk });
  for (let i = 0; i < 10; i++) {
    const labels = { __name__: i < 7 ? 'up' : 'down', instance: `host-${i}` };
    const series = filler.seriesOf(labelsFromObject(labels));
    // One lasts, nine come and go at once.
    filler.add(series, i * 1000, 1);
    if (i === 0) for (let k = 1; k <= 130; k++) filler.add(series, k * 1000, 1);
  }
  for (const _ of filler.write());
  return analyzeBlock({ dir: DIR, limit, withFullness: true, disk });
}

describe('analyzeBlock', () => {
  it('counts names, pairs and entries', () => {
    const analysis = analyzed(20);
    expect(analysis.labelNameCount).toBe(2);
    expect(analysis.labelPairCount).toBe(12);
    expect(analysis.labelEntryCount).toBe(20);
  });

  it('ranks what makes the block large', () => {
    const analysis = analyzed(2);
    expect(analysis.seriesByMetricName).toEqual([
      { count: 7, name: 'up' },
      { count: 3, name: 'down' },
    ]);
    expect(analysis.seriesByLabelPair[0]).toEqual({ count: 7, name: '__name__=up' });
    expect(analysis.valuesByLabelName).toEqual([
      { count: 10, name: 'instance' },
      { count: 2, name: '__name__' },
    ]);
    expect(analysis.valueBytesByLabelName[0]).toEqual({ count: 60, name: 'instance' });
    // Nine series missed nearly all of the block, six of them of `up`.
    expect(analysis.churnByLabelName.map(({ count }) => count)).toEqual([9, 9]);
    expect(analysis.churnByLabelPair[0]).toEqual({ count: 6, name: '__name__=up' });
    expect(analysis.seriesByLabelPair).toHaveLength(2);
  });

  it('sees how full chunks are', () => {
    const { chunksByFullness } = analyzed(1);
    expect(chunksByFullness?.[0]).toBeGreaterThanOrEqual(9);
    expect(chunksByFullness).toHaveLength(10);
  });

  it('names a block that is not there', () => {
    const disk = new MemoryDisk();
    fill(disk, [['a', 1, 1]]);
    const options = { dir: DIR, limit: 1, withFullness: false, disk };
    expect(() => analyzeBlock({ ...options, ulid: 'X' })).toThrow('cannot find block X in /data');
  });
});

const lineOf = (step: number): string => `a{job="a"} ${Math.sin(step) * 1000} ${step * 1000}`;

const steps = (start: number, end: number): string[] =>
  Array.from({ length: end - start }, (_, i) => lineOf(start + i));

describe('closed chunks of the head', () => {
  const STEPS = 2000;
  async function written(): Promise<MemoryDisk> {
    const disk = new MemoryDisk();
    const database = await open(disk, 0, true);
    for (let step = 0; step < STEPS; step++) {
      append(database, [['a', step * 1000, Math.sin(step) * 1000]]);
    }
    await database.close();
    return disk;
  }

  it('are read beside the log, within the bounds', async () => {
    const disk = await written();
    const before = content(disk);
    expect(dump(disk)).toEqual({ lines: steps(0, STEPS), warnings: [] });
    const bounds = { startMs: 777_000, endMs: 1_200_000 };
    expect(dump(disk, bounds)).toEqual({ lines: steps(777, 1201), warnings: [] });
    expect(content(disk)).toEqual(before);
  });

  it('stand for what the log has lost', async () => {
    const disk = await written();
    const log = disk.read('/data/wal/00000000').slice();
    // The first page names the series.
    log.fill(0xff, 32_768, 50_000);
    disk.write('/data/wal/00000000', log);
    expect(dump(disk).lines).toEqual(steps(0, STEPS));
    disk.remove('/data/chunks_head');
    expect(dump(disk).lines.length).toBeLessThan(STEPS);
  });

  it('are left to the log where they are damaged', async () => {
    const disk = await written();
    const file = disk.read('/data/chunks_head/000001').slice();
    file[3000] ^= 1;
    disk.write('/data/chunks_head/000001', file);
    const { lines, warnings } = dump(disk);
    expect(lines).toEqual(steps(0, STEPS));
    expect(warnings.join()).toContain('a checksum does not fit');
  });
});
