import { describe, expect, it } from 'vitest';
import { formatText, formatValue } from './units.ts';

// What Grafana's documentation and published facts say of its units.
const cases: [value: number, unit: string, decimals: number | undefined, text: string][] = [
  [1532.82, 'currencyUSD', 2, '$1.53K'],
  [1532.82, 'currencyKRW', 2, '₩1.53K'],
  [-3, 'currencyEUR', undefined, '-€3'],
  [12, 'currencySEK', undefined, '12 kr'],
  [0.0024, 'ms', 4, '0.0024 ms'],
  [100, 'ms', 0, '100 ms'],
  [1250, 'ms', 2, '1.25 s'],
  [1200, 'ms', 0, '1 s'],
  [10_000_086.123, 'ms', 1, '2.8 hours'],
  [90, 's', undefined, '1.50 mins'],
  [3600, 's', undefined, '1 hour'],
  [0.0005, 's', undefined, '500 µs'],
  [0, 's', undefined, '0 s'],
  [-7200, 's', undefined, '-2 hours'],
  [98_765, 'short', 0, '99 K'],
  [9_876_543, 'short', 2, '9.88 Mil'],
  [0.5, 'short', undefined, '0.500'],
  [10_000_000, 'kbytes', 3, '9.537 GiB'],
  [10_000_000, 'deckbytes', 3, '10.000 GB'],
  [1536, 'bytes', undefined, '1.50 KiB'],
  [0, 'bytes', undefined, '0 B'],
  [1_000_000, 'Bps', undefined, '1 MB/s'],
  [1024, 'binBps', undefined, '1 KiB/s'],
  [1000, 'megwatt', 3, '1.000 GW'],
  [1000, 'kohm', 3, '1.000 MΩ'],
  [1000, 'pfarad', 3, '1.000 nF'],
  [1000, 'mhenry', 3, '1.000 H'],
  [1234.5, 'ops', undefined, '1.23K ops/s'],
  [3, 'reqps', undefined, '3 req/s'],
  [0.1234, 'percentunit', undefined, '12.3%'],
  [12.345, 'percent', 2, '12.35%'],
  [21.5, 'celsius', undefined, '21.5 °C'],
  [5, 'connections', undefined, '5 connections'],
  [5, 'suffix:rows', undefined, '5 rows'],
  [5, 'prefix:≈', undefined, '≈5'],
  [1.5, 'si:mV', undefined, '1.50 mV'],
  [1500, 'si:mV', undefined, '1.50 V'],
  [1500, 'count:jobs', undefined, '1.50K jobs'],
  [1500, 'currency:₿', undefined, '₿1.50K'],
  [1, 'bool_yes_no', undefined, 'Yes'],
  [0, 'bool_on_off', undefined, 'Off'],
  [255, 'hex0x', undefined, '0xFF'],
  [1, 'dtdurations', undefined, '1 second'],
  [-0.001, 'dtdurations', undefined, '1 millisecond ago'],
  [38_898_367_008, 'dtdurationms', 0, '1 year'],
  [38_898_367_008, 'dtdurationms', 1, '1 year, 2 months'],
  [
    38_898_367_008,
    'dtdurationms',
    20,
    '1 year, 2 months, 3 weeks, 4 days, 5 hours, 6 minutes, 7 seconds, 8 milliseconds',
  ],
  [59_999, 'clockms', undefined, '59s:999ms'],
  [7_199_999, 'clockms', 1, '01h:59m'],
  [89_999_999, 'clockms', 2, '24h:59m:59s'],
  [999, 'clockms', 0, '999ms'],
  [1, 'dthms', undefined, '00:00:01'],
  [93_784, 'dtdhms', undefined, '1 d 02:03:04'],
  [1_505_634_997_920, 'dateTimeAsIso', undefined, '2017-09-17 07:56:37'],
  [1_505_634_997_920, 'dateTimeAsUS', undefined, '09/17/2017 7:56:37 am'],
  [1_505_634_997_920, 'time:YYYY [at] HH', undefined, '2017 at 07'],
  [NaN, 'bytes', undefined, 'NaN B'],
  [Infinity, 's', undefined, '+Inf'],
  [1e-10, 'none', undefined, '1e-10'],
];

describe('values in units', () => {
  it.each(cases)('shows %d in %s with %s decimals as %s', (value, unit, decimals, text) => {
    expect(formatText(value, unit, decimals)).toBe(text);
  });

  it('shows an instant on the clock of a zone', () => {
    const context = { zone: 'Europe/Berlin', nowMs: 0 };
    expect(formatText(1_505_634_997_920, 'dateTimeAsIso', undefined, context)).toBe(
      '2017-09-17 09:56:37',
    );
  });

  it('leaves out the day of today', () => {
    const context = { zone: 'UTC', nowMs: 1_505_634_997_920 };
    const text = formatText(1_505_630_000_000, 'dateTimeAsIsoNoDateIfToday', undefined, context);
    expect(text).toBe('06:33:20');
  });

  it.each([
    [-7 * 86_400_000, '7 days ago'],
    [-120_000, '2 minutes ago'],
    [3_600_000, 'in an hour'],
  ])('says how far %d ms are from now', (ms, text) => {
    const context = { zone: 'UTC', nowMs: 1e12 };
    expect(formatText(1e12 + ms, 'dateTimeFromNow', undefined, context)).toBe(text);
  });

  it('cuts a unit of any length', () => {
    expect(formatValue(1, 'x'.repeat(1e6)).suffix).toHaveLength(101);
  });
});
