import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, Panel } from './dashboard.ts';
import { readDashboard } from './read-dashboard.ts';
import { describeDashboard } from './read-summary.ts';

/** Reads one panel, which must be without problems. */
function read(panel: JsonObject): Panel {
  const { rows, problems } = readDashboard({ panels: [{ id: 1, ...panel }] });
  expect(problems).toEqual([]);
  const read = rows[0]?.panels[0];
  if (read === undefined) throw new Error('no panel was read');
  return read;
}

function settingsOf(defaults: JsonObject, type = 'timeseries') {
  return read({ type, fieldConfig: { defaults, overrides: [] } }).defaults;
}

describe('field settings', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a unit', { unit: 'bytes', decimals: 2 }, { unit: 'bytes', decimals: 2 }],
    ['bounds', { min: 0, max: '10' }, { min: 0, max: 10 }],
    ['a name', { displayName: 'N', noValue: '-' }, { displayName: 'N', noValue: '-' }],
    ['a name of 2019', { title: 'N' }, { displayName: 'N' }],
    [
      'a fixed colour',
      { color: { mode: 'fixed', fixedColor: 'red' } },
      { colour: { mode: 'fixed', fixed: 'red', by: 'last' } },
    ],
    [
      'colours by the largest value',
      { color: { mode: 'continuous-GrYlRd', seriesBy: 'max' } },
      { colour: { mode: 'continuous-GrYlRd', fixed: '', by: 'max' } },
    ],
    [
      'percentages',
      {
        thresholds: {
          mode: 'percentage',
          steps: [
            { color: 'a', value: null },
            { color: 'b', value: 9 },
          ],
        },
      },
      {
        thresholds: {
          mode: 'percentage',
          steps: [
            { value: -Infinity, colour: 'a' },
            { value: 9, colour: 'b' },
          ],
        },
      },
    ],
    [
      'steps out of order, the first with a bound',
      {
        thresholds: {
          steps: [
            { color: 'b', value: 9 },
            { color: 'a', value: 1 },
          ],
        },
      },
      {
        thresholds: {
          steps: [
            { value: -Infinity, colour: 'a' },
            { value: 9, colour: 'b' },
          ],
        },
      },
    ],
    [
      'links',
      {
        links: [
          { title: 'L', url: '/x?${__field.labels.a}', targetBlank: true },
          { url: 'javascript:1'.slice(0, 0) },
        ],
      },
      { links: [{ title: 'L', url: '/x?${__field.labels.a}', opensNewTab: true }] },
    ],
  ])('have %s', (_, defaults, expected) => {
    expect(settingsOf(defaults)).toMatchObject(expected);
  });

  it('have green and red above 80 where a file of today has no thresholds', () => {
    expect(settingsOf({}).thresholds.steps.map(({ colour }) => colour)).toEqual(['green', 'red']);
  });

  it.each([
    ['timeseries', 'palette-classic'],
    ['stat', 'thresholds'],
    ['table', 'thresholds'],
    ['piechart', 'palette-classic'],
    ['state-timeline', 'continuous-GrYlRd'],
  ])('of a %s are coloured by %s unless they say otherwise', (type, mode) => {
    expect(settingsOf({}, type).colour.mode).toBe(mode);
  });

  it('have mappings of every kind, in the order of their indexes', () => {
    const mappings: Json[] = [
      {
        type: 'value',
        options: { '1': { text: 'up', index: 1 }, '0': { text: 'down', color: 'red', index: 0 } },
      },
      { type: 'range', options: { from: 1, to: null, result: { text: 'many' } } },
      { type: 'regex', options: { pattern: '/a(.*)/', result: { text: '$1' } } },
      { type: 'special', options: { match: 'null+nan', result: { text: 'N/A' } } },
      { id: 1, type: 2, from: '3', to: '4', text: 'old' },
    ];
    expect(settingsOf({ mappings }).mappings).toEqual([
      { kind: 'value', value: '0', result: { text: 'down', colour: 'red' } },
      { kind: 'value', value: '1', result: { text: 'up', colour: '' } },
      { kind: 'range', from: 1, to: undefined, result: { text: 'many', colour: '' } },
      { kind: 'regex', pattern: '/a(.*)/', result: { text: '$1', colour: '' } },
      { kind: 'special', match: 'null+nan', result: { text: 'N/A', colour: '' } },
      { kind: 'range', from: 3, to: 4, result: { text: 'old', colour: '' } },
    ]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['bars', { drawStyle: 'bars', barAlignment: -1 }, { draw: 'bars', barAlignment: -1 }],
    [
      'a smooth line',
      { lineInterpolation: 'smooth', lineWidth: 3 },
      { interpolation: 'smooth', lineWidth: 3 },
    ],
    ['dashes', { lineStyle: { fill: 'dash', dash: [5, 1] } }, { dash: [5, 1], isDotted: false }],
    ['dots', { lineStyle: { fill: 'dot' } }, { dash: [0, 10], isDotted: true }],
    ['a fill', { fillOpacity: 250, gradientMode: 'hue' }, { fillOpacity: 100, gradient: 'hue' }],
    ['bridges', { spanNulls: true }, { spanNulls: true }],
    ['short bridges', { spanNulls: 3600000 }, { spanNulls: 3600000 }],
    [
      'a stack',
      { stacking: { mode: 'percent', group: 'B' } },
      { stacking: { mode: 'percent', group: 'B' } },
    ],
    ['a logarithm', { scaleDistribution: { type: 'log', log: 2 } }, { logBase: 2 }],
    ['limits', { thresholdsStyle: { mode: 'dashed+area' } }, { thresholdsStyle: 'dashed+area' }],
    [
      'below zero',
      { transform: 'negative-Y', fillBelowTo: 'x' },
      { transform: 'negative-Y', fillBelowTo: 'x' },
    ],
    [
      'hidden',
      { hideFrom: { viz: true, legend: true } },
      { hideFrom: { graph: true, legend: true, tooltip: false } },
    ],
    ['hidden of 2020', { hideFrom: { graph: true } }, { hideFrom: { graph: true } }],
    [
      'an axis',
      {
        axisPlacement: 'right',
        axisLabel: 'L',
        axisSoftMin: 0,
        axisCenteredZero: true,
        axisWidth: 50,
        axisGridShow: false,
      },
      {
        axis: {
          placement: 'right',
          label: 'L',
          softMin: 0,
          isCentredZero: true,
          width: 50,
          showsGrid: false,
        },
      },
    ],
  ])('draw %s', (_, custom, expected) => {
    expect(settingsOf({ custom }).style).toMatchObject(expected);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['nothing', { align: null }, { kind: 'auto', align: 'auto' }],
    [
      'a background',
      { cellOptions: { type: 'color-background', mode: 'basic' } },
      { kind: 'color-background', mode: 'basic' },
    ],
    [
      'a background of 2021',
      { displayMode: 'color-background-solid' },
      { kind: 'color-background', mode: 'basic' },
    ],
    ['a gauge of 2021', { displayMode: 'lcd-gauge' }, { kind: 'gauge', mode: 'lcd' }],
    [
      'JSON',
      { displayMode: 'json-view', width: 200, align: 'right' },
      { kind: 'json', width: 200, align: 'right' },
    ],
    ['a pill', { cellOptions: { type: 'pill' } }, { kind: 'auto' }],
    ['a hidden one', { hidden: true, filterable: true }, { isHidden: true, isFilterable: true }],
  ])('fill a cell with %s', (_, custom, expected) => {
    expect(settingsOf({ custom }, 'table').cell).toMatchObject(expected);
  });

  it('keep overrides as they are, without those that say nothing', () => {
    const overrides = [
      {
        matcher: { id: 'byRegexp', options: '/x/' },
        properties: [{ id: 'color', value: { mode: 'fixed' } }, { id: 'unit' }, {}],
      },
      { matcher: { id: 'byName' }, properties: [] },
      { matcher: {}, properties: [{ id: 'unit', value: 's' }] },
    ];
    expect(read({ type: 'stat', fieldConfig: { defaults: {}, overrides } }).overrides).toEqual([
      {
        matcher: { id: 'byRegexp', options: '/x/' },
        properties: [
          { id: 'color', value: { mode: 'fixed' } },
          { id: 'unit', value: null },
        ],
      },
    ]);
  });
});

describe('panels of today', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'timeseries',
      {
        legend: {
          displayMode: 'table',
          placement: 'right',
          calcs: ['avg', 'lastNotNull'],
          sortBy: 'Max',
          sortDesc: true,
        },
        tooltip: { mode: 'multi', sort: 'desc', hideZeros: true },
      },
      {
        legend: {
          mode: 'table',
          placement: 'right',
          reducers: ['mean', 'lastNotNull'],
          sortBy: 'Max',
          sortsDescending: true,
        },
        tooltip: { mode: 'multi', sort: 'desc', hidesZeros: true },
      },
    ],
    [
      'timeseries',
      { legend: { showLegend: false, displayMode: 'list' } },
      { legend: { mode: 'hidden' } },
    ],
    [
      'timeseries',
      { tooltipOptions: { mode: 'multi' } },
      { tooltip: { mode: 'multi' }, legend: { mode: 'list' } },
    ],
    [
      'stat',
      {
        reduceOptions: { calcs: ['current'], fields: '/^v$/', values: true, limit: 3 },
        textMode: 'name',
        graphMode: 'none',
        colorMode: 'background',
        justifyMode: 'center',
        text: { valueSize: 20 },
      },
      {
        reduction: { reducers: ['lastNotNull'], fields: '/^v$/', showsAllValues: true, limit: 3 },
        text: 'name',
        graph: 'none',
        colour: 'background',
        justify: 'center',
        valueSize: 20,
      },
    ],
    ['stat', {}, { reduction: { reducers: ['lastNotNull'] }, graph: 'area', colour: 'value' }],
    [
      'gauge',
      { showThresholdLabels: true, orientation: 'vertical' },
      { showsThresholdLabels: true, showsThresholdMarkers: true, orientation: 'vertical' },
    ],
    [
      'bargauge',
      { displayMode: 'lcd', showUnfilled: false, namePlacement: 'left' },
      { display: 'lcd', showsUnfilled: false, names: 'left' },
    ],
    [
      'table',
      {
        sortBy: [{ displayName: 'x', desc: true }],
        footer: { show: true, reducer: ['sum'] },
        cellHeight: 'md',
      },
      {
        sortBy: [{ name: 'x', isDescending: true }],
        footer: { isShown: true, reducers: ['sum'] },
        cellHeight: 'md',
      },
    ],
    ['table', {}, { footer: { isShown: false } }],
    [
      'piechart',
      { pieType: 'donut', displayLabels: ['percent'], legend: { values: ['value'] } },
      { shape: 'donut', labels: ['percent'], legend: { values: ['value'] } },
    ],
    [
      'heatmap',
      {
        calculate: false,
        color: { scheme: 'Blues', steps: 500, reverse: true },
        yAxis: { unit: 's' },
        filterValues: { le: 0.1 },
      },
      {
        hasBuckets: true,
        scheme: 'Blues',
        steps: 128,
        isReversed: true,
        unit: 's',
        hidesBelow: 0.1,
      },
    ],
    [
      'barchart',
      { stacking: 'normal', xField: 'x', showValue: 'never' },
      { stacking: 'normal', xField: 'x', showsValue: 'never' },
    ],
    [
      'state-timeline',
      { mergeValues: false, rowHeight: 0.5 },
      { mergesValues: false, rowHeight: 0.5 },
    ],
    ['status-history', { colWidth: 0.5 }, { columnWidth: 0.5 }],
    ['histogram', { bucketSize: 5, combine: true }, { bucketSize: 5, isCombined: true }],
    [
      'dashlist',
      { showSearch: true, showStarred: false, maxItems: 4 },
      { showsSearch: true, showsStarred: false, countMax: 4 },
    ],
  ])('%s has the options %j', (type, options, expected) => {
    expect(read({ type, options }).options).toMatchObject({ kind: type, ...expected });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['none', { reducers: [] }, { isShown: false, reducers: [] }],
    ['a sum', { reducers: ['sum'] }, { isShown: true, reducers: ['sum'] }],
  ])('tables of 2025 have a footer by their fields: %s', (_, footer, expected) => {
    const fieldConfig = { defaults: { custom: { footer } }, overrides: [] };
    expect(read({ type: 'table', fieldConfig }).options).toMatchObject({ footer: expected });
  });

  it('keep their transformations, with what they hold for', () => {
    const transformations = [
      { id: 'organize', options: { excludeByName: { Time: true } } },
      { id: 'merge', disabled: true, filter: { id: 'byRefId', options: 'A' } },
      {},
    ];
    expect(read({ type: 'table', transformations }).transformations).toEqual([
      {
        id: 'organize',
        options: { excludeByName: { Time: true } },
        isDisabled: false,
        filter: undefined,
      },
      { id: 'merge', options: {}, isDisabled: true, filter: { id: 'byRefId', options: 'A' } },
    ]);
  });

  it('are counted for who imports them', () => {
    const targets = [{ expr: 'up' }, { expr: 'down' }];
    const summary = describeDashboard(
      readDashboard({
        panels: [
          { type: 'row', title: 'R' },
          { type: 'stat', targets },
          { type: 'graph', targets },
          { type: 'timeseries' },
          { type: 'geomap' },
        ],
        templating: { list: [{ name: 'v', type: 'query' }] },
      }),
    );
    expect(summary).toEqual({
      panelCount: 4,
      rowCount: 1,
      queryCount: 4,
      variableCount: 1,
      annotationCount: 0,
      problemCount: 0,
      kinds: [
        { kind: 'timeseries', count: 2 },
        { kind: 'stat', count: 1 },
        { kind: 'unknown', count: 1 },
      ],
      unknownTypes: ['geomap'],
    });
  });
});
