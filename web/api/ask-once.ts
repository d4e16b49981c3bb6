import { type AnsweredData, readAnswer } from '#dashboards';
import { type ApiAnswer, fetchRead } from './client.ts';

/** As `query` and `query_range` take them, in seconds. */
export type AskedQuery =
  | { readonly type: 'instant'; readonly query: string; readonly time: string }
  | {
      readonly type: 'range';
      readonly query: string;
      readonly start: string;
      readonly end: string;
      readonly step: string;
    };

interface Asked {
  readonly answer: Promise<ApiAnswer<AnsweredData>>;
  readonly abort: AbortController;
  waiters: number;
}

const asked = new Map<string, Asked>();

/**
 * Asks a query; who asks for an equal one before the answer is there shares it. Rejects with an ApiError, or with the
 * signal's reason. The request ends when nobody waits for it any more.
 */
export async function askOnce(
  query: AskedQuery,
  signal: AbortSignal,
): Promise<ApiAnswer<AnsweredData>> {
  signal.throwIfAborted();
  const key = JSON.stringify(query);
  const shared = asked.get(key) ?? begin(key, query);
  shared.waiters++;
  return await new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => {
      shared.waiters--;
      if (shared.waiters === 0) {
        // Whoever comes now needs a request of its own.
        forget(key, shared);
        shared.abort.abort();
      }
      reject(signal.reason as Error);
    });
    shared.answer.then(resolve, reject);
  });
}

function begin(key: string, query: AskedQuery): Asked {
  const abort = new AbortController();
  const { type, ...params } = query;
  const path = type === 'instant' ? '/query' : '/query_range';
  const answer = fetchRead(path, params, readAnswer, abort.signal);
  const shared: Asked = { answer, abort, waiters: 0 };
  asked.set(key, shared);
  const end = (): void => forget(key, shared);
  answer.then(end, end);
  return shared;
}

function forget(key: string, shared: Asked): void {
  if (asked.get(key) === shared) asked.delete(key);
}
