import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantQuery, type Series } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { remoteWrite } from './remote-write.ts';

// What the log promises: a write that was answered with 2xx, and a scrape that queries have shown,
// survive the death of the process at any moment.
const KILLS = 20;
const SERIES_COUNT = 20;
/** Between a start and its kill; spread so that kills fall into every phase of a write. Milliseconds. */
const LIFE_MS_MAX = 350;
/** Writers at the same time, each with series of its own. */
const WRITER_COUNT = 2;

const config = (port: number): string => `
scrape_configs:
  - job_name: self
    scrape_interval: 50ms
    scrape_timeout: 50ms
    static_configs:
      - targets: ['127.0.0.1:${port}']
`;

/** Timestamps that were acknowledged, in order. */
class Writer {
  readonly acknowledged: number[] = [];
  readonly #name: string;
  #lastMs: number;

  constructor(index: number, startMs: number) {
    this.#name = `w${index}`;
    this.#lastMs = startMs;
  }

  get name(): string {
    return this.#name;
  }

  /** Writes one sample to each series until the server is gone. */
  async run(url: string): Promise<void> {
    for (;;) {
      const timestampMs = ++this.#lastMs;
      const samples = Array.from({ length: SERIES_COUNT }, (_, i) => ({
        labels: { __name__: 'load', writer: this.#name, series: String(i) },
        timestampMs,
        value: timestampMs,
      }));
      const status = await remoteWrite(url, samples).catch(() => undefined);
      if (status === undefined) return;
      if (status >= 200 && status < 300) this.acknowledged.push(timestampMs);
      else throw new Error(`a write was answered with ${status}`);
    }
  }
}

describe('kill -9 during load', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-kill-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it(
    `loses nothing acknowledged in ${KILLS} kills at random moments`,
    { timeout: 300_000 },
    async () => {
      const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
      console.log(`seed ${seed} (SEED=${seed} repeats the moments)`);
      const random = randomFrom(seed);
      const startMs = Date.now() - 60_000;
      const writers = Array.from({ length: WRITER_COUNT }, (_, i) => new Writer(i, startMs));
      let scrapes: ReadonlySet<number> = new Set();
      for (let kill = 0; kill < KILLS; kill++) {
        const server = await start(dir);
        await expectAll(server, writers, scrapes);
        const running = writers.map(async (writer) => await writer.run(server.url));
        await sleep(random() * LIFE_MS_MAX);
        scrapes = await scrapesOf(server.url);
        await sleep(random() * LIFE_MS_MAX);
        await server.kill();
        await Promise.all(running);
      }
      const server = await start(dir);
      await expectAll(server, writers, scrapes);
      const written = writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
      console.log(
        `${written} writes of ${SERIES_COUNT} samples acknowledged, ${scrapes.size} scrapes seen`,
      );
      expect(written).toBeGreaterThan(KILLS);
      expect(scrapes.size).toBeGreaterThan(KILLS);
      await server.stop();
    },
  );
});

async function start(dir: string): Promise<NarthexProcess> {
  return await startNarthex({ config, dir, flags: ['--web.enable-remote-write-receiver'] });
}

async function expectAll(
  server: NarthexProcess,
  writers: readonly Writer[],
  scrapes: ReadonlySet<number>,
): Promise<void> {
  for (const writer of writers) {
    const series = await samples(server.url, `load{writer="${writer.name}"}`);
    if (writer.acknowledged.length > 0) expect(series).toHaveLength(SERIES_COUNT);
    for (const { values } of series) {
      const found = new Set(values?.map(([seconds]) => Math.round(seconds * 1000)));
      const lost = writer.acknowledged.filter((timestampMs) => !found.has(timestampMs));
      expect(lost, `acknowledged writes of ${writer.name} that are lost`).toEqual([]);
    }
  }
  const found = await scrapesOf(server.url);
  const lost = [...scrapes].filter((timestampMs) => !found.has(timestampMs));
  expect(lost, 'scrapes that are lost').toEqual([]);
}

/** When the server scraped itself, as queries show it; each restart has a port, so a series, of its own. */
async function scrapesOf(url: string): Promise<ReadonlySet<number>> {
  const all = await samples(url, 'up');
  return new Set(all.flatMap(({ values }) => (values ?? []).map(([s]) => Math.round(s * 1000))));
}

async function samples(url: string, selector: string): Promise<readonly Series[]> {
  return await instantQuery(url, `${selector}[1h]`);
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Mulberry32: numbers from 0 to 1 that a seed repeats. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
