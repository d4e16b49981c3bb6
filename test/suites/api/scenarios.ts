import { StorageError } from '#storage';
import type { CaseResult } from '../suite.ts';
import { compareSubset, isObject } from '../compare-json.ts';
import { load } from './load.ts';
import { ask, createTestServer, type Query, type TestServerOptions } from './server.ts';
import { openTestStorage } from './storage.ts';

interface Check {
  readonly at: string;
  readonly equals?: unknown;
  readonly is?: 'array';
  readonly exists?: boolean;
  readonly length_at_least?: number;
  readonly contains?: unknown;
  readonly some?: Readonly<Record<string, unknown>>;
}

export interface ScenarioCase {
  readonly id: string;
  readonly state: string;
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  readonly expect: {
    readonly status: number;
    readonly json_status: string;
    readonly checks: readonly Check[];
  };
}

const NOW_MS = 1_700_000_000_000;

const LOADS: Readonly<Record<string, string>> = {
  series: `load 1m
    up{job="prometheus",instance="localhost:9090"} 1 1
    up{job="node",instance="localhost:9100"} 1 0
    http_requests_total{job="api",instance="localhost:8080"} 100 150`,
  'native histogram': `load 1m
    test_histogram{job="prometheus",instance="localhost:9090"} {{schema:0 sum:5 count:4 buckets:[1 2 1]}}x1`,
};

export async function runScenarios(cases: readonly ScenarioCase[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const one of cases) results.push(await runScenario(one));
  return results;
}

async function runScenario(one: ScenarioCase): Promise<CaseResult> {
  const server = await createTestServer({ nowMs: () => NOW_MS, ...stateOf(one.state) });
  const query = Object.fromEntries(
    Object.entries(one.query).map(([name, values]) => [name, values.map(withNow)]),
  );
  const response = await ask(server, one.method, one.path, query);
  await server.close();
  const message =
    response.status === one.expect.status
      ? checkBody(JSON.parse(response.body), one)
      : `status ${response.status}: ${response.body}`;
  return { id: one.id, ok: message === undefined, ...(message !== undefined && { message }) };
}

function stateOf(state: string): Pick<TestServerOptions, 'queryable'> {
  if (state === 'storage not ready') {
    return {
      queryable: () => {
        throw new StorageError('closed', 'not open');
      },
    };
  }
  const { appendable, queryable } = openTestStorage();
  load(appendable, LOADS[state] ?? '', NOW_MS - 60_000);
  return { queryable: () => queryable };
}

function withNow(text: string): string {
  const match = /^<now(-\d+)?>$/.exec(text);
  return match === null ? text : String(NOW_MS / 1000 + Number(match[1] ?? 0));
}

function checkBody(body: unknown, { expect }: ScenarioCase): string | undefined {
  const status = compareSubset(at(body, '$.status'), expect.json_status, '$.status');
  if (status !== undefined) return status;
  for (const check of expect.checks) {
    const value = at(body, check.at);
    if (!holds(value, check))
      return `${JSON.stringify(check)} does not hold: ${JSON.stringify(value)}`;
  }
  return undefined;
}

function at(body: unknown, path: string): unknown {
  let value = body;
  for (const name of path.split('.').slice(1)) value = isObject(value) ? value[name] : undefined;
  return value;
}

function holds(value: unknown, check: Check): boolean {
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  if (check.exists === true && value === undefined) return false;
  if (check.is === 'array' && !Array.isArray(value)) return false;
  if (check.equals !== undefined && value !== check.equals) return false;
  if (check.length_at_least !== undefined && list.length < check.length_at_least) return false;
  if (check.contains !== undefined && !list.includes(check.contains)) return false;
  return check.some === undefined || list.some((item) => isLike(item, check.some ?? {}));
}

function isLike(item: unknown, like: Readonly<Record<string, unknown>>): boolean {
  if (!isObject(item)) return false;
  const { has, ...fields } = like;
  if (typeof has === 'string' && !(has in item)) return false;
  return compareSubset(item, fields) === undefined;
}
