import { prettyPrint, translateTree } from '#promql';
import type { Expr } from '#promql';
import { ApiError, invalidParameter } from './api-error.ts';
import { encodeSuccess } from './envelope.ts';
import type { QueryEnvironment } from './environment.ts';
import type { Params } from './params.ts';
import { parseQuery } from './selectors.ts';

export function answerFormatQuery(environment: QueryEnvironment, params: Params): Uint8Array {
  const text = prettyPrint(queryParam(environment, params));
  return encodeSuccess((out) => out.write(JSON.stringify(text)));
}

export function answerParseQuery(environment: QueryEnvironment, params: Params): Uint8Array {
  const tree = translateTree(queryParam(environment, params));
  return encodeSuccess((out) => out.write(JSON.stringify(tree)));
}

function queryParam(environment: QueryEnvironment, params: Params): Expr {
  try {
    return parseQuery(params.first('query'), environment.parser);
  } catch (error) {
    throw error instanceof ApiError ? invalidParameter('query', error.message) : error;
  }
}
