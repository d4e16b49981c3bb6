import { describe, expect, it } from 'vitest';
import { safeLocale } from './locale.ts';
import { formatBytes, formatCounted, formatSi, formatTicks } from './numbers.ts';
import {
  formatInstant,
  formatInstantPrecisely,
  formatRelative,
  formatSpan,
  fromInputValue,
  parseInstant,
  parseRfc3339,
  toInputValue,
} from './times.ts';

describe('locales', () => {
  it.each([
    ['en-US@posix', 'en-US'],
    ['de-DE', 'de-DE'],
    ['de_DE.UTF-8', 'de-DE'],
    ['C', 'en-US'],
    [undefined, 'en-US'],
  ])('%s is read as %s', (reported, expected) => {
    expect(safeLocale(reported)).toBe(expected);
  });
});

describe('numbers', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [1500, '1.5k'],
    [-2_000_000, '-2M'],
    [1e9, '1G'],
    [0.5, '0.5'],
    [0.012, '0.01'],
    [0.002, '2m'],
    [3e-7, '300n'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NaN, 'NaN'],
  ])('%d with two digits is %s', (value, expected) => {
    expect(formatSi(value, 2)).toBe(expected);
  });

  it.each([
    [
      [0, 0.025, 0.05, 0.075],
      ['0', '0.025', '0.05', '0.075'],
    ],
    [
      [1000, 1001, 1002],
      ['1k', '1.001k', '1.002k'],
    ],
    [
      [0, 5e6, 1e7],
      ['0', '5M', '10M'],
    ],
    [
      [0.001, 0.002],
      ['1m', '2m'],
    ],
  ])('ticks %j are %j', (ticks, expected) => {
    expect(formatTicks(ticks)).toEqual(expected);
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [10_485_760, '10.0 MiB'],
  ])('%d bytes are %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });

  it('counts with the right form of the noun', () => {
    expect([formatCounted(1, 'target'), formatCounted(0, 'target')]).toEqual([
      '1 target',
      '0 targets',
    ]);
  });
});

describe('times', () => {
  const timeMs = Date.UTC(2026, 10, 22, 20, 30, 5, 120);

  it('writes moments in UTC', () => {
    expect(formatInstant(timeMs)).toBe('2026-11-22 20:30:05');
    expect(formatInstantPrecisely(timeMs, 'utc')).toBe('2026-11-22 20:30:05.120');
    expect(formatInstantPrecisely(timeMs - 120, 'utc')).toBe('2026-11-22 20:30:05');
  });

  it.each(['utc', 'local'] as const)('reads back what a picker shows in %s time', (zone) => {
    const wholeMs = timeMs - 120;
    expect(fromInputValue(toInputValue(wholeMs, zone), zone)).toBe(wholeMs);
  });

  it.each([
    ['2026-11-22 20:30', Date.UTC(2026, 10, 22, 20, 30)],
    ['2026-11-22 20:30:05', Date.UTC(2026, 10, 22, 20, 30, 5)],
    ['2026-11-22T20:30:05Z', Date.UTC(2026, 10, 22, 20, 30, 5)],
    ['2026-11-22T22:30:05+02:00', Date.UTC(2026, 10, 22, 20, 30, 5)],
    ['1700000000', 1_700_000_000_000],
    ['1700000000.5', 1_700_000_000_500],
    ['', undefined],
    ['tomorrow', undefined],
  ])('reads %j', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });

  it.each([
    [0, 'just now'],
    [5400, '5s ago'],
    [61_000, '1m ago'],
    [3 * 3_600_000, '3h ago'],
  ])('%i ms earlier is "%s"', (distanceMs, expected) => {
    expect(formatRelative(timeMs - distanceMs, timeMs).replace(/min\b/, 'm')).toBe(expected);
  });

  it('reads the year 1 as never', () => {
    expect(parseRfc3339('0001-01-01T00:00:00Z')).toBeUndefined();
  });

  it.each([
    [0.0123, '12 ms'],
    [2.13, '2.1 s'],
    [63, '1m 3s'],
    [7300, '2h 1m'],
  ])('%d seconds are %s', (seconds, expected) => {
    expect(formatSpan(seconds)).toBe(expected);
  });
});
