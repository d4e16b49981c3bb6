import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DockerStatusData } from '#contract';
import type { HttpServer } from './index.ts';
import { createTestServer } from '../../test/suites/api/server.ts';
import { openTestStorage } from '../../test/suites/api/storage.ts';

const shared = { queryable: () => openTestStorage().queryable, nowMs: () => 0 };
let server: HttpServer;
let calls = 0;

beforeAll(async () => {
  server = await createTestServer({ ...shared, isReady: () => false, docker: () => status(calls) });
});
afterAll(async () => await server.close());

function status(counted: number): DockerStatusData {
  const engine = { address: 'tcp://host', error: '', product: 'Podman 5.1.0', measuring: '' };
  const call = { path: '/info', purpose: 'read what the engine says of itself', failures: 0 };
  return {
    engine: { ...engine, status: 'connected' },
    calls: [{ method: 'GET', ...call, calls: counted }],
  };
}

it('what was asked of the engine is shown as it is now, before the storage is there too', async () => {
  for (calls = 1; calls < 3; calls++) {
    const { statusCode, json } = await server.app.inject('/api/v1/status/docker');
    expect(statusCode).toBe(200);
    expect(json()).toEqual({ status: 'success', data: status(calls) });
  }
});

it('where nobody asks an engine there is no such path', async () => {
  const without = await createTestServer(shared);
  const { statusCode } = await without.app.inject('/api/v1/status/docker');
  expect(statusCode).toBe(404);
  await without.close();
});
