import { availableParallelism, networkInterfaces, totalmem } from 'node:os';
import { formatDuration, parseDuration } from '#model';
import type { LogFormat, LogLevel } from '#platform';
import type { ParserOptions } from '#promql';
import { containerSettings } from './container-settings.ts';
import type { ContainerSettings } from './container-settings.ts';
import { hostSettings } from './host-part.ts';
import type { HostSettings } from './host-part.ts';
import { dashboardSettings } from './dashboards-part.ts';
import type { DashboardSettings } from './dashboards-part.ts';
import { FlagError } from './parse-flags.ts';
import type { ParsedFlags } from './parse-flags.ts';

/** The command line, understood. Durations in milliseconds. */
export interface Settings {
  readonly configFile: string;
  /** The file was named; otherwise it may be absent. */
  readonly configFileGiven: boolean;
  readonly listen: { readonly host: string; readonly port: number };
  readonly listenAddress: string;
  readonly externalUrl: URL;
  /** '' or `/prefix`. */
  readonly routePrefix: string;
  readonly readTimeoutMs: number;
  readonly connectionsMax: number;
  readonly enableLifecycle: boolean;
  readonly enableAdmin: boolean;
  readonly enableRemoteWrite: boolean;
  readonly pageTitle: string;
  readonly corsOrigin: string;
  readonly dataDir: string;
  readonly retention: string;
  /** Infinity where only the size counts. */
  readonly retentionMs: number;
  /** 0: no limit. */
  readonly retentionBytes: number;
  /** What a block spans that is cut from memory. */
  readonly blockRangeMs: number;
  /** What a merged block spans at most; undefined: as the retention has it. */
  readonly blockRangeMaxMs: number | undefined;
  /** A clean end leaves a snapshot of memory. */
  readonly snapshotOnShutdown: boolean;
  readonly lookbackDeltaMs: number;
  readonly queryTimeoutMs: number;
  readonly queryThreadCount: number;
  /** A query that would take less, estimated, is the work of one thread. */
  readonly queryAloneMs: number;
  readonly queryQueueLengthMax: number;
  readonly querySamplesMax: number;
  /** What one query may hold; 0: no limit. */
  readonly queryMemoryBytesMax: number;
  /** What results of range queries may take that are kept for the next time; 0: none are. */
  readonly queryCacheBytes: number;
  readonly host: HostSettings;
  readonly containers: ContainerSettings;
  readonly dashboards: DashboardSettings;
  readonly features: ReadonlySet<string>;
  readonly parser: Partial<ParserOptions>;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

const RETENTION_MS_DEFAULT = 15 * 86_400_000;

/** Requests that may wait for a thread, for each that may run: a page of panels asks for many at once. */
const QUEUE_LENGTH_PER_QUERY = 50;

/** Throws FlagError. */
export function settingsOf(flags: ParsedFlags): Settings {
  const text = (name: string): string => flags.values.get(name) ?? '';
  const isOn = (name: string): boolean => text(name) === 'true';
  const listenAddress = onlyAddress(text('web.listen-address'));
  const listen = splitListenAddress(listenAddress);
  const externalUrl = externalUrlOf(text('web.external-url'), listen.port);
  const concurrency = Math.max(1, Number(text('query.max-concurrency')));
  const queryThreadCount = threadCount(concurrency);
  const retention = retentionOf(text('storage.tsdb.retention.time'), {
    timeGiven: flags.given.has('storage.tsdb.retention.time'),
    size: text('storage.tsdb.retention.size'),
  });
  const features = new Set(
    text('enable-feature')
      .split(',')
      .filter((name) => name !== ''),
  );
  return {
    configFile: text('config.file'),
    configFileGiven: flags.given.has('config.file'),
    listen,
    listenAddress,
    externalUrl,
    routePrefix: routePrefixOf(text('web.route-prefix'), externalUrl),
    readTimeoutMs: parseDuration(text('web.read-timeout')),
    connectionsMax: Number(text('web.max-connections')),
    enableLifecycle: isOn('web.enable-lifecycle'),
    enableAdmin: isOn('web.enable-admin-api'),
    enableRemoteWrite: isOn('web.enable-remote-write-receiver'),
    pageTitle: text('web.page-title'),
    corsOrigin: text('web.cors.origin'),
    dataDir: text('storage.tsdb.path'),
    ...retention,
    blockRangeMs: Math.max(1, parseDuration(text('storage.tsdb.min-block-duration'))),
    blockRangeMaxMs: parseDuration(text('storage.tsdb.max-block-duration') || '0') || undefined,
    snapshotOnShutdown:
      isOn('storage.tsdb.snapshot-on-shutdown') || features.has('memory-snapshot-on-shutdown'),
    lookbackDeltaMs: parseDuration(text('query.lookback-delta')),
    queryTimeoutMs: parseDuration(text('query.timeout')),
    queryThreadCount,
    queryAloneMs: parseDuration(text('query.parallel-from')),
    queryQueueLengthMax: concurrency * QUEUE_LENGTH_PER_QUERY,
    querySamplesMax: Number(text('query.max-samples')),
    queryMemoryBytesMax: queryMemoryOf(text('query.max-memory'), queryThreadCount),
    queryCacheBytes: queryCacheOf(text('query.cache-size')),
    host: hostSettings(text),
    containers: containerSettings(text),
    dashboards: dashboardSettings(text),
    features,
    parser: parserOptions(features),
    logLevel: text('log.level') as LogLevel,
    logFormat: text('log.format') as LogFormat,
  };
}

/** As in Prometheus a time of 0 does not mean nothing, nor for ever, but the default. */
function retentionOf(
  time: string,
  { timeGiven, size }: { readonly timeGiven: boolean; readonly size: string },
): Pick<Settings, 'retention' | 'retentionMs' | 'retentionBytes'> {
  const retentionBytes = bytesOf('storage.tsdb.retention.size', size);
  if (retentionBytes > 0 && !timeGiven) {
    return { retention: size, retentionMs: Infinity, retentionBytes };
  }
  const retentionMs = parseDuration(time) || RETENTION_MS_DEFAULT;
  const shown = formatDuration(retentionMs);
  return {
    retention: retentionBytes > 0 ? `${shown} or ${size}` : shown,
    retentionMs,
    retentionBytes,
  };
}

const QUERY_MEMORY_BYTES = 2 ** 30;
/** For what all threads hold at once; garbage and what is not counted may be as much again. */
const QUERY_MEMORY_SHARE = 1 / 4;

function queryMemoryOf(text: string, threads: number): number {
  if (text !== '') return bytesOf('query.max-memory', text);
  return Math.min(QUERY_MEMORY_BYTES, Math.floor((memoryBytes() * QUERY_MEMORY_SHARE) / threads));
}

/** What the process may use: that of its container, where it has less than the machine. */
function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** One piece of shared memory; V8 takes no larger one in Node 20. */
const QUERY_CACHE_BYTES_MAX = 4 * 2 ** 30;

function queryCacheOf(text: string): number {
  const bytes = bytesOf('query.cache-size', text);
  if (bytes <= QUERY_CACHE_BYTES_MAX) return bytes;
  throw new FlagError(
    `cannot use ${JSON.stringify(text)} for --query.cache-size: 4GB is the most that it may be`,
  );
}

const BYTE_UNITS = 'BKMGTPE';

/** `512MB`; units by 1024. '' is 0. */
function bytesOf(flag: string, text: string): number {
  if (text === '' || text === '0') return 0;
  const match = /^(\d+(?:\.\d+)?)(?:([KMGTPE])i?)?B$/.exec(text);
  if (match === null) {
    throw new FlagError(
      `cannot use ${JSON.stringify(text)} for --${flag}: write a number and a unit, e.g. 512MB`,
    );
  }
  return Math.floor(Number(match[1]) * 1024 ** BYTE_UNITS.indexOf(match[2] ?? 'B'));
}

/** About one a core; two at least, so that one heavy query does not hold up all others. */
function threadCount(concurrency: number): number {
  return Math.min(concurrency, Math.max(2, availableParallelism()));
}

function parserOptions(features: ReadonlySet<string>): Partial<ParserOptions> {
  return {
    experimentalFunctions: features.has('promql-experimental-functions'),
    extendedRangeSelectors: features.has('promql-extended-range-selectors'),
    fillModifiers: features.has('promql-binop-fill-modifiers'),
  };
}

function onlyAddress(text: string): string {
  if (!text.includes(',')) return text;
  throw new FlagError('cannot listen on several addresses yet: give --web.listen-address once');
}

/** `host:port`, `:port` (every address) or `[::1]:port`. */
function splitListenAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3] ?? NaN);
  if (match === null || port > 65_535) {
    throw new FlagError(
      `cannot listen on ${JSON.stringify(address)}: write host:port, e.g. 127.0.0.1:9090`,
    );
  }
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' ? everyAddress() : host, port };
}

/** The IPv6 one takes IPv4 too, but some containers have no IPv6 at all. */
function everyAddress(): string {
  const all = Object.values(networkInterfaces()).flat();
  return all.some((one) => one?.family === 'IPv6') ? '::' : '0.0.0.0';
}

function externalUrlOf(text: string, port: number): URL {
  if (text === '') return new URL(`http://localhost:${port}/`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new FlagError(
      `cannot use ${JSON.stringify(text)} for --web.external-url: write http://host/path`,
    );
  }
  return url;
}

function routePrefixOf(text: string, externalUrl: URL): string {
  const path = text === '' ? externalUrl.pathname : text;
  const trimmed = path.replace(/^\/+/, '').replace(/\/+$/, '');
  return trimmed === '' ? '' : `/${trimmed}`;
}
