import { describe, expect, test } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import { findPanel, panelName, replacePanel } from './edit-panel.ts';
import { readDashboard } from './read-dashboard.ts';

const TODAYS: JsonObject = {
  panels: [
    { id: 4, type: 'stat', title: 'Up', gridPos: { x: 0, y: 9, w: 6, h: 4 } },
    { type: 'text', gridPos: { x: 0, y: 0, w: 6, h: 4 } },
    {
      id: 4,
      type: 'row',
      collapsed: true,
      gridPos: { x: 0, y: 20, w: 24, h: 1 },
      panels: [{ id: 7, type: 'text' }],
    },
  ],
};

const OLD: JsonObject = { rows: [{ panels: [{ id: 1, span: 6 }] }, { panels: [{ id: 1 }, {}] }] };

describe('a panel of a file', () => {
  test.each([
    ['today', TODAYS],
    ['with old rows', OLD],
  ])('%s is found by the id that it is read with', (_, file) => {
    const panels = readDashboard(file).rows.flatMap((row) => row.panels);
    for (const panel of panels) expect(findPanel(file, panel.id)?.json).toBe(panel.source);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(findPanel(file, 999)).toBeUndefined();
  });

  test('is replaced where it stands, and keeps its id', () => {
    const next = replacePanel(TODAYS, 7, { type: 'stat' });
    expect(findPanel(next, 7)?.json).toEqual({ type: 'stat', id: 7 });
    expect(findPanel(next, 7)?.path).toEqual(['panels', 2, 'panels', 0]);
  });

  test('without an id gets the one that it is read with, and so do the others', () => {
    const before = readDashboard(OLD).rows.flatMap((row) => row.panels.map(({ id }) => id));
    const [, , last = 0] = before;
    const next = replacePanel(OLD, last, { type: 'text' });
    const panels = readDashboard(next).rows.flatMap((row) => row.panels);
    expect(panels.map(({ id }) => id)).toEqual(before);
    expect(panels.at(-1)?.source).toEqual({ type: 'text', id: last });
    expect(panels[0]?.source).toEqual({ id: 1, span: 6 });
    expect(replacePanel(OLD, 999, {})).toBe(OLD);
  });

  test('is named by its title', () => {
    expect(panelName(TODAYS, 4)).toBe('“Up”');
    expect(panelName(TODAYS, 7)).toBe('panel 7');
  });
});
