import { act, type ComponentType, createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, noFieldSettings, type Panel, readDashboard } from '#dashboards';
import { BarGaugePanel } from './BarGaugePanel.tsx';
import { GaugePanel } from './GaugePanel.tsx';
import type { PanelProps } from './panel-props.ts';
import { PieChartPanel } from './PieChartPanel.tsx';
import { StatPanel } from './StatPanel.tsx';
import { listPanelValues, VALUES_MAX } from './StatValues.ts';
import { TablePanel } from './TablePanel.tsx';
import { orderRows, tableColumns } from './TableRows.ts';
import { TextPanel } from './TextPanel.tsx';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

let box: HTMLElement;
let root: Root;
beforeEach(() => {
  box = document.createElement('div');
  document.body.append(box);
  root = createRoot(box);
});
afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

function series(name: string, values: readonly number[]): Frame {
  const base = { labels: {}, legend: '' };
  const times = Float64Array.from(values, (_, i) => i * 1000);
  return {
    refId: 'A',
    name: '',
    kind: 'timeseries',
    length: values.length,
    fields: [
      { ...base, name: 'Time', type: 'time', values: times },
      { ...base, name: 'Value', legend: name, type: 'number', values: Float64Array.from(values) },
    ],
  };
}

function tableFrame(count: number): Frame {
  const base = { labels: {}, legend: '' };
  const names = Array.from({ length: count }, (_, i) => `<img src=x onerror=alert(${i})>`);
  return {
    refId: 'A',
    name: '',
    kind: 'table',
    length: count,
    fields: [
      { ...base, name: 'instance', type: 'text', values: names },
      { ...base, name: 'Value', type: 'number', values: Float64Array.from(names, (_, i) => i) },
    ],
  };
}

function panelOf(type: string, options: object, defaults: object = {}): Panel {
  const panel = { id: 1, type, title: 'a', options, fieldConfig: { defaults, overrides: [] } };
  const dashboard = readDashboard(
    JSON.parse(JSON.stringify({ uid: 'a', title: 'a', schemaVersion: 39, panels: [panel] })),
  );
  const read = dashboard.rows[0]?.panels[0];
  if (read === undefined) throw new Error('cannot read the panel');
  return read;
}

function propsOf(panel: Panel, frames: readonly Frame[]): PanelProps {
  return {
    panel,
    options: panel.options,
    frames,
    settings: frames.map(({ fields }) => fields.map(() => panel.defaults)),
    range: { fromMs: 0, toMs: 1000, stepMs: 1000 },
    zone: 'UTC',
    isDark: false,
    size: { width: 400, height: 200 },
    scope: {},
    interpolate: (text) => text,
    events: [],
    cursor: { mode: 'none', syncKey: '' },
    onZoom: () => undefined,
    onFilter: undefined,
  };
}

/** As the registry does, which hands each its own options. */
function draw(drawn: unknown, props: PanelProps): void {
  act(() => root.render(createElement(drawn as ComponentType<PanelProps>, props)));
}

const TWO = [series('a', [1, 2]), series('b', [3, 75])];
const EVIL_LINKS = {
  unit: '<script>x</script>',
  links: [
    { title: 'evil', url: 'javascript:alert(1)' },
    { title: 'good', url: '/d/b' },
  ],
};

describe('panels of single values', () => {
  it('gauges beside each other have texts of one size, whatever they say', () => {
    const frames = [series('a', [1]), series('long', [123_456_789])];
    draw(GaugePanel, propsOf(panelOf('gauge', {}, { max: 1e9 }), frames));
    const texts = [...box.querySelectorAll('.nx-gauge-value')];
    expect(texts).toHaveLength(2);
    expect(new Set(texts.map((text) => text.getAttribute('font-size'))).size).toBe(1);
  });

  it.each([
    ['stat', StatPanel, {}],
    ['gauge', GaugePanel, {}],
    ['bargauge', BarGaugePanel, { displayMode: 'lcd' }],
    ['bargauge', BarGaugePanel, { displayMode: 'gradient', orientation: 'vertical' }],
    ['piechart', PieChartPanel, { sort: 'asc' }],
  ])('%s says its values', (type, Drawn, options) => {
    const props = propsOf(panelOf(type, options, { unit: 'percent' }), TWO);
    draw(Drawn, props);
    expect(box.querySelector('[role=img]')?.getAttribute('aria-label')).toBe('a: 2%; b: 75%');
    expect(box.innerHTML).not.toContain('NaN');
  });

  it.each([
    [{}, 'c: 75; a: 3; b: 2'],
    [{ sort: 'none' }, 'a: 3; b: 2; c: 75'],
  ])('stand in a pie with %j as %j', (options, said) => {
    const values = [series('a', [3]), series('b', [2]), series('c', [75])];
    draw(PieChartPanel, propsOf(panelOf('piechart', options), values));
    expect(box.querySelector('[role=img]')?.getAttribute('aria-label')).toBe(said);
  });

  it('are not there where they are hidden', () => {
    const props = propsOf(panelOf('stat', {}, { custom: { hideFrom: { viz: true } } }), TWO);
    draw(StatPanel, props);
    expect(box.textContent).not.toContain('75');
  });

  it('leave out links that are no links, and show units as they are', () => {
    const props = propsOf(panelOf('stat', {}, EVIL_LINKS), [series('a', [1])]);
    draw(StatPanel, props);
    expect([...box.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
      '/d/b',
    ]);
    expect(box.textContent).toContain('<script>x</script>');
    expect(box.querySelector('script')).toBeNull();
  });

  it('draw no value, and infinite ones', () => {
    for (const values of [[], [Number.NaN], [Number.POSITIVE_INFINITY]]) {
      const props = propsOf(panelOf('gauge', {}), [series('a', values)]);
      draw(GaugePanel, props);
      expect(box.querySelector('path[d*=NaN]')).toBeNull();
    }
  });

  it('say how many are left out', () => {
    const frames = Array.from({ length: VALUES_MAX + 7 }, (_, i) => series(`s${i}`, [i]));
    const reduction = { reducers: ['lastNotNull'], fields: '', showsAllValues: false, limit: 0 };
    const settings = frames.map(() => [noFieldSettings, noFieldSettings]);
    const { zone, isDark, interpolate } = propsOf(panelOf('stat', {}), []);
    const listed = listPanelValues({ frames, settings, zone, isDark, interpolate, reduction });
    expect(listed).toMatchObject({ leftOut: 7, values: { length: VALUES_MAX } });
  });
});

describe('tables', () => {
  it('keep only rows in sight in the document, and their markup as text', async () => {
    const props = propsOf(panelOf('table', { showHeader: true }), [tableFrame(5000)]);
    // What long tables need is loaded when there is one.
    await import('./LongTableBody.tsx');
    await act(async () => draw(TablePanel, props));
    expect(box.querySelector('table')?.getAttribute('aria-rowcount')).toBe('5001');
    const shown = box.querySelectorAll('tbody tr:not([aria-hidden])').length;
    expect(shown).toBeGreaterThan(2);
    expect(shown).toBeLessThan(60);
    expect(box.querySelector('img')).toBeNull();
  });

  it('are sorted by a heading, down at the second press', () => {
    const props = propsOf(panelOf('table', { showHeader: true }), [tableFrame(3)]);
    draw(TablePanel, props);
    const button = box.querySelectorAll<HTMLElement>('thead button')[1];
    act(() => button?.click());
    act(() => button?.click());
    expect(box.querySelectorAll('th')[1]?.getAttribute('aria-sort')).toBe('descending');
  });
});

describe('the options of a table', () => {
  const colours = {
    color: { mode: 'thresholds' },
    thresholds: { mode: 'absolute', steps: [{ value: null, color: '#123456' }] },
  };
  it.each([
    [{ show: true, reducer: ['sum'] }, ['', '6']],
    [{ show: true, reducer: ['max', 'min'] }, ['', 'Max: 3 Min: 0']],
    [{ show: true, reducer: ['sum'], fields: ['other'] }, ['', '']],
    [{ show: true, reducer: ['count'], countRows: true }, ['Rows: 4', '']],
  ])('footer %j', (footer, expected) => {
    draw(TablePanel, propsOf(panelOf('table', { footer }), [tableFrame(4)]));
    const cells = [...box.querySelectorAll('tfoot td')];
    expect(cells.map(({ textContent }) => textContent)).toEqual(expected);
  });

  it.each([
    [[{ displayName: '#1', desc: true }], ['1', 'descending']],
    [[{ displayName: 'instance' }], ['0', 'ascending']],
  ])('sorted by %j', (sortBy, [place, order]) => {
    draw(TablePanel, propsOf(panelOf('table', { sortBy }), [tableFrame(4)]));
    expect(box.querySelectorAll('th')[Number(place)]?.getAttribute('aria-sort')).toBe(order);
  });

  it('colour a whole row', () => {
    const custom = { cellOptions: { type: 'color-background', applyToRow: true } };
    draw(TablePanel, propsOf(panelOf('table', {}, { ...colours, custom }), [tableFrame(1)]));
    expect(box.querySelector<HTMLElement>('tbody tr')?.style.backgroundColor).toBe('#123456');
    expect(box.querySelector<HTMLElement>('tbody td')?.style.backgroundColor).toBe('');
  });

  it.each([
    ['basic', 0, 1],
    ['lcd', 0, 5],
    ['gradient', 1, 1],
  ])('gauges of a cell: %s', (mode, gradients, bars) => {
    const custom = { cellOptions: { type: 'gauge', mode }, align: 'center', wrapText: true };
    const steps = [
      { value: null, color: '#123456' },
      { value: 2, color: '#ff0000' },
    ];
    const defaults = {
      ...colours,
      thresholds: { mode: 'absolute', steps },
      min: 0,
      max: 4,
      custom,
    };
    draw(TablePanel, propsOf(panelOf('table', {}, defaults), [tableFrame(2)]));
    const cell = box.querySelectorAll('tbody td')[3];
    expect(cell?.querySelectorAll('linearGradient')).toHaveLength(gradients);
    expect(cell?.querySelectorAll('rect:not(.nx-track)').length).toBeGreaterThanOrEqual(bars);
    expect(cell?.getAttribute('data-align')).toBe('center');
    expect(cell?.getAttribute('data-wraps')).toBe('true');
  });

  it('gauges of a column are equally long, so that they can be compared', () => {
    const defaults = { min: 0, max: 2000, custom: { cellOptions: { type: 'gauge' } } };
    draw(TablePanel, propsOf(panelOf('table', {}, defaults), [tableFrame(11)]));
    const gauges = [...box.querySelectorAll('.nx-cell-gauge > svg')];
    expect(gauges).toHaveLength(11);
    expect(new Set(gauges.map((gauge) => gauge.getAttribute('width'))).size).toBe(1);
  });

  it('say which of several tables is shown', () => {
    const frames = [tableFrame(1), tableFrame(3)];
    draw(TablePanel, propsOf(panelOf('table', { frameIndex: 1 }), frames));
    expect(box.querySelectorAll('tbody tr')).toHaveLength(3);
  });
});

describe('rows of a table', () => {
  const frame: Frame = {
    refId: 'A',
    name: '',
    kind: 'table',
    length: 4,
    fields: [
      { name: 'n', labels: {}, legend: '', type: 'text', values: ['b10', 'b9', 'A', ''] },
      {
        name: 'Value',
        labels: {},
        legend: '',
        type: 'number',
        values: Float64Array.of(2, Number.NaN, 10, 1),
      },
    ],
  };
  const columns = tableColumns(frame, [noFieldSettings, noFieldSettings]);
  const none = new Map<number, string>();

  it.each([
    [undefined, none, [0, 1, 2, 3]],
    [{ key: 1, isDescending: false }, none, [3, 0, 2, 1]],
    [{ key: 1, isDescending: true }, none, [2, 0, 3, 1]],
    [{ key: 0, isDescending: false }, none, [2, 1, 0, 3]],
    [undefined, new Map([[0, 'B']]), [0, 1]],
  ])('sorted by %j', (sort, filters, expected) => {
    expect(orderRows(columns, 4, { sort, filters, zone: 'UTC' })).toEqual(expected);
  });
});

describe('text panels', () => {
  it('show Markdown, and nothing of it runs', () => {
    const content =
      '# a\n\n[b](javascript:alert(1)) <img src=x onerror=alert(1)> <script>c</script>';
    const props = propsOf(panelOf('text', { mode: 'markdown', content }), []);
    draw(TextPanel, props);
    expect(box.querySelector('h1')?.textContent).toBe('a');
    expect(box.querySelector('script')).toBeNull();
    expect(box.querySelector('[onerror]')).toBeNull();
    expect(box.querySelector('a[href]')).toBeNull();
  });

  it('cut what is too long, and say so', () => {
    const props = propsOf(panelOf('text', { mode: 'code', content: 'x'.repeat(300_000) }), []);
    draw(TextPanel, props);
    expect(box.textContent?.length).toBeLessThan(101_000);
    expect(box.textContent).toContain('left out');
  });
});
