import { describe, expect, it } from 'vitest';
import type { Dashboard, JsonObject } from './dashboard.ts';
import { readDashboard } from './read-dashboard.ts';

const query = {
  kind: 'PanelQuery',
  spec: {
    refId: 'A',
    hidden: false,
    query: {
      kind: 'DataQuery',
      group: 'prometheus',
      version: 'v0',
      datasource: { name: 'prom-1' },
      spec: { expr: 'rate(up[$__rate_interval])', legendFormat: '{{job}}', instant: true },
    },
  },
};

function panel(id: number, viz: JsonObject = { kind: 'VizConfig', group: 'stat' }): JsonObject {
  return {
    kind: 'Panel',
    spec: {
      id,
      title: `panel ${id}`,
      description: '',
      links: [],
      transparent: true,
      data: {
        kind: 'QueryGroup',
        spec: {
          queries: [query],
          transformations: [
            { kind: 'Transformation', group: 'limit', spec: { options: { limitField: 3 } } },
            { kind: 'organize', spec: { id: 'organize', options: {}, disabled: true } },
          ],
          queryOptions: { interval: '30s', maxDataPoints: 100, timeFrom: '1h' },
        },
      },
      vizConfig: {
        ...viz,
        spec: { options: { colorMode: 'none' }, fieldConfig: { defaults: { unit: 'bytes' } } },
      },
    },
  };
}

const item = (name: string, place: JsonObject = {}, kind = 'GridLayoutItem'): JsonObject => ({
  kind,
  spec: { element: { kind: 'ElementReference', name }, ...place },
});
const grid = (...items: JsonObject[]): JsonObject => ({ kind: 'GridLayout', spec: { items } });
const automatic = (spec: JsonObject): JsonObject => ({ kind: 'AutoGridLayout', spec });
const rows = (...list: JsonObject[]): JsonObject => ({
  kind: 'RowsLayout',
  spec: { rows: list.map((spec) => ({ kind: 'RowsLayoutRow', spec })) },
});
const tabs = (...list: JsonObject[]): JsonObject => ({
  kind: 'TabsLayout',
  spec: { tabs: list.map((spec) => ({ kind: 'TabsLayoutTab', spec })) },
});

const elements = {
  a: panel(1),
  b: panel(2, { kind: 'timeseries' }),
  c: panel(3, { kind: 'VizConfig', group: 'table' }),
};

function resource(layout: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'dashboard.grafana.app/v2beta1',
    kind: 'Dashboard',
    metadata: { name: 'abc' },
    spec: { title: 'Two', elements, layout, ...more },
  };
}

function shape({ rows: list }: Dashboard): unknown {
  return list.map(({ title, isCollapsed, repeat, panels }) => [
    `${title}${isCollapsed ? ' (closed)' : ''}${repeat === '' ? '' : ` per ${repeat}`}`,
    panels.map(({ id, grid: { x, y, w, h } }) => [id, x, y, w, h]),
  ]);
}

describe('a resource of the form v2', () => {
  const layouts: [name: string, layout: JsonObject, rows: unknown][] = [
    [
      'a grid',
      grid(
        item('a', { x: 0, y: 0, width: 6, height: 4 }),
        item('b', { x: 6, y: 0, width: 18, height: 4 }),
        item('gone', { x: 0, y: 9, width: 1, height: 1 }),
      ),
      [
        [
          '',
          [
            [1, 0, 0, 6, 4],
            [2, 6, 0, 18, 4],
          ],
        ],
      ],
    ],
    [
      'a grid with rows, as the first version had it',
      grid(item('a', { x: 0, y: 0, width: 24, height: 3 }), {
        kind: 'GridLayoutRow',
        spec: {
          y: 3,
          title: 'Row',
          collapsed: true,
          elements: [item('b', { x: 0, y: 0, width: 24, height: 5 })],
        },
      }),
      [
        ['', [[1, 0, 0, 24, 3]]],
        ['Row (closed)', [[2, 0, 4, 24, 5]]],
      ],
    ],
    [
      'an automatic grid',
      automatic({
        maxColumnCount: 2,
        rowHeightMode: 'short',
        items: ['a', 'b', 'c'].map((name) => item(name, {}, 'AutoGridLayoutItem')),
      }),
      [
        [
          '',
          [
            [1, 0, 0, 12, 5],
            [2, 12, 0, 12, 5],
            [3, 0, 5, 12, 5],
          ],
        ],
      ],
    ],
    [
      'rows',
      rows(
        { title: 'One', layout: grid(item('a', { x: 0, y: 0, width: 24, height: 3 })) },
        {
          title: 'Two',
          collapse: true,
          repeat: { mode: 'variable', value: 'job' },
          layout: grid(item('b', { x: 0, y: 0, width: 24, height: 3 })),
        },
      ),
      [
        ['One', [[1, 0, 1, 24, 3]]],
        ['Two (closed) per job', [[2, 0, 5, 24, 3]]],
      ],
    ],
    [
      'tabs with rows in them',
      tabs(
        { title: 'Tab', layout: rows({ title: 'Row', layout: grid(item('a', { height: 3 })) }) },
        { title: 'Other', layout: grid(item('b', { height: 3 })) },
      ),
      [
        ['Tab · Row', [[1, 0, 1, 12, 3]]],
        ['Other (closed)', [[2, 0, 5, 12, 3]]],
      ],
    ],
  ];
  it.each(layouts)('lays out %s', (_, layout, expected) => {
    const dashboard = readDashboard(resource(layout));
    expect(shape(dashboard)).toEqual(expected);
    expect(dashboard.problems).toEqual([]);
  });

  it('has panels, queries and options as the classic form has', () => {
    const repeat = { mode: 'variable', value: 'job', direction: 'v', maxPerRow: 2 };
    const dashboard = readDashboard(resource(grid(item('a', { repeat }), item('b'))));
    expect(dashboard).toMatchObject({ uid: 'abc', title: 'Two' });
    expect(dashboard.source).toMatchObject({ elements });
    expect(dashboard.rows[0]?.panels).toMatchObject([
      {
        sourceType: 'stat',
        title: 'panel 1',
        isTransparent: true,
        minInterval: '30s',
        maxDataPoints: 100,
        timeFrom: '1h',
        repeat: { variable: 'job', direction: 'v' },
        queries: [
          {
            refId: 'A',
            expr: 'rate(up[$__rate_interval])',
            legend: '{{job}}',
            isInstant: true,
            datasource: { uid: 'prom-1', type: 'prometheus' },
          },
        ],
        transformations: [
          { id: 'limit', options: { limitField: 3 }, isDisabled: false },
          { id: 'organize', isDisabled: true },
        ],
        defaults: { unit: 'bytes' },
        options: { kind: 'stat' },
      },
      { sourceType: 'timeseries', options: { kind: 'timeseries' } },
    ]);
  });

  it('has time, variables and annotations', () => {
    const dashboard = readDashboard(
      resource(grid(item('a')), {
        cursorSync: 'Crosshair',
        timeSettings: { from: 'now-1h', to: 'now', timezone: 'utc', autoRefresh: '10s' },
        links: [{ type: 'link', title: 'x', url: 'https://example.org' }],
        variables: [
          {
            kind: 'QueryVariable',
            spec: {
              name: 'job',
              hide: 'hideLabel',
              refresh: 'onTimeRangeChanged',
              sort: 'alphabeticalDesc',
              multi: true,
              includeAll: true,
              current: { text: 'All', value: '$__all' },
              query: {
                kind: 'DataQuery',
                group: 'prometheus',
                spec: { query: 'label_values(up, job)', refId: 'x' },
              },
            },
          },
          { kind: 'TextVariable', spec: { name: 'text', query: 'abc' } },
          { kind: 'DatasourceVariable', spec: { name: 'ds', pluginId: 'prometheus' } },
          { kind: 'IntervalVariable', spec: { name: 'step', query: '1m,5m', auto: false } },
        ],
        annotations: [
          {
            kind: 'AnnotationQuery',
            spec: {
              name: 'Deploys',
              enable: true,
              hide: false,
              iconColor: 'red',
              query: { kind: 'DataQuery', group: 'prometheus', spec: { expr: 'changes(up[1m])' } },
            },
          },
        ],
      }),
    );
    expect(dashboard).toMatchObject({
      sharedCursor: 'line',
      time: { from: 'now-1h', to: 'now' },
      timeZone: 'utc',
      refresh: '10s',
      links: [{ url: 'https://example.org' }],
      variables: [
        {
          name: 'job',
          kind: 'query',
          query: 'label_values(up, job)',
          hide: 'label',
          refresh: 'time',
          sort: 2,
          isMulti: true,
          current: ['$__all'],
        },
        { name: 'text', kind: 'textbox', query: 'abc' },
        { name: 'ds', kind: 'datasource', query: 'prometheus' },
        { name: 'step', kind: 'interval', query: '1m,5m' },
      ],
      annotations: [{ name: 'Deploys', expr: 'changes(up[1m])' }],
      problems: [],
    });
  });

  it.each([
    ['layouts without end', { layout: {} }],
    ['things that are none', { layout: { kind: 'GridLayout', spec: { items: [1, null, {}] } } }],
    ['elements that are none', { elements: { a: 1 }, layout: grid(item('a'), item('__proto__')) }],
  ])('reads %s without harm', (_, spec) => {
    expect(
      readDashboard(resource({}, spec as JsonObject)).rows.flatMap((row) => row.panels),
    ).toEqual([]);
  });
});

it('reads the classic form inside of a resource v1', () => {
  const panels = [{ id: 1, type: 'stat', title: 'x', targets: [{ refId: 'A', expr: 'up' }] }];
  const dashboard = readDashboard({
    apiVersion: 'dashboard.grafana.app/v1beta1',
    metadata: { name: 'abc' },
    spec: { title: 'One', schemaVersion: 42, panels },
  });
  expect(dashboard).toMatchObject({ uid: 'abc', title: 'One', problems: [] });
  expect(dashboard.rows[0]?.panels).toHaveLength(1);
});
