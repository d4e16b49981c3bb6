import { describe, expect, it } from 'vitest';
import {
  classicStatistics,
  formatStatistics,
  formatSummary,
  nativeStatistics,
} from './bucket-statistics.ts';
import type { ValuePair } from './query-value.ts';

function bucket(le: string, counts: readonly number[], stepSeconds = 1) {
  const values = counts.map((count, i): ValuePair => [i * stepSeconds, String(count)]);
  return { metric: { __name__: 'x_bucket', le }, values };
}

const CLASSIC = [bucket('+Inf', [3, 5, 9]), bucket('1', [1, 2, 3]), bucket('10', [3, 4, 8])];

const at = (buckets: readonly (readonly [number, string, string, string])[]) =>
  ({ count: '1', sum: '1', buckets }) as const;

describe('how histograms use their buckets', () => {
  it('is counted between samples of classic ones, bucket by bucket', () => {
    const statistics = classicStatistics(CLASSIC);
    expect(statistics).toEqual({
      changed: { min: 2, average: 2, max: 2 },
      delta: { min: 2, average: 3, max: 4 },
      populated: { min: 3, average: 3, max: 3 },
      bucketCount: 3,
    });
  });

  it('is counted for native ones, where buckets come and go', () => {
    const statistics = nativeStatistics({
      metric: {},
      histograms: [
        [1, at([[0, '1', '2', '5']])],
        [
          2,
          at([
            [0, '1', '2', '5'],
            [0, '2', '4', '3'],
          ]),
        ],
        [3, at([[0, '2', '4', '4']])],
      ],
    });
    expect(statistics).toEqual({
      changed: { min: 1, average: 1.5, max: 2 },
      delta: { min: 3, average: 4.5, max: 6 },
      populated: { min: 1, average: 1.5, max: 2 },
      bucketCount: 2,
    });
  });

  it('needs two samples', () => {
    expect(classicStatistics([bucket('1', [1])])).toBeUndefined();
    expect(classicStatistics([])).toBeUndefined();
    expect(nativeStatistics({ metric: {} })).toBeUndefined();
  });

  it('needs samples at the same times', () => {
    expect(() => classicStatistics([bucket('1', [1, 2]), bucket('2', [1, 2], 2)])).toThrow(
      'cannot compare buckets',
    );
  });

  it('is shown in the words of promtool', () => {
    const statistics = classicStatistics(CLASSIC);
    if (statistics === undefined) throw new Error('there are statistics');
    expect(formatStatistics(statistics)).toBe(
      'Bucket stats (min/avg/max) - number of buckets changed: 2/2.000/2 total delta of changed ' +
        'buckets: 2/3.000/4 number of populated buckets: 3/3.000/3. total number of buckets: 3',
    );
    expect(formatSummary([statistics])).toContain('maxDelta - min/avg/max: 4/4.000/4\n');
    expect(formatSummary([statistics])).toMatch(/total - min\/avg\/max: 3\/3.000\/3\ncount - 1\n$/);
    expect(formatSummary([])).toMatch(/count - 0\n$/);
  });
});
