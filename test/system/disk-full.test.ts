import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApi, instantQuery, untilQuery } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { remoteWrite } from './remote-write.ts';

/*
 * A disk that is really full: a small tmpfs as data directory, filled by scrapes and remote write. What was
 * acknowledged stays, what is refused is told, all else goes on, and with room all is well without a restart.
 */

const DISK = 'size=12m';
const BALLAST_BYTES = 7 << 20;
const SERIES_COUNT = 2000;
const BLOCK_MS = 60_000;

const dir = mkdtempSync(join(tmpdir(), 'narthex-full-'));
const data = join(dir, 'data');
const ballast = join(data, 'ballast');

/** Undefined: done. */
function mountProblem(): string | undefined {
  mkdirSync(data);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'narthex-full', data], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'may not mount a tmpfs';
  }
}

const problem = mountProblem();

const config = (port: number): string => `
scrape_configs:
  - job_name: self
    scrape_interval: 500ms
    scrape_timeout: 500ms
    static_configs:
      - targets: ['127.0.0.1:${port}']
`;

const FLAGS = ['--web.enable-remote-write-receiver', '--web.enable-admin-api'];
/** So that there are blocks to be made of what was written. */
const SHORT_BLOCKS = `--storage.tsdb.min-block-duration=${BLOCK_MS}ms`;

function start(...more: readonly string[]): Promise<NarthexProcess> {
  return startNarthex({ config, dir, flags: [...FLAGS, ...more] });
}

/** Writes that were acknowledged, by time. */
const acknowledged: number[] = [];

/** One sample to each series, of values that do not compress. Answers the status. */
async function write(server: NarthexProcess, timestampMs: number): Promise<number> {
  const samples = Array.from({ length: SERIES_COUNT }, (_, i) => ({
    labels: { __name__: 'load', series: String(i) },
    timestampMs,
    value: Math.sin(timestampMs * (i + 1)),
  }));
  const status = await remoteWrite(server.url, samples);
  if (status >= 200 && status < 300) acknowledged.push(timestampMs);
  return status;
}

async function times(server: NarthexProcess, series: number): Promise<number[]> {
  const found = await instantQuery(server.url, `load{series="${series}"}[2h]`);
  return (found[0]?.values ?? []).map(([seconds]) => Math.round(seconds * 1000));
}

async function expectAllThere(server: NarthexProcess): Promise<void> {
  for (const series of [0, 7, SERIES_COUNT - 1]) {
    expect(await times(server, series)).toEqual(acknowledged);
  }
}

async function metric(server: NarthexProcess, name: string): Promise<number> {
  const page = await (await fetch(`${server.url}/metrics`)).text();
  const line = page.split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

/** What the targets page says of the last scrape. */
async function lastError(server: NarthexProcess): Promise<string> {
  const { data: targets } = await askApi(server.url, 'targets');
  return (targets as { activeTargets: { lastError: string }[] }).activeTargets[0]?.lastError ?? '';
}

async function until(what: string, done: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  while (!(await done())) {
    if (Date.now() > deadlineMs) throw new Error(`not after ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(data);
  return bavail * bsize;
}

describe.skipIf(problem !== undefined)(
  `a full disk${problem ? ` (not run: it ${problem})` : ''}`,
  () => {
    let server: NarthexProcess;
    // Some minutes ago, so that there is something to make blocks of.
    let timeMs = Date.now() - 20 * BLOCK_MS;

    beforeAll(async () => {
      writeFileSync(ballast, new Uint8Array(BALLAST_BYTES));
      server = await start();
    });

    afterAll(async () => {
      await server?.stop();
      if (problem === undefined) execFileSync('umount', ['-l', data]);
      rmSync(dir, { recursive: true, force: true });
    });

    it('refuses writes with 5xx, and says so wherever one looks', async () => {
      let status = 204;
      for (let i = 0; i < 2000 && status < 400; i++) status = await write(server, (timeMs += 4000));
      expect(status).toBeGreaterThanOrEqual(500);
      // The rest, too small for a write, is for the scrapes.
      await until('a scrape is refused', async () => /write the log/.test(await lastError(server)));
      for (let i = 0; i < 5; i++) {
        expect(await write(server, timeMs + i)).toBeGreaterThanOrEqual(500);
      }
      expect(await metric(server, 'prometheus_tsdb_wal_writes_failed_total')).toBeGreaterThan(5);
      expect(server.output()).toMatch(/cannot write the log/i);
      expect(freeBytes()).toBeLessThan(1 << 20);
    });

    it('answers queries with all that it has acknowledged', async () => {
      expect(acknowledged.length).toBeGreaterThan(20);
      await expectAllThere(server);
      const { http } = await askApi(server.url, 'labels');
      expect(http).toBe(200);
    });

    it('starts on a full disk, where no block can be made, with all that it had', async () => {
      await server.kill();
      server = await start(SHORT_BLOCKS);
      await until(
        'blocks cannot be made',
        async () => (await metric(server, 'prometheus_tsdb_compactions_failed_total')) > 0,
      );
      expect(server.output()).toMatch(/cannot compact.*ENOSPC/i);
      await expectAllThere(server);
      expect(await write(server, (timeMs = Date.now()))).toBeGreaterThanOrEqual(500);
      const snapshot = await fetch(`${server.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
      expect(snapshot.status).toBeGreaterThanOrEqual(500);
      await expectAllThere(server);
    });

    it('goes on without a restart when there is room, and makes up for the blocks', async () => {
      rmSync(ballast);
      await until(
        'a write is taken',
        async () => (await write(server, (timeMs = Date.now()))) < 300,
      );
      const own = `up{instance="${new URL(server.url).host}"} == 1`;
      await untilQuery(server.url, own, (result) => result.length === 1);
      await until('the target is well', async () => (await lastError(server)) === '');
      await until(
        'blocks are made',
        async () => (await metric(server, 'prometheus_tsdb_blocks_loaded')) > 0,
      );
      await expectAllThere(server);
      await server.kill();
      server = await start(SHORT_BLOCKS);
      await expectAllThere(server);
    });
  },
);
