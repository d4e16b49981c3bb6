import {
  answerQuery,
  createHttpServer,
  type HttpServer,
  type QueryThreadParts,
  type ServerOptions,
  type ServerParts,
  type TargetSource,
} from '#http';
import { loadConfig } from '#config';
import { Registry } from '#instrument';
import type { Labels } from '#model';
import { silentLog } from '#platform';
import { createEngine, type Engine, type EngineOptions } from '#promql';
import type { ExemplarQueryable, Queryable } from '#storage';

const NO_TARGETS: TargetSource = {
  poolNames: () => [],
  relabelRules: () => undefined,
  activeTargets: () => [],
  droppedTargets: () => [],
  droppedTargetCounts: () => ({}),
  targetMetadata: () => [],
  storedUntilMs: () => Infinity,
};

export interface TestServerOptions {
  /** Throws StorageError `closed` where it is not ready. */
  readonly queryable: () => Queryable;
  readonly nowMs: () => number;
  readonly engine?: Engine;
  readonly engineOptions?: EngineOptions;
  readonly exemplars?: ExemplarQueryable;
  readonly targets?: TargetSource;
  readonly flags?: Readonly<Record<string, string>>;
  /** The file; empty unless given. */
  readonly config?: string;
  /** Content of the files beside it, by name. */
  readonly configFiles?: Readonly<Record<string, string>>;
  readonly externalLabels?: Labels;
  readonly admin?: ServerParts['admin'];
  readonly enableAdmin?: boolean;
  readonly isReady?: () => boolean;
  readonly lifecycle?: ServerParts['lifecycle'];
  readonly metricPages?: ServerParts['metricPages'];
  readonly annotations?: ServerParts['annotations'];
  readonly containers?: ServerParts['containers'];
  readonly docker?: ServerParts['docker'];
  readonly dashboards?: ServerParts['dashboards'];
  readonly options?: Partial<ServerOptions>;
}

/** The HTTP server as it is, with queries answered at once instead of in a thread. */
export async function createTestServer(test: TestServerOptions): Promise<HttpServer> {
  const files = test.configFiles ?? {};
  const loaded = loadConfig(test.config ?? '', {
    fileName: 'prometheus.yml',
    files: { glob: (name) => [name], read: (name) => files[name] ?? '', stat: () => {} },
  });
  if ('errors' in loaded) throw new Error('the configuration is refused');
  const config = {
    ...loaded.config,
    global: { ...loaded.config.global, externalLabels: test.externalLabels ?? [] },
  };
  const thread: QueryThreadParts = {
    engine: test.engine ?? createEngine(test.engineOptions),
    parser: {},
    queryable: test.queryable,
    cardinality: () => ({
      seriesCountByMetricName: [],
      labelValueCountByLabelName: [],
      memoryInBytesByLabelName: [],
      seriesCountByLabelValuePair: [],
    }),
    lookbackDeltaMs: 300_000,
    clockMs: Date.now,
    perStepStats: true,
  };
  const parts: ServerParts = {
    clock: { nowMs: test.nowMs, monotonicMs: () => performance.now(), setTimer: () => NO_TIMER },
    log: silentLog,
    registry: new Registry(),
    runner: { run: async (request) => answerQuery(thread, request, () => false) },
    isReady: test.isReady ?? (() => true),
    walReplay: () => ({ min: 0, max: 0, current: 0 }),
    config: () => config,
    targets: test.targets ?? NO_TARGETS,
    exemplars: () => test.exemplars,
    changes: () => undefined,
    head: () => undefined,
    flags: test.flags ?? {},
    features: {},
    buildInfo: BUILD_INFO,
    runtimeInfo: () => RUNTIME_INFO,
    notifications: () => [],
    lifecycle: test.lifecycle ?? { reload: () => Promise.resolve(), quit: () => {} },
    admin: test.admin ?? {},
    metricPages: test.metricPages ?? [],
    ...(test.annotations !== undefined && { annotations: test.annotations }),
    ...(test.containers !== undefined && { containers: test.containers }),
    ...(test.docker !== undefined && { docker: test.docker }),
    ...(test.dashboards !== undefined && { dashboards: test.dashboards }),
  };
  return await createHttpServer(parts, {
    routePrefix: '',
    externalUrl: new URL('http://localhost'),
    listenAddress: '',
    enableLifecycle: false,
    enableAdmin: test.enableAdmin ?? false,
    corsOrigin: '.*',
    pageTitle: '',
    queryTimeoutMs: 0,
    connectionsMax: 10,
    readTimeoutMs: 0,
    ...test.options,
  });
}

const NO_TIMER = { cancel: () => {} };

const BUILD_INFO = {
  version: '3.14.0',
  revision: '',
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
  narthexVersion: '0.0.0',
  nodeVersion: process.version,
};

const RUNTIME_INFO = {
  startTime: '2026-01-01T00:00:00Z',
  CWD: '/',
  hostname: 'test',
  serverTime: '2026-01-01T00:00:00Z',
  reloadConfigSuccess: true,
  lastConfigTime: '2026-01-01T00:00:00Z',
  corruptionCount: 0,
  goroutineCount: 0,
  GOMAXPROCS: 1,
  GOMEMLIMIT: 0,
  GOGC: '',
  GODEBUG: '',
  storageRetention: '15d',
  threadCount: 1,
  nodeVersion: process.version,
};

export type Query = Readonly<Record<string, readonly string[]>>;

/** `a=1&a=2&b=3` */
export function encodeQuery(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of values) params.append(name, value);
  }
  return params.toString();
}

export interface Response {
  readonly status: number;
  readonly body: string;
}

/** Asks by GET with the query in the URL, otherwise with a form. */
export async function ask(
  server: HttpServer,
  method: string,
  path: string,
  query: Query,
): Promise<Response> {
  const encoded = encodeQuery(query);
  const response = await server.app.inject(
    method === 'GET'
      ? { method, url: encoded === '' ? path : `${path}?${encoded}` }
      : {
          method: method as 'POST',
          url: path,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: encoded,
        },
  );
  return { status: response.statusCode, body: response.body };
}
