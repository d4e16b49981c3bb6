import { describe, expect, it } from 'vitest';
import { type FieldSettings, type Frame, noFieldSettings } from '#dashboards';
import { layBars } from './bar-layout.ts';
import { drawnColumn, longGaps } from './columns.ts';
import { heatStep, niceSize, valueCells } from './heat-cells.ts';
import { bucketSeries, bucketText, countBuckets } from './histogram-buckets.ts';
import { orderHover } from './hover-rows.ts';
import { arrangeRows, type LegendRow, nextSort, placeLegend } from './legend-rows.ts';
import { stack } from './stacks.ts';
import { cellAt, stateCells } from './state-cells.ts';
import { stateRows } from './state-rows.ts';
import { shiftHue } from './tint.ts';

describe('columns of a graph', () => {
  const style = { transform: 'none', nullsAsZero: false, logBase: 0 } as const;
  const values = Float64Array.of(1, NaN, 0, Infinity);
  it.each([
    ['gaps', style, [1, null, 0, null]],
    ['null as zero', { ...style, nullsAsZero: true }, [1, 0, 0, null]],
    ['no logarithm of zero', { ...style, logBase: 10 }, [1, null, null, null]],
  ])('have %s', (_, given, expected) => {
    expect(drawnColumn({ values, isOwn: undefined }, given)).toEqual(expected);
  });
  it('pass over times of other series', () => {
    const isOwn = Uint8Array.of(1, 0, 1, 1);
    expect(drawnColumn({ values, isOwn }, style)).toEqual([1, undefined, 0, null]);
  });
  it('bridge short gaps only', () => {
    const gaps: [number, number][] = [
      [0, 5],
      [10, 90],
    ];
    expect(longGaps(gaps, 20, (pixel) => pixel)).toEqual([[10, 90]]);
  });
});

describe('stacks', () => {
  it('stand on each other within their key, below zero apart', () => {
    const member = { key: 'a', isPercent: false };
    const { columns, bands } = stack([
      { ...member, column: [1, 2] },
      { ...member, column: [-1, -2] },
      { ...member, column: [3, null] },
      { ...member, column: [9, 9], key: '' },
    ]);
    expect(columns).toEqual([
      [1, 2],
      [-1, -2],
      [4, null],
      [9, 9],
    ]);
    expect(bands).toEqual([{ upper: 2, lower: 0 }]);
  });
  it('in percent are shares of what there is', () => {
    const member = { key: 'a', isPercent: true };
    const { columns } = stack([
      { ...member, column: [1, 0] },
      { ...member, column: [3, 0] },
    ]);
    expect(columns).toEqual([
      [0.25, 0],
      [1, 0],
    ]);
  });
});

describe('buckets', () => {
  it('count values into sizes that are round', () => {
    const options = { bucketCount: 0, bucketSize: 10, bucketOffset: 0 };
    const { starts, counts } = countBuckets([Float64Array.of(1, 5, 12, NaN, 39)], options);
    expect([...starts]).toEqual([0, 10, 20, 30]);
    expect(counts.map((column) => Array.from(column))).toEqual([[2, 1, 0, 1]]);
  });
  it('are never more than a thousand', () => {
    const options = { bucketCount: 0, bucketSize: 1e-9, bucketOffset: 0 };
    const { starts } = countBuckets([Float64Array.of(0, 1e9)], options);
    expect(starts.length).toBeLessThanOrEqual(1000);
  });
  it.each([
    [0.3, 0.5],
    [1, 1],
    [2.1, 2.5],
    [7, 10],
  ])('of %d have size %d', (size, expected) => {
    expect(niceSize(size)).toBeCloseTo(expected);
  });
  it('of a heatmap of values hold each value once', () => {
    const cells = valueCells(Float64Array.of(1, 2), [Float64Array.of(1, 5)], 1);
    const sum = cells.rows.reduce((all, row) => all + row.counts.reduce((a, b) => a + b, 0), 0);
    expect(sum).toBe(2);
  });
  it('take the colour of their share', () => {
    const scale = { steps: 10, exponent: 0.5, hidesBelow: 0 };
    expect([0, 25, 100].map((count) => heatStep(count, 100, scale))).toEqual([-1, 5, 9]);
  });
});

function row(name: string, value: number): LegendRow {
  return {
    key: name,
    name,
    colour: '',
    cells: [{ value, text: String(value) }],
    isEmpty: Number.isNaN(value),
    isZero: value === 0,
  };
}

describe('legends', () => {
  const rows = [row('b', 2), row('a', NaN), row('c', 0)];
  const options = {
    mode: 'table',
    placement: 'bottom',
    reducers: ['max'],
    width: 0,
    sortBy: '',
    sortsDescending: false,
    hidesEmpty: false,
    hidesZero: false,
  } as const;
  it.each([
    ['', false, ['b', 'a', 'c']],
    ['Name', false, ['a', 'b', 'c']],
    ['Max', true, ['b', 'c', 'a']],
    ['Max', false, ['c', 'b', 'a']],
  ])('sort by %j', (by, isDescending, expected) => {
    const arranged = arrangeRows(rows, ['Max'], { sort: { by, isDescending }, options });
    expect(arranged.map(({ name }) => name)).toEqual(expected);
  });
  it('leave out what is empty or zero', () => {
    const sort = { by: '', isDescending: false };
    const hiding = { ...options, hidesEmpty: true, hidesZero: true };
    expect(arrangeRows(rows, ['Max'], { sort, options: hiding })).toHaveLength(1);
  });
  it('sort down, up, and not at all', () => {
    const first = nextSort({ by: '', isDescending: false }, 'Max');
    const second = nextSort(first, 'Max');
    expect([first, second, nextSort(second, 'Max').by]).toEqual([
      { by: 'Max', isDescending: true },
      { by: 'Max', isDescending: false },
      '',
    ]);
  });
  it('have no room in a small panel and never most of a large one', () => {
    expect(placeLegend(rows, options, { width: 300, height: 80 }).placement).toBe('none');
    const beside = { ...options, placement: 'right' } as const;
    expect(placeLegend(rows, beside, { width: 600, height: 300 }).placement).toBe('right');
    // As wide as a phone, a graph needs all of it.
    expect(placeLegend(rows, beside, { width: 360, height: 300 }).placement).toBe('bottom');
    const many = Array.from({ length: 100 }, (_, i) => row(String(i), i));
    expect(placeLegend(many, options, { width: 300, height: 400 }).height).toBeLessThanOrEqual(140);
  });
});

describe('what the pointer shows', () => {
  const columns = { values: [3, 1, NaN, 0].map((one) => Float64Array.of(one)), isHidden: [] };
  const at = { index: 0, nearest: 1, rowsMax: 2 };
  it.each([
    [{ mode: 'single', sort: 'none', hidesZeros: false }, [1], 0],
    [{ mode: 'multi', sort: 'desc', hidesZeros: false }, [0, 1], 1],
    [{ mode: 'multi', sort: 'asc', hidesZeros: true }, [1, 0], 0],
  ] as const)('with %j', (options, indexes, restCount) => {
    expect(orderHover(columns, at, options)).toEqual({ indexes, restCount });
  });
});

describe('states', () => {
  const up = { text: 'Up', colour: '#0f0', group: 'Up' };
  const down = { text: 'Down', colour: '#f00', group: 'Down' };
  const times = Float64Array.of(0, 10, 20, 30);
  it('that are equal and touch are one', () => {
    const cells = stateCells(times, [up, up, undefined, down], { endMs: 40, isMerged: true });
    expect(cells.map(({ text, fromMs, toMs }) => [text, fromMs, toMs])).toEqual([
      ['Up', 0, 20],
      ['Down', 30, 40],
    ]);
    expect([5, 25, 30, 40].map((time) => cellAt(cells, time)?.text)).toEqual([
      'Up',
      undefined,
      'Down',
      undefined,
    ]);
  });
});

describe('states of numbers', () => {
  const base = { labels: {}, legend: '' };
  const times = Float64Array.of(0, 10, 20, 30);
  const frame: Frame = {
    refId: 'A',
    name: '',
    kind: 'timeseries',
    length: 4,
    fields: [
      { ...base, name: 'Time', type: 'time', values: times },
      { ...base, name: 'x', type: 'number', values: Float64Array.of(10, 20, 85, 95) },
    ],
  };
  const steps = [
    { value: -Infinity, colour: '#00ff00' },
    { value: 80, colour: '#ffff00' },
    { value: 90, colour: '#ff0000' },
  ];
  const settings: FieldSettings = {
    ...noFieldSettings,
    unit: 'percent',
    thresholds: { mode: 'absolute', steps },
    colour: { mode: 'thresholds', fixed: '', by: 'last' },
  };
  const rowsOf = (own: FieldSettings, isMerged: boolean): ReturnType<typeof stateRows> =>
    stateRows({
      frames: [frame],
      settings: [[own, own]],
      names: [['Time', 'x']],
      isDark: false,
      zone: 'UTC',
      endMs: 40,
      stepMs: 10,
      isMerged,
    });

  it('are those between thresholds, in the legend too', () => {
    const { rows, states } = rowsOf(settings, true);
    expect(rows[0]?.cells.map(({ text, toMs }) => [text, toMs])).toEqual([
      ['< 80%', 20],
      ['80% – 90%', 30],
      ['≥ 90%', 40],
    ]);
    expect(states.map(({ group }) => group)).toEqual(['< 80%', '80% – 90%', '≥ 90%']);
  });

  it('keep their numbers where each stands for itself', () => {
    const { rows, states } = rowsOf(settings, false);
    expect(rows[0]?.cells.map(({ text }) => text)).toEqual(['10%', '20%', '85%', '95%']);
    expect(states).toHaveLength(3);
  });

  it('of a colour scheme are not in the legend', () => {
    const colour = { ...settings.colour, mode: 'continuous-GrYlRd' };
    expect(rowsOf({ ...settings, colour }, true).states).toEqual([]);
  });
});

describe('bars', () => {
  it('stand beside each other or on each other', () => {
    const columns = [Float64Array.of(2), Float64Array.of(6)];
    const layout = { groupWidth: 1, barWidth: 1 } as const;
    const beside = layBars(columns, { ...layout, stacking: 'none' });
    expect(beside.map(({ from, to }) => [from, to])).toEqual([
      [-0.5, 0],
      [0, 0.5],
    ]);
    const onto = layBars(columns, { ...layout, stacking: 'percent' });
    expect(onto.map(({ low, high }) => [low, high])).toEqual([
      [0, 0.25],
      [0.25, 1],
    ]);
  });
});

it('a shifted hue stays a colour', () => {
  expect(shiftHue('#ff0000', 120)).toBe('hsl(120.0, 100.0%, 50.0%)');
  expect(shiftHue('#808080', 120)).toBe('#808080');
});

const bucketColumn = (
  labels: Record<string, string>,
  ...values: number[]
): Frame['fields'][number] => ({
  type: 'number',
  name: labels['le'] ?? '',
  labels,
  legend: '',
  values: Float64Array.from(values),
});

describe('a histogram of what is in buckets already', () => {
  const frame: Frame = {
    refId: 'A',
    name: '',
    kind: 'heatmap',
    length: 2,
    fields: [
      bucketColumn({ ge: '-Inf', le: '1' }, 2, 3),
      bucketColumn({ ge: '1', le: '+Inf' }, NaN, 4),
    ],
  };
  it('has a bar for each', () => {
    const own = { ...noFieldSettings, unit: 's' };
    const model = bucketSeries([frame], [[own, own]], false);
    expect(model?.categories).toEqual(['≤ 1 s', '> 1 s']);
    expect([...(model?.series[0]?.values ?? [])]).toEqual([5, 4]);
    expect(model?.series[0]?.settings.unit).toBe('short');
  });
  it('is none where values are to be counted', () => {
    const other: Frame = { ...frame, kind: 'timeseries' };
    expect(bucketSeries([other], [[noFieldSettings, noFieldSettings]], false)).toBeUndefined();
    expect(bucketText(1, 2, 's')).toBe('1 s – 2 s');
  });
});
