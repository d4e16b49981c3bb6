import { isStaleNaN } from '#model';
import { describe, expect, test } from 'vitest';
import type { SeriesDescription } from './ast.ts';
import { parseSeriesDescription } from './series.ts';

function parsed(line: string): SeriesDescription {
  const result = parseSeriesDescription(line);
  if (!result.ok) throw new Error(result.errors[0]?.message);
  return result.series;
}

function numbers(line: string): (number | string)[] {
  return parsed(line).values.map((value) => {
    if (value.kind === 'omitted') return '_';
    return value.kind === 'float' ? value.value : value.histogram.count;
  });
}

describe('series descriptions', () => {
  test.each([
    ['a 1 -2 +3 1e3 .5', [1, -2, 3, 1000, 0.5]],
    ['a Inf -Inf +inf NaN', [Infinity, -Infinity, Infinity, NaN]],
    ['a _ _x3 1', ['_', '_', '_', '_', 1]],
    ['a 5x2', [5, 5, 5]],
    ['a 0+10x3 -1-1x2', [0, 10, 20, 30, -1, -2, -3]],
    ['a 1+-1', undefined],
    ['a', []],
    ['a {{count:2}} {{count:3}}x1', [2, 3, 3]],
    ['a {{count:2}}+{{count:3}}x2', [2, 5, 8]],
    ['a {{count:9}}-{{count:3}}x2', [9, 6, 3]],
  ])('%s', (line, expected) => {
    if (expected === undefined) expect(parseSeriesDescription(line).ok).toBe(false);
    else expect(numbers(line)).toEqual(expected);
  });

  test('a line may start with labels, and names may be quoted', () => {
    expect(parsed('{"a b", "c d"="e"} 1').labels).toEqual(['__name__', 'a b', 'c d', 'e']);
  });

  test('stale is the stale marker', () => {
    const [value] = parsed('a stale').values;
    expect(value).toMatchObject({ kind: 'float', stale: true });
    expect(value?.kind === 'float' && isStaleNaN(value.value)).toBe(true);
  });

  test('a histogram has one span on each side', () => {
    const text =
      'a {{schema:1 sum:-2.5 count:6 z_bucket:1 z_bucket_w:0.5 buckets:[1 2] offset:-3 n_buckets:[3] n_offset:4 counter_reset_hint:gauge}}';
    expect(parsed(text).values).toEqual([
      {
        kind: 'histogram',
        counterResetHintSet: true,
        histogram: {
          counterResetHint: 'gauge',
          schema: 1,
          sum: -2.5,
          count: 6,
          zeroCount: 1,
          zeroThreshold: 0.5,
          positiveSpans: [{ offset: -3, length: 2 }],
          positiveBuckets: [1, 2],
          negativeSpans: [{ offset: 4, length: 1 }],
          negativeBuckets: [3],
          customValues: [],
        },
      },
    ]);
  });

  test.each([
    'a 1 2x',
    'a 1+1',
    'a 1 stalex',
    'a foo',
    'a 1x99999999999',
    'a {{count:1',
    'a {{count:1 count:2}}',
    'a {{what:1}}',
    'a {{count}}',
    'a {{buckets:[1 2}}',
    'a {{schema:1.5}}',
    'a{b=~"c"} 1',
    'a{b} 1',
    '1 2',
    '',
    'a 1 ; 2',
  ])('%j is refused with a position', (line) => {
    const result = parseSeriesDescription(line);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.errors[0]?.position.start).toBeLessThanOrEqual(line.length);
  });
});
