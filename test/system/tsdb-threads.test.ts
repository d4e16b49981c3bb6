import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Registry } from '#instrument';
import { STALE_HISTOGRAM, createMatcher } from '#model';
import type { FloatHistogram } from '#model';
import { silentLog, systemClock } from '#platform';
import { SampleColumns } from '#storage';
import { openDatabase } from '#tsdb';
import type { Database } from '#tsdb';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-tsdb-threads-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function open(path: string, retentionMs: number): Promise<Database> {
  return openDatabase({
    dir: path,
    retentionMs,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock: systemClock,
    registry: new Registry(),
    walCompression: 'none',
  });
}

const STEPS = 1500;
const SERIES = 200;

const BUCKETS = 60;

/** So wide that a chunk of them takes many pieces of memory. */
function wideHistogram(sum: number, count: number): FloatHistogram {
  return {
    ...STALE_HISTOGRAM,
    sum,
    count: count * BUCKETS,
    positiveSpans: [{ offset: 0, length: BUCKETS }],
    positiveBuckets: Array.from({ length: BUCKETS }, () => count),
  };
}

/** All series of a generation live for a hundred steps; the retention is two hundred. */
async function writeChurn(database: Database): Promise<void> {
  for (let step = 0; step < STEPS; step++) {
    const generation = Math.floor(step / 100);
    const appender = database.appender();
    for (let i = 0; i < SERIES; i++) {
      const ref = appender.seriesRef([
        '__name__',
        'churn',
        'generation',
        String(generation),
        'i',
        String(i),
        'shard',
        String(i % 4),
      ]);
      const value = generation * 1000 + i + (step * 1000) / 1024;
      if (i % 3 === 0) appender.appendHistogram(ref, step * 1000, wideHistogram(value, step));
      else appender.append(ref, step * 1000, value);
    }
    appender.commit();
    if (step % 20 !== 0) continue;
    database.trim();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('threads read whole samples of the right series while they are written and memory is reused', async () => {
  const database = await open(join(dir, 'churn'), 200_000);
  const workers = [1, 2].map(() => new Worker(new URL('tsdb-reader-thread.mjs', import.meta.url)));
  const detach = workers.map((worker) =>
    database.attachReader((update) => worker.postMessage(update)),
  );
  const answers = workers.map((worker) => once(worker, 'message'));
  await writeChurn(database);
  for (const worker of workers) worker.postMessage('stop');
  for (const answer of answers) {
    const [seen] = (await answer) as [
      { queries: number; samples: number; series: number; problems: string[] },
    ];
    expect(seen.problems).toEqual([]);
    expect(seen.queries).toBeGreaterThan(20);
    expect(seen.samples).toBeGreaterThan(10_000);
    expect(seen.series).toBeGreaterThan(SERIES / 4);
  }
  for (const each of detach) each();
  // Fifteen generations were written; three live at once.
  expect(database.stats().seriesCount).toBeLessThanOrEqual(SERIES * 4);
  await database.close();
});

/** Runs the writer until it has said enough and a random time has passed; the answer is its last word. */
async function writeUntilKilled(path: string, firstStep: number, delayMs: number): Promise<number> {
  const script = new URL('tsdb-killed-writer.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, path, String(firstStep)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    timer ??= setTimeout(() => child.kill('SIGKILL'), delayMs);
  });
  await once(child, 'close');
  clearTimeout(timer);
  // The line that the kill may have cut says nothing.
  const lines = output.split('\n').slice(0, -1);
  return Number(lines.at(-1));
}

/** How many samples of each step the directory holds, from the oldest that must be there. */
function countSteps(database: Database, fromStep: number): Map<number, number> {
  const counts = new Map<number, number>();
  const columns = new SampleColumns();
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const bounds = { startMs: -Infinity, endMs: Infinity };
  const set = querier.select([createMatcher('=', '__name__', 'kept')], bounds);
  for (let i = 0; i < set.count; i++) {
    const labels = set.labels(i);
    columns.clear();
    set.read(i, fromStep * 1000, Infinity, columns);
    for (let k = 0; k < columns.length; k++) {
      const step = columns.timestampsMs[k] / 1000;
      if (columns.values[k] !== step + Number(labels[5]) / 1000)
        throw new Error(`bad value: ${step}`);
      counts.set(step, (counts.get(step) ?? 0) + 1);
    }
  }
  querier.close();
  return counts;
}

test('no sample that was acknowledged is lost by kill -9, twenty times', async () => {
  const path = join(dir, 'killed');
  let seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  let step = 1;
  let checkpoints = 0;
  for (let round = 0; round < 20; round++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const acknowledged = await writeUntilKilled(path, step, 20 + (seed % 200));
    expect(acknowledged).toBeGreaterThanOrEqual(step);
    expect(existsSync(join(path, 'lock'))).toBe(true);
    const database = await open(path, 100_000);
    const from = Math.max(1, acknowledged - 90);
    const counts = countSteps(database, from);
    for (let s = from; s <= acknowledged; s++) expect([s, counts.get(s)]).toEqual([s, 200]);
    // The batch that was being written is there or not; the next writer goes on behind it.
    step = Math.max(...counts.keys()) + 1;
    expect(step - acknowledged).toBeLessThanOrEqual(2 + 50);
    await database.close();
    checkpoints += readdirSync(join(path, 'wal')).some((name) => name.startsWith('checkpoint'))
      ? 1
      : 0;
  }
  console.log(`steps ${step}, rounds that ended with a checkpoint ${checkpoints}`);
  expect(checkpoints).toBeGreaterThan(0);
});
