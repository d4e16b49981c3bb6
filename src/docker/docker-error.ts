import { CodedError, HttpClientError } from '#platform';

/**
 *   no-engine          nothing listens at the address
 *   permission-denied  the socket is not for us
 *   forbidden          the engine, or the proxy before it, refuses this one path: the rest may work
 *   no-manager         it is no manager of a swarm
 *   not-allowed        we do not ask this: it is not on the allow-list
 *   limit              an answer is larger than we take, or too many calls wait
 */
export type DockerErrorCode =
  | 'address'
  | 'no-engine'
  | 'permission-denied'
  | 'connect'
  | 'timeout'
  | 'canceled'
  | 'forbidden'
  | 'not-found'
  | 'no-manager'
  | 'status'
  | 'answer'
  | 'limit'
  | 'not-allowed';

/** Why the engine's answer is not there, in words that say what to do. */
export class DockerError extends CodedError<DockerErrorCode> {
  override readonly name = 'DockerError';
}

/** The engine answers, but not this: a proxy keeps it to itself, or it is no manager of a swarm. */
export function isRefusal(error: unknown): boolean {
  return (
    error instanceof DockerError && (error.code === 'forbidden' || error.code === 'no-manager')
  );
}

/** Undefined where that is refused. Rejects with other errors. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** The call that failed, for the words. */
export interface FailedCall {
  /** As configured, without credentials. */
  readonly address: string;
  /** `list the containers`, `read the events`. */
  readonly purpose: string;
}

/** Why there was no answer at all. The message says all that is known: a cause beside it would say it again. */
export function connectionError(error: unknown, { address, purpose }: FailedCall): DockerError {
  const where = `cannot ${purpose} at ${address}`;
  if (!(error instanceof HttpClientError)) {
    return new DockerError('connect', `${where}: ${(error as Error).message}`);
  }
  switch (error.code) {
    case 'timeout':
      return new DockerError('timeout', `${where}: no answer in time`);
    case 'canceled':
      return new DockerError('canceled', `${where}: called off`);
    case 'body-size-limit':
      return new DockerError('limit', `${where}: the answer is too large`);
    case 'connect':
      return (
        socketError(error, address) ?? new DockerError('connect', `${where}: ${shortReason(error)}`)
      );
    case 'redirect':
    case 'credentials':
    case 'body':
    case 'url':
      return new DockerError('connect', `${where}: ${shortReason(error)}`);
  }
}

function socketError(error: HttpClientError, address: string): DockerError | undefined {
  const { code } = (error.cause ?? {}) as { code?: string };
  if (code === 'EACCES' || code === 'EPERM') {
    const message =
      `cannot use ${address}: permission denied. Run narthex as a member of the socket's group ` +
      '(usermod -aG docker <user>; in a container: --group-add <number of that group>), or use a socket proxy';
    return new DockerError('permission-denied', message);
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    const message = `cannot reach a Docker Engine at ${address}: nothing listens there`;
    return new DockerError('no-engine', message);
  }
  return undefined;
}

/** Without the request that it repeats. */
function shortReason({ message }: HttpClientError): string {
  return message.replace(/^Get "[^"]*": /, '');
}

/** What an answer other than 2xx means. `setting`: what lets the call through a docker-socket-proxy. */
export function statusError(
  answer: { readonly status: number; readonly statusText: string; readonly body: Uint8Array },
  {
    address,
    purpose,
    path,
    setting,
  }: FailedCall & { readonly path: string; readonly setting: string },
): DockerError {
  const said = wordsOf(answer.body);
  const where = `cannot ${purpose} at ${address}`;
  if (answer.status === 401 || answer.status === 403) {
    const message = `${where}: GET ${path} is refused (${answer.statusText}); allow it (docker-socket-proxy: ${setting}=1)`;
    return new DockerError('forbidden', message);
  }
  const message = `${where}: ${said === '' ? answer.statusText : said}`;
  if (answer.status === 404) return new DockerError('not-found', message);
  const isNoManager = answer.status === 503 && /swarm manager/.test(said);
  return new DockerError(isNoManager ? 'no-manager' : 'status', message);
}

const WORDS_MAX = 300;

/** The engine's own `message`, as far as it is one. */
function wordsOf(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 4096));
  let message: unknown = text;
  try {
    message = (JSON.parse(text) as { message?: unknown } | null)?.message;
  } catch {
    // A proxy speaks for itself.
  }
  return typeof message === 'string'
    ? message.replaceAll(/\s+/g, ' ').trim().slice(0, WORDS_MAX)
    : '';
}
