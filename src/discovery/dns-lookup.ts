import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { DnsRecordType } from '#config';

/** Names end with a dot, as DNS writes them. */
export type DnsRecord =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'SRV'; readonly target: string; readonly port: number }
  | { readonly type: 'MX' | 'NS'; readonly target: string }
  | { readonly type: 'other' };

/** The records of a name; none where the name does not exist. Rejects where nobody could tell. */
export type DnsLookup = (name: string, type: DnsRecordType) => Promise<readonly DnsRecord[]>;

/** Asks for one full name (with its last dot). Rejects with Node's codes. */
export type DnsQuery = (name: string, type: DnsRecordType) => Promise<readonly DnsRecord[]>;

interface LookupSurroundings {
  readonly query: DnsQuery;
  readonly readFile: (path: string) => Promise<string>;
}

/** How long a server may take, and how often it is asked. */
const QUERY_TIMEOUT_MS = 5000;
const QUERY_TRIES = 2;

/** Answers that say for certain that there is nothing. */
const NOTHING_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Looks names up as Go programs in containers do: first /etc/hosts (addresses only), then the servers
 * of /etc/resolv.conf with its search domains; bare names such as `accesslog` among them.
 */
export function createDnsLookup(
  surroundings: LookupSurroundings = {
    query: createDnsQuery(),
    readFile: (path) => readFile(path, 'utf8'),
  },
): DnsLookup {
  const read = async (path: string): Promise<string> => {
    try {
      return await surroundings.readFile(path);
    } catch {
      return '';
    }
  };
  return async (name, type) => {
    if (type === 'A' || type === 'AAAA') {
      const found = hostsAddresses(await read('/etc/hosts'), name, type);
      if (found.length > 0) return found;
    }
    const candidates = nameCandidates(name, parseResolvConf(await read('/etc/resolv.conf')));
    return await firstAnswer(candidates, type, surroundings.query);
  };
}

async function firstAnswer(
  candidates: readonly string[],
  type: DnsRecordType,
  query: DnsQuery,
): Promise<readonly DnsRecord[]> {
  let failure: Error | undefined;
  for (const candidate of candidates) {
    try {
      const records = await query(candidate, type);
      if (records.length > 0) return records;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined || !NOTHING_CODES.has(code)) failure = error as Error;
    }
  }
  if (failure === undefined) return [];
  const message = `could not resolve ${JSON.stringify(candidates.at(-1))}: ${failure.message}`;
  throw new Error(message, { cause: failure });
}

export interface ResolvConf {
  readonly search: readonly string[];
  readonly dotsMin: number;
}

export function parseResolvConf(text: string): ResolvConf {
  let search: string[] = [];
  let dotsMin = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === 'search') search = words;
    else if (keyword === 'domain') search = words.slice(0, 1);
    else if (keyword === 'options') {
      for (const word of words) {
        if (word.startsWith('ndots:')) dotsMin = Math.min(15, Number(word.slice(6)) || 0);
      }
    }
  }
  return { search, dotsMin };
}

/** The full names to ask for, in order. A name with enough dots is tried as it is first, else last. */
export function nameCandidates(name: string, { search, dotsMin }: ResolvConf): readonly string[] {
  if (name.endsWith('.')) return [name];
  const full = `${name}.`;
  const searched = search.map((domain) => `${full}${domain.replace(/\.*$/, '')}.`);
  return name.split('.').length > dotsMin ? [full, ...searched] : [...searched, full];
}

export function hostsAddresses(text: string, name: string, type: 'A' | 'AAAA'): DnsRecord[] {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  const version = type === 'A' ? 4 : 6;
  const records: DnsRecord[] = [];
  for (const line of text.split('\n')) {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (isIP(address) !== version) continue;
    if (names.some((other) => other.toLowerCase() === wanted)) records.push({ type, address });
  }
  return records;
}

/** Asks the system's servers, or the given ones (`127.0.0.1:53`). */
export function createDnsQuery(servers?: readonly string[]): DnsQuery {
  return async (name, type) => {
    // Made anew each time, so that a changed list of servers counts.
    const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
    if (servers !== undefined) resolver.setServers(servers);
    return await resolveRecords(resolver, name, type);
  };
}

async function resolveRecords(
  resolver: Resolver,
  name: string,
  type: DnsRecordType,
): Promise<readonly DnsRecord[]> {
  switch (type) {
    case 'A':
      return (await resolver.resolve4(name)).map((address) => ({ type, address }));
    case 'AAAA':
      return (await resolver.resolve6(name)).map((address) => ({ type, address }));
    case 'SRV':
      return (await resolver.resolveSrv(name)).map((record) => ({
        type,
        target: withDot(record.name),
        port: record.port,
      }));
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange }) => ({
        type,
        target: withDot(exchange),
      }));
    case 'NS':
      return (await resolver.resolveNs(name)).map((target) => ({ type, target: withDot(target) }));
  }
}

function withDot(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}
