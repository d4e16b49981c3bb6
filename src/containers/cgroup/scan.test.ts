import { describe, expect, it } from 'vitest';
import { Measurement, NamedNumbers } from './measurement.ts';
import { parseNetwork, parsePressure, parseV1BlockIo, parseV2BlockIo } from './parse.ts';
import { asciiBytes, KeyTable, scanKeyed, scanNumber } from './scan.ts';
import { SLOT } from './slots.ts';

describe('scanNumber', () => {
  const cases: [string, number][] = [
    ['0\n', 0],
    ['  17 ', 17],
    ['9223372036854771712\n', 9_223_372_036_854_771_712],
    ['max\n', Number.POSITIVE_INFINITY],
    ['', Number.NaN],
    ['-5\n', Number.NaN],
    ['ma', Number.NaN],
  ];
  it.each(cases)('reads %j as %d', (text, value) => {
    expect(scanNumber(asciiBytes(text), 0, text.length)).toBe(value);
  });
});

describe('scanKeyed', () => {
  it('finds each wanted key among many like it', () => {
    const keys = Array.from({ length: 60 }, (_, i) => `key_${i}`);
    const table = new KeyTable(keys.map((key, i) => [key, i, i % 2 === 0 ? 1 : 1000]));
    const lines = Array.from({ length: 200 }, (_, i) => `key_${i} ${i * 7}\n`).toReversed();
    const values = new Float64Array(60).fill(-1);
    const bytes = asciiBytes(lines.join(''));
    scanKeyed(bytes, bytes.length, table, values);
    expect([...values]).toEqual(keys.map((_, i) => i * 7 * (i % 2 === 0 ? 1 : 1000)));
  });

  it.each(['', '\n\n', 'a', 'a\n', 'a \nb', 'a x\n'])('survives %j', (text) => {
    const values = new Float64Array([5]);
    const bytes = asciiBytes(text);
    scanKeyed(bytes, bytes.length, new KeyTable([['a', 0]]), values);
    expect(values[0] === 5 || Number.isNaN(values[0])).toBe(true);
  });
});

describe('readings of files', () => {
  const parsers = {
    pressure: parsePressure(SLOT.ioWaitingUs, SLOT.ioStalledUs),
    network: parseNetwork,
    'block I/O of version 1': parseV1BlockIo(0, 1, true),
    'block I/O of version 2': parseV2BlockIo,
  };
  const texts = [
    '',
    '\n',
    'some\n',
    'x: 1\n',
    'some avg10=\nfull avg10=1',
    '8:0',
    '8:0 Read',
    'a\nb\n  eth0:',
  ];
  it.each(Object.entries(parsers))('of %s survive what is cut or odd', (_, parse) => {
    for (const text of texts) {
      const bytes = asciiBytes(text);
      expect(() => parse(bytes, bytes.length, new Measurement())).not.toThrow();
    }
  });
});

function take(numbers: NamedNumbers, ...names: string[]): number[] {
  numbers.begin();
  return names.map((name) => {
    const bytes = asciiBytes(name);
    const place = numbers.place(bytes, 0, bytes.length);
    if (place >= 0) numbers.values[place] = 1;
    return place;
  });
}

describe('NamedNumbers', () => {
  it('keep the place of a name, whatever else comes or goes', () => {
    const numbers = new NamedNumbers(2);
    expect(take(numbers, 'a', 'b', 'c')).toEqual([0, 2, 4]);
    const { version } = numbers;
    expect(take(numbers, 'c', 'a')).toEqual([4, 0]);
    expect(numbers.values[2]).toBeNaN();
    expect(numbers.version).toBe(version);
    expect(take(numbers, 'd')).toEqual([6]);
    expect(numbers.version).not.toBe(version);
    expect(numbers.names).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are bounded, and make room for names that come later', () => {
    const numbers = new NamedNumbers(1);
    const names = Array.from({ length: 70 }, (_, i) => `n${i}`);
    expect(take(numbers, ...names).filter((place) => place >= 0)).toHaveLength(64);
    expect(take(numbers, 'late')).toEqual([0]);
  });
});
