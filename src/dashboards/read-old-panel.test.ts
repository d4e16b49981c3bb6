import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, Panel } from './dashboard.ts';
import { readDashboard } from './read-dashboard.ts';

/** Reads one panel, which must be without problems. */
function read(panel: JsonObject): Panel {
  const { rows, problems } = readDashboard({ panels: [{ id: 1, ...panel }] });
  expect(problems).toEqual([]);
  const read = rows[0]?.panels[0];
  if (read === undefined) throw new Error('no panel was read');
  return read;
}

/** Properties of the override of that name. */
function overrideFor(panel: Panel, name: string): Record<string, Json> | undefined {
  const found = panel.overrides.find(({ matcher }) => matcher.options === name);
  return found && Object.fromEntries(found.properties.map(({ id, value }) => [id, value]));
}

describe('graph', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['nothing', {}, { draw: 'line', lineWidth: 1, fillOpacity: 10, showPoints: 'never' }],
    ['a fill', { fill: 3, linewidth: 2 }, { fillOpacity: 30, lineWidth: 2 }],
    ['a gradient', { fill: 0, fillGradient: 4 }, { fillOpacity: 40, gradient: 'opacity' }],
    ['bars', { bars: true, lines: false, fill: 1 }, { draw: 'bars', fillOpacity: 100 }],
    ['points alone', { lines: false, points: true }, { draw: 'points', showPoints: 'always' }],
    [
      'points',
      { points: true, pointradius: 3 },
      { draw: 'line', showPoints: 'always', pointSize: 8 },
    ],
    ['steps', { steppedLine: true }, { interpolation: 'stepAfter' }],
    ['dashes', { dashes: true, dashLength: 4, spaceLength: 2 }, { dash: [4, 2] }],
    ['gaps', { nullPointMode: 'null' }, { spanNulls: false, nullsAsZero: false }],
    ['bridged gaps', { nullPointMode: 'connected' }, { spanNulls: true, nullsAsZero: false }],
    ['gaps at zero', { nullPointMode: 'null as zero' }, { spanNulls: false, nullsAsZero: true }],
    ['a stack', { stack: true }, { stacking: { mode: 'normal', group: 'A' } }],
    ['shares', { stack: true, percentage: true }, { stacking: { mode: 'percent', group: 'A' } }],
    ['shares of no stack', { percentage: true }, { stacking: { mode: 'none', group: 'A' } }],
  ])('has the style of %s', (_, more, style) => {
    expect(read({ type: 'graph', ...more }).defaults.style).toMatchObject(style);
  });

  it('has its left axis in the settings', () => {
    const left = { format: 'bytes', min: '0', max: 10, logBase: 2, label: 'Size', decimals: 1 };
    const { defaults } = read({ type: 'graph', yaxes: [left, { format: 's' }] });
    expect(defaults).toMatchObject({ unit: 'bytes', min: 0, max: 10, decimals: 1 });
    expect(defaults.style).toMatchObject({
      logBase: 2,
      axis: { label: 'Size', placement: 'auto' },
    });
    const hidden = read({ type: 'graph', yaxes: [{ show: false, min: null }] }).defaults;
    expect(hidden.style.axis.placement).toBe('hidden');
    expect(hidden.min).toBe(undefined);
  });

  it('has axes and limits of 2015', () => {
    const grid = { leftMin: 1, leftLogBase: 10, threshold1: 5, threshold1Color: '#f00' };
    const panel = read({ type: 'graph', y_formats: ['s', 'bytes'], leftYAxisLabel: 'L', grid });
    expect(panel.defaults).toMatchObject({ unit: 's', min: 1 });
    expect(panel.defaults.style).toMatchObject({
      logBase: 10,
      axis: { label: 'L' },
      thresholdsStyle: 'area',
    });
    expect(panel.defaults.thresholds.steps).toEqual([
      { value: -Infinity, colour: 'transparent' },
      { value: 5, colour: '#f00' },
    ]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'the right axis',
      { yaxis: 2 },
      { 'custom.axisPlacement': 'right', unit: 's', max: 9, min: null },
    ],
    ['the left axis', { yaxis: 1, fill: 0 }, { 'custom.fillOpacity': 0 }],
    ['below zero', { transform: 'negative-Y' }, { 'custom.transform': 'negative-Y' }],
    [
      'dashed',
      { dashes: true, dashLength: 3 },
      { 'custom.lineStyle': { fill: 'dash', dash: [3, 10] } },
    ],
    ['above others', { zindex: 3 }, { 'custom.zIndex': 3 }],
    [
      'a band',
      { fillBelowTo: 'min', lines: false },
      { 'custom.fillBelowTo': 'min', 'custom.lineWidth': 0 },
    ],
    ['bars', { bars: true }, { 'custom.drawStyle': 'bars', 'custom.fillOpacity': 100 }],
    [
      'points',
      { points: true, lines: false },
      { 'custom.drawStyle': 'points', 'custom.showPoints': 'always' },
    ],
    ['a colour', { color: '#fff' }, { color: { mode: 'fixed', fixedColor: '#fff' } }],
    ['no stack', { stack: false }, { 'custom.stacking': { mode: 'none', group: 'A' } }],
    ['a stack of its own', { stack: 'B' }, { 'custom.stacking': { mode: 'normal', group: 'B' } }],
    [
      'no legend',
      { legend: false },
      { 'custom.hideFrom': { viz: false, legend: true, tooltip: false } },
    ],
    [
      'no tooltip',
      { hideTooltip: true },
      { 'custom.hideFrom': { viz: false, legend: false, tooltip: true } },
    ],
    [
      'steps',
      { steppedLine: true, linewidth: 4 },
      { 'custom.lineInterpolation': 'stepAfter', 'custom.lineWidth': 4 },
    ],
  ])('overrides one series: %s', (_, more, expected) => {
    const panel = read({
      type: 'graph',
      yaxes: [
        { format: 'short', min: 0 },
        { format: 's', max: 9 },
      ],
      seriesOverrides: [{ alias: 'x', ...more }],
    });
    expect(overrideFor(panel, 'x')).toMatchObject(expected);
  });

  it('tells names from patterns, and colours of names come first', () => {
    const panel = read({
      type: 'graph',
      aliasColors: { cpu: '#111', '/x/': '#222' },
      seriesOverrides: [{ alias: '/cpu.*/i', fill: 1 }, { alias: '' }],
    });
    expect(panel.overrides.map(({ matcher }) => [matcher.id, matcher.options])).toEqual([
      ['byName', 'cpu'],
      ['byName', '/x/'],
      ['byRegexp', '/cpu.*/i'],
    ]);
  });

  it.each<[string, Json[], [number, string][], string]>([
    [
      'above, as an area',
      [{ value: 9, op: 'gt', fill: true, colorMode: 'critical' }],
      [
        [-Infinity, 'transparent'],
        [9, 'red'],
      ],
      'area',
    ],
    [
      'below, as an area',
      [{ value: 2, op: 'lt', fill: true, line: true, colorMode: 'warning' }],
      [
        [-Infinity, 'orange'],
        [2, 'transparent'],
      ],
      'line+area',
    ],
    [
      'two below and one above',
      [
        { value: 9, op: 'gt', fill: true, colorMode: 'custom', fillColor: '#abc' },
        { value: 3, op: 'lt', fill: true, colorMode: 'warning' },
        { value: 1, op: 'lt', fill: true, colorMode: 'critical' },
      ],
      [
        [-Infinity, 'red'],
        [1, 'orange'],
        [3, 'transparent'],
        [9, '#abc'],
      ],
      'area',
    ],
    [
      'a line below',
      [{ value: 2, op: 'lt', line: true, colorMode: 'custom', lineColor: '#123' }],
      [
        [-Infinity, 'transparent'],
        [2, '#123'],
      ],
      'line',
    ],
    [
      'not shown',
      [
        { value: 2, op: 'gt', line: true, visible: false },
        { op: 'gt', line: true },
      ],
      [],
      'off',
    ],
  ])('has limits: %s', (_, thresholds, steps, style) => {
    const { defaults } = read({ type: 'graph', thresholds });
    expect(defaults.thresholds.steps.map(({ value, colour }) => [value, colour])).toEqual(steps);
    expect(defaults.style.thresholdsStyle).toBe(style);
  });

  it('has its legend and tooltip', () => {
    const legend = {
      show: true,
      alignAsTable: true,
      rightSide: true,
      sideWidth: '200',
      values: true,
      avg: true,
      current: true,
      total: false,
      sort: 'current',
      sortDesc: true,
      hideEmpty: true,
      hideZero: true,
    };
    const tooltip = { shared: true, sort: 2, value_type: 'individual' };
    expect(read({ type: 'graph', legend, tooltip }).options).toEqual({
      kind: 'timeseries',
      legend: {
        mode: 'table',
        placement: 'right',
        reducers: ['mean', 'lastNotNull'],
        width: 200,
        sortBy: 'Last *',
        sortsDescending: true,
        hidesEmpty: true,
        hidesZero: true,
      },
      tooltip: { mode: 'multi', sort: 'desc', hidesZeros: false },
    });
    const off = { legend: { show: false, avg: true }, tooltip: { shared: false } };
    expect(read({ type: 'graph', ...off }).options).toMatchObject({
      legend: { mode: 'hidden', reducers: [] },
      tooltip: { mode: 'single', sort: 'none' },
    });
  });

  it('over series is a bar chart of one value each, and as a histogram a histogram', () => {
    const bars = read({ type: 'graph', xaxis: { mode: 'series', values: ['avg'] } });
    expect(bars.options).toMatchObject({ kind: 'barchart', xField: 'Field' });
    expect(bars.transformations).toMatchObject([{ id: 'reduce', options: { reducers: ['mean'] } }]);
    const histogram = read({ type: 'graph', xaxis: { mode: 'histogram', buckets: 7 } });
    expect(histogram.options).toMatchObject({ kind: 'histogram', bucketCount: 7 });
  });

  it('keeps overrides and links that later versions gave it', () => {
    const overrides = [
      { matcher: { id: 'byName', options: 'x' }, properties: [{ id: 'unit', value: 's' }] },
    ];
    const links = [{ title: 'L', url: '/x' }];
    const panel = read({ type: 'graph', fieldConfig: { defaults: { links }, overrides } });
    expect(overrideFor(panel, 'x')).toEqual({ unit: 's' });
    expect(panel.defaults.links).toEqual([{ title: 'L', url: '/x', opensNewTab: false }]);
    const older = read({ type: 'graph', options: { dataLinks: [{ title: 'M', url: '/y' }] } });
    expect(older.defaults.links.map(({ title }) => title)).toEqual(['M']);
  });
});

describe('singlestat', () => {
  it('becomes a stat', () => {
    const panel = read({
      type: 'singlestat',
      format: 'bytes',
      decimals: 1,
      valueName: 'current',
      prefix: '~',
      postfix: ' used',
      colorBackground: true,
      thresholds: '70, 90',
      colors: ['g', 'o', 'r'],
      sparkline: { show: true, full: true, lineColor: '#123' },
      nullText: 'none',
      mappingType: 1,
      valueMaps: [
        { op: '=', value: 'null', text: 'N/A' },
        { op: '=', value: '1', text: 'up' },
        { op: '=', value: '', text: '' },
      ],
      rangeMaps: [{ from: '1', to: '2', text: 'unused' }],
      targets: [{ expr: 'up' }, { expr: 'down' }],
      tableColumn: 'x',
    });
    expect(panel.options).toMatchObject({
      kind: 'stat',
      reduction: { reducers: ['lastNotNull'], fields: '' },
      colour: 'background',
      graph: 'area',
      prefix: '~',
      postfix: ' used',
      text: 'value',
    });
    expect(panel.defaults).toMatchObject({
      unit: 'bytes',
      decimals: 1,
      noValue: 'none',
      colour: { mode: 'thresholds' },
      mappings: [
        { kind: 'special', match: 'null+nan', result: { text: 'N/A' } },
        { kind: 'value', value: '1', result: { text: 'up' } },
      ],
    });
    expect(panel.defaults.thresholds.steps).toEqual([
      { value: -Infinity, colour: 'g' },
      { value: 70, colour: 'o' },
      { value: 90, colour: 'r' },
    ]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'a gauge',
      { gauge: { show: true, maxValue: 5 } },
      { kind: 'gauge', showsThresholdMarkers: true },
    ],
    ['no colour', {}, { colour: 'none', graph: 'none' }],
    ['a coloured value', { colorValue: true }, { colour: 'value' }],
    ['its name', { valueName: 'name' }, { text: 'name', reduction: { reducers: ['lastNotNull'] } }],
    ['the mean, unasked', {}, { reduction: { reducers: ['mean'] } }],
    ['the sum', { valueName: 'total' }, { reduction: { reducers: ['sum'] } }],
    [
      'a column',
      { tableColumn: 'version', targets: [{ expr: 'x', format: 'table' }] },
      { reduction: { fields: 'version' } },
    ],
  ])('shows %s', (_, more, expected) => {
    expect(read({ type: 'singlestat', ...more }).options).toMatchObject(expected);
  });

  it('has bounds as a gauge, ranges, and the line’s colour where it has no other', () => {
    const gauge = read({ type: 'singlestat', gauge: { show: true, minValue: 1, maxValue: 5 } });
    expect(gauge.defaults).toMatchObject({ min: 1, max: 5 });
    const ranges = [
      { from: '1', to: '2', text: 'low' },
      { from: 'null', to: 'null', text: 'N/A' },
    ];
    const { defaults } = read({
      type: 'singlestat',
      mappingType: 2,
      rangeMaps: ranges,
      sparkline: { show: true, lineColor: '#123' },
    });
    expect(defaults.mappings).toMatchObject([
      { kind: 'range', from: 1, to: 2 },
      { kind: 'special', match: 'null' },
    ]);
    expect(defaults.colour).toEqual({ mode: 'fixed', fixed: '#123', by: 'last' });
  });
});

describe('old table', () => {
  it.each<[string, JsonObject, Json[], JsonObject[]]>([
    ['rows', { transform: 'timeseries_to_rows' }, ['seriesToRows'], [{ name: 'Time' }]],
    ['columns', { transform: 'timeseries_to_columns' }, ['joinByField'], [{ name: 'Time' }]],
    ['a table', { targets: [{ expr: 'x', format: 'table' }] }, ['merge'], [{ name: 'Time' }]],
    [
      'a table whatever it says',
      {
        transform: 'timeseries_to_rows',
        targets: [{ expr: 'x', format: 'table' }],
        sort: { col: 2, desc: false },
      },
      ['merge'],
      [{ name: '#2', isDescending: false }],
    ],
    [
      'aggregations',
      {
        transform: 'timeseries_aggregations',
        columns: [{ text: 'Now', value: 'current' }],
        sort: { col: 1 },
      },
      ['reduce', 'organize'],
      [{ name: 'Now', isDescending: true }],
    ],
    ['no order', { transform: 'table', sort: { col: null } }, ['seriesToRows'], []],
  ])('makes %s of series by transformations of today', (_, more, ids, sortBy) => {
    const panel = read({ type: 'table-old', styles: [], sort: { col: 0, desc: true }, ...more });
    expect(panel.transformations.map(({ id }) => id)).toEqual(ids);
    expect(panel.options).toMatchObject({ kind: 'table', sortBy });
  });

  it('names what aggregations give as it did', () => {
    const columns = [
      { text: 'Avg', value: 'avg' },
      { text: 'Now', value: 'current' },
    ];
    const panel = read({ type: 'table', transform: 'timeseries_aggregations', columns });
    expect(panel.transformations.map(({ options }) => options)).toMatchObject([
      { reducers: ['mean', 'lastNotNull'] },
      { renameByName: { Field: 'Metric', Mean: 'Avg', 'Last *': 'Now' } },
    ]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'a number',
      { type: 'number', unit: 'bytes', decimals: 2 },
      { unit: 'bytes', decimals: 2, 'custom.hidden': false },
    ],
    ['a date', { type: 'date', dateFormat: 'HH:mm' }, { unit: 'time:HH:mm', decimals: null }],
    ['a text', { type: 'string', alias: 'Host' }, { unit: 'string', displayName: 'Host' }],
    ['nothing', { type: 'hidden' }, { 'custom.hidden': true }],
    [
      'a coloured cell',
      { type: 'number', colorMode: 'cell', colors: ['a', 'b'], thresholds: ['5'] },
      {
        'custom.cellOptions': { type: 'color-background', mode: 'basic', applyToRow: false },
        thresholds: {
          mode: 'absolute',
          steps: [
            { value: null, color: 'a' },
            { value: 5, color: 'b' },
          ],
        },
        color: { mode: 'thresholds' },
      },
    ],
    [
      'a coloured value',
      { type: 'number', colorMode: 'value' },
      { 'custom.cellOptions': { type: 'color-text' } },
    ],
    [
      'a coloured row',
      { type: 'number', colorMode: 'row' },
      { 'custom.cellOptions': { applyToRow: true } },
    ],
    [
      'mapped values',
      { type: 'string', mappingType: 1, valueMaps: [{ value: '1', text: 'up' }] },
      { mappings: [{ type: 'value', options: { '1': { text: 'up' } } }] },
    ],
    [
      'a link',
      { type: 'string', link: true, linkUrl: '/d/x?h=${__cell}&i=$__cell_2', linkTooltip: 'T' },
      {
        links: [
          { title: 'T', url: '/d/x?h=${__value.raw}&i=${__data.fields[2]}', targetBlank: false },
        ],
      },
    ],
  ])('shows %s in a column', (_, style, expected) => {
    const panel = read({ type: 'table-old', styles: [{ pattern: 'x', ...style }] });
    expect(overrideFor(panel, 'x')).toMatchObject(expected);
  });

  it('puts the first style that fits last, where it wins', () => {
    const styles = [
      { pattern: 'Time', type: 'date' },
      { pattern: '/.*/', type: 'number' },
    ];
    const { overrides } = read({ type: 'table', transform: 'table', styles });
    expect(overrides.map(({ matcher }) => matcher)).toEqual([
      { id: 'byRegexp', options: '/.*/' },
      { id: 'byName', options: 'Time' },
    ]);
  });

  it('is told from the one of today', () => {
    const today = read({ type: 'table', options: { showHeader: false }, styles: [] });
    expect(today.options).toMatchObject({ showsHeader: false });
    expect(today.transformations).toEqual([]);
  });
});

describe('other old panels', () => {
  it('heatmaps have their buckets and colours', () => {
    const panel = read({
      type: 'heatmap',
      dataFormat: 'tsbuckets',
      color: {
        mode: 'spectrum',
        colorScheme: 'interpolateBlues',
        exponent: 0.3,
        colorScale: 'linear',
      },
      yAxis: { format: 's', decimals: 1, logBase: 1 },
      cards: { cardPadding: 4, cardRound: null },
      hideZeroBuckets: true,
      legend: { show: true },
    });
    expect(panel.options).toMatchObject({
      kind: 'heatmap',
      hasBuckets: true,
      scheme: 'Blues',
      colourScale: 'linear',
      exponent: 0.3,
      unit: 's',
      decimals: 1,
      cellGap: 4,
      showsLegend: true,
      hidesBelow: 1e-9,
    });
    expect(read({ type: 'heatmap', dataFormat: 'timeseries' }).options).toMatchObject({
      hasBuckets: false,
      hidesBelow: undefined,
    });
  });

  it('pies have their legend and colours', () => {
    const panel = read({
      type: 'grafana-piechart-panel',
      pieType: 'donut',
      valueName: 'total',
      format: 'bytes',
      legendType: 'Right side',
      legend: { show: true, values: true, percentage: true },
      aliasColors: { a: '#111' },
    });
    expect(panel.defaults.unit).toBe('bytes');
    expect(panel.options).toMatchObject({
      kind: 'piechart',
      shape: 'donut',
      reduction: { reducers: ['sum'] },
      legend: { mode: 'table', placement: 'right', values: ['value', 'percent'] },
    });
    expect(overrideFor(panel, 'a')).toEqual({ color: { mode: 'fixed', fixedColor: '#111' } });
    const inside = read({ type: 'grafana-piechart-panel', legendType: 'On graph' });
    expect(inside.options).toMatchObject({
      labels: ['name', 'percent'],
      legend: { mode: 'hidden' },
    });
  });

  it.each<[string, JsonObject]>([
    [
      'of 2019',
      {
        options: {
          fieldOptions: {
            calcs: ['mean'],
            values: true,
            defaults: {
              unit: 's',
              min: 1,
              max: 9,
              decimals: 1,
              mappings: [{ id: 0, op: '=', type: 1, value: 'null', text: 'N/A' }],
              thresholds: [
                { color: 'green', value: null },
                { color: 'red', value: 5 },
              ],
            },
            override: {},
          },
        },
      },
    ],
    [
      'of early 2019',
      {
        options: {
          valueOptions: { unit: 's', stat: 'avg', decimals: 1 },
          minValue: 1,
          maxValue: 9,
          thresholds: [
            { index: 1, color: 'red', value: 5 },
            { index: 0, color: 'green', value: null },
          ],
          valueMappings: [{ id: 0, operator: '', type: 1, value: 'null', text: 'N/A' }],
        },
      },
    ],
    [
      'of 2018',
      {
        'options-gauge': {
          unit: 's',
          stat: 'avg',
          decimals: 1,
          minValue: 1,
          maxValue: 9,
          thresholds: [
            { color: 'green', value: null },
            { color: 'red', value: 5 },
          ],
          valueMappings: [{ type: 1, value: 'null', text: 'N/A' }],
        },
      },
    ],
  ])('gauges %s have their settings', (_, more) => {
    const panel = read({ type: 'gauge', ...more });
    expect(panel.options).toMatchObject({ kind: 'gauge', reduction: { reducers: ['mean'] } });
    expect(panel.defaults).toMatchObject({
      unit: 's',
      min: 1,
      max: 9,
      decimals: 1,
      mappings: [{ kind: 'special', match: 'null+nan' }],
      thresholds: {
        mode: 'absolute',
        steps: [
          { value: -Infinity, colour: 'green' },
          { value: 5, colour: 'red' },
        ],
      },
    });
  });

  it('stats of 2019 have text before and after the value', () => {
    const options = { fieldOptions: { defaults: {} }, valueOptions: { prefix: '<', suffix: '>' } };
    expect(read({ type: 'singlestat2', options }).options).toMatchObject({
      kind: 'stat',
      prefix: '<',
      postfix: '>',
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'text',
      { mode: 'html', content: '<b>x</b>' },
      { kind: 'text', mode: 'html', content: '<b>x</b>' },
    ],
    ['text', { mode: 'text', content: 'x' }, { kind: 'text', mode: 'code', content: 'x' }],
    [
      'text',
      { options: { mode: 'markdown', content: '# x' } },
      { kind: 'text', mode: 'markdown', content: '# x' },
    ],
    [
      'dashlist',
      { starred: true, search: true, query: 'q', tags: ['t'], limit: 5 },
      {
        kind: 'dashlist',
        showsStarred: true,
        showsSearch: true,
        query: 'q',
        tags: ['t'],
        countMax: 5,
      },
    ],
    ['alertlist', { limit: '7', stateFilter: ['alerting'] }, { states: ['alerting'], countMax: 7 }],
    [
      'alertlist',
      { options: { maxItems: 3, alertName: 'x', stateFilter: { firing: true, normal: false } } },
      { states: ['firing'], nameFilter: 'x', countMax: 3 },
    ],
    ['logs', {}, { kind: 'logs' }],
    ['natel-discrete-panel', { options: { a: 1 } }, { kind: 'unknown', options: { a: 1 } }],
  ])('%s is read from %j', (type, more, expected) => {
    const panel = read({ type, ...more });
    expect(panel.options).toMatchObject(expected);
    expect(panel.sourceType).toBe(type);
  });
});
