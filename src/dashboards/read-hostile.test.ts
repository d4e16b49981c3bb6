import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from './dashboard.ts';
import { readDashboard } from './read-dashboard.ts';

describe('a hostile or broken file', () => {
  it.each<[string, JsonObject, string[]]>([
    ['panels that are none', { panels: 'x' }, ['panels']],
    ['panels of numbers', { panels: [1, null, []] }, ['panels[0]', 'panels[2]']],
    ['a title that is a list', { title: ['x'], panels: [] }, ['title']],
    ['tags that are an object', { tags: {}, panels: [] }, ['tags']],
    ['variables that are none', { templating: { list: 7 }, panels: [] }, ['templating.list']],
    [
      'a grid of texts',
      { panels: [{ gridPos: { x: 'a', w: {} } }] },
      ['panels[0].gridPos.w', 'panels[0].gridPos.x'],
    ],
    ['no dashboard at all', { a: 1 }, ['']],
    [
      'unknown words',
      {
        panels: [{ type: 'timeseries', fieldConfig: { defaults: { custom: { drawStyle: 'x' } } } }],
      },
      ['panels[0].fieldConfig.defaults.custom.drawStyle'],
    ],
    [
      'a query of numbers',
      { panels: [{ type: 'stat', targets: [{ expr: { a: 1 } }] }] },
      ['panels[0].targets[0].expr'],
    ],
  ])('tells of %s', (_, file, paths) => {
    expect(readDashboard(file).problems.map(({ path }) => path)).toEqual(paths);
  });

  it('is cut at 2,000 panels and 500 variables, which is told', () => {
    const panels = Array.from({ length: 2500 }, (_, id) => ({ id, type: 'text' }));
    const list = Array.from({ length: 600 }, (_, index) => ({ name: `v${index}`, type: 'custom' }));
    const { rows, variables, problems } = readDashboard({ panels, templating: { list } });
    expect(rows[0]?.panels.length).toBe(2000);
    expect(variables.length).toBe(500);
    expect(problems.map(({ path }) => path)).toEqual(['templating.list', 'panels']);
  });

  it('is cut at 1,000 coloured names and mapped values, which is told', () => {
    const names = Array.from({ length: 1001 }, (_, index) => [`n${index}`, '#111'] as const);
    const aliasColors = Object.fromEntries(names);
    const mappings = [{ type: 'value', options: aliasColors }];
    const { rows, problems } = readDashboard({
      panels: [
        { type: 'graph', aliasColors },
        { type: 'stat', fieldConfig: { defaults: { mappings } } },
      ],
    });
    expect(rows[0]?.panels[0]?.overrides.length).toBe(1000);
    expect(problems[0]).toEqual({
      path: 'panels[0].aliasColors',
      message: 'only the first 1000 of 1001 are read',
    });
    expect(problems[1]?.path).toBe('panels[1].fieldConfig.defaults.mappings[0].options');
  });

  it('is cut at 2,000 panels over all rows', () => {
    const panels = Array.from({ length: 1500 }, () => ({ type: 'text' }));
    const { rows, problems } = readDashboard({
      panels: [
        { type: 'row', collapsed: true, panels },
        { type: 'row', collapsed: true, panels },
      ],
    });
    expect(rows.map((row) => row.panels.length)).toEqual([1500, 500]);
    expect(problems.map(({ message }) => message)).toEqual(['only the first 2000 panels are read']);
    const old = readDashboard({
      rows: Array.from({ length: 400 }, () => ({ panels: panels.slice(0, 10) })),
    });
    expect(old.rows[0]?.panels.length).toBe(2000);
  });

  it('that nests too deeply is not read at all', () => {
    let inner: JsonObject = {};
    for (let depth = 0; depth < 20_000; depth++) inner = { panels: [inner] };
    const { rows, problems } = readDashboard(inner);
    expect(rows).toEqual([]);
    expect(problems).toEqual([
      { path: '', message: 'nested deeper than 100: nothing of it is read' },
    ]);
  });

  it('is told of once where it is read twice', () => {
    const { problems } = readDashboard({
      panels: [{ type: 'graph', seriesOverrides: 1, legend: 2 }],
    });
    expect(problems.map(({ path }) => path)).toEqual([
      'panels[0].seriesOverrides',
      'panels[0].legend',
    ]);
  });

  it('has at most so many problems, and the rest are counted', () => {
    const panels = Array.from({ length: 900 }, () => ({ type: 'text', title: {} }));
    const { problems } = readDashboard({ panels });
    expect(problems.length).toBe(501);
    expect(problems.at(-1)).toEqual({ path: '', message: '400 further problems' });
  });

  it('changes no prototype and calls no inherited name', () => {
    const text = `{
      "__proto__": { "polluted": 1 },
      "panels": [{
        "type": "constructor",
        "id": 1,
        "__proto__": { "title": "inherited" },
        "aliasColors": {}
      }, {
        "type": "graph",
        "aliasColors": { "__proto__": "#111", "constructor": "#222" },
        "legend": { "values": true, "sort": "constructor" }
      }, { "type": "toString", "options": { "legend": { "calcs": ["constructor", "__proto__"] } } }]
    }`;
    const { rows } = readDashboard(JSON.parse(text) as JsonObject);
    const [unknown, graph] = rows[0]?.panels ?? [];
    expect(unknown?.options.kind).toBe('unknown');
    expect(unknown?.title).toBe('');
    expect(graph?.overrides.map(({ matcher }) => matcher.options)).toEqual([
      '__proto__',
      'constructor',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
  });

  it('leaves panels within the grid', () => {
    const wild = [-5, 0, 1e9, 1e308, '12', null];
    const panels = wild.flatMap((x) => wild.map((w) => ({ gridPos: { x, y: w, w, h: x } })));
    for (const { grid } of readDashboard({ panels }).rows.flatMap((row) => row.panels)) {
      expect(grid.x).toBeGreaterThanOrEqual(0);
      expect(grid.x + grid.w).toBeLessThanOrEqual(24);
      expect(grid.h).toBeLessThanOrEqual(200);
      expect(grid.y).toBeLessThanOrEqual(1_000_000);
    }
  });
});

/** A panel of each type with all the names that are read, so that what replaces a value reaches every reader. */
const types = [
  'graph',
  'singlestat',
  'table',
  'table-old',
  'heatmap',
  'grafana-piechart-panel',
  'gauge',
  'bargauge',
  'stat',
  'timeseries',
  'text',
  'piechart',
  'barchart',
  'dashlist',
  'alertlist',
  'row',
];

const names = `
  id title gridPos x y w h panels targets expr datasource uid options fieldConfig defaults
  overrides matcher properties custom links mappings thresholds steps value color colors
  yaxes xaxis mode legend seriesOverrides alias aliasColors styles pattern columns sort
  transform fieldOptions valueMaps rangeMaps gauge sparkline reduceOptions calcs url
  transformations filter repeat libraryPanel stateFilter dataFormat grid
`
  .trim()
  .split(/\s+/);

const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, -1, 1e300, '', 'x', '/(/', '1,2', 'table', 'javascript:x'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6 }),
  ),
})).value;

const hostilePanel = fc
  .tuple(
    fc.constantFrom(...types),
    fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 20 }),
  )
  .map(([type, rest]): JsonObject => Object.assign(rest, { type }));

describe('whatever stands in a file', () => {
  it('is read without an error, and into plain numbers', () => {
    fc.assert(
      fc.property(
        fc.array(hostilePanel, { maxLength: 6 }),
        fc.dictionary(fc.constantFrom('templating', 'annotations', 'links', 'time', 'tags'), value),
        fc.boolean(),
        (panels, rest, isOld) => {
          const file: JsonObject = { ...rest, ...(isOld ? { rows: [{ panels }] } : { panels }) };
          const before = JSON.stringify(file);
          const dashboard = readDashboard(file);
          expect(JSON.stringify(file)).toBe(before);
          for (const panel of dashboard.rows.flatMap((row) => row.panels)) {
            const { grid, defaults } = panel;
            const numbers = [panel.id, grid.x, grid.y, grid.w, grid.h, defaults.style.lineWidth];
            expect(numbers.every((number) => Number.isFinite(number))).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
