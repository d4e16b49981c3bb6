import { QueryError, type QueryStats } from '#promql';
import type { QueryEnvironment } from './environment.ts';
import type { QueryOrigin } from './request.ts';

/** What is told of one evaluation once it has ended. Milliseconds since the epoch. */
export interface QueryRecord {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0: at one instant. */
  readonly stepMs: number;
  readonly origin: QueryOrigin | undefined;
  /** Why there is no result. */
  readonly error: string | undefined;
  /** Undefined where nothing was evaluated. */
  readonly stats: QueryStats | undefined;
}

/** Is told of expressions that are evaluated, in the thread that does it. */
export interface QueryObserver {
  began(query: string): void;
  /** As often as `began`; without a record where the expression was wrong in itself. */
  ended(record: QueryRecord | undefined): void;
}

export type QueryBounds = Pick<QueryRecord, 'query' | 'startMs' | 'endMs' | 'stepMs' | 'origin'>;

/** Evaluates; tells of it before and after. The result says how long the request had waited. */
export function observed<T extends { readonly stats?: QueryStats }>(
  { observer, queueMs }: Pick<QueryEnvironment, 'observer' | 'queueMs'>,
  bounds: QueryBounds,
  evaluate: () => T,
): T {
  if (observer === undefined) return waited(evaluate(), queueMs);
  let record: QueryRecord | undefined = { error: undefined, stats: undefined, ...bounds };
  observer.began(bounds.query);
  try {
    const result = waited(evaluate(), queueMs);
    record = { ...record, stats: result.stats };
    return result;
  } catch (error) {
    const isWrong = error instanceof QueryError && error.code === 'bad_data';
    const text = error instanceof Error ? error.message : String(error);
    record = isWrong ? undefined : { ...record, error: text };
    throw error;
  } finally {
    observer.ended(record);
  }
}

function waited<T extends { readonly stats?: QueryStats }>(result: T, queueMs: number): T {
  if (result.stats === undefined) return result;
  const timings = { queueMs, ...result.stats.timings };
  return { ...result, stats: { ...result.stats, timings } };
}
