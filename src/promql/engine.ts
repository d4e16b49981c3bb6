import type { Queryable } from '#storage';
import type { EngineOptions, InstantOptions, RangeOptions } from './options.ts';
import { QueryError, type QueryResult } from './result.ts';

/** Evaluates PromQL synchronously; lives in a query thread, or in a test. Throws QueryError. */
export interface Engine {
  instant(queryable: Queryable, text: string, options: InstantOptions): QueryResult;
  range(queryable: Queryable, text: string, options: RangeOptions): QueryResult;
}

export function createEngine(_options: EngineOptions = {}): Engine {
  return {
    instant: () => {
      throw new QueryError('internal', 'cannot evaluate: the engine is not there yet');
    },
    range: () => {
      throw new QueryError('internal', 'cannot evaluate: the engine is not there yet');
    },
  };
}
