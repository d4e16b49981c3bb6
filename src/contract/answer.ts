/** `data` of an answer, or why there is none; every path below /api/v1 answers in this shape. */
export type Answer<T> = SuccessAnswer<T> | ErrorAnswer;

export interface SuccessAnswer<T> {
  readonly status: 'success';
  readonly data: T;
  /** Left out where empty. */
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export interface ErrorAnswer {
  readonly status: 'error';
  readonly errorType: ErrorType;
  readonly error: string;
  /** What there is nonetheless; usually left out. */
  readonly data?: unknown;
}

/** Status codes: bad_data 400, execution 422, canceled 499, timeout 503, internal and unavailable 500, not_found 404, not_acceptable 406; ours alone: forbidden 403, conflict 409, too_large 413. */
export type ErrorType =
  | 'bad_data'
  | 'execution'
  | 'canceled'
  | 'timeout'
  | 'internal'
  | 'unavailable'
  | 'not_found'
  | 'not_acceptable'
  | 'forbidden'
  | 'conflict'
  | 'too_large';
