import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration, parseSignedDuration } from './duration.ts';

describe('durations', () => {
  test.each([
    ['0', 0, '0s'],
    ['90s', 90_000, '1m30s'],
    ['1h30m', 5_400_000, '1h30m'],
    ['1500ms', 1500, '1s500ms'],
    ['14d', 1_209_600_000, '2w'],
    ['8d', 691_200_000, '8d'],
    ['366d', 31_622_400_000, '366d'],
  ])('%s is %i ms and is written %s', (text, durationMs, formatted) => {
    expect(parseDuration(text)).toBe(durationMs);
    expect(formatDuration(durationMs)).toBe(formatted);
  });

  test.each(['', '1', '1.5h', '1m1h', '-1h', '300y', ' 1h', '1h '])('%j is refused', (text) => {
    expect(() => parseDuration(text)).toThrow(/duration/);
  });

  test('a sign is taken where it is allowed', () => {
    expect(parseSignedDuration('-1h')).toBe(-3_600_000);
    expect(formatDuration(-3_600_000)).toBe('-1h');
    expect(Object.is(parseSignedDuration('-0s'), 0)).toBe(true);
  });
});
