import type { InstantOptions, MatrixResult, QueryOptions, QueryValue, RangeOptions } from '#promql';
import { queryRangeCached } from '../query-cache/cached-range.ts';
import type { RangeResult } from '../query-cache/cached-range.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import { writeQueryData } from './encode-value.ts';
import { encodeSuccess } from './envelope.ts';
import type { QueryEnvironment } from './environment.ts';
import type { ByteSink } from './json-bytes.ts';
import { observed, type QueryBounds } from './query-observer.ts';
import { durationParam, limitParam, parseDurationParam, timeParam, type Params } from './params.ts';
import type { CacheOrder, CacheReport } from './request.ts';

/** Points per series that one range query may ask for: a week by the minute. */
const POINTS_MAX = 11_000;

export const TRUNCATED = 'results truncated due to limit';

export function answerInstantQuery(environment: QueryEnvironment, params: Params): Uint8Array {
  const limit = limitParam(params);
  const options = instantOptions(environment, params);
  const { timeMs } = options;
  const bounds = { startMs: timeMs, endMs: timeMs, stepMs: 0, ...queryOf(environment, params) };
  const result = observed(environment, bounds, () =>
    environment.engine.instant(environment.queryable(), bounds.query, options),
  );
  return encodeResult(result, { limit, params, sink: environment.sink });
}

export function answerRangeQuery(
  environment: QueryEnvironment,
  params: Params,
  order?: CacheOrder,
): RangeAnswer {
  const limit = limitParam(params);
  const options = rangeOptions(environment, params);
  const { startMs, endMs, stepMs } = options;
  const bounds = { startMs, endMs, stepMs, ...queryOf(environment, params) };
  let report: CacheReport | undefined;
  const result = observed(environment, bounds, () => {
    const { engine, queryable } = environment;
    if (order === undefined) return engine.range(queryable(), bounds.query, options);
    const cached = queryRangeCached(environment, bounds.query, options, order);
    ({ report } = cached);
    return cached.result;
  });
  const shown = { limit, params, sink: environment.sink };
  return { body: encodeResult(result, shown), report };
}

/** The instant of a query, and what comes with it. Throws ApiError. */
export function instantOptions(environment: QueryEnvironment, params: Params): InstantOptions {
  const timeMs = timeParam(params, 'time', environment.nowMs);
  return { timeMs, ...queryOptions(environment, params) };
}

/** The range of a query, and what comes with it. Throws ApiError. */
export function rangeOptions(environment: QueryEnvironment, params: Params): RangeOptions {
  const startMs = timeParam(params, 'start');
  const endMs = timeParam(params, 'end');
  if (endMs < startMs) {
    throw invalidParameter('end', 'end timestamp must not be before start time');
  }
  const stepMs = Math.trunc(durationParam(params, 'step'));
  if (stepMs <= 0) {
    const reason =
      'zero or negative query resolution step widths are not accepted. Try a positive integer';
    throw invalidParameter('step', reason);
  }
  if (Math.floor((endMs - startMs) / stepMs) > POINTS_MAX) {
    const reason =
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)';
    throw new ApiError('bad_data', reason);
  }
  return { startMs, endMs, stepMs, ...queryOptions(environment, params) };
}

interface RangeAnswer {
  readonly body: Uint8Array;
  /** What the cache was good for. */
  readonly report: CacheReport | undefined;
}

/** What is told of a query beside its times. */
export function queryOf(
  { origin }: QueryEnvironment,
  params: Params,
): Pick<QueryBounds, 'query' | 'origin'> {
  return { query: params.first('query'), origin };
}

function queryOptions(environment: QueryEnvironment, params: Params): QueryOptions {
  const { isCancelled, timeoutMs, subqueryStepMs } = environment;
  const options = {
    isCancelled,
    timeoutMs,
    perStepStats: environment.perStepStats && params.first('stats') === 'all',
    ...(subqueryStepMs !== undefined && { subqueryStepMs }),
  };
  const lookback = params.first('lookback_delta');
  return lookback === '' ? options : { lookbackDeltaMs: lookbackDelta(lookback), ...options };
}

function lookbackDelta(text: string): number {
  try {
    return parseDurationParam(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError('bad_data', `error parsing lookback delta duration: ${reason}`);
  }
}

interface Shown {
  /** 0: all of it. */
  readonly limit: number;
  readonly params: Params;
  readonly sink: ByteSink | undefined;
}

function encodeResult(result: RangeResult, { limit, params, sink }: Shown): Uint8Array {
  const value = limited(result.value, limit);
  const warnings = [...result.warnings];
  if (value !== result.value) warnings.push(TRUNCATED);
  const stats = params.first('stats');
  if (stats !== '' && stats !== 'true' && stats !== 'all') warnings.push(deprecatedStats(stats));
  return encodeSuccess(
    (out) => writeQueryData(out, value, stats === '' ? undefined : result.stats),
    { warnings, infos: result.infos },
    sink,
  );
}

function deprecatedStats(stats: string): string {
  return (
    `value ${JSON.stringify(stats)} for parameter "stats" is deprecated and will be rejected ` +
    'in the next major release, use "true" or "all"'
  );
}

/** The same value where nothing had to be cut. */
function limited(value: QueryValue, limit: number): QueryValue {
  if (limit === 0) return value;
  if (value.kind === 'vector' && value.samples.length > limit) {
    return { ...value, samples: value.samples.slice(0, limit) };
  }
  if (value.kind === 'matrix' && value.series.length > limit) {
    return { ...value, series: value.series.slice(0, limit) } satisfies MatrixResult;
  }
  return value;
}
