import { HttpClientError, createHttpClient } from '#platform';
import type { HttpClient, HttpResponse } from '#platform';
import { CommandError } from './command.ts';
import type { CommandInput } from './command.ts';

/** As promtool. */
const TIMEOUT_MS = 120_000;

/** A name may be given several times. */
export type QueryParams = readonly (readonly [string, string])[];

/** Speaks the HTTP API of a Prometheus-compatible server. Requests reject with CommandError. */
export interface QueryClient {
  /** The `data` of an answer. Warnings go to the error output. */
  post(path: string, params: QueryParams): Promise<unknown>;
  get(path: string, params: QueryParams): Promise<unknown>;
  close(): void;
}

interface Envelope {
  readonly status?: unknown;
  readonly data?: unknown;
  readonly errorType?: unknown;
  readonly error?: unknown;
  readonly warnings?: unknown;
}

/** Throws CommandError where the address is none. */
export function createQueryClient(server: string, input: CommandInput): QueryClient {
  const base = baseUrl(server);
  // Refusals are read as they come: what they say must not be compressed.
  const given = headersOf(input.options.get('header') ?? []);
  const headers = { 'Accept-Encoding': 'identity', ...given };
  const client = createHttpClient({
    tls: { insecureSkipVerify: false },
    proxy: { proxyFromEnvironment: true, proxyConnectHeader: {} },
    followRedirects: true,
    httpHeaders: {},
  });
  const read = (response: HttpResponse): unknown => dataOf(response, input);
  const get = async (path: string, params: QueryParams): Promise<unknown> => {
    const query = formOf(params);
    const url = `${base}${path}${query === '' ? '' : `?${query}`}`;
    return read(await exchange(client, { url, headers }));
  };
  return {
    get,
    post: async (path, params) => {
      const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
      const body = new TextEncoder().encode(formOf(params));
      const response = await exchange(client, { url: `${base}${path}`, headers: form, body });
      // Some servers and proxies know nothing but GET here.
      const isRefused = response.status === 405 || response.status === 501;
      return isRefused ? await get(path, params) : read(response);
    },
    close: () => client.close(),
  };
}

/** Without a slash at the end. A server may be given without a scheme. */
export function baseUrl(server: string): string {
  const text = /^[a-z]+:\/\//i.test(server) ? server : `http://${server}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw new CommandError('cannot read the address of the server', { cause: error });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new CommandError(`cannot speak ${url.protocol.slice(0, -1)} to the server`);
  }
  url.search = '';
  url.hash = '';
  return `${url.href.replace(/\/+$/, '')}/api/v1`;
}

function headersOf(texts: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new CommandError('cannot read --header: expected name=value');
    headers[text.slice(0, equals)] = text.slice(equals + 1);
  }
  return headers;
}

function formOf(params: QueryParams): string {
  const form = new URLSearchParams();
  for (const [name, value] of params) form.append(name, value);
  return form.toString();
}

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

async function exchange(client: HttpClient, sent: Sent): Promise<HttpResponse> {
  const method = sent.body === undefined ? 'GET' : 'POST';
  try {
    return await client.fetch({ ...sent, method, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    throw new CommandError(`query error: ${error.message}`, { cause: error });
  }
}

function dataOf(response: HttpResponse, { output }: CommandInput): unknown {
  const envelope = parseEnvelope(response);
  const { warnings, errorType, error } = envelope;
  if (Array.isArray(warnings)) {
    for (const warning of warnings) output.writeError(`query warning: ${String(warning)}\n`);
  }
  if (envelope.status === 'success') return envelope.data;
  throw new CommandError(`query error: ${String(errorType)}: ${String(error)}`);
}

function parseEnvelope({ status, statusText, body }: HttpResponse): Envelope {
  try {
    const envelope = JSON.parse(new TextDecoder().decode(body)) as unknown;
    if (typeof envelope === 'object' && envelope !== null && 'status' in envelope) return envelope;
  } catch {
    // Not our kind of answer, which is said below.
  }
  const who = status >= 500 ? 'server_error: server error' : 'client_error: client error';
  const what = status >= 400 ? `${who}: ${statusText}` : 'bad_response: no answer of Prometheus';
  throw new CommandError(`query error: ${what}`);
}
