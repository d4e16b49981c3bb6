import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainersData } from '#contract';
import { ApiError } from './index.ts';
import type { HttpServer } from './index.ts';
import { createTestServer } from '../../test/suites/api/server.ts';
import { openTestStorage } from '../../test/suites/api/storage.ts';

const DATA: ContainersData = {
  engine: {
    address: 'unix:///var/run/docker.sock',
    status: 'connected',
    error: '',
    product: 'Docker Engine 28.2.2',
    measuring: '',
  },
  containers: [],
  leftOut: 0,
};

let server: HttpServer;
let asked: string[] = [];
let answerLogs: (name: string) => Promise<void> = async () => {};

beforeAll(async () => {
  server = await createTestServer({
    queryable: () => openTestStorage().queryable,
    nowMs: () => 0,
    isReady: () => false,
    containers: {
      data: () => DATA,
      subscribe: () => () => {},
      logs: async (name, tail) => {
        asked.push(`${name} ${tail}`);
        await answerLogs(name);
        if (name === 'unknown') return undefined;
        return { lines: [{ stream: 'stderr', time: '2026-01-01T00:00:00Z', text: 'hello' }] };
      },
    },
  });
});
afterAll(async () => await server.close());

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const { statusCode, json } = await server.app.inject(`/api/v1/containers${path}`);
  return { status: statusCode, body: json<Record<string, unknown>>() };
}

describe('/api/v1/containers', () => {
  it('is there before the storage is', async () => {
    expect(await get('')).toEqual({ status: 200, body: { status: 'success', data: DATA } });
  });

  it('reads logs on demand, so many lines and no more', async () => {
    asked = [];
    const { body } = await get('/logs?name=web');
    expect(body['data']).toEqual({
      lines: [{ stream: 'stderr', time: '2026-01-01T00:00:00Z', text: 'hello' }],
    });
    await get('/logs?name=web&tail=7');
    await get('/logs?name=a%2Fb&tail=999999');
    expect(asked).toEqual(['web 100', 'web 7', 'a/b 5000']);
  });

  const wrong: [string, number, string][] = [
    ['', 400, 'invalid parameter "name"'],
    ['?name=', 400, 'invalid parameter "name"'],
    ['?name=web&tail=0', 400, 'invalid parameter "tail"'],
    ['?name=web&tail=-1', 400, 'invalid parameter "tail"'],
    ['?name=web&tail=all', 400, 'invalid parameter "tail"'],
    ['?name=unknown', 404, 'no container unknown'],
  ];
  it.each(wrong)('refuses /logs%s with %i', async (query, status, message) => {
    const answer = await get(`/logs${query}`);
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toContain(message);
  });

  it('says why an engine gives no logs', async () => {
    answerLogs = () => Promise.reject(new ApiError('unavailable', 'the driver keeps none'));
    const { status, body } = await get('/logs?name=web');
    expect([status, body['error']]).toEqual([500, 'the driver keeps none']);
  });

  it('reads few logs at a time', async () => {
    asked = [];
    const waiting: (() => void)[] = [];
    answerLogs = () => new Promise((resolve) => waiting.push(resolve));
    const answers = Array.from({ length: 8 }, () => get('/logs?name=web'));
    while (asked.length < 8) await new Promise((resolve) => setImmediate(resolve));
    const { status, body } = await get('/logs?name=web');
    for (const finish of waiting) finish();
    expect([status, body['error']]).toEqual([500, 'too many logs are being read, try again later']);
    for (const { status: answered } of await Promise.all(answers)) expect(answered).toBe(200);
  });
});
