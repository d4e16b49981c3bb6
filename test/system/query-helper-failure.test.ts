import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Registry } from '#instrument';
import {
  connectThreads,
  type Log,
  silentLog,
  startWorkerThread,
  systemClock,
  ThreadPool,
} from '#platform';
import { type Database, openDatabase } from '#tsdb';

const SERIES = 500;
const STEPS = 100;
const START_MS = 1_700_000_000_000;
const STEP_MS = 15_000;
const WORKER = new URL('./query-helper.mjs', import.meta.url);
const OPTIONS = {
  engine: { maxSamples: 0 },
  lookbackDeltaMs: 300_000,
  perStepStats: false,
  aloneMs: 4,
};

type Failure = 'none' | 'dies' | 'is-silent';

const REQUEST = {
  endpoint: 'query_range',
  params: [
    ['query', 'sum by (part) (rate(m_total[5m]))'],
    ['start', String(START_MS / 1000)],
    ['end', String((START_MS + STEPS * STEP_MS) / 1000)],
    ['step', '1'],
    ['nocache', '1'],
  ],
  nowMs: START_MS,
  subqueryStepMs: 60_000,
  deadlineMs: 0,
  gzip: false,
};

async function ask(pool: ThreadPool): Promise<string> {
  const answer = await pool.run(REQUEST, { timeoutMs: 60_000 });
  const { status, body } = answer as { readonly status: number; readonly body: Uint8Array };
  const text = Buffer.from(body).toString();
  expect(status, text).toBe(200);
  return text;
}

describe('a thread that should help', () => {
  let dir = '';
  let database: Database;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-helper-'));
    database = await openDatabase({
      dir,
      retentionMs: 1e13,
      outOfOrderWindowMs: 0,
      log: silentLog,
      clock: systemClock,
      registry: new Registry(),
    });
    for (let step = 0; step < STEPS; step++) {
      const appender = database.appender();
      for (let i = 0; i < SERIES; i++) {
        const labels = ['__name__', 'm_total', 'i', String(i), 'part', String(i % 7)];
        const ref = appender.seriesRef(labels);
        appender.append(ref, START_MS + step * STEP_MS, step * (i + 0.1));
      }
      appender.commit();
    }
  });
  afterAll(async () => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function start(threadCount: number, failure: Failure, deaths: string[]): ThreadPool {
    const log: Log = { ...silentLog, error: (message) => void deaths.push(message) };
    return new ThreadPool({
      threadCount,
      queueLengthMax: 10,
      clock: systemClock,
      log,
      connect: connectThreads,
      startThread: (words) =>
        startWorkerThread(WORKER, {
          words,
          data: { failure, options: OPTIONS },
          heapBytesMax: 2 ** 29,
        }),
      attach: (post) => database.attachReader(post),
    });
  }

  for (const failure of ['none', 'dies', 'is-silent'] as const) {
    it(`takes nothing from the answer where it ${failure === 'none' ? 'helps' : failure}`, async () => {
      const deaths: string[] = [];
      const alone = start(1, 'none', []);
      const pool = start(2, failure, deaths);
      try {
        const expected = await ask(alone);
        expect(expected).toContain('"part"');
        expect(alone.helpedCount).toBe(0);
        const deadlineMs = Date.now() + 30_000;
        // Threads take a while until they are there.
        for (let asked = 0; asked < 5 || pool.helpedCount === 0; asked++) {
          expect(await ask(pool)).toBe(expected);
          expect(Date.now()).toBeLessThan(deadlineMs);
        }
        expect(deaths.length > 0).toBe(failure === 'dies');
        expect(await ask(pool)).toBe(expected);
      } finally {
        alone.close();
        pool.close();
      }
    });
  }
});
