import { describe, expect, it } from 'vitest';
import { cardinalityTable } from './check-metrics.ts';
import { formatBytes, formatGoDuration, formatGoTime } from './go-format.ts';
import { formatMetric, formatValue, formatValueJson } from './query-print.ts';
import { parseTimeMs } from './query-time.ts';
import { queryData } from './query-value.ts';
import { baseUrl } from './query-client.ts';
import { stepMs } from './query-commands.ts';
import { formatTable } from './table.ts';
import { blockRangeOf, groupRanges } from './tsdb-create-blocks.ts';
import { formatOpenMetricsSeries } from './tsdb-dump.ts';

const HOUR_MS = 3_600_000;

const gauge = (name: string, count: number) => ({
  name,
  help: '',
  type: 'gauge' as const,
  metrics: Array.from({ length: count }, () => ({ labels: [], value: 1 })),
});

describe('forms of Go and promtool', () => {
  it.each([
    [0, '0s'],
    [5, '5ms'],
    [1000, '1s'],
    [61_500, '1m1.5s'],
    [7_200_000, '2h0m0s'],
    [6_390_001, '1h46m30.001s'],
    [-1500, '-1.5s'],
    [360_000_000, '100h0m0s'],
  ])('a duration of %d ms is %s', (durationMs, text) => {
    expect(formatGoDuration(durationMs)).toBe(text);
  });

  it.each([
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1KiB'],
    [5124, '5KiB4B'],
    [1024 ** 2 + 1, '1MiB1B'],
    [1024 ** 3 * 1.5, '1GiB512MiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('a time has no fraction', () => {
    expect(formatGoTime(1_700_000_000_999)).toBe('2023-11-14 22:13:20 +0000 UTC');
  });

  it('a table gives each column its widest cell', () => {
    const rows = [
      ['a', 'bb', 'c'],
      ['aaaa', 'b', 'cc'],
    ];
    expect(formatTable(rows, { widthMin: 3, padding: 2 })).toBe('a     bb  c\naaaa  b   cc\n');
  });

  it('a table of series adds up', () => {
    const lines = cardinalityTable([gauge('a', 1), gauge('b', 3)]).split('\n');
    expect(lines[1]).toMatch(/^b +3 +75.00%/);
    expect(lines[3]).toMatch(/^Total +4 +100%/);
  });
});

describe('values of a server', () => {
  const vector = {
    resultType: 'vector' as const,
    result: [
      { metric: { job: 'a"b', __name__: 'up' }, value: [1.5, '1'] as const },
      { metric: {}, value: [2, 'NaN'] as const },
      {
        metric: { a: '<' },
        histogram: [3, { count: '2', sum: '4', buckets: [[0, '1', '2', '2']] as const }] as const,
      },
    ],
  };

  it('are shown as promtool shows them', () => {
    expect(formatValue(vector).split('\n')).toEqual([
      'up{job="a\\"b"} => 1 @[1.5]',
      '{} => NaN @[2]',
      '{a="<"} => Count: 2, Sum: 4, Buckets: [(1,2]:2] @[3]',
    ]);
    expect(formatValue({ resultType: 'scalar', result: [1, '7'] })).toBe('scalar: 7 @[1]');
    expect(formatValue({ resultType: 'string', result: [1, 'x y'] })).toBe('x y');
    const series = {
      metric: { __name__: 'a.b' },
      values: [
        [1, '2'],
        [3, '4'],
      ] as const,
    };
    expect(formatValue({ resultType: 'matrix', result: [series] })).toBe(
      '{"a.b"} =>\n2 @[1]\n4 @[3]',
    );
  });

  it('are JSON in one line, names sorted', () => {
    expect(formatValueJson(vector)).toContain('{"metric":{"__name__":"up","job":"a\\"b"},"value":');
    expect(formatValueJson(vector)).toContain('"a":"\\u003c"');
  });

  it('are the whole name where there are no labels', () => {
    expect(formatMetric({ __name__: 'up' })).toBe('up');
  });

  it.each([
    [undefined],
    ['x'],
    [{ resultType: 'vector', result: {} }],
    [{ resultType: 'vector', result: [{}] }],
    [{ resultType: 'streams', result: [] }],
  ])('are refused where they are none: %j', (data) => {
    expect(queryData(data)).toBeUndefined();
  });
});

describe('what is asked of a server', () => {
  it.each([
    ['localhost:9090', 'http://localhost:9090/api/v1'],
    ['http://a/prefix/', 'http://a/prefix/api/v1'],
    ['https://u:p@a?x=1#y', 'https://u:p@a/api/v1'],
  ])('goes from %s to %s', (server, url) => {
    expect(baseUrl(server)).toBe(url);
  });

  it.each(['ftp://a', 'http://', 'http://a b'])('does not go to %s', (server) => {
    expect(() => baseUrl(server)).toThrow('cannot');
  });

  it.each([
    ['1.5', 1500],
    ['-1', -1000],
    ['2023-11-14T22:13:20Z', 1_700_000_000_000],
    ['2023-11-14T23:13:20.5+01:00', 1_700_000_000_500],
  ])('reads the time %s', (text, timeMs) => {
    expect(parseTimeMs(text, 'time')).toBe(timeMs);
  });

  it.each(['', 'now', '2023-11-14', '2023-13-14T22:13:20Z', 'Infinity'])(
    'has no time %s',
    (text) => {
      expect(() => parseTimeMs(text, 'end time')).toThrow('error parsing end time: cannot parse');
    },
  );

  it.each([
    ['', 300_000, 1000],
    ['', 2 * HOUR_MS, 28_000],
    ['5m', 300_000, 300_000],
    ['0', 300_000, 1000],
  ])('has the step %j over %d ms: %d', (text, spanMs, expected) => {
    expect(stepMs(text, spanMs)).toBe(expected);
  });
});

const range = (number: number, samples: number) => ({
  range: number,
  samples,
  firstPiece: 0,
  lastPiece: 0,
});

describe('blocks out of a file', () => {
  it.each([
    [1, 2],
    [2, 2],
    [5, 2],
    [6, 6],
    [17, 6],
    [24 * 31, 486],
    [24 * 365 * 1000, 2 * 3 ** 9],
  ])('may span %d hours and span %d', (hoursMax, hours) => {
    expect(blockRangeOf(hoursMax * HOUR_MS)).toBe(hours * HOUR_MS);
  });

  it('are made together as far as they fit into memory', () => {
    const groups = groupRanges(
      [range(3, 5), range(1, 4), range(2, 6), range(9, 50), range(10, 1)],
      10,
    );
    expect(groups.map((group) => group.map((one) => one.range))).toEqual([[1, 2], [3], [9], [10]]);
  });

  it.each([
    [['__name__', 'up'], 'up{}'],
    [['__name__', 'up', 'a', 'x"\n\\'], 'up{a="x\\"\\n\\\\"}'],
    [['__name__', 'a.b', 'c.d', '1'], '{"a.b","c.d"="1"}'],
  ])('can be written again: %j', (labels, text) => {
    expect(formatOpenMetricsSeries(labels)).toBe(text);
  });
});
