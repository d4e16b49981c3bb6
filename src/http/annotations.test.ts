import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnnotationData } from '#contract';
import { createTestServer } from '../../test/suites/api/server.ts';
import type { AnnotationQuery } from './parts.ts';
import type { HttpServer } from './server.ts';

const DIE: AnnotationData = {
  id: '7',
  time: 1_700_000_000_000,
  timeEnd: 1_700_000_000_000,
  count: 1,
  kind: 'die',
  severity: 'error',
  name: 'gallery-web-1',
  group: 'gallery',
  service: 'web',
  containerId: 'c'.repeat(64),
  image: 'web:1',
  text: 'gallery-web-1 ended with 1: an error of the application',
  tags: ['container', 'die'],
  attributes: { exitCode: '1' },
};
const START: AnnotationData = {
  ...DIE,
  id: '8',
  kind: 'start',
  time: DIE.time + 1,
  severity: 'info',
};

let server: HttpServer;
let asked: AnnotationQuery | undefined;

beforeAll(async () => {
  server = await createTestServer({
    queryable: () => {
      throw new Error('not asked');
    },
    nowMs: () => DIE.time,
    annotations: {
      find: async (query) => {
        asked = query;
        return await Promise.resolve({ annotations: [DIE, START], truncated: false });
      },
    },
  });
});
afterAll(() => server.close());
beforeEach(() => (asked = undefined));

const EVERYTHING: AnnotationQuery = {
  startMs: Number.MIN_SAFE_INTEGER,
  endMs: Number.MAX_SAFE_INTEGER,
  names: [],
  groups: [],
  kinds: [],
  tags: [],
  limit: 1000,
};

describe('/api/v1/annotations', () => {
  it.each<[string, Partial<AnnotationQuery>]>([
    ['', {}],
    ['start=1.5&end=2023-11-14T22:13:20Z', { startMs: 1500, endMs: 1_700_000_000_000 }],
    [
      'name=a&name=b&group=g&kind=die&kind=oom',
      { names: ['a', 'b'], groups: ['g'], kinds: ['die', 'oom'] },
    ],
    ['name=&tag=container&limit=10000', { tags: ['container'], limit: 10_000 }],
  ])('understands %j', async (query, expected) => {
    const answer = await server.app.inject(`/api/v1/annotations?${query}`);
    expect(answer.statusCode).toBe(200);
    expect(asked).toEqual({ ...EVERYTHING, ...expected });
    expect(answer.json()).toEqual({
      status: 'success',
      data: { annotations: [DIE, START], truncated: false },
    });
  });

  it('takes a form, as other paths do', async () => {
    await server.app.inject({
      method: 'POST',
      url: '/api/v1/annotations',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'name=a&limit=1',
    });
    expect(asked).toEqual({ ...EVERYTHING, names: ['a'], limit: 1 });
  });

  it.each([
    ['start=yesterday', 'cannot parse "yesterday" to a valid timestamp'],
    ['start=2&end=1', 'end timestamp must not be before start timestamp'],
    ['limit=0', '"0" is not a whole number from 1 to 10000'],
    ['limit=10001', '"10001" is not a whole number from 1 to 10000'],
    ['limit=-1', 'is not a whole number'],
    ['limit=ten', 'is not a whole number'],
    [Array.from({ length: 1001 }, () => 'name=a').join('&'), 'it may be given 1000 times at most'],
  ])('refuses %.30s and says why', async (query, reason) => {
    const answer = await server.app.inject(`/api/v1/annotations?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ status: 'error', errorType: 'bad_data' });
    expect(answer.json<{ error: string }>().error).toContain(reason);
    expect(asked).toBeUndefined();
  });
});

describe("Grafana's /api/annotations", () => {
  it('answers an array in its shape, newest first', async () => {
    const answer = await server.app.inject(
      '/api/annotations?from=1700000000000&to=1700000005000&tags=container&tags=die&limit=5&type=annotation',
    );
    expect(asked).toEqual({
      ...EVERYTHING,
      startMs: 1_700_000_000_000,
      endMs: 1_700_000_005_000,
      tags: ['container', 'die'],
      limit: 5,
    });
    const { time, timeEnd, text, tags } = DIE;
    expect(answer.json()).toEqual([
      { id: 8, time: time + 1, timeEnd, text, tags },
      { id: 7, time, timeEnd, text, tags },
    ]);
  });

  it.each(['from=2023-11-14', 'to=-1', 'from=2&to=1', 'limit=x'])('refuses %s', async (query) => {
    expect((await server.app.inject(`/api/annotations?${query}`)).statusCode).toBe(400);
  });

  it('gives a hundred where no limit is asked for', async () => {
    await server.app.inject('/api/annotations');
    expect(asked).toEqual({ ...EVERYTHING, limit: 100 });
  });
});
