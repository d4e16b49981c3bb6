import type { FastifyRequest } from 'fastify';
import { isRecord } from '#dashboard-files';
import { jsonBody } from './dashboard-request.ts';
import type { Pairs } from './form.ts';
import { ApiError, invalidParameter } from './query/api-error.ts';

/** Queries of one request; a page shows no more at once. */
export const QUERIES_MAX = 200;

/**
 * The parameters of each query of a body `{"queries": [{"query": "up", "step": 15}, ...]}`: texts and numbers, as they
 * would stand in a URL. Throws an ApiError.
 */
export function queryList(request: FastifyRequest): readonly Pairs[] {
  const { queries } = jsonBody(request);
  if (!Array.isArray(queries)) throw invalidParameter('queries', 'it is a list');
  if (queries.length > QUERIES_MAX) {
    throw new ApiError('too_large', `more than ${QUERIES_MAX} queries in one request`);
  }
  return queries.map(pairsOf);
}

function pairsOf(query: unknown): Pairs {
  if (!isRecord(query)) throw invalidParameter('queries', 'each is an object');
  return Object.entries(query).map(([name, value]) => {
    if (typeof value === 'string' || typeof value === 'number') return [name, String(value)];
    throw invalidParameter('queries', `${name} is a text or a number`);
  });
}

/** The JSON of an answer with the place of its query in the list before it. */
export function numbered(index: number, json: Uint8Array): Uint8Array {
  // In place of the bracket at its beginning.
  return Buffer.concat([Buffer.from(`{"query":${index},`), json.subarray(1)]);
}
