import { createHttpClient, HttpClientError, LineReader } from '#platform';
import type { HttpClient, HttpClientOptions, HttpResponse, HttpStreamRequest } from '#platform';
import { AllowedCalls, callPath } from './allowed-calls.ts';
import type { AllowedCall, CallName } from './allowed-calls.ts';
import { connectionError, DockerError, statusError } from './docker-error.ts';
import type { DockerErrorCode } from './docker-error.ts';
import { engineEndpoint } from './engine-address.ts';
import type { EngineEndpoint } from './engine-address.ts';
import { parseEvent } from './engine-event.ts';
import type {
  CallCount,
  ContainerDetails,
  ContainerStats,
  ContainerSummary,
  DockerEngine,
  EngineInfo,
  EngineVersion,
  EventQuery,
  Filters,
  LogLine,
  LogQuery,
  Network,
  SwarmNode,
  SwarmService,
  SwarmTask,
} from './engine.ts';
import { LogLineReader } from './log-lines.ts';
import { Turns } from './turns.ts';

/** The newest version of the API that we know. */
const API_VERSION_MAX = '1.52';

/** A host with more containers is not listed. */
export const CONTAINERS_MAX = 10_000;

export const LOG_LINES_MAX = 10_000;

/** A longer event is left out: an image's labels may be long, but not so. */
const EVENT_BYTES_MAX = 2 ** 20;

/** So few calls go to an engine at a time, so that a host with a thousand containers is not flooded by questions. */
const CALLS_AT_ONCE_MAX = 8;

/** Logs take their time, and must not hold up the others. */
const LOGS_AT_ONCE_MAX = 2;

/** An engine under load may take its time to answer; one that hangs is given up. */
const TIMEOUT_MS = 30_000;

/** After these, another engine may be there next time, of another version. */
const MAY_BE_ANOTHER: ReadonlySet<DockerErrorCode> = new Set([
  'no-engine',
  'connect',
  'timeout',
  'status',
]);

export interface DockerEngineOptions {
  /** As DOCKER_HOST has it; see `findDockerEngine`. */
  readonly address: string;
  /** DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, HOME; none unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What requests say of us: `Narthex/0.1.0`. */
  readonly userAgent: string;
  /** How to speak to an http(s) address, where the environment does not count; see `engineEndpoint`. */
  readonly http?: HttpClientOptions;
  readonly openHttpClient?: (options: HttpClientOptions) => HttpClient;
  /** For one answer, or for the beginning of one that goes on. */
  readonly timeoutMs?: number;
}

/** Opens nothing before it is asked. Throws DockerError `address` where the address is none. */
export function openDockerEngine(options: DockerEngineOptions): DockerEngine {
  const { address, environment = {}, http } = options;
  return new HttpDockerEngine(engineEndpoint(address, environment, http), options);
}

/** Docker Engine or Podman, by what it tells of its parts. */
export function engineProduct({ Components = [] }: EngineVersion): 'Docker Engine' | 'Podman' {
  return Components.some(({ Name }) => Name === 'Podman Engine') ? 'Podman' : 'Docker Engine';
}

interface Asked {
  readonly name: CallName;
  readonly id?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

class HttpDockerEngine implements DockerEngine {
  readonly address: string;
  readonly #endpoint: EngineEndpoint;
  readonly #client: HttpClient;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #calls = new AllowedCalls();
  readonly #turns = new Turns(CALLS_AT_ONCE_MAX);
  readonly #logTurns = new Turns(LOGS_AT_ONCE_MAX);
  /** `/v1.41`, or '' for the engine's own choice; undefined until it was asked. */
  #version: Promise<string> | undefined;

  constructor(endpoint: EngineEndpoint, options: DockerEngineOptions) {
    this.address = endpoint.address;
    this.#endpoint = endpoint;
    this.#client = (options.openHttpClient ?? createHttpClient)(endpoint.http);
    this.#headers = { 'User-Agent': options.userAgent };
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  async version(signal?: AbortSignal): Promise<EngineVersion> {
    return await this.#object<EngineVersion>({ name: 'version', signal });
  }

  async info(signal?: AbortSignal): Promise<EngineInfo> {
    return await this.#object<EngineInfo>({ name: 'info', signal });
  }

  async containers(
    { all, filters }: { readonly all: boolean; readonly filters?: Filters },
    signal?: AbortSignal,
  ): Promise<readonly ContainerSummary[]> {
    const query = { all: all ? 'true' : undefined, filters: filterText(filters) };
    const list = await this.#list<ContainerSummary>({ name: 'containers', query, signal }, 'Id');
    if (list.length > CONTAINERS_MAX) {
      const message = `cannot list the containers at ${this.address}: ${list.length} are more than ${CONTAINERS_MAX}`;
      this.#calls.failed(callPath('containers'));
      throw new DockerError('limit', message);
    }
    return list;
  }

  async container(id: string, signal?: AbortSignal): Promise<ContainerDetails | undefined> {
    return await orUndefined(this.#object<ContainerDetails>({ name: 'container', id, signal }));
  }

  async stats(id: string, signal?: AbortSignal): Promise<ContainerStats | undefined> {
    const query = { stream: 'false', 'one-shot': 'true' };
    const asked: Asked = { name: 'stats', id, query, signal };
    const stats = await orUndefined(this.#object<ContainerStats>(asked));
    // The year 1, for a container that does not run.
    return stats?.read?.startsWith('0001-') === true ? undefined : stats;
  }

  async logs(id: string, query: LogQuery, signal?: AbortSignal): Promise<readonly LogLine[]> {
    const tail = Math.max(1, Math.min(query.tail, LOG_LINES_MAX));
    const reader = new LogLineReader(tail);
    const asked: Asked = {
      name: 'logs',
      id,
      query: {
        stdout: 'true',
        stderr: 'true',
        timestamps: 'true',
        tail: String(tail),
        since: secondsText(query.sinceMs),
      },
      signal,
    };
    const onBytes = reader.take;
    const idleTimeoutMs = this.#timeoutMs;
    await this.#logTurns.run(() => this.#stream(asked, { onBytes, idleTimeoutMs }));
    return reader.lines();
  }

  async networks(filters?: Filters, signal?: AbortSignal): Promise<readonly Network[]> {
    return await this.#list<Network>(filtered('networks', filters, signal), 'Id');
  }

  async services(filters?: Filters, signal?: AbortSignal): Promise<readonly SwarmService[]> {
    return await this.#list<SwarmService>(filtered('services', filters, signal), 'ID');
  }

  async tasks(filters?: Filters, signal?: AbortSignal): Promise<readonly SwarmTask[]> {
    return await this.#list<SwarmTask>(filtered('tasks', filters, signal), 'ID');
  }

  async nodes(filters?: Filters, signal?: AbortSignal): Promise<readonly SwarmNode[]> {
    return await this.#list<SwarmNode>(filtered('nodes', filters, signal), 'ID');
  }

  async events(query: EventQuery, signal: AbortSignal): Promise<void> {
    const asked: Asked = {
      name: 'events',
      query: { since: secondsText(query.sinceMs), filters: filterText(query.filters) },
      signal,
    };
    const onLine = (line: string): void => {
      const event = parseEvent(line);
      if (event !== undefined) query.onEvent(event);
      else this.#calls.failed('/events');
    };
    const reader = new LineReader(EVENT_BYTES_MAX, onLine, () => this.#calls.failed('/events'));
    const { onOpen } = query;
    await this.#stream(asked, { onBytes: reader.take, ...(onOpen !== undefined && { onOpen }) });
    reader.end();
  }

  calls(): readonly CallCount[] {
    return this.#calls.counts();
  }

  close(): void {
    this.#client.close();
  }

  async #object<T extends object>(asked: Asked): Promise<T> {
    const value = await this.#json(asked);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
    throw this.#badAnswer(asked);
  }

  /** Each entry has its id, or it is not an engine that answers. */
  async #list<T extends object>(asked: Asked, idKey: string): Promise<T[]> {
    const value = await this.#json(asked);
    if (value === null) return [];
    const isEntry = (entry: unknown): boolean =>
      typeof (entry as Record<string, unknown> | null)?.[idKey] === 'string';
    if (Array.isArray(value) && value.every(isEntry)) return value as T[];
    throw this.#badAnswer(asked);
  }

  #badAnswer({ name, id }: Asked): DockerError {
    const path = callPath(name, id);
    this.#calls.failed(callPath(name, '{id}'));
    return new DockerError(
      'answer',
      `cannot understand the answer of ${this.address} to GET ${path}`,
    );
  }

  async #json(asked: Asked): Promise<unknown> {
    const { body } = await this.#turns.run(() => this.#get(asked));
    try {
      return JSON.parse(new TextDecoder().decode(body)) as unknown;
    } catch {
      throw this.#badAnswer(asked);
    }
  }

  /** The version is asked once; what it is not known for is asked without. */
  async #get(asked: Asked): Promise<HttpResponse> {
    return await this.#ask(asked, async (url, call) => {
      const { signal } = asked;
      return await this.#client.fetch({
        url,
        headers: this.#headers,
        timeoutMs: this.#timeoutMs,
        bodyBytesMax: call.bodyBytesMax,
        ...(signal !== undefined && { signal }),
      });
    });
  }

  async #stream(
    asked: Asked,
    listener: Pick<HttpStreamRequest, 'onBytes' | 'onOpen' | 'idleTimeoutMs'>,
  ): Promise<void> {
    const { signal = new AbortController().signal } = asked;
    const rest = { headers: this.#headers, timeoutMs: this.#timeoutMs, signal };
    await this.#ask(asked, (url) => this.#client.stream({ url, ...rest, ...listener }));
  }

  /** The one way to an engine: by the list of what is allowed. */
  async #ask(
    { name, id, query = {}, signal }: Asked,
    send: (url: string, call: AllowedCall) => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const path = callPath(name, id);
    const call = this.#calls.admit(path);
    const failed = { address: this.address, purpose: call.purpose };
    try {
      if (signal?.aborted === true) throw new HttpClientError('canceled', 'context canceled');
      const version = name === 'version' ? '' : await this.#apiVersion();
      const url = `${this.#endpoint.baseUrl}${version}${path}${queryText(query)}`;
      const response = await send(url, call);
      if (response.status >= 200 && response.status <= 299) return response;
      throw statusError(response, { ...failed, path: call.path, setting: call.setting });
    } catch (error) {
      const reason = error instanceof DockerError ? error : connectionError(error, failed);
      if (MAY_BE_ANOTHER.has(reason.code)) this.#version = undefined;
      if (reason.code !== 'not-found' && reason.code !== 'canceled') this.#calls.failed(call.path);
      throw reason;
    }
  }

  /** Asked by nobody in particular, so that who goes away does not end it for others. */
  async #apiVersion(): Promise<string> {
    this.#version ??= this.#negotiate();
    return await this.#version;
  }

  async #negotiate(): Promise<string> {
    try {
      const { body } = await this.#get({ name: 'version' });
      return versionPrefix(JSON.parse(new TextDecoder().decode(body)) as Partial<EngineVersion>);
    } catch (error) {
      const code = error instanceof DockerError ? error.code : 'answer';
      // A proxy that does not tell the version may let others through.
      if (['forbidden', 'not-found', 'status', 'answer'].includes(code)) return '';
      throw error;
    }
  }
}

/** The newest that both know; an engine that has given up ours gets its oldest. */
export function versionPrefix(version: Partial<EngineVersion>): string {
  const { ApiVersion, MinAPIVersion } = version;
  if (ApiVersion === undefined || !/^\d+\.\d+$/.test(ApiVersion)) return '';
  const common = isNewer(ApiVersion, API_VERSION_MAX) ? API_VERSION_MAX : ApiVersion;
  const isTooOld = MinAPIVersion !== undefined && isNewer(MinAPIVersion, common);
  return `/v${isTooOld ? ApiVersion : common}`;
}

function isNewer(a: string, b: string): boolean {
  const [major = 0, minor = 0] = a.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = b.split('.').map(Number);
  return major === otherMajor ? minor > otherMinor : major > otherMajor;
}

function filtered(
  name: CallName,
  filters: Filters | undefined,
  signal: AbortSignal | undefined,
): Asked {
  return { name, query: { filters: filterText(filters) }, signal };
}

function filterText(filters: Filters | undefined): string | undefined {
  return filters === undefined || Object.keys(filters).length === 0
    ? undefined
    : JSON.stringify(filters);
}

function secondsText(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : (timeMs / 1000).toFixed(3);
}

function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parts.set(name, value);
  }
  return parts.size === 0 ? '' : `?${parts.toString()}`;
}

/** What is not there (any more) is no error. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DockerError && error.code === 'not-found') return undefined;
    throw error;
  }
}
