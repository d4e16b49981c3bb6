import { describe, expect, it } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import { describeChanges } from './edit-changes.ts';
import { readLayout, writeLayout } from './edit-layout.ts';
import { addPanel, removePanel, resizePanel } from './edit-places.ts';
import { addRow, setRowCollapsed } from './edit-rows.ts';
import { withJsonAt } from './edit-json.ts';

const FILE: JsonObject = {
  title: 'Hosts',
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      { name: 'host', type: 'query' },
      { name: 'job', type: 'custom' },
    ],
  },
  annotations: { list: [{ name: 'Deploys', enable: true }] },
  panels: [
    {
      id: 1,
      type: 'timeseries',
      title: 'CPU',
      gridPos: { x: 0, y: 0, w: 12, h: 8 },
      targets: [
        { refId: 'A', expr: 'up' },
        { refId: 'B', expr: 'down' },
      ],
      fieldConfig: { defaults: { unit: 's' }, overrides: [] },
    },
    { id: 2, type: 'text', gridPos: { x: 12, y: 0, w: 12, h: 8 } },
    {
      id: 5,
      type: 'row',
      title: 'More',
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y: 8, w: 24, h: 1 },
    },
  ],
};

function told(after: JsonObject, before = FILE): string[] {
  return describeChanges(before, after).map(({ kind, subject, details }) =>
    [kind, subject, ...details].join(' | '),
  );
}

function layout(
  change: (all: ReturnType<typeof readLayout>) => ReturnType<typeof readLayout>,
): JsonObject {
  return writeLayout(FILE, change(readLayout(FILE)));
}

describe('what changed in a file', () => {
  it.each<[string, JsonObject, string[]]>([
    ['nothing', FILE, []],
    [
      'a title',
      withJsonAt(FILE, ['title'], 'Machines'),
      ['changed | Dashboard | title: “Hosts” → “Machines”'],
    ],
    [
      'the time',
      withJsonAt(FILE, ['time', 'from'], 'now-1h'),
      ['changed | Dashboard | time.from: “now-6h” → “now-1h”'],
    ],
    [
      'a query',
      withJsonAt(FILE, ['panels', 0, 'targets', 0, 'expr'], 'sum(up)'),
      ['changed | Panel “CPU” | query A: expr: “up” → “sum(up)”'],
    ],
    [
      'a query that went',
      withJsonAt(FILE, ['panels', 0, 'targets', 1], undefined),
      ['changed | Panel “CPU” | query B removed: “down”'],
    ],
    [
      'an option',
      withJsonAt(FILE, ['panels', 0, 'fieldConfig', 'defaults', 'unit'], 'bytes'),
      ['changed | Panel “CPU” | fieldConfig.defaults.unit: “s” → “bytes”'],
    ],
    [
      'an option that is new',
      withJsonAt(FILE, ['panels', 1, 'options', 'mode'], 'html'),
      ['changed | Panel 2 | options: none → {"mode":"html"}'],
    ],
    ['a panel that went', layout((all) => removePanel(all, 2)), ['removed | Panel 2']],
    [
      'a panel that came',
      layout((all) => addPanel(all, { json: { type: 'text', title: 'Note' }, w: 12, h: 8 }).layout),
      ['added | Panel “Note”'],
    ],
    [
      'a size',
      layout((all) => resizePanel(all, 1, 'down')),
      ['changed | Layout | Panel “CPU”: 12 × 8 → 12 × 9'],
    ],
    [
      'a row that closed',
      layout((all) => setRowCollapsed(all, 5, true)),
      ['changed | Row “More” | closed'],
    ],
    ['a row that came', layout((all) => addRow(all, 'Last').layout), ['added | Row “Last”']],
    [
      'a variable',
      withJsonAt(FILE, ['templating', 'list', 0, 'label'], 'Host'),
      ['changed | Variable host | label: none → “Host”'],
    ],
    [
      'the order of variables',
      withJsonAt(
        FILE,
        ['templating', 'list'],
        [
          { name: 'job', type: 'custom' },
          { name: 'host', type: 'query' },
        ],
      ),
      ['changed | Variables | order: job, host'],
    ],
    [
      'an annotation that went',
      withJsonAt(FILE, ['annotations', 'list'], []),
      ['removed | Annotation Deploys'],
    ],
    [
      'what nobody knows',
      withJsonAt(FILE, ['odd'], [{ a: 1 }]),
      ['changed | Dashboard | odd: none → [{"a":1}]'],
    ],
  ])('%s', (_title, after, expected) => {
    expect(told(after)).toEqual(expected);
  });

  it('says that old rows were rewritten', () => {
    const old: JsonObject = { rows: [{ panels: [{ id: 1, type: 'text' }] }] };
    expect(told(writeLayout(old, readLayout(old)), old)).toEqual([
      'changed | Layout | rows of before 2018 are written as the grid of today',
    ]);
  });

  it('counts what would be too much to read', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key${i}`, i]));
    const [change] = describeChanges({ title: 'x' }, { title: 'x', ...many });
    expect(change?.details).toHaveLength(41);
    expect(change?.details.at(-1)).toBe('and 10 more');
  });
});
