import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpServer } from '#http';
import { createTestServer } from './suites/api/server.ts';
import { openTestStorage } from './suites/api/storage.ts';

const TEXT = `# TYPE a gauge\n${'a{b="c"} 1\n'.repeat(200)}`;

let server: HttpServer;
let writes = 0;
let failure: Error | undefined;
let hold: Promise<void> = Promise.resolve();
const NOTHING = (): void => {};

beforeAll(async () => {
  const { queryable } = openTestStorage();
  server = await createTestServer({
    queryable: () => queryable,
    nowMs: () => 0,
    isReady: () => false,
    metricPages: [
      {
        path: '/metrics/things',
        write: async () => {
          writes++;
          await hold;
          if (failure !== undefined) throw failure;
          return Buffer.from(TEXT);
        },
      },
      { path: '/metrics/words', write: async () => await Promise.resolve('up 1\n') },
    ],
    options: { routePrefix: '/prom' },
  });
});
afterAll(async () => {
  await server.close();
});

const get = async (path: string, remoteAddress = '127.0.0.1') =>
  await server.app.inject({
    url: `/prom/metrics/${path}`,
    remoteAddress,
    headers: { 'accept-encoding': 'gzip' },
  });

describe('pages of metrics', () => {
  it('are written when somebody asks, in the text format, before the storage is open', async () => {
    writes = 0;
    const { statusCode, headers, body } = await get('things');
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toBe(TEXT);
    expect(writes).toBe(1);
    expect((await get('words')).body).toBe('up 1\n');
  });

  it('are compressed for other machines alone', async () => {
    expect((await get('things', '::ffff:127.0.0.1')).headers['content-encoding']).toBeUndefined();
    const far = await get('things', '172.17.0.3');
    expect(far.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(far.rawPayload).toString()).toBe(TEXT);
    expect((await get('words', '172.17.0.3')).headers['content-encoding']).toBeUndefined();
  });

  it('are written once for those who ask meanwhile', async () => {
    let release = NOTHING;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    writes = 0;
    const answers = Promise.all([get('things'), get('things'), get('things')]);
    await new Promise((resolve) => setImmediate(resolve));
    release();
    expect((await answers).map(({ body }) => body)).toEqual([TEXT, TEXT, TEXT]);
    expect(writes).toBe(1);
    await get('things');
    expect(writes).toBe(2);
  });

  it('say why they cannot be written, and recover', async () => {
    failure = new Error('cannot read /proc/meminfo');
    const failed = await get('things');
    expect(failed.statusCode).toBe(503);
    expect(failed.headers['content-type']).toContain('text/plain');
    expect(failed.body).toBe('cannot write /metrics/things: cannot read /proc/meminfo\n');
    failure = undefined;
    expect((await get('things')).statusCode).toBe(200);
  });

  it('are there to be read, not written', async () => {
    const answer = await server.app.inject({ method: 'POST', url: '/prom/metrics/things' });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('GET, HEAD, OPTIONS');
  });
});
