import type { ErrorType } from '#contract';
import type { SendPiece } from '#platform';
import { AnswerStream } from './answer-stream.ts';
import { ApiError, statusOf } from './api-error.ts';
import { compressed, errorAnswer, jsonAnswer } from './envelope.ts';
import type { QueryEnvironment, QueryThreadParts } from './environment.ts';
import { answerInstantQuery, answerRangeQuery } from './evaluate.ts';
import { answerExplainQuery } from './explain.ts';
import { answerFederate } from './federate.ts';
import { knownError, refusalOf } from './known-error.ts';
import type { ShownError } from './known-error.ts';
import { answerFormatQuery, answerParseQuery } from './parse-endpoints.ts';
import { Params } from './params.ts';
import type { CacheOrder, QueryAnswer, QueryRequest } from './request.ts';
import { answerLabels, answerLabelValues, answerSeries } from './select.ts';
import { answerTsdbStatus } from './tsdb-status.ts';

/**
 * Answers one request, errors included. Synchronous; runs in a query thread. `isCancelled` is asked
 * again and again. With `sendPiece` a large answer is sent while it is being written, and only its end is
 * returned; an error that is returned then means that the answer has no end. Throws only what is a mistake of
 * ours.
 */
export function answerQuery(
  parts: QueryThreadParts,
  request: QueryRequest,
  isCancelled: () => boolean,
  sendPiece?: SendPiece,
): QueryAnswer {
  const sink = sendPiece === undefined ? undefined : new AnswerStream(sendPiece, request.gzip);
  try {
    const timeoutMs = timeLeftMs(parts, request);
    const { nowMs, subqueryStepMs, origin } = request;
    const times = { nowMs, subqueryStepMs, timeoutMs, queueMs: queueMs(parts, request) };
    // The spreads come last: each property behind one costs V8 some microseconds.
    const environment = { origin, isCancelled, sink, ...times, ...parts };
    const answer = answerEndpoint(environment, request);
    return sink?.hasBegun === true ? sink.finish(answer) : compressed(answer, request.gzip);
  } catch (error) {
    const known = knownError(error);
    if (known === undefined) throw error;
    const [type, message] = isOverdue(parts, request) ? timedOut(known) : known;
    const refusedBy = type === 'timeout' ? 'timeout' : refusalOf(error);
    const answer =
      request.endpoint === 'federate' ? textError(type, message) : errorAnswer(type, message);
    return refusedBy === undefined ? answer : { ...answer, refusedBy };
  }
}

function queueMs({ clockMs }: QueryThreadParts, { receivedMs }: QueryRequest): number {
  return receivedMs === undefined ? 0 : Math.max(0, clockMs() - receivedMs);
}

function isOverdue(parts: QueryThreadParts, { deadlineMs }: QueryRequest): boolean {
  return deadlineMs !== 0 && parts.clockMs() >= deadlineMs;
}

/** The queue cancels what is over its time; then the time is the reason. */
function timedOut(known: ShownError): ShownError {
  if (known[0] !== 'canceled') return known;
  return ['timeout', 'query timed out in expression evaluation'];
}

function timeLeftMs(parts: QueryThreadParts, request: QueryRequest): number {
  if (request.deadlineMs === 0) return 0;
  const leftMs = request.deadlineMs - parts.clockMs();
  if (leftMs > 0) return leftMs;
  throw new ApiError('timeout', 'query timed out in query queue');
}

function answerEndpoint(environment: QueryEnvironment, request: QueryRequest): QueryAnswer {
  const params = new Params(request.params);
  switch (request.endpoint) {
    case 'query':
      return jsonAnswer(answerInstantQuery(environment, params));
    case 'query_range':
      return rangeAnswer(environment, params, request.cache);
    case 'query_explain':
      return jsonAnswer(answerExplainQuery(environment, params));
    case 'format_query':
      return jsonAnswer(answerFormatQuery(environment, params));
    case 'parse_query':
      return jsonAnswer(answerParseQuery(environment, params));
    case 'series':
      return jsonAnswer(answerSeries(environment, params));
    case 'labels':
      return jsonAnswer(answerLabels(environment, params));
    case 'label_values':
      return jsonAnswer(answerLabelValues(environment, params, request.labelName ?? ''));
    case 'federate':
      return answerFederate(environment, params, request);
    case 'status_tsdb':
      return jsonAnswer(answerTsdbStatus(environment, params, request.head ?? NO_HEAD));
  }
}

function rangeAnswer(
  environment: QueryEnvironment,
  params: Params,
  order: CacheOrder | undefined,
): QueryAnswer {
  const { body, report } = answerRangeQuery(environment, params, order);
  return report === undefined ? jsonAnswer(body) : { cache: report, ...jsonAnswer(body) };
}

const NO_HEAD = {
  seriesCount: 0,
  labelPairCount: 0,
  chunkCount: 0,
  minTimeMs: undefined,
  maxTimeMs: undefined,
};

/** Federation speaks plain text. */
function textError(type: ErrorType, message: string): QueryAnswer {
  return {
    status: type === 'unavailable' ? 503 : statusOf(type),
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: Buffer.from(`${message}\n`),
  };
}
