import { describe, expect, it } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import { hasOldRows, readLayout, tidyLayout, writeLayout } from './edit-layout.ts';
import {
  addPanel,
  duplicatePanel,
  movePanel,
  removePanel,
  resizePanel,
  stepPanel,
  swapPanel,
} from './edit-places.ts';
import {
  addRow,
  canMoveRow,
  moveRow,
  removeRow,
  setRowCollapsed,
  setRowHead,
} from './edit-rows.ts';
import { readDashboard } from './read-dashboard.ts';

function panel(id: number, at: string, more: JsonObject = {}): JsonObject {
  const [x = 0, y = 0, w = 0, h = 0] = at.split(/[ ,×]/).map(Number);
  return { type: 'text', id, gridPos: { h, w, x, y }, ...more };
}

const FLAT: JsonObject = {
  title: 'Flat',
  panels: [panel(1, '0,0 12×8'), panel(2, '12,0 12×8', { unknown: 1 }), panel(3, '0,8 24×4')],
};

const ROWS: JsonObject = {
  panels: [
    panel(1, '0,0 24×4'),
    {
      type: 'row',
      id: 10,
      title: 'One',
      collapsed: false,
      panels: [],
      gridPos: { h: 1, w: 24, x: 0, y: 4 },
    },
    panel(2, '0,5 12×6'),
    panel(3, '12,5 12×6'),
    {
      type: 'row',
      id: 11,
      title: 'Two',
      collapsed: true,
      panels: [panel(4, '0,12 8×6')],
      gridPos: { h: 1, w: 24, x: 0, y: 11 },
    },
  ],
};

const OLD: JsonObject = {
  schemaVersion: 12,
  rows: [
    {
      title: 'A',
      showTitle: true,
      height: '266px',
      unknown: 1,
      panels: [
        { id: 1, span: 6, type: 'text' },
        { id: 2, span: 6, type: 'text' },
      ],
    },
    { title: 'B', collapse: true, repeat: 'host', panels: [{ id: 3, type: 'graph' }] },
  ],
};

/** `1: 0,0 12×8 | [One] 2: ... | [Two closed] ...`, as the viewer reads it. */
function shown(json: JsonObject): string {
  const rows = readDashboard(json).rows.map(({ title, isCollapsed, panels }) => {
    const head = title === '' ? '' : `[${title}${isCollapsed ? ' closed' : ''}] `;
    return (
      head + panels.map(({ id, grid: { x, y, w, h } }) => `${id}: ${x},${y} ${w}×${h}`).join(', ')
    );
  });
  return rows.join(' | ');
}

function edit(
  json: JsonObject,
  change: (layout: ReturnType<typeof readLayout>) => ReturnType<typeof readLayout>,
): string {
  return shown(writeLayout(json, change(readLayout(json))));
}

describe('a layout that is written back', () => {
  it.each([FLAT, ROWS])('as it was changes nothing', (json) => {
    expect(writeLayout(json, readLayout(json))).toEqual(json);
  });

  it('keeps the order, and what does not move is the same object', () => {
    const next = writeLayout(
      FLAT,
      movePanel(readLayout(FLAT), 3, {
        rowId: readLayout(FLAT)[0]?.id ?? 0,
        place: { x: 0, y: 9, w: 24, h: 6 },
      }),
    );
    expect(next['panels']).toHaveLength(3);
    const [first, second, third] = next['panels'] as readonly JsonObject[];
    expect([first === (FLAT['panels'] as JsonObject[])[0], second?.['unknown']]).toEqual([true, 1]);
    expect(third?.['gridPos']).toEqual({ h: 6, w: 24, x: 0, y: 8 });
  });

  it('leaves alone what cannot be read, and drops copies that repeats made', () => {
    const copy = panel(9, '0,30 4×4', { repeatPanelId: 1 });
    const json: JsonObject = { panels: ['odd', panel(1, '0,0 4×4', { repeat: 'host' }), copy] };
    expect(writeLayout(json, readLayout(json))).toEqual({
      panels: ['odd', panel(1, '0,0 4×4', { repeat: 'host' })],
    });
  });

  it('makes rows of 2016 todays, with what they had', () => {
    expect([hasOldRows(OLD), hasOldRows(FLAT), hasOldRows({ rows: [] })]).toEqual([
      true,
      false,
      false,
    ]);
    const next = writeLayout(OLD, readLayout(OLD));
    expect(shown(next)).toBe(shown(OLD));
    expect(hasOldRows(next)).toBe(false);
    expect(next).toMatchObject({
      schemaVersion: 12,
      panels: [
        { type: 'row', title: 'A', unknown: 1, collapsed: false },
        { id: 1, gridPos: { x: 0, y: 1, w: 12, h: 7 } },
        { id: 2 },
        { type: 'row', collapsed: true, repeat: 'host', panels: [{ id: 3 }] },
      ],
    });
    expect(JSON.stringify(next)).not.toMatch(/span|showTitle|"collapse"|"rows"/);
  });

  it('gives ids to panels that have none', () => {
    const json: JsonObject = { panels: [{ type: 'text' }, { type: 'text' }] };
    const next = writeLayout(json, readLayout(json));
    const ids = readLayout(json).flatMap(({ panels }) => panels.map(({ id }) => id));
    expect((next['panels'] as readonly JsonObject[]).map(({ id }) => id)).toEqual(ids);
  });
});

const first = (json: JsonObject): number => readLayout(json)[0]?.id ?? 0;

describe('panels', () => {
  it.each<[string, JsonObject, Parameters<typeof edit>[1], string]>([
    [
      'move',
      FLAT,
      (l) => movePanel(l, 3, { rowId: first(FLAT), place: { x: 0, y: 0, w: 24, h: 4 } }),
      '3: 0,0 24×4, 1: 0,4 12×8, 2: 12,4 12×8',
    ],
    [
      'move into another row',
      ROWS,
      (l) => movePanel(l, 1, { rowId: 10, place: { x: 0, y: 0, w: 24, h: 4 } }),
      '[One] 1: 0,1 24×4, 2: 0,5 12×6, 3: 12,5 12×6 | [Two closed] 4: 0,12 8×6',
    ],
    [
      'are not moved into nowhere',
      FLAT,
      (l) => movePanel(l, 3, { rowId: 99, place: { x: 0, y: 0, w: 24, h: 4 } }),
      shown(FLAT),
    ],
    ['grow', FLAT, (l) => resizePanel(l, 1, 'down'), '1: 0,0 12×9, 2: 12,0 12×8, 3: 0,9 24×4'],
    ['do not grow out of the grid', FLAT, (l) => resizePanel(l, 2, 'right'), shown(FLAT)],
    [
      'step to the side',
      FLAT,
      (l) => stepPanel(l, 1, 'right'),
      '1: 1,0 12×8, 2: 12,8 12×8, 3: 0,16 24×4',
    ],
    [
      'step over the next below',
      FLAT,
      (l) => stepPanel(l, 1, 'down'),
      '2: 12,0 12×8, 3: 0,8 24×4, 1: 0,12 12×8',
    ],
    [
      'step over the next above',
      FLAT,
      (l) => stepPanel(l, 3, 'up'),
      '3: 0,0 24×4, 1: 0,4 12×8, 2: 12,4 12×8',
    ],
    [
      'step into the row below',
      ROWS,
      (l) => stepPanel(l, 1, 'down'),
      '[One] 1: 0,1 24×4, 2: 0,5 12×6, 3: 12,5 12×6 | [Two closed] 4: 0,12 8×6',
    ],
    [
      'step into the row above',
      ROWS,
      (l) => stepPanel(l, 2, 'up'),
      '1: 0,0 24×4, 2: 0,4 12×6 | [One] 3: 12,11 12×6 | [Two closed] 4: 0,18 8×6',
    ],
    ['stay at the end of all', ROWS, (l) => stepPanel(l, 3, 'down'), shown(ROWS)],
    [
      'change places in the order of reading',
      FLAT,
      (l) => swapPanel(l, 2, 'up'),
      '2: 0,0 12×8, 1: 12,0 12×8, 3: 0,8 24×4',
    ],
    [
      'change places with one of another width',
      FLAT,
      (l) => swapPanel(l, 2, 'down'),
      '1: 0,0 12×8, 3: 0,8 24×4, 2: 0,12 12×8',
    ],
    ['go', FLAT, (l) => removePanel(l, 1), '2: 12,0 12×8, 3: 0,8 24×4'],
    [
      'are copied beside themselves',
      FLAT,
      (l) => duplicatePanel(l, 1)?.layout ?? l,
      '1: 0,0 12×8, 5: 12,0 12×8, 2: 12,8 12×8, 3: 0,16 24×4',
    ],
    [
      'are copied below where they are wide',
      FLAT,
      (l) => duplicatePanel(l, 3)?.layout ?? l,
      '1: 0,0 12×8, 2: 12,0 12×8, 3: 0,8 24×4, 5: 0,12 24×4',
    ],
    [
      'are added where there is room',
      FLAT,
      (l) => addPanel(l, { json: { type: 'text' }, w: 12, h: 8 }).layout,
      '1: 0,0 12×8, 2: 12,0 12×8, 3: 0,8 24×4, 5: 0,12 12×8',
    ],
    [
      'are added to a row',
      ROWS,
      (l) => addPanel(l, { json: { type: 'text' }, w: 12, h: 8 }, 10).layout,
      '1: 0,0 24×4 | [One] 2: 0,5 12×6, 3: 12,5 12×6, 13: 0,11 12×8 | [Two closed] 4: 0,20 8×6',
    ],
    [
      'are added to nothing',
      { title: 'x' },
      (l) => addPanel(l, { json: { type: 'text' }, w: 12, h: 8 }).layout,
      '1: 0,0 12×8',
    ],
  ])('%s', (_title, json, change, after) => {
    expect(edit(json, change)).toBe(after);
  });
});

describe('rows', () => {
  it.each<[string, JsonObject, Parameters<typeof edit>[1], string]>([
    [
      'close',
      ROWS,
      (l) => setRowCollapsed(l, 10, true),
      '1: 0,0 24×4 | [One closed] 2: 0,5 12×6, 3: 12,5 12×6 | [Two closed] 4: 0,6 8×6',
    ],
    [
      'open',
      ROWS,
      (l) => setRowCollapsed(l, 11, false),
      '1: 0,0 24×4 | [One] 2: 0,5 12×6, 3: 12,5 12×6 | [Two] 4: 0,12 8×6',
    ],
    ['are added', ROWS, (l) => addRow(l, 'Three').layout, `${shown(ROWS)} | [Three] `],
    [
      'move down with their panels',
      ROWS,
      (l) => moveRow(l, 10, 'down'),
      '1: 0,0 24×4 | [Two closed] 4: 0,5 8×6 | [One] 2: 0,6 12×6, 3: 12,6 12×6',
    ],
    ['do not move above panels without a row', ROWS, (l) => moveRow(l, 10, 'up'), shown(ROWS)],
    [
      'go with their panels',
      ROWS,
      (l) => removeRow(l, 10, false),
      '1: 0,0 24×4 | [Two closed] 4: 0,5 8×6',
    ],
    [
      'go and leave their panels',
      ROWS,
      (l) => removeRow(l, 10, true),
      '1: 0,0 24×4, 2: 0,4 12×6, 3: 12,4 12×6 | [Two closed] 4: 0,11 8×6',
    ],
    [
      'are named',
      ROWS,
      (l) => setRowHead(l, 10, { title: 'Uno', repeat: 'host' }),
      shown(ROWS).replace('One', 'Uno'),
    ],
  ])('%s', (_title, json, change, after) => {
    expect(edit(json, change)).toBe(after);
  });

  it('say whether they can move', () => {
    const layout = readLayout(ROWS);
    expect([
      canMoveRow(layout, 10, 'up'),
      canMoveRow(layout, 10, 'down'),
      canMoveRow(layout, 11, 'down'),
    ]).toEqual([false, true, false]);
  });

  it('that open take in what follows them without a row', () => {
    const json: JsonObject = {
      panels: [
        {
          type: 'row',
          id: 1,
          title: 'A',
          collapsed: true,
          panels: [panel(2, '0,1 6×4')],
          gridPos: { h: 1, w: 24, x: 0, y: 0 },
        },
        panel(3, '0,1 6×4'),
      ],
    };
    expect(shown(json)).toBe('[A closed] 2: 0,1 6×4 | 3: 0,1 6×4');
    expect(edit(json, (layout) => setRowCollapsed(layout, 1, false))).toBe(
      '[A] 2: 0,1 6×4, 3: 0,5 6×4',
    );
    expect(tidyLayout(readLayout(json))).toHaveLength(2);
  });

  it('repeat by a variable only where one is named', () => {
    const repeated = writeLayout(
      ROWS,
      setRowHead(readLayout(ROWS), 10, { title: 'x', repeat: 'host' }),
    );
    const single = writeLayout(
      repeated,
      setRowHead(readLayout(repeated), 10, { title: 'x', repeat: '' }),
    );
    const heads = [repeated, single].map((json) => (json['panels'] as readonly JsonObject[])[1]);
    expect(heads.map((head) => head?.['repeat'])).toEqual(['host', undefined]);
  });
});
