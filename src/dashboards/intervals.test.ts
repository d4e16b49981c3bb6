import { describe, expect, test } from 'vitest';
import {
  calculateInterval,
  formatInterval,
  type IntervalRequest,
  parseInterval,
  POINTS_MAX,
  queryIntervals,
  rateInterval,
  roundInterval,
} from './intervals.ts';

const HOUR = 3_600_000;

test.each([
  ['30s', 30_000],
  ['>1m', 60_000],
  ['> 5m', 300_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['1M', 30 * 24 * HOUR],
  ['15', 15_000],
  ['0s', undefined],
  ['', undefined],
  ['$interval', undefined],
  ['1x', undefined],
  ['-5m', undefined],
])('the interval %j is %s ms', (text, intervalMs) => {
  expect(parseInterval(text)).toBe(intervalMs);
});

test.each([
  [15_000, '15s'],
  [60_000, '1m'],
  [90_000, '90s'],
  [86_400_000, '1d'],
  [604_800_000, '7d'],
  [31_536_000_000, '1y'],
  [250, '250ms'],
  [0, '1ms'],
])('%d ms is written %s', (intervalMs, text) => {
  expect(formatInterval(intervalMs)).toBe(text);
});

test.each([
  [7, 1],
  [30, 20],
  [1000, 1000],
  [3499, 2000],
  [3500, 5000],
  [44_999, 30_000],
  [45_000, 60_000],
  [5_400_000, 7_200_000],
  [2_000_000_000, 2_592_000_000],
  [9e10, 31_536_000_000],
])('%d ms is rounded to %d', (intervalMs, rounded) => {
  expect(roundInterval(intervalMs)).toBe(rounded);
});

test.each([
  // Six hours on 1,000 points is 21.6 s each.
  [6 * HOUR, 1000, 1, 20_000],
  [6 * HOUR, 1000, 60_000, 60_000],
  [HOUR, 0, 1, HOUR],
  [0, 100, 15_000, 15_000],
])('a range of %d ms on %d points, at least %d ms: %d', (rangeMs, points, minMs, intervalMs) => {
  expect(calculateInterval(rangeMs, points, minMs)).toBe(intervalMs);
});

// grafana.com/docs/grafana/latest/datasources/prometheus/template-variables: max($__interval + scrape, 4 * scrape).
test.each([
  [15_000, 15_000, 60_000],
  [60_000, 15_000, 75_000],
  [300_000, 60_000, 360_000],
])('steps of %d ms, scraped every %d: a rate over %d', (intervalMs, scrapeMs, expected) => {
  expect(rateInterval(intervalMs, scrapeMs)).toBe(expected);
});

describe('how a query is asked', () => {
  const usual: IntervalRequest = {
    fromMs: 1_700_000_001_000,
    toMs: 1_700_000_001_000 + 6 * HOUR,
    points: 1000,
    panelMinInterval: '',
    queryMinInterval: '',
    intervalFactor: 1,
    scrapeIntervalMs: 15_000,
    zoneOffsetMs: 0,
  };

  test.each<[string, Partial<IntervalRequest>, number, number]>([
    ['by the range and the points', {}, 20_000, 60_000],
    ['with a minimum of the panel', { panelMinInterval: '1m' }, 60_000, 75_000],
    ['with a minimum of the query', { queryMinInterval: '2m' }, 120_000, 480_000],
    ['with >', { panelMinInterval: '>1m' }, 60_000, 75_000],
    ['with half the resolution', { intervalFactor: 2 }, 40_000, 60_000],
    ['with the rate interval as minimum', { queryMinInterval: '$__rate_interval' }, 60_000, 60_000],
    ['with an unknown variable as minimum', { queryMinInterval: '$none' }, 20_000, 60_000],
    ['not more often than scraped', { points: 100_000 }, 15_000, 60_000],
  ])('%s', (_title, change, intervalMs, rateIntervalMs) => {
    expect(queryIntervals({ ...usual, ...change })).toMatchObject({ intervalMs, rateIntervalMs });
  });

  test('start and end are multiples of the step, in the zone', () => {
    const day = 24 * HOUR;
    const request = { ...usual, points: 1, panelMinInterval: '1d', toMs: usual.fromMs + 3 * day };
    const utc = queryIntervals({ ...request, points: 3 });
    expect([utc.startMs % day, utc.endMs % day]).toEqual([0, 0]);
    const berlin = queryIntervals({ ...request, points: 3, zoneOffsetMs: HOUR });
    expect((berlin.startMs + HOUR) % day).toBe(0);
  });

  test.each([HOUR, 30 * 24 * HOUR, 370 * 24 * HOUR, 20 * 365 * 24 * HOUR])(
    'the API gives the points of %d ms',
    (rangeMs) => {
      const toMs = usual.fromMs + rangeMs;
      const asked = queryIntervals({ ...usual, toMs, points: 1e9, scrapeIntervalMs: 1 });
      const points = (asked.endMs - asked.startMs) / asked.intervalMs + 1;
      expect(points).toBeLessThanOrEqual(POINTS_MAX);
    },
  );
});
