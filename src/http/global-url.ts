const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

export interface OwnAddress {
  /** `host:port` that this server listens on. */
  readonly listenAddress: string;
  /** `http:` or `https:`, as seen from outside. */
  readonly protocol: string;
  /** Host and port as seen from outside. */
  readonly host: string;
}

export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** Go's net.SplitHostPort. Throws AddressError in its words. */
export function splitHostPort(address: string): readonly [host: string, port: string] {
  const colon = address.lastIndexOf(':');
  if (colon < 0 || address.endsWith(']')) throw new AddressError('missing port in address');
  const host = address.slice(0, colon);
  const port = address.slice(colon + 1);
  if (host.startsWith('[') && host.endsWith(']')) return [host.slice(1, -1), port];
  if (host.includes(':')) throw new AddressError('too many colons in address');
  return [host, port];
}

/**
 * A target's address as it is reachable from outside: loopback hosts are replaced by our own name,
 * and the port too where it is our own. Throws AddressError where an address has no port.
 */
export function globalUrl(targetUrl: string, own: OwnAddress): string {
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(targetUrl)?.[1] ?? '';
  const [host, port] = splitHostPort(authority);
  if (!LOOPBACK.has(host)) return targetUrl;
  const [, ownPort] = splitHostPort(own.listenAddress);
  const rest = targetUrl.slice(targetUrl.indexOf('://') + 3 + authority.length);
  if (port === ownPort) return `${own.protocol}//${own.host}${rest}`;
  const [ownHost] = splitHostPort(own.host);
  const shownHost = ownHost.includes(':') ? `[${ownHost}]` : ownHost;
  return `${targetUrl.slice(0, targetUrl.indexOf('://'))}://${shownHost}:${port}${rest}`;
}
