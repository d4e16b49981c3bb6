import { CodedError } from './coded-error.ts';

export type HttpClientErrorCode =
  | 'timeout'
  | 'canceled'
  | 'body-size-limit'
  | 'connect'
  | 'redirect'
  | 'credentials'
  | 'body'
  | 'url';

/** Why there is no response. Worded as Go's client words it, since people search for these words. */
export class HttpClientError extends CodedError<HttpClientErrorCode> {
  override readonly name = 'HttpClientError';
}

/** What Node tells about a failed connection, as far as it is there. */
interface SystemError {
  readonly code?: string;
  readonly message?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly host?: string;
  readonly syscall?: string;
  readonly errors?: readonly SystemError[];
  readonly cert?: { readonly subjectaltname?: string };
}

const CONNECT_REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'network is unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
  ['EACCES', 'permission denied'],
  ['EADDRNOTAVAIL', 'cannot assign requested address'],
  ['ECONNRESET', 'connection reset by peer'],
  ['ENOENT', 'no such file or directory'],
]);

const UNKNOWN_AUTHORITY_CODES: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

const VERIFY = 'tls: failed to verify certificate: x509: ';

/** Node's words for a failed request, turned into Go's. */
export function describeConnectError(error: unknown): string {
  const system = error as SystemError;
  const first = system.errors?.[0];
  if (first !== undefined) return describeConnectError(first);
  const code = system.code ?? '';
  return (
    describeLookup(system, code) ??
    describeTls(system, code) ??
    describeSocket(system, code) ??
    system.message ??
    String(error)
  );
}

function describeLookup(error: SystemError, code: string): string | undefined {
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${error.hostname ?? ''}: no such host`;
  if (code === 'EAI_AGAIN') {
    return `dial tcp: lookup ${error.hostname ?? ''}: Temporary failure in name resolution`;
  }
  return undefined;
}

function describeTls(error: SystemError, code: string): string | undefined {
  if (UNKNOWN_AUTHORITY_CODES.has(code)) {
    return `${VERIFY}certificate signed by unknown authority`;
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `${VERIFY}certificate has expired or is not yet valid`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return describeNames(error);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return describeHandshake(error);
  return undefined;
}

function describeNames(error: SystemError): string {
  const names = (error.cert?.subjectaltname ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '');
  if (names.length === 0) {
    return `${VERIFY}certificate is not valid for any names, but wanted to match ${error.host ?? ''}`;
  }
  return `${VERIFY}certificate is valid for ${names.join(', ')}, not ${error.host ?? ''}`;
}

function describeHandshake(error: SystemError): string {
  const message = error.message ?? '';
  if (/wrong version number|packet length too long/.test(message)) {
    return 'http: server gave HTTP response to HTTPS client';
  }
  const alert = /alert ([a-z ]+?)(?: alert| is|:|$)/.exec(message)?.[1];
  if (alert !== undefined) return `remote error: tls: ${alert.trim()}`;
  return `tls: ${message.replace(/^.*?:error:[0-9A-F]+:/, '').trim()}`;
}

function describeSocket(error: SystemError, code: string): string | undefined {
  if (error.syscall === 'connect') {
    const reason = CONNECT_REASONS.get(code) ?? code;
    // Unix sockets have no port.
    if (error.port === undefined) return `dial unix ${error.address ?? ''}: connect: ${reason}`;
    return `dial tcp ${formatAddress(error.address ?? '', error.port)}: connect: ${reason}`;
  }
  // Node says "socket hang up" where the server closed before it answered.
  if (code === 'ECONNRESET')
    return error.syscall === 'read' ? 'read: connection reset by peer' : 'EOF';
  if (code === 'EPIPE') return 'write: broken pipe';
  if (code.startsWith('HPE_')) {
    return `net/http: HTTP/1.x transport connection broken: malformed HTTP response (${code})`;
  }
  return undefined;
}

function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `Get "http://user:***@host/": reason`; a password in the address never shows. */
export function describeRequest(method: string, url: string, reason: string): string {
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return `${verb} ${JSON.stringify(hidePassword(url))}: ${reason}`;
}

export function hidePassword(url: string): string {
  return url.replace(/^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#@:]*):[^/?#]*@/, '$1:***@');
}
