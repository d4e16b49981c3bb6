import { parseDurationParam, parseTime } from '#http';
import { type Engine, QueryError, type QueryErrorCode } from '#promql';
import { StorageError } from '#storage';
import type { ServerParts } from '#http';
import type { CaseResult } from '../suite.ts';
import { compareSubset } from '../compare-json.ts';
import { ask, createTestServer, type Query } from './server.ts';
import { openTestStorage } from './storage.ts';

export interface ParamsCase {
  readonly kind: string;
  readonly input?: string;
  readonly path?: string;
  readonly methods?: readonly string[];
  readonly query?: Query;
  readonly admin_enabled?: boolean;
  readonly storage?: string;
  readonly failure?: string;
  readonly expect: {
    readonly error?: boolean;
    readonly ms?: number;
    readonly data_stats?: boolean;
    readonly warnings?: readonly string[];
    readonly status?: number;
    readonly errorType?: string;
    readonly ok?: boolean;
    readonly body_contains?: string;
  };
}

/** The file gives no ids: kind, then what is put in. */
export async function runParams(cases: readonly ParamsCase[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [i, one] of cases.entries()) {
    const message = await runCase(one);
    const id = `${i} ${one.kind} ${one.path ?? one.failure ?? ''}${one.input ?? ''}`.trim();
    results.push({ id, ok: message === undefined, ...(message !== undefined && { message }) });
  }
  return results;
}

async function runCase(one: ParamsCase): Promise<string | undefined> {
  switch (one.kind) {
    case 'time':
      return runParse(parseTime, one);
    case 'duration':
      return runParse(parseDurationParam, one);
    case 'stats':
      return await runStats(one);
    case 'admin':
      return await runAdmin(one);
    case 'query failure':
      return await runFailure(one);
    default:
      return `unknown kind ${one.kind}`;
  }
}

function runParse(
  parse: (text: string) => number,
  { input = '', expect }: ParamsCase,
): string | undefined {
  try {
    return compareSubset({ ms: parse(input) }, expect);
  } catch (error) {
    return expect.error === true ? undefined : String(error);
  }
}

async function runStats({
  path = '',
  input = '',
  expect,
}: ParamsCase): Promise<string | undefined> {
  const { queryable } = openTestStorage();
  const server = await createTestServer({ queryable: () => queryable, nowMs: () => 1_000_000 });
  const response = await ask(server, 'GET', path, {
    query: ['up'],
    start: ['0'],
    end: ['60'],
    step: ['10'],
    stats: [input],
  });
  await server.close();
  const body = JSON.parse(response.body) as { data: { stats?: unknown }; warnings?: string[] };
  return compareSubset(
    { data_stats: body.data.stats !== undefined, warnings: body.warnings ?? [] },
    expect,
  );
}

async function runAdmin(one: ParamsCase): Promise<string | undefined> {
  const server = await createTestServer({
    queryable: () => openTestStorage().queryable,
    nowMs: () => 0,
    enableAdmin: one.admin_enabled ?? false,
    admin: adminOf(one.storage ?? 'ok'),
  });
  let message: string | undefined;
  for (const method of one.methods ?? []) {
    const { status, body } = await ask(server, method, one.path ?? '', one.query ?? {});
    if (one.expect.ok === true) message ??= status < 300 ? undefined : `status ${status}: ${body}`;
    else {
      const { errorType } = JSON.parse(body) as { errorType: string };
      message ??= compareSubset({ status, errorType }, one.expect);
    }
  }
  await server.close();
  return message;
}

function adminOf(storage: string): ServerParts['admin'] {
  const act =
    <T>(value: T) =>
    async (): Promise<T> => {
      if (storage === 'not ready') throw new StorageError('closed', 'not open');
      if (storage === 'failing') throw new Error('disk on fire');
      return await Promise.resolve(value);
    };
  return {
    snapshot: act('20260101T000000Z-0'),
    cleanTombstones: act(undefined),
    deleteSeries: act(undefined),
  };
}

/** How each failure of Prometheus' engine reaches the API here: a code and the words. */
const FAILURES: Readonly<Record<string, readonly [QueryErrorCode, string]>> = {
  'random error': ['execution', 'some random error'],
  'promql.ErrTooManySamples': [
    'execution',
    'query processing would load too many samples into memory in query execution',
  ],
  'promql.ErrQueryCanceled': ['canceled', 'query was canceled in query execution'],
  'promql.ErrQueryTimeout': ['timeout', 'query timed out in query execution'],
  'context.DeadlineExceeded': ['execution', 'context deadline exceeded'],
  'context.Canceled': ['canceled', 'context canceled'],
};

async function runFailure({ failure = '', expect }: ParamsCase): Promise<string | undefined> {
  const [code, text] = FAILURES[failure] ?? (['internal', 'unknown failure'] as const);
  const fail = (): never => {
    throw new QueryError(code, text);
  };
  const engine: Engine = {
    instant: fail,
    range: fail,
    explainInstant: fail,
    explainRange: fail,
  };
  const server = await createTestServer({
    queryable: () => openTestStorage().queryable,
    nowMs: () => 0,
    engine,
  });
  const { status, body } = await ask(server, 'GET', '/api/v1/query', { query: ['up'] });
  await server.close();
  if (status !== expect.status) return `status ${status}: ${body}`;
  return body.includes(expect.body_contains ?? '') ? undefined : body;
}
