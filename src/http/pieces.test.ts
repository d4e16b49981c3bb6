import { describe, expect, it } from 'vitest';
import { createCors } from './cors.ts';
import { globalUrl, splitHostPort } from './global-url.ts';
import { JsonBytes } from './query/json-bytes.ts';

describe('globalUrl', () => {
  const own = { listenAddress: '0.0.0.0:9090', protocol: 'https:', host: 'mon.example.com:443' };
  const cases: [string, string][] = [
    ['http://node:9100/metrics', 'http://node:9100/metrics'],
    ['http://localhost:9090/metrics?a=b', 'https://mon.example.com:443/metrics?a=b'],
    ['http://127.0.0.1:8080/x', 'http://mon.example.com:8080/x'],
    ['http://[::1]:8080/x', 'http://mon.example.com:8080/x'],
  ];
  it.each(cases)('%s is reached as %s', (url, expected) => {
    expect(globalUrl(url, own)).toBe(expected);
  });

  it('says what is wrong with an address', () => {
    expect(() => globalUrl('http://node/metrics', own)).toThrow('missing port in address');
    expect(() => splitHostPort('a:b:1')).toThrow('too many colons in address');
  });
});

describe('createCors', () => {
  it('allows what matches as a whole, and says nothing without an origin', () => {
    const cors = createCors('https?://(a|b)\\.com');
    expect(cors('http://a.com')['access-control-allow-origin']).toBe('http://a.com');
    expect(cors('http://a.com.evil.org')).toEqual({});
    expect(cors(undefined)).toEqual({});
    expect(createCors('.*')('http://any')['access-control-allow-origin']).toBe('*');
  });
});

describe('JsonBytes', () => {
  it('keeps every character, whatever the pieces are', () => {
    const out = new JsonBytes();
    const piece = 'aé測😀"\n'.repeat(1000);
    for (let i = 0; i < 20; i++) out.write(piece);
    expect(Buffer.from(out.finish()).toString('utf8')).toBe(piece.repeat(20));
  });
});
