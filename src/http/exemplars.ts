import type { Matcher } from '#model';
import { selectorsOf } from '#promql';
import type { ParserOptions } from '#promql';
import type { ExemplarQueryable, ExemplarSeries } from '#storage';
import { ApiError } from './query/api-error.ts';
import { checkWeight } from './main-thread-selector.ts';
import { TIME_MS_MAX, TIME_MS_MIN, timeParam } from './query/params.ts';
import type { Params } from './query/params.ts';
import { parseQuery } from './query/selectors.ts';

/** Of `/api/v1/query_exemplars`: exemplars of all series that the selectors of a query name. */
export function selectedExemplars(
  exemplars: ExemplarQueryable | undefined,
  params: Params,
  parser: Partial<ParserOptions>,
): readonly ExemplarSeries[] {
  const startMs = timeParam(params, 'start', TIME_MS_MIN);
  const endMs = timeParam(params, 'end', TIME_MS_MAX);
  if (endMs < startMs) {
    throw new ApiError('bad_data', 'end timestamp must not be before start timestamp');
  }
  const sets = matcherSetsOf(params.first('query'), parser);
  if (sets.length === 0) return [];
  if (exemplars === undefined) throw new ApiError('unavailable', 'TSDB not ready');
  return exemplars.selectExemplars(startMs, endMs, sets);
}

function matcherSetsOf(query: string, parser: Partial<ParserOptions>): (readonly Matcher[])[] {
  checkWeight(query);
  return selectorsOf(parseQuery(query, parser)).map(({ matchers }) => matchers);
}
