import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantQuery, type Series, untilQuery } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

/** Together about 34 MB of JSON: more than waits for one client, and than systems keep for a connection. */
const SERIES_COUNT = 90;
const POINT_COUNT = 11_000;
const START = 1_760_000_000.5;
/** What waits for one client at most, and what may be under way in addition. */
const HELD_BYTES_MAX = (16 + 1) * 2 ** 20;

function seriesText(i: number): string {
  return `label_replace(vector(time() / 3), "i", "${i}", "", "")`;
}

const LARGE = Array.from({ length: SERIES_COUNT }, (_, i) => seriesText(i)).join(' or ');

describe('a large answer', () => {
  let server: NarthexProcess;

  beforeAll(async () => {
    server = await startNarthex({
      config: (port) => `
scrape_configs:
  - job_name: narthex
    scrape_interval: 1s
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`,
      flags: ['--query.max-samples=10000000'],
    });
  });
  afterAll(async () => await server?.stop());

  it('is the same in pieces as whole, compressed or not', async () => {
    const plain = await bytesOf(await ask(server.url, LARGE));
    const zipped = await ask(server.url, LARGE, { 'accept-encoding': 'gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.headers['content-length']).toBeUndefined();
    expect(gunzipSync(await bytesOf(zipped)).equals(plain)).toBe(true);

    const small = await ask(server.url, seriesText(7));
    expect(small.headers['content-length']).toBeDefined();
    const [one] = resultOf(await bytesOf(small));
    const all = resultOf(plain);
    expect(all).toHaveLength(SERIES_COUNT);
    for (const series of all) {
      expect(series.values?.length).toBe(POINT_COUNT);
      expect(JSON.stringify(series.values)).toBe(JSON.stringify(one?.values));
    }
  });

  it(
    'waits for a client that reads slowly without being held whole',
    { timeout: 60_000 },
    async () => {
      const answer = await ask(server.url, LARGE);
      answer.pause();
      // Until no more comes: the thread waits, too.
      let held = -1;
      for (
        let now = 0;
        now !== held || held === 0;
        now = await metric(server.url, 'narthex_http_answer_bytes_held')
      ) {
        held = now;
        await sleep(500);
      }
      expect(held).toBeGreaterThan(HELD_BYTES_MAX / 4);
      expect(held).toBeLessThan(HELD_BYTES_MAX);
      expect(resultOf(await bytesOf(answer))).toHaveLength(SERIES_COUNT);
      await untilMetric(server.url, 'narthex_http_answer_bytes_held', 0);
    },
  );

  it('ends when its client goes, and frees what it held', async () => {
    const answer = await ask(server.url, LARGE);
    answer.destroy();
    await untilMetric(server.url, 'prometheus_engine_queries', 0);
    await untilMetric(server.url, 'narthex_http_answer_bytes_held', 0);
    expect(await instantQuery(server.url, '1')).toEqual([expect.anything(), '1']);
    expect(
      await metric(server.url, 'narthex_http_answers_cut_off_total{reason="error"}'),
    ).toBeNaN();
  });

  it(
    'breaks off where its time is up in the middle, and says so',
    { timeout: 60_000 },
    async () => {
      const answer = await ask(server.url, LARGE, {}, { timeout: '8s' });
      expect(answer.statusCode).toBe(200);
      answer.pause();
      const cutOff = 'narthex_http_answers_cut_off_total{reason="timeout"}';
      await untilMetric(server.url, cutOff, 1);
      await expect(bytesOf(answer)).rejects.toThrow('aborted');
      await untilMetric(server.url, 'narthex_http_answer_bytes_held', 0);
      await untilQuery(server.url, '1', () => true);
    },
  );
});

/** Resolves when the head has come. */
async function ask(
  url: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): Promise<IncomingMessage> {
  const end = START + POINT_COUNT - 1;
  const range = { start: String(START), end: String(end), step: '1' };
  const asked = request(`${url}/api/v1/query_range`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
  asked.end(new URLSearchParams({ query, ...range, ...more }).toString());
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

async function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function resultOf(body: Buffer): readonly Series[] {
  const { data } = JSON.parse(body.toString()) as { data: { result: readonly Series[] } };
  return data.result;
}

/** NaN where there is no such series. */
async function metric(url: string, series: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? NaN);
}

async function untilMetric(url: string, series: string, value: number): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  for (;;) {
    const now = await metric(url, series);
    if (now === value) return;
    if (Date.now() > deadlineMs) throw new Error(`${series} stayed ${now}`);
    await sleep(100);
  }
}

async function sleep(durationMs: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
