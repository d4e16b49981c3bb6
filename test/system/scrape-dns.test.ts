import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { createDnsLookup, createDnsQuery } from '#discovery';
import type { DnsLookup } from '#discovery';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TYPES: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  15: 'MX',
  28: 'AAAA',
  33: 'SRV',
};

/** By name and type: the record data; a name that is not here does not exist. */
const zone = new Map<string, readonly Buffer[]>();
const asked: string[] = [];
let server: Socket;
let lookup: DnsLookup;

const word = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const parts = labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  let at = 12;
  let name = '';
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    name += `${query.toString('latin1', at + 1, at + 1 + length)}.`;
    at += 1 + length;
  }
  return { name, type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answer(query: Buffer): Buffer {
  const { name, type, end } = readQuestion(query);
  asked.push(`${TYPES[type]} ${name}`);
  const records = zone.get(`${TYPES[type]} ${name}`);
  const flags = name.startsWith('broken') ? 0x8182 : records === undefined ? 0x8183 : 0x8180;
  const head = [query.subarray(0, 2), word(flags), word(1), word(records?.length ?? 0)];
  const body = (records ?? []).map((data) =>
    Buffer.concat([
      Buffer.from([0xc0, 12]),
      word(type),
      word(1),
      word(0),
      word(1),
      word(data.length),
      data,
    ]),
  );
  return Buffer.concat([...head, word(0), word(0), query.subarray(12, end), ...body]);
}

beforeAll(async () => {
  server = createSocket('udp4');
  server.on('message', (query, from) => server.send(answer(query), from.port, from.address));
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  lookup = createDnsLookup({
    query: createDnsQuery([`127.0.0.1:${server.address().port}`]),
    readFile: (path) =>
      Promise.resolve(path === '/etc/resolv.conf' ? 'search stack.local\noptions ndots:0\n' : ''),
  });
});
afterAll(() => server.close());

describe('lookups by the DNS protocol', () => {
  it('find all addresses of a bare name, as of a service with several containers', async () => {
    const addresses = Array.from({ length: 20 }, (_, i) => `172.18.0.${i + 2}`);
    zone.set(
      'A accesslog.',
      addresses.map((address) => Buffer.from(address.split('.').map(Number))),
    );
    const found = await lookup('accesslog', 'A');
    expect(found).toEqual(addresses.map((address) => ({ type: 'A', address })));
    expect(asked).toEqual(['A accesslog.']);
  });

  it('go on with the search domains', async () => {
    zone.set('A db.stack.local.', [Buffer.from([10, 0, 0, 9])]);
    expect(await lookup('db', 'A')).toEqual([{ type: 'A', address: '10.0.0.9' }]);
  });

  it('find services, mail servers and name servers, with their last dot', async () => {
    const host = encodeName('one.example');
    zone.set('SRV _x._tcp.example.', [Buffer.concat([word(1), word(2), word(8080), host])]);
    zone.set('MX example.', [Buffer.concat([word(10), host])]);
    zone.set('NS example.', [host]);
    const target = 'one.example.';
    expect(await lookup('_x._tcp.example.', 'SRV')).toEqual([{ type: 'SRV', target, port: 8080 }]);
    expect(await lookup('example.', 'MX')).toEqual([{ type: 'MX', target }]);
    expect(await lookup('example.', 'NS')).toEqual([{ type: 'NS', target }]);
  });

  it('find nothing where nothing is, and fail where the server does', async () => {
    expect(await lookup('none', 'AAAA')).toEqual([]);
    await expect(lookup('broken.', 'A')).rejects.toThrow('could not resolve "broken."');
  });
});
