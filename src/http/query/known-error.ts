import type { ErrorType } from '#contract';
import { QueryError } from '#promql';
import { StorageError } from '#storage';
import { ApiError } from './api-error.ts';
import { AnswerTooLargeError } from './json-bytes.ts';
import type { QueryRefusal } from './request.ts';

export type ShownError = readonly [type: ErrorType, message: string];

/** An expected error in the API's words; undefined for what is a mistake of ours. */
export function knownError(error: unknown): ShownError | undefined {
  if (error instanceof ApiError) return [error.type, error.message];
  if (error instanceof QueryError) return [error.code, queryErrorText(error)];
  if (error instanceof AnswerTooLargeError) return ['execution', error.message];
  if (error instanceof StorageError) return storageError(error);
  return undefined;
}

/** The limit that an error tells of, if any. */
export function refusalOf(error: unknown): QueryRefusal | undefined {
  if (error instanceof QueryError) return error.limit;
  return error instanceof AnswerTooLargeError ? 'answer_size' : undefined;
}

/** What is wrong with the text itself names the parameter. */
function queryErrorText(error: QueryError): string {
  return error.code === 'bad_data' ? `invalid parameter "query": ${error.message}` : error.message;
}

function storageError(error: StorageError): ShownError {
  return error.code === 'closed' ? ['unavailable', 'TSDB not ready'] : ['execution', error.message];
}
