import { describe, expect, test } from 'vitest';
import type { Dashboard } from './dashboard.ts';
import { readDashboard } from './read-dashboard.ts';
import {
  type ExpandedDashboard,
  expandRepeats,
  REPEAT_COPIES_MAX,
  REPEATED_PANELS_MAX,
} from './repeats.ts';
import type { VariableValue, VariableValues } from './variable.ts';

function several(...values: string[]): VariableValue {
  return { isMulti: true, isAll: false, isPattern: false, isLiteral: true, values, texts: values };
}

interface PanelWords {
  readonly id: number;
  /** x, y, w, h. */
  readonly at: readonly [number, number, number, number];
  readonly more?: Readonly<Record<string, unknown>>;
}

function dashboardOf(panels: readonly PanelWords[]): Dashboard {
  const written = panels.map(({ id, at: [x, y, w, h], more }) => ({
    id,
    type: 'timeseries',
    gridPos: { x, y, w, h },
    ...more,
  }));
  return readDashboard(JSON.parse(JSON.stringify({ schemaVersion: 39, panels: written })));
}

/** `id@x,y,w,h` and the value it is for. */
function places({ rows }: ExpandedDashboard): string[] {
  return rows.flatMap((row) =>
    row.panels.map(({ panel: { grid }, sourceId, scoped }) => {
      const value = Object.values(scoped).map(({ values }) => values.join('+'));
      return `${sourceId}${value.map((one) => `=${one}`).join('')} ${grid.x},${grid.y},${grid.w},${grid.h}`;
    }),
  );
}

function expand(
  panels: readonly PanelWords[],
  values: VariableValues,
  options: Readonly<Record<string, string[]>> = {},
): ExpandedDashboard {
  const known = Object.entries(options).map(([name, list]) => {
    return [name, list.map((value) => ({ text: value, value }))] as const;
  });
  return expandRepeats(dashboardOf(panels), { values, options: Object.fromEntries(known) });
}

function repeated(change: Readonly<Record<string, unknown>>): readonly PanelWords[] {
  return [
    { id: 1, at: [0, 0, 8, 4], more: { repeat: 'v', ...change } },
    { id: 2, at: [0, 4, 24, 6] },
  ];
}

describe('a repeated panel', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string[], string[]]>([
    [
      'side by side',
      { repeatDirection: 'h' },
      ['a', 'b'],
      ['1=a 0,0,12,4', '1=b 12,0,12,4', '2 0,4,24,6'],
    ],
    [
      'one alone over the whole width',
      { repeatDirection: 'h' },
      ['a'],
      ['1=a 0,0,24,4', '2 0,4,24,6'],
    ],
    ['no value: as it is', { repeatDirection: 'h' }, [], ['1 0,0,8,4', '2 0,4,24,6']],
    [
      'at most two in a line',
      { repeatDirection: 'h', maxPerRow: 2 },
      ['a', 'b', 'c'],
      ['1=a 0,0,12,4', '1=b 12,0,12,4', '1=c 0,4,12,4', '2 0,8,24,6'],
    ],
    [
      'four in a line where nothing is said',
      { repeatDirection: 'h' },
      ['a', 'b', 'c', 'd', 'e'],
      ['1=a 0,0,6,4', '1=b 6,0,6,4', '1=c 12,0,6,4', '1=d 18,0,6,4', '1=e 0,4,6,4', '2 0,8,24,6'],
    ],
    [
      'below one another',
      { repeatDirection: 'v' },
      ['a', 'b'],
      ['1=a 0,0,8,4', '1=b 0,4,8,4', '2 0,8,24,6'],
    ],
  ])('%s', (_title, change, values, expected) => {
    expect(places(expand(repeated(change), { v: several(...values) }))).toEqual(expected);
  });

  test('stands for each option where All has a pattern of its own', () => {
    const all: VariableValue = { ...several('.*'), isAll: true, isPattern: true };
    const expanded = expand(repeated({}), { v: all }, { v: ['a', 'b'] });
    expect(places(expanded)).toEqual(['1=a 0,0,12,4', '1=b 12,0,12,4', '2 0,4,24,6']);
  });

  test('gives each copy an id of its own and a key that lasts', () => {
    const first = expand(repeated({}), { v: several('a', 'b', 'c') }).rows[0]?.panels ?? [];
    expect(new Set(first.map(({ panel }) => panel.id)).size).toBe(4);
    expect(first[0]?.panel.id).toBe(1);
    const second = expand(repeated({}), { v: several('c') }).rows[0]?.panels ?? [];
    expect(second[0]?.key).toBe(first[2]?.key);
  });

  test('pushes down what stands beside it in its way', () => {
    const panels = [
      { id: 1, at: [0, 0, 12, 4], more: { repeat: 'v', repeatDirection: 'h', maxPerRow: 1 } },
      { id: 2, at: [12, 0, 12, 4] },
    ] as const;
    expect(places(expand(panels, { v: several('a', 'b') }))).toEqual([
      '1=a 0,0,24,4',
      '2 12,4,12,4',
      '1=b 0,8,24,4',
    ]);
  });

  test('by a variable that is not there is told and stands once', () => {
    const expanded = expand(repeated({}), {});
    expect(places(expanded)).toEqual(['1 0,0,8,4', '2 0,4,24,6']);
    expect(expanded.problems[0]?.message).toMatch(/^cannot repeat by v/);
  });

  test('copies that old files hold are not shown twice', () => {
    const saved = { id: 3, at: [8, 0, 8, 4], more: { repeatPanelId: 1 } } as const;
    expect(places(expand([...repeated({}), saved], { v: several('a') }))).toHaveLength(2);
  });
});

describe('a repeated row', () => {
  const ROWS: readonly PanelWords[] = [
    {
      id: 10,
      at: [0, 0, 24, 1],
      more: { type: 'row', title: '$v', repeat: 'v', collapsed: false },
    },
    { id: 11, at: [0, 1, 24, 5] },
    { id: 20, at: [0, 6, 24, 1], more: { type: 'row', title: 'Rest', collapsed: false } },
    { id: 21, at: [0, 7, 24, 5] },
  ];

  function inner(repeat: string): readonly PanelWords[] {
    const panel = { id: 11, at: [0, 1, 24, 5], more: { repeat, repeatDirection: 'v' } } as const;
    return [...ROWS.slice(0, 1), panel];
  }

  test('comes with its panels, and what follows moves down', () => {
    const expanded = expand(ROWS, { v: several('a', 'b', 'c') });
    expect(places(expanded)).toEqual([
      '11=a 0,1,24,5',
      '11=b 0,7,24,5',
      '11=c 0,13,24,5',
      '21 0,19,24,5',
    ]);
    const rowIds = expanded.rows.map(({ row }) => row.id);
    const panelIds = expanded.rows.flatMap(({ panels }) => panels.map(({ panel }) => panel.id));
    expect(new Set([...rowIds, ...panelIds]).size).toBe(8);
  });

  test('holds panels repeated by the same variable once, by another for each', () => {
    const values = { v: several('a', 'b'), w: several('x', 'y') };
    expect(places(expand(inner('v'), values))).toEqual(['11=a 0,1,24,5', '11=b 0,7,24,5']);
    expect(places(expand(inner('w'), values))).toEqual([
      '11=a=x 0,1,24,5',
      '11=a=y 0,6,24,5',
      '11=b=x 0,12,24,5',
      '11=b=y 0,17,24,5',
    ]);
  });

  test('that is collapsed takes one line for each', () => {
    const row = {
      id: 10,
      at: [0, 0, 24, 1],
      more: {
        type: 'row',
        repeat: 'v',
        collapsed: true,
        panels: [{ id: 11, type: 'stat', gridPos: { x: 0, y: 1, w: 4, h: 4 } }],
      },
    } as const;
    const rest: PanelWords[] = [
      { id: 20, at: [0, 1, 24, 1], more: { type: 'row', title: 'Rest', collapsed: false } },
      { id: 21, at: [0, 2, 24, 5] },
    ];
    const expanded = expand([row, ...rest], { v: several('a', 'b', 'c') });
    expect(expanded.rows.map((one) => one.panels.length)).toEqual([1, 1, 1, 1]);
    expect(places(expanded).at(-1)).toBe('21 0,4,24,5');
  });
});

describe('hostile repeats', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `v${i}`);

  test('one makes so many copies at most', () => {
    const expanded = expand(repeated({}), { v: several(...many) });
    expect(expanded.rows[0]?.panels).toHaveLength(REPEAT_COPIES_MAX + 1);
    expect(expanded.problems[0]?.message).toMatch(/^5000 values of v/);
  });

  test('all together so many panels at most', () => {
    const row = { id: 1, at: [0, 0, 24, 1], more: { type: 'row', repeat: 'v' } } as const;
    const panels = Array.from({ length: 100 }, (_, i): PanelWords => {
      return { id: i + 2, at: [0, i + 1, 24, 1], more: { repeat: 'w' } };
    });
    const expanded = expand([row, ...panels], { v: several(...many), w: several(...many) });
    const count = expanded.rows.reduce((sum, one) => sum + one.panels.length, 0);
    expect(count).toBeLessThanOrEqual(REPEATED_PANELS_MAX + 100);
    expect(expanded.problems.some(({ message }) => message.includes('the rest is left out'))).toBe(
      true,
    );
    expect(expanded.problems.length).toBeLessThan(1000);
  });

  test('names of objects are no variables', () => {
    const expanded = expand(repeated({ repeat: 'constructor' }), {});
    expect(expanded.problems[0]?.message).toMatch(/^cannot repeat by constructor/);
  });
});
