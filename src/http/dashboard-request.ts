import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorType } from '#contract';
import { DashboardError, isRecord, parseJson } from '#dashboard-files';
import type { DashboardErrorCode, JsonRecord } from '#dashboard-files';
import { ApiError, invalidParameter } from './query/api-error.ts';
import { answerWith } from './run-query.ts';

/** Throws an ApiError. */
export function jsonBody(request: FastifyRequest): JsonRecord {
  const { body } = request;
  const type = request.headers['content-type'] ?? '';
  // A page of another site may send forms and plain texts without asking first.
  if (!/^application\/json\b/i.test(type) || !Buffer.isBuffer(body)) {
    throw new ApiError('bad_data', 'the body must be JSON, with content-type application/json');
  }
  const value = orRefuse(() => parseJson(body));
  if (isRecord(value)) return value;
  throw new ApiError('bad_data', 'the body must be a JSON object');
}

/** Undefined where there is none. Throws an ApiError for what is no text. */
export function textIn(body: JsonRecord, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalidParameter(name, 'it is a text');
}

export function param(request: FastifyRequest, name: string): string {
  return (request.params as Readonly<Record<string, string>>)[name] ?? '';
}

/** Where proxies that know people say who it is: Grafana's own, oauth2-proxy's, and that of Apache and others. */
const AUTHOR_HEADERS = ['x-webauth-user', 'x-forwarded-user', 'remote-user'];
const AUTHOR_LENGTH_MAX = 200;

/** Who asks, as a proxy in front says; '' where none does. Only told, never trusted. */
export function authorOf({ headers }: FastifyRequest): string {
  for (const name of AUTHOR_HEADERS) {
    const value = headers[name];
    const text = (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
    if (text !== '') return text.slice(0, AUTHOR_LENGTH_MAX);
  }
  return '';
}

const ERROR_TYPES: Readonly<Record<DashboardErrorCode, ErrorType>> = {
  bad_data: 'bad_data',
  not_found: 'not_found',
  conflict: 'conflict',
  read_only: 'forbidden',
  too_large: 'too_large',
  unwritten: 'unavailable',
};

/** Throws an ApiError for a DashboardError. */
export function orRefuse<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof DashboardError)) throw error;
    throw new ApiError(ERROR_TYPES[error.code], error.message, { cause: error });
  }
}

export async function answerData(
  request: FastifyRequest,
  reply: FastifyReply,
  data: unknown,
): Promise<FastifyReply> {
  const body = Buffer.from(`{"status":"success","data":${JSON.stringify(data)}}`);
  return await answerJson(request, reply, body);
}

export async function answerJson(
  request: FastifyRequest,
  reply: FastifyReply,
  body: Uint8Array,
): Promise<FastifyReply> {
  const headers = { 'content-type': 'application/json' };
  return await answerWith(request, reply, { status: 200, headers, body });
}
