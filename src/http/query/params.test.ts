import { describe, expect, it } from 'vitest';
import { encodeTimestamp, encodeValue } from './encode-number.ts';
import {
  limitParam,
  matcherSets,
  Params,
  parseDurationParam,
  readTime,
  timeoutParam,
} from './params.ts';

const params = (text: string): Params => new Params([...new URLSearchParams(text)]);

describe('times', () => {
  const cases: [string, number | undefined][] = [
    ['0', 0],
    ['1.5', 1500],
    ['-2', -2000],
    ['1e3', 1_000_000],
    ['1970-01-01T00:00:01Z', 1000],
    ['1970-01-01T00:00:01.25+00:00', 1250],
    ['1970-01-01T01:00:00.123456789+01:00', 123],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000],
    ['2023-02-29T00:00:00Z', undefined],
    ['2023-02-00T00:00:00Z', undefined],
    ['2023-01-01', undefined],
    ['0x10', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['', undefined],
    [' 1', undefined],
  ];
  it.each(cases)('%j is %s', (text, expected) => expect(readTime(text)).toBe(expected));

  it('names the bounds that Prometheus clients send', () => {
    expect(readTime('-292273086-05-16T16:47:06Z')).toBe(Number.MIN_SAFE_INTEGER);
    expect(readTime('292277025-08-18T07:12:54.999999999Z')).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('other parameters', () => {
  it('reads durations as seconds or with units', () => {
    expect(parseDurationParam('0.25')).toBe(250);
    expect(parseDurationParam('1m30s')).toBe(90_000);
    expect(() => parseDurationParam('1e30')).toThrow(/overflows/);
    expect(() => parseDurationParam('1'.repeat(5_000_000))).toThrow('cannot parse');
    expect(readTime('1'.repeat(5_000_000))).toBeUndefined();
    expect(() => parseDurationParam('soon')).toThrow('cannot parse "soon" to a valid duration');
  });

  it('refuses limits that are none', () => {
    expect(limitParam(params('limit=7'))).toBe(7);
    expect(limitParam(params(''))).toBe(0);
    expect(() => limitParam(params('limit=-1'))).toThrow('limit must be non-negative');
    expect(() => limitParam(params('limit=x'))).toThrow('invalid syntax');
  });

  it('never lets a request take longer than the server allows', () => {
    expect(timeoutParam(params(''), 1000)).toBe(1000);
    expect(timeoutParam(params('timeout=5'), 1000)).toBe(1000);
    expect(timeoutParam(params('timeout=0.5'), 1000)).toBe(500);
    expect(timeoutParam(params('timeout=5'), 0)).toBe(5000);
    expect(timeoutParam(params('timeout=0'), 1000)).toBe(1);
  });

  it('wants selectors that leave something out', () => {
    expect(matcherSets(params('match[]=up&match[]={a="b"}'))).toHaveLength(2);
    expect(() => matcherSets(params('match[]={a=~".*"}'))).toThrow(/non-empty matcher/);
    expect(() => matcherSets(params('match[]=up+down'))).toThrow(
      /invalid parameter "match\[\]": 1:4/,
    );
  });
});

describe('numbers in answers', () => {
  const instants: [number, string][] = [
    [0, '0'],
    [1, '0.001'],
    [-1, '-0.001'],
    [1000, '1'],
    [-1500, '-1.500'],
    [1_700_000_000_123, '1700000000.123'],
  ];
  it.each(instants)('%d ms is %s', (ms, text) => expect(encodeTimestamp(ms)).toBe(text));

  const values: [number, string][] = [
    [-0, '-0'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [1e-6, '0.000001'],
    [1e-7, '1e-7'],
    [NaN, 'NaN'],
    [-Infinity, '-Inf'],
    [Infinity, '+Inf'],
  ];
  it.each(values)('%d is %s', (value, text) => expect(encodeValue(value)).toBe(text));
});
