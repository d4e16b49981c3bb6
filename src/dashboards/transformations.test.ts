import { describe, expect, it } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import type { Field, Frame } from './frame.ts';
import { cellAt, fieldOfCells, type Cell } from './frame-columns.ts';
import { fieldNames } from './legend.ts';
import { transformFrames } from './transformations.ts';

type Rows = readonly (readonly Cell[])[];

/** A column named `Time` holds instants. */
function table(refId: string, names: readonly string[], rows: Rows): Frame {
  const fields = names.map((name, i): Field => {
    const cells = rows.map((row) => row[i] ?? null);
    if (name !== 'Time') return fieldOfCells({ name, labels: {}, legend: '' }, cells);
    const values = Float64Array.from(cells, Number);
    return { type: 'time', name, labels: {}, legend: '', values };
  });
  return { refId, name: refId, fields, length: rows.length, kind: 'table' };
}

function shown(frame: Frame | undefined): Rows {
  if (frame === undefined) return [];
  const rows = Array.from({ length: frame.length }, (_, i) => {
    return frame.fields.map((field) => cellAt(field, i));
  });
  return [fieldNames([frame])[0] ?? [], ...rows];
}

function run(id: string, frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const one = { id, options, isDisabled: false, filter: undefined };
  const { frames: result, problems } = transformFrames(frames, [one]);
  expect(problems).toEqual([]);
  return result;
}

const disks = table(
  'A',
  ['Time', 'instance', 'Value #A'],
  [
    [5, 'a', 1],
    [5, 'b', 2],
  ],
);
const sizes = table(
  'B',
  ['Time', 'instance', 'Value #B'],
  [
    [5, 'b', 20],
    [5, 'c', 30],
  ],
);
const series: Frame = {
  refId: 'A',
  name: 'A',
  kind: 'timeseries',
  length: 2,
  fields: [
    { type: 'time', name: 'Time', labels: {}, legend: '', values: Float64Array.of(1, 2) },
    {
      type: 'number',
      name: 'Value',
      labels: { job: 'a' },
      legend: 'in',
      values: Float64Array.of(1, 3),
    },
    {
      type: 'number',
      name: 'Value',
      labels: { job: 'b' },
      legend: 'out',
      values: Float64Array.of(5, 7),
    },
  ],
};

const cases: [id: string, frames: readonly Frame[], options: JsonObject, result: Rows][] = [
  [
    'partitionByValues',
    [disks],
    { fields: ['instance'] },
    [
      ['Time', 'a'],
      [5, 1],
    ],
  ],
  [
    'groupingToMatrix',
    [disks],
    { rowField: 'Time', columnField: 'instance', valueField: 'Value #A' },
    [
      ['Time\\instance', 'a', 'b'],
      [5, 1, 2],
    ],
  ],
  [
    'transpose',
    [
      table(
        'A',
        ['job', 'up', 'down'],
        [
          ['x', 1, 2],
          ['y', 3, 4],
        ],
      ),
    ],
    {},
    [
      ['Field', 'x', 'y'],
      ['up', 1, 3],
      ['down', 2, 4],
    ],
  ],
  [
    'joinByLabels',
    [series],
    { value: 'job' },
    [
      ['a', 'b'],
      [3, 7],
    ],
  ],
  [
    'formatTime',
    [disks],
    { timeField: 'Time', outputFormat: 'YYYY-MM', timezone: 'utc' },
    [
      ['Time', 'instance', 'Value #A'],
      ['1970-01', 'a', 1],
      ['1970-01', 'b', 2],
    ],
  ],
  [
    'formatString',
    [table('A', ['name'], [['hello big world']])],
    { stringField: 'name', outputFormat: 'Camel Case' },
    [['name'], ['helloBigWorld']],
  ],
  [
    'organize',
    [disks],
    {
      excludeByName: { Time: true },
      indexByName: { 'Value #A': 0, instance: 1 },
      renameByName: { 'Value #A': 'Disks' },
    },
    [
      ['Disks', 'instance'],
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'merge',
    [disks, sizes],
    {},
    [
      ['Time', 'instance', 'Value #A', 'Value #B'],
      [5, 'a', 1, null],
      [5, 'b', 2, 20],
      [5, 'c', null, 30],
    ],
  ],
  [
    'joinByField',
    [disks, sizes],
    { byField: 'instance', mode: 'outer' },
    [
      ['instance', 'Time 1', 'Value #A', 'Time 2', 'Value #B'],
      ['a', 5, 1, NaN, null],
      ['b', 5, 2, 5, 20],
      ['c', NaN, null, 5, 30],
    ],
  ],
  [
    'joinByField',
    [disks, sizes],
    { byField: 'instance', mode: 'inner' },
    [
      ['instance', 'Time 1', 'Value #A', 'Time 2', 'Value #B'],
      ['b', 5, 2, 5, 20],
    ],
  ],
  [
    'renameByRegex',
    [disks],
    { regex: '/Value #(.*)/', renamePattern: 'count $1' },
    [
      ['Time', 'instance', 'count A'],
      [5, 'a', 1],
      [5, 'b', 2],
    ],
  ],
  [
    'groupBy',
    [
      table(
        'A',
        ['job', 'Value'],
        [
          ['x', 1],
          ['y', 5],
          ['x', 3],
        ],
      ),
    ],
    {
      fields: {
        job: { operation: 'groupby' },
        Value: { operation: 'aggregate', aggregations: ['mean', 'max'] },
      },
    },
    [
      ['job', 'Value (mean)', 'Value (max)'],
      ['x', 2, 3],
      ['y', 5, 5],
    ],
  ],
  ['filterFieldsByName', [disks], { include: { pattern: '/^Val/' } }, [['Value #A'], [1], [2]]],
  [
    'filterFieldsByName',
    [disks],
    { exclude: { names: ['Time', 'Value #A'] } },
    [['instance'], ['a'], ['b']],
  ],
  [
    'reduce',
    [series],
    { reducers: ['max', 'lastNotNull'], labelsToFields: true },
    [
      ['Field', 'job', 'Max', 'Last *'],
      ['in', 'a', 3, 3],
      ['out', 'b', 7, 7],
    ],
  ],
  [
    'reduce',
    [series],
    { reducers: ['mean'], mode: 'reduceFields' },
    [
      ['in', 'out'],
      [2, 6],
    ],
  ],
  [
    'sortBy',
    [table('A', ['n'], [[2], [null], [10], [1]])],
    { sort: [{ field: 'n', desc: true }] },
    [['n'], [10], [2], [1], [null]],
  ],
  [
    'filterByValue',
    [disks],
    {
      type: 'include',
      match: 'all',
      filters: [
        { fieldName: 'Value #A', config: { id: 'greater', options: { value: 1 } } },
        { fieldName: 'instance', config: { id: 'regex', options: { value: '^[ab]' } } },
      ],
    },
    [
      ['Time', 'instance', 'Value #A'],
      [5, 'b', 2],
    ],
  ],
  [
    'calculateField',
    [
      table(
        'A',
        ['used', 'size'],
        [
          [1, 4],
          [3, 6],
        ],
      ),
    ],
    { mode: 'binary', binary: { left: 'used', operator: '/', right: 'size' }, alias: 'share' },
    [
      ['used', 'size', 'share'],
      [1, 4, 0.25],
      [3, 6, 0.5],
    ],
  ],
  [
    'calculateField',
    [
      table(
        'A',
        ['used', 'size'],
        [
          [1, 4],
          [3, null],
        ],
      ),
    ],
    { mode: 'reduceRow', reduce: { reducer: 'sum' }, replaceFields: true },
    [['Total'], [5], [3]],
  ],
  [
    'calculateField',
    [table('A', ['n'], [[1], [2]])],
    {
      mode: 'binary',
      binary: {
        left: { matcher: { id: 'byName', options: 'n' } },
        operator: '*',
        right: { fixed: '8' },
      },
    },
    [
      ['n', 'n * 8'],
      [1, 8],
      [2, 16],
    ],
  ],
  [
    'labelsToFields',
    [series],
    {},
    [
      ['Time', 'job', 'Value'],
      [1, 'a', 1],
      [2, 'a', 3],
      [1, 'b', 5],
      [2, 'b', 7],
    ],
  ],
  [
    'labelsToFields',
    [series],
    { valueLabel: 'job' },
    [
      ['Time', 'a', 'b'],
      [1, 1, 5],
      [2, 3, 7],
    ],
  ],
  [
    'seriesToRows',
    [series],
    {},
    [
      ['Time', 'Metric', 'Value'],
      [2, 'in', 3],
      [2, 'out', 7],
      [1, 'in', 1],
      [1, 'out', 5],
    ],
  ],
  [
    'extractFields',
    [table('A', ['info'], [['{"a":1,"b":"x"}'], ['{"a":2}']])],
    { source: 'info', format: 'json', replace: true },
    [
      ['a', 'b'],
      [1, 'x'],
      [2, ''],
    ],
  ],
  [
    'extractFields',
    [table('A', ['info'], [['level=warn msg="two words"']])],
    { source: 'info', format: 'kvp', replace: true },
    [
      ['level', 'msg'],
      ['warn', 'two words'],
    ],
  ],
  [
    'convertFieldType',
    [table('A', ['n'], [['12'], ['x']])],
    { conversions: [{ targetField: 'n', destinationType: 'number' }] },
    [['n'], [12], [null]],
  ],
  [
    'limit',
    [disks],
    { limitField: 1 },
    [
      ['Time', 'instance', 'Value #A'],
      [5, 'a', 1],
    ],
  ],
  [
    'concatenate',
    [table('A', ['a'], [[1], [2]]), table('B', ['b'], [[3]])],
    {},
    [
      ['a', 'b'],
      [1, 3],
      [2, null],
    ],
  ],
  [
    'prepareTimeSeries',
    [series],
    { format: 'long' },
    [
      ['Time', 'job', 'Value'],
      [1, 'a', 1],
      [2, 'a', 3],
      [1, 'b', 5],
      [2, 'b', 7],
    ],
  ],
];

function lengths(frames: readonly Frame[]): number[] {
  return frames.map(({ length }) => length);
}

describe('transformations', () => {
  it.each(cases)('%s of %# gives what is expected', (id, frames, options, result) => {
    expect(shown(run(id, frames, options)[0])).toEqual(result);
  });

  it('makes a row of each series with the series in a cell', () => {
    const [result] = run('timeSeriesTable', [series], { A: { stat: 'max' } });
    expect(result?.fields.map(({ name }) => name)).toEqual(['job', 'Trend #A']);
    expect(result?.fields[1]?.values[1]).toMatchObject({ value: 7, series: { length: 2 } });
  });

  it('tells an unknown one and leaves it out', () => {
    const { frames, problems } = transformFrames(
      [disks],
      [{ id: 'constructor', options: {}, isDisabled: false, filter: undefined }],
    );
    expect(frames).toEqual([disks]);
    expect(problems).toEqual(['constructor: the transformation is not known and left out']);
  });

  it('works on frames of the filter only, and not at all where it is off', () => {
    const options = { limitField: 1 };
    const filter = { id: 'byRefId', options: 'B' };
    const one = { id: 'limit', options, isDisabled: false, filter };
    expect(lengths(transformFrames([disks, sizes], [one]).frames)).toEqual([2, 1]);
    const off = transformFrames([disks, sizes], [{ ...one, isDisabled: true }]);
    expect(lengths(off.frames)).toEqual([2, 2]);
  });

  it('bounds a join in which each row goes with each', () => {
    const many = Array.from({ length: 400 }, (_, i) => ['x', i]);
    const one = { isDisabled: false, filter: undefined, id: 'joinByField' };
    const { frames, problems } = transformFrames(
      [table('A', ['k', 'a'], many), table('B', ['k', 'b'], many)],
      [{ ...one, options: { byField: 'k', mode: 'inner' } }],
    );
    expect(frames[0]?.length).toBe(50_000);
    expect(problems).toEqual(['joinByField: only the first 50000 rows']);
  });
});
