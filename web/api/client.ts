import type { Answer, ErrorAnswer } from '#contract';
import { pathPrefix } from '../location/location.ts';

export const apiPath: string = `${pathPrefix}/api/v1`;

/** Longer requests go by POST, since proxies refuse long addresses (nginx: 8 KiB for the line). */
const GET_CHARACTERS_MAX = 4000;

export type ApiErrorCode = ErrorAnswer['errorType'] | 'unreachable' | 'not_json';

/** Why there is no answer; the message is the server's own where it sent one. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  /** 0 where no answer came at all. */
  readonly httpStatus: number;

  constructor(code: ApiErrorCode, message: string, httpStatus: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

/** A list gives the parameter several times. */
export type ApiParams = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ApiAnswer<T> {
  readonly data: T;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** From the request to the last byte, read and parsed. */
  readonly loadMs: number;
}

/** Asks `/api/v1{path}`. Throws an ApiError, or the signal's reason. */
export async function fetchApi<T>(
  path: string,
  params: ApiParams,
  signal?: AbortSignal,
): Promise<ApiAnswer<T>> {
  return await fetchRead(path, params, (text) => JSON.parse(text) as Answer<T>, signal);
}

/** The same with an answer that is read in another way than all are. */
export async function fetchRead<T>(
  path: string,
  params: ApiParams,
  read: (text: string) => Answer<T>,
  signal?: AbortSignal,
): Promise<ApiAnswer<T>> {
  const startMs = performance.now();
  const response = await send(path, encodeParams(params), signal);
  return taken(read(await readText(response)), response, startMs);
}

/** Hands `/api/v1{path}` a body that is JSON. Throws an ApiError. */
export async function postJson<T>(path: string, body: string): Promise<ApiAnswer<T>> {
  const startMs = performance.now();
  const response = await sendRequest(`${apiPath}${path}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return await readApiAnswer<T>(response, startMs);
}

/** Hands `path` a body that is JSON, for an answer that comes bit by bit. Throws an ApiError, or the signal's reason. */
export async function postForStream(
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await sendRequest(`${apiPath}${path}`, {
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'content-type': 'application/json' },
    body,
    signal,
  });
  if (!response.ok || response.body === null) await readApiAnswer(response, 0);
  if (response.body !== null) return response.body;
  throw new ApiError('not_json', 'the server answered without a body', response.status);
}

async function readApiAnswer<T>(response: Response, startMs: number): Promise<ApiAnswer<T>> {
  return taken(JSON.parse(await readText(response)) as Answer<T>, response, startMs);
}

function taken<T>(answer: Answer<T>, response: Response, startMs: number): ApiAnswer<T> {
  if (answer.status === 'error') {
    throw new ApiError(answer.errorType, answer.error, response.status);
  }
  return {
    data: answer.data,
    warnings: answer.warnings ?? [],
    infos: answer.infos ?? [],
    loadMs: performance.now() - startMs,
  };
}

function encodeParams(params: ApiParams): string {
  const encoded = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) encoded.append(name, one);
  }
  return encoded.toString();
}

async function send(path: string, params: string, signal?: AbortSignal): Promise<Response> {
  const url = `${apiPath}${path}`;
  const isLong = params.length > GET_CHARACTERS_MAX;
  const request: RequestInit = { credentials: 'same-origin', cache: 'no-store' };
  if (signal !== undefined) request.signal = signal;
  if (isLong) {
    request.method = 'POST';
    request.body = new URLSearchParams(params);
  }
  return await sendRequest(isLong || params === '' ? url : `${url}?${params}`, request);
}

async function sendRequest(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    throw new ApiError('unreachable', 'cannot reach the server', 0);
  }
}

async function readText(response: Response): Promise<string> {
  const isJson = (response.headers.get('content-type') ?? '').includes('application/json');
  if (!isJson) {
    const what = `${response.status} ${response.statusText}`.trim();
    throw new ApiError('not_json', `the server answered ${what}, not JSON`, response.status);
  }
  return await response.text();
}
