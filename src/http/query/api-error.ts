import type { ErrorType } from '#contract';

/** Why a request has no answer, in the API's words. */
export class ApiError extends Error {
  readonly type: ErrorType;
  constructor(type: ErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.type = type;
  }
}

const STATUS: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  internal: 500,
  unavailable: 500,
  not_found: 404,
  not_acceptable: 406,
  forbidden: 403,
  conflict: 409,
  too_large: 413,
};

export function statusOf(type: ErrorType): number {
  return STATUS[type];
}

export function invalidParameter(name: string, reason: string): ApiError {
  return new ApiError('bad_data', `invalid parameter "${name}": ${reason}`);
}
