import { HttpClientError } from './http-client-error.ts';
import type {
  HeaderOptions,
  HttpClientOptions,
  HttpClientSurroundings,
  Oauth2Options,
  SecretText,
} from './http-client-options.ts';

type ReadFile = HttpClientSurroundings['readFile'];

/** A token is renewed this long before it ends, as Go's oauth2 package does. */
const TOKEN_RENEWAL_MS = 10_000;

/** Gives the value of the Authorization header, or undefined where none is configured. */
export type AuthorizationSource = (exchange: {
  readonly signal: AbortSignal;
}) => Promise<string | undefined>;

/** Posts a form; handed in, because asking for a token is a request of its own. */
export type PostForm = (
  url: string,
  form: URLSearchParams,
  extra: { readonly authorization?: string; readonly signal: AbortSignal },
) => Promise<{ readonly status: number; readonly statusText: string; readonly body: Uint8Array }>;

export function createAuthorizationSource(
  options: HttpClientOptions,
  surroundings: HttpClientSurroundings,
  postForm: PostForm,
): AuthorizationSource {
  const { authorization, basicAuth, oauth2 } = options;
  const { readFile } = surroundings;
  if (oauth2 !== undefined) return new TokenSource(oauth2, surroundings, postForm).authorization;
  if (basicAuth !== undefined) {
    return async () => {
      const user = await secretOrFile(basicAuth.username, basicAuth.usernameFile, {
        readFile,
        what: 'basic auth username',
      });
      const password = await secretOrFile(basicAuth.password, basicAuth.passwordFile, {
        readFile,
        what: 'basic auth password',
      });
      return basicHeader(user, password);
    };
  }
  if (authorization === undefined) return async () => undefined;
  return async () => {
    const credentials = await secretOrFile(
      authorization.credentials,
      authorization.credentialsFile,
      { readFile, what: 'authorization credentials' },
    );
    return credentials === '' ? undefined : `${authorization.type} ${credentials}`;
  };
}

function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function secretOrFile(
  given: SecretText | string | undefined,
  path: string | undefined,
  from: { readonly readFile: ReadFile; readonly what: string },
): Promise<string> {
  if (path === undefined || path === '') {
    return typeof given === 'object' ? given.reveal() : (given ?? '');
  }
  try {
    return (await from.readFile(path)).trim();
  } catch (cause) {
    const message = `unable to read ${from.what} file ${path}: ${(cause as Error).message}`;
    throw new HttpClientError('credentials', message, { cause });
  }
}

/** The configured headers with the present content of their files. Names as written. */
export async function readHeaders(
  headers: Readonly<Record<string, HeaderOptions>>,
  readFile: ReadFile,
): Promise<Record<string, string | string[]>> {
  const result: Record<string, string | string[]> = {};
  for (const [name, { values, secrets, files }] of Object.entries(headers)) {
    const all = [...values, ...secrets.map((secret) => secret.reveal())];
    for (const path of files) {
      all.push(await secretOrFile(undefined, path, { readFile, what: 'http header' }));
    }
    if (all.length > 0) result[name] = all.length === 1 ? (all[0] ?? '') : all;
  }
  return result;
}

interface Token {
  readonly header: string;
  /** Infinity where the server says nothing of an end. */
  readonly endsMs: number;
  readonly secret: string;
}

/** Asks for a token once for all requests, keeps it, and asks again shortly before it ends. */
class TokenSource {
  readonly #options: Oauth2Options;
  readonly #surroundings: HttpClientSurroundings;
  readonly #postForm: PostForm;
  #token: Token | undefined;
  #pending: Promise<Token> | undefined;
  /** How this server wants the client's secret; found out at the first request. */
  #style: 'unknown' | 'header' | 'form' = 'unknown';

  constructor(options: Oauth2Options, surroundings: HttpClientSurroundings, postForm: PostForm) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#postForm = postForm;
  }

  readonly authorization: (...args: Parameters<AuthorizationSource>) => Promise<string> = async (
    exchange,
  ) => {
    const secret = await secretOrFile(this.#options.clientSecret, this.#options.clientSecretFile, {
      readFile: this.#surroundings.readFile,
      what: 'oauth2 client secret',
    });
    const token = this.#token;
    const renewAfterMs = this.#surroundings.nowMs() + TOKEN_RENEWAL_MS;
    if (token !== undefined && token.secret === secret && token.endsMs > renewAfterMs) {
      return token.header;
    }
    this.#pending ??= this.#renew(secret);
    return (await unlessAborted(this.#pending, exchange.signal)).header;
  };

  /** One request for all who wait; none of them ends it by going away. `postForm` limits its time. */
  #renew(secret: string): Promise<Token> {
    const token = this.#fetch(secret, new AbortController().signal).then(
      (fetched) => (this.#token = fetched),
    );
    const pending = token.finally(() => (this.#pending = undefined));
    // Perhaps nobody waits any more when it fails.
    pending.catch(() => undefined);
    return pending;
  }

  async #fetch(secret: string, signal: AbortSignal): Promise<Token> {
    const askedMs = this.#surroundings.nowMs();
    const first = this.#style === 'form' ? 'form' : 'header';
    let answer = await this.#ask(secret, first, signal);
    let used: 'header' | 'form' = first;
    if (answer.status >= 400 && this.#style === 'unknown') {
      used = 'form';
      answer = await this.#ask(secret, used, signal);
    }
    // The body of a refusal may repeat what was sent, so that it is not shown.
    if (answer.status < 200 || answer.status > 299) {
      throw tokenError(`cannot fetch token: ${answer.statusText}`);
    }
    this.#style = used;
    return { ...parseToken(answer.body, askedMs), secret };
  }

  #ask(secret: string, style: 'header' | 'form', signal: AbortSignal): ReturnType<PostForm> {
    const { clientId, scopes, endpointParams, tokenUrl } = this.#options;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    for (const [name, value] of Object.entries(endpointParams)) form.set(name, value);
    if (style === 'form') {
      form.set('client_id', clientId);
      form.set('client_secret', secret);
      return this.#postForm(tokenUrl, form, { signal });
    }
    const authorization = basicHeader(encodeURIComponent(clientId), encodeURIComponent(secret));
    return this.#postForm(tokenUrl, form, { authorization, signal });
  }
}

function unlessAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new HttpClientError('canceled', 'context canceled'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    const done = (): void => signal.removeEventListener('abort', giveUp);
    pending.then(resolve, reject).finally(done);
  });
}

function parseToken(body: Uint8Array, askedMs: number): Omit<Token, 'secret'> {
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
  } catch {
    throw tokenError('cannot parse json');
  }
  const accessToken = answer?.['access_token'];
  if (typeof accessToken !== 'string' || accessToken === '') {
    throw tokenError('server response missing access_token');
  }
  const type = answer['token_type'];
  const seconds = Number(answer['expires_in'] ?? 0);
  const endsMs = seconds > 0 ? askedMs + seconds * 1000 : Infinity;
  return { header: `${tokenType(type)} ${accessToken}`, endsMs };
}

function tokenType(type: unknown): string {
  if (typeof type !== 'string' || type === '' || type.toLowerCase() === 'bearer') return 'Bearer';
  return type.toLowerCase() === 'basic' ? 'Basic' : type;
}

function tokenError(message: string): HttpClientError {
  return new HttpClientError('credentials', `oauth2: ${message}`);
}
