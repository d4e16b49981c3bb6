import { isIP, isIPv6 } from 'node:net';
import { HttpClientError } from './http-client-error.ts';
import type { ProxyOptions } from './http-client-options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a request, or undefined to go straight. Follows Go's httpproxy: with `no_proxy` or the
 * environment, localhost and loopback addresses are never proxied; a bare `proxy_url` takes everything.
 * Throws HttpClientError for a proxy that does not speak HTTP.
 */
export function chooseProxy(
  options: ProxyOptions,
  environment: Environment,
  target: URL,
): URL | undefined {
  const proxy = options.proxyFromEnvironment
    ? proxyFromEnvironment(environment, target)
    : configuredProxy(options, target);
  if (proxy !== undefined && proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    const scheme = JSON.stringify(proxy.protocol.slice(0, -1));
    throw new HttpClientError(
      'connect',
      `cannot use a proxy of scheme ${scheme}, only http, https`,
    );
  }
  return proxy;
}

function configuredProxy(options: ProxyOptions, target: URL): URL | undefined {
  const proxyUrl = options.proxyUrl ?? '';
  if (proxyUrl === '') return undefined;
  const noProxy = options.noProxy ?? '';
  if (noProxy !== '' && !isProxied(target, noProxy)) return undefined;
  return new URL(proxyUrl);
}

function proxyFromEnvironment(environment: Environment, target: URL): URL | undefined {
  const read = (name: string): string => environment[name] ?? environment[name.toLowerCase()] ?? '';
  const text = target.protocol === 'https:' ? read('HTTPS_PROXY') : read('HTTP_PROXY');
  if (text === '' || !isProxied(target, read('NO_PROXY'))) return undefined;
  return new URL(text.includes('://') ? text : `http://${text}`);
}

function isProxied(target: URL, noProxy: string): boolean {
  const host = bareHost(target.hostname).toLowerCase();
  if (host === 'localhost' || isLoopback(host)) return false;
  const port = target.port === '' ? defaultPort(target.protocol) : target.port;
  return !noProxy.split(',').some((entry) => matchesEntry(entry.trim().toLowerCase(), host, port));
}

function matchesEntry(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const slash = entry.indexOf('/');
  if (slash > 0 && isIP(entry.slice(0, slash)) > 0) {
    return inNetwork(host, entry.slice(0, slash), Number(entry.slice(slash + 1)));
  }
  const [name, entryPort] = splitPort(entry);
  if (entryPort !== '' && entryPort !== port) return false;
  if (isIP(name) > 0) return name === host;
  const bare = name.startsWith('*.') ? name.slice(1) : name;
  if (bare.startsWith('.')) return host.endsWith(bare);
  return host === bare || host.endsWith(`.${bare}`);
}

function splitPort(entry: string): readonly [string, string] {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return [bracketed[1] ?? '', bracketed[2] ?? ''];
  if (isIPv6(entry)) return [entry, ''];
  const colon = entry.lastIndexOf(':');
  return colon < 0 ? [entry, ''] : [entry.slice(0, colon), entry.slice(colon + 1)];
}

function inNetwork(host: string, network: string, prefixBits: number): boolean {
  const a = addressBits(host);
  const b = addressBits(network);
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  return a.slice(0, prefixBits) === b.slice(0, prefixBits);
}

/** An address as a string of 32 or 128 binary digits. */
function addressBits(address: string): string | undefined {
  if (isIP(address) === 4) {
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  }
  if (isIP(address) !== 6) return undefined;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(gap, 0) }, () => '0'), ...after];
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

function isLoopback(host: string): boolean {
  return (isIP(host) === 4 && host.startsWith('127.')) || host === '::1';
}

export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

export function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}
