import { describe, expect, it } from 'vitest';
import {
  expandEnv,
  expandTarget,
  formatSize,
  matchNames,
  parseSize,
  targetVariables,
} from './index.ts';
import { nearestName } from './error.ts';
import { printYaml } from './print.ts';
import { quote, textOfBytes } from './quote.ts';
import { urlParts, urlProblem } from './scalars.ts';
import { scalarNumber, scalarTag } from './yaml-scalar.ts';

describe('sizes', () => {
  const cases: [string, number, string][] = [
    ['0', 0, '0B'],
    ['1B', 1, '1B'],
    ['15MB', 15_728_640, '15MiB'],
    ['1KiB', 1024, '1KiB'],
    ['1.5GB', 1_610_612_736, '1GiB512MiB'],
    ['-1GB', -1_073_741_824, '-1GiB'],
  ];
  it.each(cases)('%s is %d bytes', (text, bytes, formatted) => {
    expect(parseSize(text)).toBe(bytes);
    expect(formatSize(bytes)).toBe(formatted);
  });
  it.each([
    ['', 'units: invalid '],
    ['10', 'units: unknown unit  in 10'],
    ['1XB', 'units: unknown unit XB in 1XB'],
    ['MB', 'units: invalid MB'],
    ['99EB', 'units: overflow parsing unit "99EB"'],
  ])('%j is refused', (text, expected) => {
    expect(() => parseSize(text)).toThrow(expected);
  });
});

describe('bare words of YAML 1.1', () => {
  it.each([
    ['', 'null'],
    ['~', 'null'],
    ['yes', 'bool'],
    ['Off', 'bool'],
    ['yEs', 'str'],
    ['1_000', 'int'],
    ['0x1F', 'int'],
    ['010', 'int'],
    ['089', 'float'],
    ['1.5', 'float'],
    ['1e3', 'str'],
    ['1e+3', 'float'],
    ['.inf', 'float'],
    ['2026-01-01', 'timestamp'],
    ['1.2.3.4:80', 'str'],
    ['<<', 'merge'],
  ])('%s is %s', (text, tag) => {
    expect(scalarTag(text)).toBe(tag);
  });
  it.each([
    ['1_000', 1000],
    ['0x1F', 31],
    ['-010', -8],
    ['-.inf', -Infinity],
    ['+1.5', 1.5],
  ])('%s is %d', (text, number) => {
    expect(scalarNumber(text)).toBe(number);
  });
});

describe('expandEnv', () => {
  const env = { A: 'x', a1: 'y' };
  it.each([
    ['$A-${A}$a1', 'x-xy'],
    ['$AB', ''],
    ['$$A', '$A'],
    ['a$', 'a$'],
    ['$ A', '$ A'],
    ['${}b', 'b'],
    ['${A', 'A'],
    ['$1b', 'b'],
    ['${$}', '$'],
  ])('%s becomes %j', (text, expected) => {
    expect(expandEnv(text, env)).toBe(expected);
  });
});

describe('expandTarget', () => {
  it.each([
    ['HOST:80', '192.0.2.1', '192.0.2.1:80'],
    ['HOST', 'h', 'h'],
    ['HOST:80', 'tcp://h.example:2376', 'h.example:80'],
    ['HOST:80', 'ssh://me@h', 'h:80'],
    ['HOST:80', 'tcp://[2001:db8::1]:2376', '[2001:db8::1]:80'],
    ['HOST:80', '2001:db8::1', '[2001:db8::1]:80'],
    ['HOST:80', 'unix:///var/run/docker.sock', 'HOST:80'],
    ['HOST:80', '', 'HOST:80'],
    ['HOSTS:80', 'h', 'HOSTS:80'],
    ['a.HOST:80', 'h', 'a.HOST:80'],
  ])('%s with %j becomes %s', (target, value, expected) => {
    expect(expandTarget(target, ['OTHER', 'HOST'], { HOST: value })).toBe(expected);
  });
});

describe('targetVariables', () => {
  it.each([
    [undefined, ['DOCKER_HOST']],
    ['', []],
    ['A, B,', ['A', 'B']],
  ])('%j names %j', (value, expected) => {
    expect(targetVariables({ NARTHEX_CONFIG_TARGET_ENV: value })).toEqual(expected);
  });
});

describe('printYaml', () => {
  it.each([
    ['a b', 'a b'],
    ['', '""'],
    ['1', '"1"'],
    ['true', '"true"'],
    ['10:20', '"10:20"'],
    ['1.2.3.4:80', '1.2.3.4:80'],
    ['a: b', "'a: b'"],
    ['a #b', "'a #b'"],
    ['a:b#c', 'a:b#c'],
    ["'q", "'''q'"],
    ['*', "'*'"],
    ['- a', "'- a'"],
    ['-a', '-a'],
    ['trailing:', "'trailing:'"],
    [' lead', "' lead'"],
    ['tab\t', "'tab\t'"],
    ['bell\u0007', '"bell\\u0007"'],
    ['測試', '測試'],
  ])('%j is written %s', (text, expected) => {
    expect(printYaml(new Map([['k', text]]))).toBe(`k: ${expected}\n`);
  });

  it('writes nested lists and sections without indenting items below their key', () => {
    const section = new Map<string, number | string>([
      ['a', 1],
      ['b', 'x\ny\n'],
    ]);
    const shown = new Map([['list', [section, [1, 2]]]]);
    expect(printYaml(shown)).toBe('list:\n- a: 1\n  b: |\n    x\n    y\n- - 1\n  - 2\n');
  });
});

describe('quote', () => {
  it.each([
    ['a"b\\', '"a\\"b\\\\"'],
    ['\n\u0000\u00a0é', '"\\n\\x00\\u00a0é"'],
    [textOfBytes(new Uint8Array([0x61, 0xff])), '"a\\xff"'],
  ])('%j', (text, expected) => {
    expect(quote(text)).toBe(expected);
  });
});

describe('URLs', () => {
  it.each([
    ['http://a:80/b', undefined],
    ['unix:///var/run/docker.sock', undefined],
    ['relative/path', undefined],
    ['', undefined],
    ['://a', 'parse "://a": missing protocol scheme'],
    ['1:2', 'parse "1:2": first path segment in URL cannot contain colon'],
    ['http://a:x', 'parse "http://a:x": invalid port ":x" after host'],
    ['http://u:p@a:x', 'parse "http://u:xxxxx@a:x": invalid port ":x" after host'],
    ['http://a/%zz', 'parse "http://a/%zz": invalid URL escape "%zz"'],
  ])('%s', (text, expected) => {
    expect(urlProblem(text)).toBe(expected);
  });
  it('has a scheme and a host', () => {
    expect(urlParts('https://me@a:1/b')).toEqual({ scheme: 'https', host: 'a:1' });
    expect(urlParts('a/b')).toEqual({ scheme: '', host: '' });
  });
});

describe('names', () => {
  it('finds the nearest, and none where all are far', () => {
    expect(nearestName('scrape_intervall', ['scrape_interval', 'scrape_timeout'])).toBe(
      'scrape_interval',
    );
    expect(nearestName('foo', ['scrape_interval'])).toBeUndefined();
  });
  it('match shell patterns', () => {
    const names = ['b.yml', 'a.yml', 'a.yaml', 'ab.yml'];
    expect(matchNames('*.yml', names)).toEqual(['a.yml', 'ab.yml', 'b.yml']);
    expect(matchNames('?.y*l', names)).toEqual(['a.yaml', 'a.yml', 'b.yml']);
    expect(matchNames('[b-c].yml', names)).toEqual(['b.yml']);
  });
});
