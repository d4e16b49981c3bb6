import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiAnswer } from './api.ts';
import { instantQuery, untilQuery } from './api.ts';
import { type NarthexProcess, scrapesItself, startNarthex } from './narthex.ts';
import { remoteWrite } from './remote-write.ts';

const WIDE_SERIES = 4000;
const WIDE_SAMPLES = 10;
const STEP_SECONDS = 15;
const TIMEOUT_MS = 2000;
const MEMORY_BYTES = 128 << 20;
/** A thread may hold, beside its query, the garbage of the one before; and there are at least two. */
const GROWTH_BYTES_MAX = 5 * MEMORY_BYTES;
/** Until the server ends a thread that does not look at the clock, and then some for a busy machine. */
const ANSWER_MS_MAX = TIMEOUT_MS + 8000;

const END_SECONDS = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS;
const FINE = { start: String(END_SECONDS - 11_000), end: String(END_SECONDS), step: '1' };
const COARSE = { start: String(END_SECONDS - 150), end: String(END_SECONDS), step: '15' };

const MEMORY = [422, 'execution', 'would take more than 134217728 bytes of memory'] as const;
const TIMEOUT = [503, 'timeout', 'query timed out in expression evaluation'] as const;
const TOO_DEEP = [400, 'bad_data', 'nested too deeply'] as const;
const TOO_LONG = [400, 'bad_data', 'expression is too long'] as const;
const SUCCESS = [200, undefined, undefined] as const;

type Expected = readonly [number, string | undefined, string | undefined];
type Range = Readonly<Record<string, string>> | undefined;

function nested(times: number, before: string, inner: string, after: string): string {
  return before.repeat(times) + inner + after.repeat(times);
}

const JOINED = ',"path"'.repeat(10);

const QUERIES: readonly (readonly [
  name: string,
  query: string,
  range: Range,
  expected: Expected,
])[] = [
  ['a billion samples of a subquery', 'sum_over_time(wide[10h:1ms])', undefined, MEMORY],
  ['a billion samples, nested', 'max_over_time(sum_over_time(wide[1h:1s])[1h:1s])', FINE, MEMORY],
  ['a number every millisecond', 'sum_over_time(vector(1)[10h:1ms])', undefined, MEMORY],
  ['a thousand years', 'sum_over_time(vector(1)[1000y:1ms])', undefined, [400, 'bad_data', '1:25']],
  ['many series at many steps', 'wide', FINE, MEMORY],
  ['windows of many series', 'rate(wide[5m])', FINE, MEMORY],
  ['groups of one', 'sum by (path) (rate(wide[5m]))', FINE, MEMORY],
  ['a series for each value', 'count_values("v", wide * time())', FINE, MEMORY],
  ['millions of the best', 'topk(1e9, wide)', FINE, MEMORY],
  ['the best at an instant', 'topk(1e9, wide)', undefined, SUCCESS],
  ['a histogram of all', 'histogram_quantile(0.9, wide)', FINE, MEMORY],
  ['a set of all', 'wide and wide', FINE, MEMORY],
  [
    'pairs of all with all',
    'wide * on (job) group_right () wide',
    undefined,
    [422, 'execution', 'duplicate'],
  ],
  [
    'labels that grow',
    `count(label_replace(wide,"path","${'x'.repeat(100_000)}$1","path","(.*)"))`,
    undefined,
    MEMORY,
  ],
  [
    'labels joined',
    `count(${nested(14, 'label_join(', 'wide', `,"path","-"${JOINED})`)})`,
    undefined,
    MEMORY,
  ],
  [
    'the label of one',
    `count(${nested(20, 'label_join(', 'dense', `,"path","-"${JOINED})`)})`,
    undefined,
    MEMORY,
  ],
  ['a regular expression that goes back', 'count(wide{path=~"(.*a.*){20}b"})', undefined, SUCCESS],
  [
    'repeated repetitions',
    'count(wide{path=~"((a{0,100}){0,100}){0,100}"})',
    undefined,
    [400, 'bad_data', 'invalid repeat count'],
  ],
  [
    'a regular expression that is too large',
    `count(wide{path=~"${'(.{0,30}){0,30}'.repeat(2000)}"})`,
    undefined,
    [400, 'bad_data', 'expression too large'],
  ],
  [
    'a deep regular expression',
    `count(wide{path=~"${nested(5000, '(', 'a', ')')}"})`,
    undefined,
    [400, 'bad_data', 'nests too deeply'],
  ],
  [
    'many alternatives',
    `count(wide{path=~"${Array.from({ length: 20_000 }, (_, i) => `x${i}`).join('|')}"})`,
    undefined,
    SUCCESS,
  ],
  ['deep parentheses', nested(10_000, '(', '1', ')'), undefined, TOO_DEEP],
  ['many signs', `${'-'.repeat(100_000)}1`, undefined, TOO_DEEP],
  ['many operators', Array.from({ length: 10_000 }, () => '1').join('+'), undefined, TOO_DEEP],
  ['deep calls', nested(10_000, 'abs(', 'dense', ')'), undefined, TOO_DEEP],
  ['megabytes of a name', 'a'.repeat(5e6), undefined, TOO_LONG],
  ['megabytes of a string', `"${'a'.repeat(5e6)}"`, undefined, TOO_LONG],
  [
    'too many steps',
    '1',
    { start: '0', end: '11002', step: '1' },
    [400, 'bad_data', '11,000 points'],
  ],
  [
    'a quantile of millions',
    'quantile_over_time(0.5, (vector(1) * time() % 1000)[1h:1ms])',
    FINE,
    MEMORY,
  ],
  [
    'a quantile of long windows',
    'quantile_over_time(0.5, dense[1h]) + quantile_over_time(0.6, dense[1h]) + mad_over_time(dense[1h])',
    FINE,
    TIMEOUT,
  ],
  [
    'fits to long windows',
    'predict_linear(dense[1h], 60) + stddev_over_time(dense[1h]) + deriv(dense[1h])',
    FINE,
    TIMEOUT,
  ],
  [
    'many operators over all',
    Array.from({ length: 300 }, (_, i) => `wide + ${i}`).join(' or '),
    COARSE,
    TIMEOUT,
  ],
  ['everything', '{__name__=~".+"}', undefined, SUCCESS],
  ['everything, raw', '{__name__=~".+"}[1h]', undefined, SUCCESS],
  ['everything, ten times a second', '{__name__=~".+"}[1h:100ms]', undefined, MEMORY],
];

/** Each keeps another part of the engine busy for longer than a tenth of a second, within its memory. */
const HASTY: readonly (readonly [name: string, query: string, range: Range])[] = [
  ['reading', 'sum(wide)', FINE],
  ['reading windows', 'sum(rate(wide[5m]))', FINE],
  ['reading windows one by one', 'sum(stddev_over_time(dense[30m]))', FINE],
  ['quantiles of windows', 'quantile_over_time(0.5, dense[30m])', FINE],
  ['quantiles of long windows', 'quantile_over_time(0.5, vector(1)[1h:2ms])', undefined],
  ['subqueries', 'sum(max_over_time(rate(wide[1m])[2m:1s]))', undefined],
  ['matching', 'sum(wide * on (path) group_left () wide)', COARSE],
  ['sets', 'count(wide and wide unless wide > 1)', COARSE],
  ['arithmetic', `sum(${nested(50, '(', 'wide', ' + 1)')})`, COARSE],
  ['values as labels', 'count(count_values("v", wide))', COARSE],
  ['ranking', 'count(topk(3000, wide))', COARSE],
  ['quantiles of groups', 'quantile by (job) (0.5, wide)', COARSE],
  ['buckets', 'sum(histogram_quantile(0.5, wide))', COARSE],
  [
    'labels',
    `count(${nested(20, 'label_replace(', 'wide', ',"path","$1a","path","(.*)")')})`,
    undefined,
  ],
  ['sorting', nested(20, 'sort_by_label(', 'wide', ',"path")'), undefined],
  ['regular expressions', `count(wide{path=~"${'.*(1|2|3.)+'.repeat(20)}x"})`, undefined],
  ['writing', '{__name__=~".+"}[1h]', undefined],
];

describe('hostile queries', () => {
  let server: NarthexProcess;
  let residentBytes: number;

  beforeAll(async () => {
    server = await startNarthex({
      config: scrapesItself,
      flags: [
        '--web.enable-remote-write-receiver',
        '--enable-feature=promql-experimental-functions',
        `--query.timeout=${TIMEOUT_MS}ms`,
        `--query.max-memory=${MEMORY_BYTES}B`,
      ],
    });
    await load(server.url);
    await untilQuery(server.url, 'up{job="self"}', (result) => result.length === 1);
    residentBytes = statusBytes(server.pid, 'VmRSS');
  });
  afterAll(async () => await server.stop());

  it.each(QUERIES)('%s', async (_name, query, range, expected) => {
    const startMs = Date.now();
    const params = range === undefined ? { query, time: String(END_SECONDS) } : { query, ...range };
    const path = range === undefined ? 'query' : 'query_range';
    const answer = await post(server.url, path, Object.entries(params));
    const [http, errorType, text] = expected;
    expect(answer).toMatchObject({ http, ...(errorType !== undefined && { errorType }) });
    if (text !== undefined) expect(answer.error).toContain(text);
    expect(Date.now() - startMs).toBeLessThan(ANSWER_MS_MAX);
    expect(statusBytes(server.pid, 'VmHWM')).toBeLessThan(residentBytes + GROWTH_BYTES_MAX);
  });

  it.each(['series', 'labels'])('%s with thousands of selectors', async (path) => {
    const selectors = Array.from({ length: 4000 }, (_, i) => `{path=~".*${i}.*a+b?c*"}`);
    const pairs = selectors.map((selector) => ['match[]', selector] as const);
    const answer = await post(server.url, path, pairs);
    expect(answer).toMatchObject({ http: 503, errorType: 'timeout' });
  });

  it.each(HASTY)('%s can be stopped within two seconds', async (_name, query, range) => {
    const startMs = Date.now();
    const params = range === undefined ? { query, time: String(END_SECONDS) } : { query, ...range };
    const path = range === undefined ? 'query' : 'query_range';
    const answer = await post(server.url, path, Object.entries({ ...params, timeout: '100ms' }));
    // What is quick enough on some machine is answered, or comes to the limit of memory first.
    expect([200, 422, 503]).toContain(answer.http);
    expect(Date.now() - startMs).toBeLessThan(2000);
  });

  it('federation of everything is answered', async () => {
    const response = await fetch(`${server.url}/federate?match[]={__name__=~".%2b"}`);
    expect(response.status).toBe(200);
    expect((await response.text()).length).toBeGreaterThan(WIDE_SERIES * 50);
  });

  it('left nothing behind', async () => {
    expect(await instantQuery(server.url, '1 + 1')).toBeDefined();
    const page = await (await fetch(`${server.url}/metrics`)).text();
    expect(page).toContain('narthex_queries_refused_total{limit="thread_died"} 0');
    expect(page).not.toContain('narthex_queries_refused_total{limit="memory"} 0');
    expect(page).not.toContain('narthex_queries_refused_total{limit="timeout"} 0');
    const scrapes = 'min_over_time(up[20s]) * count_over_time(up[20s])';
    await untilQuery(server.url, scrapes, (r) => Number(r[0]?.value?.[1]) >= 10);
  });
});

describe('a query that kills its thread', () => {
  let server: NarthexProcess;

  beforeAll(async () => {
    server = await startNarthex({
      config: () => '',
      flags: ['--query.max-memory=1MB', '--query.max-concurrency=1', '--query.timeout=1m'],
    });
  });
  afterAll(async () => await server.stop());

  it('fails alone, and the thread is replaced', { timeout: 90_000 }, async () => {
    const large = `count({a=~\`${String.raw`\d*`.repeat(180_000)}\`})`;
    const killed = post(server.url, 'query', [['query', large]]);
    const waiting = post(server.url, 'query', [['query', '1']]);
    expect(await killed).toMatchObject({ http: 500, errorType: 'internal' });
    expect(await waiting).toMatchObject({ http: 200 });
    const page = await (await fetch(`${server.url}/metrics`)).text();
    expect(page).toContain('narthex_queries_refused_total{limit="thread_died"} 1');
    expect(server.output()).toContain('a query thread died and is replaced');
  });
});

async function load(url: string): Promise<void> {
  for (let k = WIDE_SAMPLES - 1; k >= 0; k--) {
    const samples = Array.from({ length: WIDE_SERIES }, (_, i) => ({
      labels: { __name__: 'wide', job: `j${i % 10}`, le: String(i % 50), path: `/path/${i}/aaaa` },
      timestampMs: (END_SECONDS - k * STEP_SECONDS) * 1000,
      value: i * 1.000001 + k * Math.sqrt(i + 1),
    }));
    expect(await remoteWrite(url, samples)).toBeLessThan(300);
  }
  for (let from = 60_000; from > 0; from -= 10_000) {
    const samples = Array.from({ length: 10_000 }, (_, k) => ({
      labels: { __name__: 'dense', path: '/dense' },
      timestampMs: END_SECONDS * 1000 - (from - k) * 60,
      value: Math.sin(from - k) * 1000,
    }));
    expect(await remoteWrite(url, samples)).toBeLessThan(300);
  }
}

async function post(
  url: string,
  path: string,
  pairs: readonly (readonly [string, string])[],
): Promise<ApiAnswer> {
  const body = new URLSearchParams();
  for (const [name, value] of pairs) body.append(name, value);
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body });
  return { http: response.status, ...((await response.json()) as object) } as ApiAnswer;
}

/** A line of /proc/PID/status; 0 where there is no such thing. */
function statusBytes(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kibibytes = ''] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return Number(kibibytes) * 1024;
}
