import { PoolError } from '#platform';
import type { ThreadPool } from '#platform';
import type { ErrorType } from '#contract';
import { errorAnswer } from './query/envelope.ts';
import type { QueryAnswer, QueryRunner } from './query/request.ts';

/** Has requests answered by the threads of a pool, each of which runs `answerQuery`. */
export function createPoolRunner(pool: ThreadPool): QueryRunner {
  return {
    run: async (request, options) => {
      try {
        return (await pool.run(request, options)) as QueryAnswer;
      } catch (error) {
        if (error instanceof PoolError) return poolErrorAnswer(error);
        throw error;
      }
    },
  };
}

function poolErrorAnswer(error: PoolError): QueryAnswer {
  const [type, message] = shown(error);
  const answer = errorAnswer(type, message);
  // Too many at once is over soon; a client may try again.
  return error.code === 'full' ? { ...answer, status: 503 } : answer;
}

function shown(error: PoolError): readonly [ErrorType, string] {
  switch (error.code) {
    case 'full':
      return ['unavailable', 'too many queries are waiting, try again later'];
    case 'queue-timeout':
      return ['timeout', 'query timed out in query queue'];
    case 'timeout':
      return ['timeout', 'query timed out in expression evaluation'];
    case 'cancelled':
      return ['canceled', 'query was canceled in expression evaluation'];
    case 'thread-died':
    case 'failure':
    case 'closed':
      return ['internal', error.message];
  }
}
