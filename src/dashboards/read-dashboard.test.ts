import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from './dashboard.ts';
import { readDashboard, unwrapDashboard } from './read-dashboard.ts';

function panel(id: number, more: JsonObject = {}): JsonObject {
  return { id, type: 'timeseries', title: `P${id}`, ...more };
}

function titlesByRow(file: JsonObject): [string, string[]][] {
  return readDashboard(file).rows.map((row) => [row.title, row.panels.map(({ title }) => title)]);
}

describe('the dashboard itself', () => {
  it('has usual values where the file says nothing', () => {
    expect(readDashboard({ panels: [] })).toEqual({
      uid: '',
      title: '',
      description: '',
      tags: [],
      timeZone: '',
      time: { from: 'now-6h', to: 'now' },
      refresh: '',
      sharedCursor: 'none',
      isTimePickerHidden: false,
      refreshIntervals: [],
      nowDelay: '',
      weekStartDay: 1,
      fiscalStartMonth: 0,
      variables: [],
      annotations: [],
      links: [],
      rows: [],
      problems: [],
      source: { panels: [] },
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['graphTooltip', { graphTooltip: 1 }, { sharedCursor: 'line' }],
    ['graphTooltip', { graphTooltip: 2 }, { sharedCursor: 'tooltip' }],
    ['sharedCrosshair of 2015', { sharedCrosshair: true }, { sharedCursor: 'line' }],
    ['refresh', { refresh: '5s' }, { refresh: '5s' }],
    ['a week', { weekStart: 'Sunday' }, { weekStartDay: 0 }],
    ['a fiscal year', { fiscalYearStartMonth: 3 }, { fiscalStartMonth: 3 }],
    [
      'a refresh menu',
      { timepicker: { refresh_intervals: ['5s', 'auto', '5s', '1m'] } },
      { refreshIntervals: ['5s', '1m'] },
    ],
    ['no refresh', { refresh: false }, { refresh: '' }],
    ['a time zone', { timezone: 'utc' }, { timeZone: 'utc' }],
    ['a delay of now', { timepicker: { nowDelay: '1m' } }, { nowDelay: '1m' }],
    ['a delay that is none', { timepicker: { nowDelay: 'soon' } }, { nowDelay: '' }],
    ['a hidden time picker', { timepicker: { hidden: true } }, { isTimePickerHidden: true }],
    ['a time', { time: { from: 'now/d', to: 'now/d' } }, { time: { from: 'now/d', to: 'now/d' } }],
  ])('reads %s', (_, file, expected) => {
    expect(readDashboard({ panels: [], ...file })).toMatchObject({ ...expected, problems: [] });
  });

  it.each([
    ['the API', { dashboard: { title: 'T', panels: [] }, meta: {} }],
    ['the API, before 2018', { dashboard: { title: 'T', rows: [] }, overwrite: true }],
    ['a resource', { apiVersion: 'dashboard.grafana.app/v1beta1', spec: { title: 'T' } }],
    ['grafana.com', { id: 1860, json: { title: 'T', panels: [] } }],
    ['nothing', { title: 'T', panels: [], spec: { title: 'other' } }],
  ])('is found inside of what %s puts around it', (_, file) => {
    expect(unwrapDashboard(file)['title']).toBe('T');
  });
});

describe('rows', () => {
  it('have the panels below them, and a collapsed one those inside of it', () => {
    const file = {
      panels: [
        panel(2, { gridPos: { x: 0, y: 9, w: 24, h: 8 } }),
        { id: 1, type: 'row', title: 'A', gridPos: { x: 0, y: 8, w: 24, h: 1 } },
        panel(3, { gridPos: { x: 0, y: 0, w: 24, h: 8 } }),
        {
          id: 4,
          type: 'row',
          title: 'B',
          collapsed: true,
          gridPos: { x: 0, y: 17, w: 24, h: 1 },
          panels: [panel(5, { gridPos: { x: 12, y: 40, w: 12, h: 8 } })],
        },
      ],
    };
    expect(titlesByRow(file)).toEqual([
      ['', ['P3']],
      ['A', ['P2']],
      ['B', ['P5']],
    ]);
    const [, , last] = readDashboard(file).rows;
    expect(last?.isCollapsed).toBe(true);
    expect(last?.panels[0]?.grid).toEqual({ x: 12, y: 18, w: 12, h: 8 });
  });

  it('leave panels outside that follow a collapsed one', () => {
    const row = { id: 1, type: 'row', title: 'A', collapsed: true, gridPos: { y: 0, h: 1, w: 24 } };
    const file = { panels: [row, panel(2, { gridPos: { x: 0, y: 1, w: 24, h: 8 } })] };
    expect(titlesByRow(file)).toEqual([
      ['A', []],
      ['', ['P2']],
    ]);
  });

  it.each<[string, JsonObject[], [number, number, number, number][]]>([
    [
      'spans of 12 side by side, then below',
      [{ span: 4 }, { span: 8 }, { span: 6 }, {}],
      [
        [0, 0, 8, 7],
        [8, 0, 16, 7],
        [0, 7, 12, 7],
        [12, 7, 8, 7],
      ],
    ],
    [
      'two low ones beside a high one',
      [
        { span: 6, height: '300px' },
        { span: 6, height: 150 },
        { span: 6, height: 150 },
      ],
      [
        [0, 0, 12, 8],
        [12, 0, 12, 4],
        [12, 4, 12, 4],
      ],
    ],
    ['at least 90 pixels high', [{ span: 12, height: '10px' }], [[0, 0, 24, 3]]],
    [
      'at least a column wide',
      [{ span: -3 }, { span: 99 }],
      [
        [0, 0, 2, 7],
        [0, 7, 24, 7],
      ],
    ],
  ])('of old files are laid out: %s', (_, panels, expected) => {
    const row = { height: '250px', panels: panels.map((more, index) => panel(index + 1, more)) };
    const [first] = readDashboard({ rows: [row] }).rows;
    const places = first?.panels.map(({ grid: { x, y, w, h } }) => [x, y, w, h]);
    expect(places).toEqual(expected);
  });

  it('of old files show their heads where one of them did', () => {
    const rows: Json[] = [
      { title: 'A', height: 200, panels: [panel(1)] },
      { title: 'B', collapse: true, repeat: 'job', panels: [panel(2)] },
    ];
    const read = readDashboard({ rows }).rows;
    expect(read.map(({ title, isCollapsed, repeat }) => [title, isCollapsed, repeat])).toEqual([
      ['A', false, ''],
      ['B', true, 'job'],
    ]);
    expect(read.map(({ panels }) => panels[0]?.grid.y)).toEqual([1, 8]);
    expect(titlesByRow({ rows: [rows[0] ?? {}] })).toEqual([['', ['P1']]]);
  });
});

describe('panels', () => {
  it('keep their ids, and get one where it is missing or taken', () => {
    const panels = [panel(4), panel(4), { type: 'text' }, { type: 'text', id: -1 }];
    const [row] = readDashboard({ panels }).rows;
    expect(row?.panels.map(({ id }) => id)).toEqual([4, 6, 7, 8]);
  });

  it('that are saved copies of a repeated one are left out', () => {
    const panels = [
      panel(1, { repeat: 'host', repeatDirection: 'v' }),
      panel(2, { repeatPanelId: 1, repeatIteration: 1, scopedVars: {} }),
      panel(3, { repeatPanelId: 99 }),
    ];
    const [row] = readDashboard({ panels }).rows;
    expect(row?.panels.map(({ id }) => id)).toEqual([1, 3]);
    const repeat = { variable: 'host', direction: 'v', maxPerRow: 4 };
    expect(row?.panels[0]?.repeat).toEqual(repeat);
  });

  it('of the library come along in the file', () => {
    const model = { type: 'stat', title: 'Of the library', targets: [{ expr: 'up' }] };
    const file = {
      __elements: { abc: { name: 'L', uid: 'abc', kind: 1, model } },
      panels: [
        { id: 1, libraryPanel: { uid: 'abc', name: 'L' } },
        { id: 2, libraryPanel: { uid: 'gone', name: 'M' } },
      ],
    };
    const { rows, problems } = readDashboard(file);
    expect(rows[0]?.panels.map(({ options }) => options.kind)).toEqual(['stat', 'unknown']);
    expect(problems.map(({ path }) => path)).toEqual(['panels[1].libraryPanel']);
  });

  it('that show another one’s answer get its queries', () => {
    const shared = { uid: '-- Dashboard --', type: 'datasource' };
    const panels = [
      panel(1, { targets: [{ expr: 'up', refId: 'A' }] }),
      panel(2, { datasource: shared, targets: [{ panelId: 1, refId: 'A' }] }),
      panel(3, { datasource: '-- Dashboard --', targets: [{ panelId: 77 }] }),
    ];
    const { rows, problems } = readDashboard({ panels });
    expect(rows[0]?.panels.map(({ queries }) => queries.map(({ expr }) => expr))).toEqual([
      ['up'],
      ['up'],
      [],
    ]);
    expect(problems).toEqual([{ path: '', message: 'panel 3: there is no panel 77' }]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['narrow copies of 2016', { repeat: 'a', minSpan: 6 }, { repeat: { maxPerRow: 4 } }],
    [
      'a time of its own',
      { timeFrom: '24h', timeShift: '1d' },
      { timeFrom: '24h', timeShift: '1d' },
    ],
    ['hidden', { hideTimeOverride: true }, { isTimeOverrideHidden: true }],
    ['an interval', { interval: '>10s' }, { minInterval: '>10s' }],
    ['points', { maxDataPoints: '100' }, { maxDataPoints: 100 }],
    ['no points', { maxDataPoints: '' }, { maxDataPoints: undefined }],
  ])('read %s', (_, more, expected) => {
    const { rows, problems } = readDashboard({ panels: [panel(1, more)] });
    expect(rows[0]?.panels[0]).toMatchObject(expected);
    expect(problems).toEqual([]);
  });
});

function queriesOf(more: JsonObject) {
  const { rows, problems } = readDashboard({ panels: [panel(1, more)] });
  return { queries: rows[0]?.panels[0]?.queries ?? [], problems };
}

describe('queries', () => {
  it('are ranges unless they are instants, or both', () => {
    const { queries } = queriesOf({
      targets: [
        { expr: 'a' },
        { expr: 'b', instant: true },
        { expr: 'c', instant: true, range: true },
        { expr: 'd', instant: false, range: false },
      ],
    });
    expect(queries.map(({ isRange, isInstant }) => [isRange, isInstant])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, false],
    ]);
    expect(queries.map(({ refId }) => refId)).toEqual(['A', 'B', 'C', 'D']);
  });

  it.each<[string, JsonObject, string, string]>([
    ['a name', { datasource: 'Prom' }, 'Prom', ''],
    ['a variable', { datasource: '${DS_PROMETHEUS}' }, '${DS_PROMETHEUS}', ''],
    ['the default', { datasource: null }, '', ''],
    ['the word for it', { datasource: 'default' }, '', ''],
    ['an object', { datasource: { type: 'prometheus', uid: 'x' } }, 'x', 'prometheus'],
    ['a mixture, whose query says none', { datasource: '-- Mixed --' }, '', ''],
  ])('ask where the panel says, by %s', (_, more, uid, type) => {
    const { queries } = queriesOf({ ...more, targets: [{ expr: 'up' }] });
    expect(queries[0]?.datasource).toEqual({ uid, type });
  });

  it('ask where they say themselves', () => {
    const datasource = { type: 'prometheus', uid: 'own' };
    const { queries } = queriesOf({
      datasource: { uid: '-- Mixed --' },
      targets: [{ expr: 'up', datasource }],
    });
    expect(queries[0]?.datasource).toEqual(datasource);
  });

  it('of other languages are left out and told; empty ones are left out', () => {
    const { queries, problems } = queriesOf({
      targets: [{ rawSql: 'select 1', refId: 'X' }, { expr: ' ' }, {}, { expr: 'up', refId: 'X' }],
    });
    expect(queries.map(({ refId, expr }) => [refId, expr])).toEqual([['C', 'up']]);
    expect(problems).toEqual([
      { path: 'panels[0].targets[0].rawSql', message: 'query X is not PromQL' },
    ]);
  });
});

describe('inputs of a file that was exported to be shared', () => {
  it('say the kinds of data sources and the values of constants', () => {
    const { rows, variables } = readDashboard({
      __inputs: [
        { name: 'DS_LOGS', type: 'datasource', pluginId: 'loki', label: 'Logs' },
        { name: 'VAR_PREFIX', type: 'constant', value: 'node' },
      ],
      panels: [panel(1, { datasource: '${DS_LOGS}', targets: [{ expr: 'a' }] })],
      templating: {
        list: [
          { name: 'p', type: 'constant', query: '${VAR_PREFIX}', hide: 2 },
          { name: 'q', type: 'query', query: 'label_values(${VAR_OTHER})', datasource: '$DS_LOGS' },
        ],
      },
    });
    const datasource = { uid: '${DS_LOGS}', type: 'loki' };
    expect(rows[0]?.panels[0]?.queries[0]?.datasource).toEqual(datasource);
    expect(variables[0]).toMatchObject({ query: 'node', current: ['node'] });
    expect(variables[1]).toMatchObject({
      query: 'label_values(${VAR_OTHER})',
      datasource: { uid: '$DS_LOGS', type: 'loki' },
    });
  });
});

describe('annotations and links', () => {
  it('are read in old and new forms', () => {
    const list = [
      { builtIn: 1, datasource: '-- Grafana --', enable: true, hide: true, name: 'Events' },
      { name: 'Old', expr: 'a', step: '1m', titleFormat: 'T', useValueForTime: 'on' },
      { name: 'New', target: { expr: 'b', interval: '2m' }, enable: false },
      { name: 'Logs', query: 'tags:x', datasource: 'Elastic' },
    ];
    const { annotations, problems } = readDashboard({ panels: [], annotations: { list } });
    expect(
      annotations.map((one) => [one.name, one.isEnabled, one.expr, one.step, one.usesValueForTime]),
    ).toEqual([
      ['Events', true, '', '', false],
      ['Old', true, 'a', '1m', true],
      ['New', false, 'b', '2m', false],
    ]);
    expect(problems.map(({ path }) => path)).toEqual(['annotations.list[3]']);
  });

  it('say of which panels and with which tags', () => {
    const grafana = { uid: '-- Grafana --', type: 'grafana' };
    const list = [
      { builtIn: 1, target: { type: 'dashboard', tags: ['left over'] } },
      { datasource: grafana, target: { type: 'tags', tags: ['a', '$b'], matchAny: true } },
      { datasource: '-- Grafana --', type: 'tags', tags: ['c'] },
      { expr: 'up', filter: { exclude: true, ids: [2, 'x'] } },
    ];
    const { annotations } = readDashboard({ panels: [], annotations: { list } });
    expect(annotations.map((one) => [one.tags, one.matchesAnyTag, one.panels])).toEqual([
      [[], false, undefined],
      [['a', '$b'], true, undefined],
      [['c'], false, undefined],
      [[], false, { ids: [2], areExcluded: true }],
    ]);
  });

  it.each(['javascript:alert(1)', ' java\nscript:x', 'DATA:text/html,x', 'vbscript:x'])(
    'that would run something are left out: %j',
    (url) => {
      const links = [
        { title: 'bad', url },
        { title: 'good', url: '/d/x?a=javascript:', keepTime: true },
      ];
      const dashboard = readDashboard({ links, panels: [panel(1, { links })] });
      expect(dashboard.links.map(({ title }) => title)).toEqual(['good']);
      expect(dashboard.rows[0]?.panels[0]?.links.map(({ title }) => title)).toEqual(['good']);
      expect(dashboard.problems.map(({ path }) => path)).toEqual([
        'links[0].url',
        'panels[0].links[0].url',
      ]);
    },
  );

  it('to dashboards go by tags, or in old panels by place', () => {
    const { links, rows } = readDashboard({
      links: [{ type: 'dashboards', tags: ['a'], asDropdown: true, title: 'More' }],
      panels: [panel(1, { links: [{ dashUri: 'db/x', params: 'var-a=1', dashboard: 'X' }] })],
    });
    expect(links).toMatchObject([{ kind: 'dashboards', tags: ['a'], asDropdown: true, url: '' }]);
    const expected = [{ kind: 'url', url: '/dashboard/db/x?var-a=1', title: 'X' }];
    expect(rows[0]?.panels[0]?.links).toMatchObject(expected);
  });
});
