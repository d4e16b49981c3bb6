import { describe, expect, test } from 'vitest';
import { formatDate } from './date-format.ts';
import {
  applyPanelTime,
  describePanelTime,
  describeTimeRange,
  parseTime,
  QUICK_RANGES,
  readTimeParameters,
  resolveTimeRange,
  shiftTimeRange,
  timeParameters,
  zoomOutTimeRange,
} from './time-range.ts';
import { fromWallMs, isTimeZone, timeZoneName, zoneOffsetMs } from './time-zone.ts';

// A Wednesday.
const NOW = Date.parse('2024-05-15T13:45:30.500Z');
const UTC = { nowMs: NOW, timeZone: 'utc' };

describe('instants', () => {
  test.each([
    ['now', false, '2024-05-15T13:45:30.500Z'],
    ['now-6h', false, '2024-05-15T07:45:30.500Z'],
    ['now+1h', true, '2024-05-15T14:45:30.500Z'],
    ['now/d', false, '2024-05-15T00:00:00.000Z'],
    ['now/d', true, '2024-05-15T23:59:59.999Z'],
    ['now-1d/d', true, '2024-05-14T23:59:59.999Z'],
    ['now/d+8h', false, '2024-05-15T08:00:00.000Z'],
    ['now/w', false, '2024-05-13T00:00:00.000Z'],
    ['now-1w/w', true, '2024-05-12T23:59:59.999Z'],
    ['now-1M/M', false, '2024-04-01T00:00:00.000Z'],
    ['now/Q', false, '2024-04-01T00:00:00.000Z'],
    ['now/Q', true, '2024-06-30T23:59:59.999Z'],
    ['now/Y', false, '2024-01-01T00:00:00.000Z'],
    ['now-1y/fy', false, '2023-01-01T00:00:00.000Z'],
    ['now-1d-2h', false, '2024-05-14T11:45:30.500Z'],
    ['now/h', false, '2024-05-15T13:00:00.000Z'],
    ['1500000000000', false, '2017-07-14T02:40:00.000Z'],
    ['2024-05-01', false, '2024-05-01T00:00:00.000Z'],
    ['20240501', false, '2024-05-01T00:00:00.000Z'],
    ['20240501T101112', false, '2024-05-01T10:11:12.000Z'],
    ['2024-05-01 10:11:12', false, '2024-05-01T10:11:12.000Z'],
    ['2024-05-01T10:11:12.345Z', false, '2024-05-01T10:11:12.345Z'],
    ['2024-05-01T10:11:12+02:00', false, '2024-05-01T08:11:12.000Z'],
    ['2024-01-31||+1M', false, '2024-02-29T00:00:00.000Z'],
  ])('%s (end: %s) is %s', (text, isEnd, expected) => {
    const timeMs = parseTime(text, isEnd, UTC);
    expect(timeMs === undefined ? timeMs : new Date(timeMs).toISOString()).toBe(expected);
  });

  test.each([
    '',
    'nowhere',
    'now-',
    'now-6',
    'now-6x',
    'now/2d',
    'yesterday',
    '2024-13-01',
    '2024-02-31',
    '1e99',
    'now-999999999y',
    `now${'-1d'.repeat(50)}`,
  ])('%j is none', (text) => {
    expect(parseTime(text, false, UTC)).toBeUndefined();
  });
});

describe('zones', () => {
  test.each([
    ['Europe/Berlin', 'now/d', false, '2024-05-14T22:00:00.000Z'],
    ['America/New_York', 'now/d', true, '2024-05-16T03:59:59.999Z'],
    ['Asia/Kolkata', 'now/h', false, '2024-05-15T13:30:00.000Z'],
    ['Asia/Tokyo', '2024-05-01 09:00:00', false, '2024-05-01T00:00:00.000Z'],
    ['Pacific/Kiritimati', 'now/M', false, '2024-04-30T10:00:00.000Z'],
  ])('in %s %s (end: %s) is %s', (timeZone, text, isEnd, expected) => {
    const timeMs = parseTime(text, isEnd, { nowMs: NOW, timeZone }) ?? 0;
    expect(new Date(timeMs).toISOString()).toBe(expected);
  });

  test('the days on which clocks change have 23 and 25 hours', () => {
    const lengths = ['2024-03-31T12:00:00Z', '2024-10-27T12:00:00Z'].map((now) => {
      const context = { nowMs: Date.parse(now), timeZone: 'Europe/Berlin' };
      const span = resolveTimeRange({ from: 'now/d', to: 'now/d' }, context);
      return ((span?.toMs ?? 0) - (span?.fromMs ?? 0) + 1) / 3_600_000;
    });
    expect(lengths).toEqual([23, 25]);
  });

  test('of an hour that comes twice the first is meant, of one that never comes the one after', () => {
    const twice = fromWallMs(Date.UTC(2024, 9, 27, 2, 30), 'Europe/Berlin');
    expect(new Date(twice).toISOString()).toBe('2024-10-27T00:30:00.000Z');
    const never = fromWallMs(Date.UTC(2024, 2, 31, 2, 30), 'Europe/Berlin');
    expect(new Date(never).toISOString()).toBe('2024-03-31T01:30:00.000Z');
  });

  test('unknown zones are told, and are the own one', () => {
    expect([
      isTimeZone('Mars/Olympus'),
      isTimeZone('utc'),
      isTimeZone(''),
      isTimeZone('Asia/Tokyo'),
    ]).toEqual([false, true, true, true]);
    expect(timeZoneName('Mars/Olympus')).toBe(timeZoneName('browser'));
    expect(zoneOffsetMs(NOW, 'Mars/Olympus')).toBe(zoneOffsetMs(NOW, ''));
  });
});

test.each([
  ['YYYY-MM-DD HH:mm:ss.SSS', '2024-05-15 15:45:30.500'],
  ['dddd, Do MMMM YY', 'Wednesday, 15th May 24'],
  ['h:mm A Z', '3:45 PM +02:00'],
  ['[week] W, DDD', 'week 20, 136'],
  ['x X', `${NOW} ${Math.floor(NOW / 1000)}`],
])('the pattern %s gives %s', (pattern, text) => {
  expect(formatDate(NOW, pattern, 'Europe/Berlin')).toBe(text);
});

describe('ranges', () => {
  test.each(QUICK_RANGES)('$name', (range) => {
    const span = resolveTimeRange(range, UTC);
    expect(span && span.fromMs < span.toMs).toBe(true);
    expect(describeTimeRange(range, UTC)).toBe(range.name);
  });

  test.each([
    ['now-90m', 'now', 'Last 90 minutes'],
    ['1715731200000', 'now', '2024-05-15 00:00:00 to now'],
    ['now-2h', 'now-1h', 'now-2h to now-1h'],
  ])('%s to %s is called %s', (from, to, name) => {
    expect(describeTimeRange({ from, to }, UTC)).toBe(name);
  });

  test('one that ends before it starts is none', () => {
    expect(resolveTimeRange({ from: 'now', to: 'now-1h' }, UTC)).toBeUndefined();
  });

  test('is moved by half its length, not beyond now', () => {
    expect(shiftTimeRange({ fromMs: 1000, toMs: 2000 }, -1, 5000)).toEqual({
      fromMs: 500,
      toMs: 1500,
    });
    expect(shiftTimeRange({ fromMs: 1000, toMs: 2000 }, 1, 2200)).toEqual({
      fromMs: 1200,
      toMs: 2200,
    });
    expect(shiftTimeRange({ fromMs: 1000, toMs: 2000 }, 1, 1500)).toEqual({
      fromMs: 1500,
      toMs: 2500,
    });
  });

  test('zooms out about its middle', () => {
    expect(zoomOutTimeRange({ fromMs: 1e6, toMs: 2e6 })).toEqual({
      fromMs: 500_000,
      toMs: 2_500_000,
    });
    expect(zoomOutTimeRange({ fromMs: 1e6, toMs: 1e6 })).toEqual({
      fromMs: 985_000,
      toMs: 1_015_000,
    });
  });

  test.each([
    ['24h', '', 24, 0],
    ['', '1h', 7, 1],
    ['2h', '1d', 26, 24],
    ['nonsense', 'nonsense', 6, 0],
  ])('a panel with timeFrom %j and timeShift %j', (timeFrom, timeShift, fromAgo, toAgo) => {
    const span = applyPanelTime({ from: 'now-6h', to: 'now' }, { timeFrom, timeShift }, UTC);
    expect(span).toEqual({ fromMs: NOW - fromAgo * 3_600_000, toMs: NOW - toAgo * 3_600_000 });
  });

  test('an absolute range is not replaced by a panel', () => {
    const range = { from: '1000', to: '2000' };
    expect(applyPanelTime(range, { timeFrom: '1h', timeShift: '' }, UTC)).toEqual({
      fromMs: 1000,
      toMs: 2000,
    });
  });
});

describe('URLs', () => {
  test.each([
    ['from=now-1h&to=now&timezone=utc', 'now-1h', 'now', 'utc'],
    ['from=1500000000000', '1500000000000', 'now', undefined],
    ['time=1500000000000&time.window=10000', '1499999995000', '1500000005000', undefined],
    [
      'from=2024-05-01T00:00:00Z&to=now&timezone=Asia/Tokyo',
      '2024-05-01T00:00:00Z',
      'now',
      'Asia/Tokyo',
    ],
    ['from=nonsense&to=now&timezone=Mars', undefined, undefined, undefined],
    ['', undefined, undefined, undefined],
  ])('%s', (query, from, to, timeZone) => {
    const parameters = query.split('&').map((pair): [string, string] => {
      const [key = '', value = ''] = pair.split('=');
      return [key, value];
    });
    const range = from === undefined || to === undefined ? undefined : { from, to };
    expect(readTimeParameters(parameters)).toEqual({ range, timeZone });
  });

  test('what is written is read again', () => {
    const range = { from: 'now-1d/d', to: '1715731200000' };
    expect(readTimeParameters(timeParameters(range, 'browser'))).toEqual({
      range,
      timeZone: 'browser',
    });
  });
});

describe('a calendar of the dashboard’s own', () => {
  const nowMs = Date.parse('2024-05-15T12:00:00Z');
  test.each([
    ['now/w', { weekStartDay: 0 }, '2024-05-12T00:00:00.000Z'],
    ['now/w', { weekStartDay: 6 }, '2024-05-11T00:00:00.000Z'],
    ['now/w', {}, '2024-05-13T00:00:00.000Z'],
    ['now/fy', { fiscalStartMonth: 6 }, '2023-07-01T00:00:00.000Z'],
    ['now/fy', { fiscalStartMonth: 3 }, '2024-04-01T00:00:00.000Z'],
    ['now/fQ', { fiscalStartMonth: 4 }, '2024-05-01T00:00:00.000Z'],
    ['now-1Q/fQ', { fiscalStartMonth: 4 }, '2024-02-01T00:00:00.000Z'],
    ['now/Q', { fiscalStartMonth: 4 }, '2024-04-01T00:00:00.000Z'],
  ])('makes of %s with %j %s', (text, calendar, expected) => {
    const timeMs = parseTime(text, false, { nowMs, timeZone: 'utc', ...calendar });
    expect(new Date(timeMs ?? NaN).toISOString()).toBe(expected);
  });
});

test.each([
  ['2h', 'Last 2 hours'],
  ['now/d', 'Today so far'],
  ['now-1M', 'Last 1 month'],
  ['soon', 'soon'],
])('the time of a panel %j is called %j', (text, words) => {
  expect(describePanelTime(text)).toBe(words);
});

describe('a delay of now', () => {
  const context = { nowMs: 3_600_000, timeZone: 'utc', nowDelayMs: 60_000 };
  test.each([
    [
      { from: 'now-30m', to: 'now' },
      { fromMs: 1_800_000, toMs: 3_540_000 },
    ],
    [
      { from: 'now-30m', to: 'now-5m' },
      { fromMs: 1_800_000, toMs: 3_300_000 },
    ],
    [
      { from: 'now-30s', to: 'now' },
      { fromMs: 3_570_000, toMs: 3_570_000 },
    ],
  ])('makes of %j %j', (range, span) => {
    expect(resolveTimeRange(range, context)).toEqual(span);
  });

  test('holds for the own time of a panel', () => {
    const panel = { timeFrom: '10m', timeShift: '' };
    expect(applyPanelTime({ from: 'now-6h', to: 'now' }, panel, context)).toEqual({
      fromMs: 3_000_000,
      toMs: 3_540_000,
    });
  });
});
