import { PoolError } from '#platform';
import type { PoolErrorCode, ThreadPool } from '#platform';
import type { ErrorType } from '#contract';
import { errorAnswer } from './query/envelope.ts';
import type {
  QueryAnswer,
  QueryRefusal,
  QueryRequest,
  QueryRunner,
  QueryRunOptions,
} from './query/request.ts';

/**
 * Has requests answered by the threads of a pool, each of which runs `answerQuery`. `onAnswer` is shown
 * every answer before it is sent.
 */
export function createPoolRunner(
  pool: ThreadPool,
  onAnswer: (answer: QueryAnswer) => void,
): QueryRunner {
  return {
    run: async (request, options) => {
      const answer = await answerOf(pool, request, options);
      onAnswer(answer);
      return answer;
    },
  };
}

async function answerOf(
  pool: ThreadPool,
  request: QueryRequest,
  options: QueryRunOptions,
): Promise<QueryAnswer> {
  try {
    return (await pool.run(request, options)) as QueryAnswer;
  } catch (error) {
    if (error instanceof PoolError) return poolErrorAnswer(error);
    throw error;
  }
}

function poolErrorAnswer(error: PoolError): QueryAnswer {
  const [type, message] = shown(error);
  const refusedBy = REFUSALS[error.code];
  const answer = {
    ...errorAnswer(type, message),
    ...(refusedBy !== undefined && { refusedBy }),
  };
  // Too many at once is over soon; a client may try again.
  return error.code === 'full' ? { ...answer, status: 503 } : answer;
}

const REFUSALS: Readonly<Partial<Record<PoolErrorCode, QueryRefusal>>> = {
  full: 'queue_full',
  'queue-timeout': 'queue_timeout',
  timeout: 'timeout',
  'thread-died': 'thread_died',
};

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
