import { HttpClientError, LineReader } from '#platform';
import type { HttpClient, HttpResponse } from '#platform';
import { asRecord, listAt, recordAt, textAt } from './read-objects.ts';
import type { Json } from './read-objects.ts';

/** A page of a list is limited so: 64 MiB. Where it has more, smaller pages are asked for. */
const PAGE_BYTES_MAX = 2 ** 26;

/** Objects of a page: what the main thread reads at one go, some 15 ms of work where kubectl's 500 are 30. */
export const PAGE_OBJECTS = 250;

/** An event of a watch is one line of one object: 16 MiB; etcd keeps none of more than 1.5 MiB, JSON needs more. */
const EVENT_BYTES_MAX = 2 ** 24;

/** For a page of a list, and until a watch begins to answer. */
const ANSWER_TIMEOUT_MS = 60_000;

/** The API server ends a watch by itself after so long; this much later nobody waits for it any more. */
const WATCH_END_MARGIN_MS = 30_000;

/** The API server refused, or what it said is none of its answers. */
export class ApiError extends Error {
  /** 0 where there is none. */
  readonly status: number;
  /** What was asked for is forgotten: the list is to be read anew. */
  readonly isGone: boolean;
  constructor(message: string, status: number, isGone: boolean) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.isGone = isGone;
  }
}

export interface Selector {
  readonly label: string;
  readonly field: string;
}

export interface ListPage {
  readonly items: readonly Json[];
  readonly resourceVersion: string;
  /** '' at the last page. */
  readonly next: string;
}

export interface WatchEvent {
  /** `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`. */
  readonly type: string;
  readonly object: Json;
}

export interface WatchRequest {
  readonly path: string;
  readonly selector: Selector;
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WatchEvent) => void;
}

/** What is asked of the API server: lists and watches, by GET alone. */
export interface ApiClient {
  /** Rejects with ApiError or HttpClientError, as `watch`. */
  list(request: {
    readonly path: string;
    readonly selector: Selector;
    readonly next: string;
    readonly limit: number;
    readonly signal: AbortSignal;
  }): Promise<ListPage>;
  /** Resolves where the server ended it in order. An event that is an error rejects. */
  watch(request: WatchRequest): Promise<void>;
  close(): void;
}

export interface ApiClientOptions {
  readonly http: HttpClient;
  /** `https://10.0.0.1:443`, with a path where the API lies below one. */
  readonly server: string;
  readonly userAgent: string;
  /** Told of each answer: status (`<error>` where there was none) and how long it took. */
  readonly onAnswer: (status: string, path: string, startedMs: number) => void;
  readonly nowMs: () => number;
}

export function createApiClient(options: ApiClientOptions): ApiClient {
  const { http, userAgent, onAnswer, nowMs } = options;
  const server = options.server.replace(/\/+$/, '');
  const headers = { Accept: 'application/json', 'User-Agent': userAgent };
  /** Counts an answer when its head is there; a watch goes on after that. */
  const counted = async (
    path: string,
    ask: (onOpen: () => void) => Promise<HttpResponse>,
  ): Promise<HttpResponse> => {
    const startedMs = nowMs();
    let isOpen = false;
    try {
      const response = await ask(() => {
        isOpen = true;
        onAnswer('200', path, startedMs);
      });
      if (!isOpen) onAnswer(String(response.status), path, startedMs);
      return response;
    } catch (error) {
      if (!isOpen) onAnswer('<error>', path, startedMs);
      throw error;
    }
  };
  return {
    list: async ({ path, selector, next, limit, signal }) => {
      const query = queryOf(selector, { limit: String(limit), continue: next });
      const response = await counted(path, () =>
        http.fetch({
          url: `${server}${path}?${query}`,
          headers,
          timeoutMs: ANSWER_TIMEOUT_MS,
          bodyBytesMax: PAGE_BYTES_MAX,
          signal,
        }),
      );
      return readPage(successOf(response));
    },
    watch: async (request) => {
      const url = `${server}${request.path}?${watchQuery(request)}`;
      const reader = new LineReader(EVENT_BYTES_MAX, (line) => takeEvent(line, request));
      const ended = await counted(request.path, (onOpen) =>
        http
          .stream({
            url,
            headers,
            timeoutMs: ANSWER_TIMEOUT_MS,
            idleTimeoutMs: request.timeoutSeconds * 1000 + WATCH_END_MARGIN_MS,
            signal: request.signal,
            onOpen,
            onBytes: reader.take,
          })
          .catch(throwCause),
      );
      if (ended.status >= 300) throw statusError(parseJson(ended.body), ended);
    },
    close: () => http.close(),
  };
}

function watchQuery({ selector, resourceVersion, timeoutSeconds }: WatchRequest): string {
  return queryOf(selector, {
    watch: '1',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  });
}

/** The client wraps what the reader of the stream throws. */
function throwCause(error: unknown): never {
  const { cause } = error as { cause?: unknown };
  throw cause instanceof ApiError ? cause : error;
}

function queryOf({ label, field }: Selector, more: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  const all = { labelSelector: label, fieldSelector: field, ...more };
  for (const [name, value] of Object.entries(all)) if (value !== '') query.set(name, value);
  return query.toString();
}

function takeEvent(line: string, { onEvent }: WatchRequest): void {
  const event = parseJson(line);
  const type = textAt(event, 'type');
  const object = recordAt(event, 'object');
  if (type === 'ERROR') throw statusError(object, undefined);
  if (type === '') throw new ApiError('cannot read a watch: a line is no event', 0, false);
  onEvent({ type, object });
}

function successOf(response: HttpResponse): Json {
  const json = parseJson(response.body);
  if (response.status < 200 || response.status > 299) throw statusError(json, response);
  return json;
}

/** `{}` where it is none. */
function parseJson(text: string | Uint8Array): Json {
  try {
    return asRecord(JSON.parse(typeof text === 'string' ? text : new TextDecoder().decode(text)));
  } catch {
    return {};
  }
}

function readPage(list: Json): ListPage {
  if (!Array.isArray(list['items']) && !textAt(list, 'kind').endsWith('List')) {
    throw new ApiError('cannot read a list: the answer is none', 0, false);
  }
  const metadata = recordAt(list, 'metadata');
  return {
    items: listAt(list, 'items'),
    resourceVersion: textAt(metadata, 'resourceVersion'),
    next: textAt(metadata, 'continue'),
  };
}

/** A Status object in the server's own words: `pods is forbidden: User "x" cannot list resource ...`. */
function statusError(json: Json, response: HttpResponse | undefined): ApiError {
  const reason = textAt(json, 'reason');
  const code = typeof json['code'] === 'number' ? json['code'] : (response?.status ?? 0);
  const isGone = code === 410 || reason === 'Expired' || reason === 'Gone';
  const said = textAt(json, 'message');
  const unsaid =
    response === undefined
      ? 'the server ended the watch with an error'
      : `server returned HTTP status ${response.statusText}`;
  const message = said === '' ? unsaid : said;
  return new ApiError(message.slice(0, MESSAGE_LENGTH_MAX), code, isGone);
}

/** Longer than any sentence of the API server; a proxy may answer with a page. */
const MESSAGE_LENGTH_MAX = 1000;

/** A page of so many objects does not fit. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof HttpClientError && error.code === 'body-size-limit';
}
