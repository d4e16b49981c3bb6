// Queries that stay open: each new step of real scrapes, what comes late, limits, the end of the server.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askApi } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { remoteWrite } from './remote-write.ts';
import { closeServers, eventually, serve } from './scrape-servers.ts';

let server: NarthexProcess;
let pages = 0;

beforeAll(async () => {
  const target = await serve((_request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(`pages_total ${++pages}\n`);
  });
  server = await startNarthex({
    config: () => `
global: { scrape_interval: 1s }
storage: { tsdb: { out_of_order_time_window: 1h } }
scrape_configs:
  - { job_name: shop, static_configs: [{ targets: ['${target.address}'] }] }
`,
    flags: ['--web.enable-remote-write-receiver', '--query.max-concurrency=2'],
  });
});

afterAll(async () => {
  await server.stop();
  await closeServers();
});

interface LiveEvent {
  readonly name: string;
  readonly id: number;
  readonly data: {
    readonly status: string;
    readonly data: {
      readonly resultType: string;
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly values: readonly (readonly [number, string])[];
      }[];
    };
  };
}

interface Live {
  readonly events: LiveEvent[];
  readonly response: Response;
  /** Rejected never; resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  readonly leave: () => void;
}

async function listen(
  params: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Promise<Live> {
  const controller = new AbortController();
  const query = new URLSearchParams(params).toString();
  const url = `${server.url}/api/v1/query_live?${query}`;
  const response = await fetch(url, { headers, signal: controller.signal });
  const events: LiveEvent[] = [];
  const ended = read(response, events).catch(() => undefined);
  return { events, response, ended, leave: () => controller.abort() };
}

async function read(response: Response, events: LiveEvent[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const match = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block);
      if (match === null) continue;
      const [, id, name, data] = match;
      events.push({
        name: name ?? '',
        id: Number(id),
        data: JSON.parse(data ?? '') as LiveEvent['data'],
      });
    }
  }
}

/** Timestamp to value of the one series there is, later events over earlier ones. */
function stepsOf(events: readonly LiveEvent[]): Map<number, string> {
  return new Map(events.flatMap(({ data }) => data.data.result[0]?.values ?? []));
}

async function rangeOf(query: string, steps: Map<number, string>): Promise<Map<number, string>> {
  const times = [...steps.keys()];
  const answer = await askApi(server.url, 'query_range', {
    query,
    start: String(Math.min(...times)),
    end: String(Math.max(...times)),
    step: '1',
    nocache: '1',
  });
  const { result } = answer.data as LiveEvent['data']['data'];
  return new Map(result[0]?.values);
}

async function metric(name: string): Promise<number> {
  const page = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]);
}

test('each step comes once its scrape is there, and is what a query says later', async () => {
  const live = await listen({ query: 'pages_total', step: '1', range: '30s' });
  expect(live.response.status).toBe(200);
  expect(live.response.headers.get('content-type')).toContain('text/event-stream');
  await eventually(() => live.events.length >= 6, 'six events');
  live.leave();
  const [first, ...others] = live.events;
  expect(first?.name).toBe('range');
  expect(new Set(others.map(({ name }) => name))).toEqual(new Set(['steps']));
  expect(others.map(({ id }, i) => id - (live.events[i]?.id ?? 0))).toEqual(others.map(() => 1000));
  const steps = stepsOf(live.events);
  expect(steps.size).toBeGreaterThanOrEqual(4);
  expect(steps).toEqual(await rangeOf('pages_total', steps));
});

test('one evaluation serves all who ask for the same', async () => {
  const params = { query: 'pages_total + 1', step: '1', range: '10s' };
  const clients = [await listen(params), await listen(params), await listen(params)];
  expect(await metric('narthex_live_clients')).toBe(3);
  expect(await metric('narthex_live_queries')).toBe(1);
  const before = await metric('narthex_live_evaluations_total');
  const counts = clients.map(({ events }) => events.length);
  await eventually(
    () => clients.every(({ events }, i) => events.length >= (counts[i] ?? 0) + 3),
    'three more events for each',
  );
  const evaluations = (await metric('narthex_live_evaluations_total')) - before;
  for (const { leave } of clients) leave();
  expect(evaluations).toBeLessThan(9);
  const deadlineMs = Date.now() + 10_000;
  while ((await metric('narthex_live_clients')) > 0 && Date.now() < deadlineMs);
  expect(await metric('narthex_live_queries')).toBe(0);
});

test('what comes late corrects what was sent', async () => {
  const labels = { __name__: 'orders' };
  const secondMs = Math.floor(Date.now() / 1000) * 1000;
  await remoteWrite(server.url, [{ labels, timestampMs: secondMs - 20_000, value: 1 }]);
  await remoteWrite(server.url, [{ labels, timestampMs: secondMs - 1500, value: 3 }]);
  const live = await listen({ query: 'sum(orders)', step: '1', range: '30s' });
  await eventually(() => live.events.length >= 2, 'two events');
  expect(stepsOf(live.events).get(secondMs / 1000 - 3)).toBe('1');
  await remoteWrite(server.url, [{ labels, timestampMs: secondMs - 3500, value: 2 }]);
  await eventually(() => stepsOf(live.events).get(secondMs / 1000 - 3) === '2', 'a correction');
  live.leave();
  const steps = stepsOf(live.events);
  expect(steps).toEqual(await rangeOf('sum(orders)', steps));
});

test('a client that comes back gets what it missed', async () => {
  const params = { query: 'pages_total', step: '1', range: '1h' };
  const lastId = Math.floor(Date.now() / 1000) * 1000 - 5000;
  const live = await listen(params, { 'Last-Event-ID': String(lastId) });
  await eventually(() => live.events.length > 0, 'an event');
  live.leave();
  const times = [...stepsOf(live.events).keys()];
  expect(Math.min(...times)).toBeGreaterThanOrEqual(lastId / 1000 - 10);
  expect(times).toContain(lastId / 1000 + 1);
});

test('what cannot be asked is said before anything is streamed', async () => {
  for (const [params, status, reason] of [
    [{ query: 'sum(', step: '1', range: '30s' }, 400, 'parse error'],
    [{ query: 'up', step: '0.5', range: '30s' }, 400, 'one second'],
    [{ query: 'up', step: '1', range: '1d' }, 400, '11,000'],
    [{ query: 'up', range: '1m' }, 400, 'step'],
  ] as const) {
    const live = await listen(params);
    expect([live.response.status, live.events]).toEqual([status, []]);
    const answer = await askApi(server.url, 'query_live', params);
    expect(answer).toMatchObject({ http: status, status: 'error', errorType: 'bad_data' });
    expect(answer.error).toContain(reason);
  }
});

test('one connection follows many queries, and says which it does not', async () => {
  const controller = new AbortController();
  const queries = [
    { query: 'pages_total', step: 1, range: '10s' },
    { query: 'up +', step: 1, range: '10s' },
    { type: 'instant', query: 'count(up)', step: 1 },
    { query: 'up', step: 0.5, range: '10s' },
  ];
  const response = await fetch(`${server.url}/api/v1/query_live`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ queries }),
    signal: controller.signal,
  });
  expect(response.status).toBe(200);
  const decoder = new TextDecoder();
  let text = '';
  const isWhole = (): boolean =>
    [/^id: 0:\d+\nevent: steps/m, /^id: 2:\d+\nevent: steps/m].every((one) => one.test(text));
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (isWhole()) break;
  }
  controller.abort();
  expect(text).toMatch(/^id: 0:\d+\nevent: range\ndata: \{"query":0,"status":"success".*"matrix"/m);
  expect(text).toMatch(/^id: 2:\d+\nevent: steps\ndata: \{"query":2,.*"resultType":"vector"/m);
  expect(text).toMatch(/^id: 1\nevent: refused\ndata: \{"query":1,"status":"error".*bad_data/m);
  expect(text).toMatch(/^id: 3\nevent: refused\ndata: \{"query":3,"status":"error".*step/m);
});

test('too many are refused, and counted', async () => {
  const params = { query: 'vector(1)', step: '3600', range: '1h' };
  const clients = await Promise.all(Array.from({ length: 100 }, () => listen(params)));
  expect(clients.map(({ response }) => response.status)).toEqual(clients.map(() => 200));
  const refused = await askApi(server.url, 'query_live', params);
  expect(refused).toMatchObject({ http: 500, errorType: 'unavailable' });
  expect(await metric('narthex_live_refused_total')).toBe(1);
  for (const { leave } of clients) leave();
});

test('the end of the server ends the streams', async () => {
  const live = await listen({ query: 'up', step: '1', range: '30s' });
  await eventually(() => live.events.length > 0, 'an event');
  const startedMs = Date.now();
  server.signal('SIGTERM');
  await live.ended;
  await server.stop();
  expect(Date.now() - startedMs).toBeLessThan(10_000);
  expect(server.output()).not.toMatch(/level=error/);
});
