import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, Panel } from './dashboard.ts';
import { findPanel } from './edit-panel.ts';
import { printMappingRows, readMappingRows } from './edit-panel-mappings.ts';
import { isOldPanel, rewritePanel } from './edit-panel-rewrite.ts';
import { jsonAt } from './edit-json.ts';
import { Cursor, isObject, ProblemList } from './read-cursor.ts';
import { readDashboard } from './read-dashboard.ts';
import { readPanel } from './read-panel.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const corpus = join(root, '..', 'shared', 'corpus', 'dashboards');
const place = { x: 0, y: 0, w: 12, h: 8 };

function read(panel: JsonObject): Panel {
  return readPanel(new Cursor(panel, '', new ProblemList()), 1, place);
}

/** What is drawn, but for what today's words cannot say; that is told by its own tests. */
function meaningOf(panel: JsonObject): Json {
  const { defaults, overrides, options, transformations, queries } = read(panel);
  const style = { ...defaults.style, nullsAsZero: false };
  const plain = options.kind === 'stat' ? { ...options, prefix: '', postfix: '' } : options;
  const view = { defaults: { ...defaults, style }, overrides, options: plain, transformations };
  return JSON.parse(JSON.stringify({ ...view, queries })) as Json;
}

interface CorpusPanel {
  readonly where: string;
  readonly json: JsonObject;
}

function panelsOfCorpus(): CorpusPanel[] {
  return readdirSync(corpus).flatMap((name) => {
    const file = JSON.parse(readFileSync(join(corpus, name), 'utf8')) as JsonObject;
    return readDashboard(file).rows.flatMap(({ panels }) =>
      panels.flatMap(({ id }) => {
        const json = findPanel(file, id)?.json;
        return json === undefined ? [] : [{ where: `${name} ${id}`, json }];
      }),
    );
  });
}

const panels = panelsOfCorpus();

describe('panels of old kinds in real dashboards', () => {
  const old = panels.filter(({ json }) => isOldPanel(json));

  it('are many', () => {
    expect(old.length).toBeGreaterThan(100);
    expect(new Set(old.map(({ json }) => json['type'])).size).toBeGreaterThan(3);
  });

  it('mean the same in today’s words, and are none any more', () => {
    for (const { where, json } of old) {
      const { panel } = rewritePanel(json);
      expect(meaningOf(panel), where).toEqual(meaningOf(json));
      expect(isOldPanel(panel), where).toBe(false);
      expect(panel['type'], where).toBe(read(json).options.kind);
    }
  });

  it('keep what does not belong to their kind', () => {
    for (const { json } of old) {
      const { panel } = rewritePanel({ ...json, strange: { a: 1 } });
      for (const key of [
        'id',
        'title',
        'description',
        'gridPos',
        'targets',
        'links',
        'datasource',
      ]) {
        expect(panel[key]).toEqual(json[key]);
      }
      expect(panel['strange']).toEqual({ a: 1 });
      for (const key of ['yaxes', 'seriesOverrides', 'valueName', 'styles', 'sparkline']) {
        expect(panel).not.toHaveProperty(key);
      }
    }
  });
});

describe('panels of old kinds', () => {
  const cases: readonly [string, JsonObject][] = [
    [
      'graph',
      { stack: true, percentage: true, yaxes: [{ format: 'bytes', logBase: 10, min: 0 }, {}] },
    ],
    ['graph', { bars: true, lines: false, xaxis: { mode: 'series', values: ['avg'] } }],
    ['graph', { xaxis: { mode: 'histogram', buckets: 12 }, legend: { alignAsTable: true } }],
    ['graph', { aliasColors: { a: '#fff' }, seriesOverrides: [{ alias: '/b/', yaxis: 2 }] }],
    ['graph', { thresholds: [{ value: 5, op: 'lt', fill: true, line: true, colorMode: 'ok' }] }],
    ['singlestat', { gauge: { show: true, maxValue: 10 }, thresholds: '3,7', format: 'percent' }],
    ['singlestat', { colorValue: true, valueMaps: [{ value: '1', text: 'up', op: '=' }] }],
    ['singlestat', { mappingType: 2, rangeMaps: [{ from: '0', to: '5', text: 'low' }] }],
    [
      'table-old',
      { transform: 'timeseries_aggregations', columns: [{ text: 'Avg', value: 'avg' }] },
    ],
    ['table', { styles: [{ pattern: '/a/', type: 'number', unit: 's', thresholds: ['1', '2'] }] }],
    ['heatmap', { dataFormat: 'tsbuckets', color: { colorScheme: 'interpolateGreens' } }],
    ['grafana-piechart-panel', { pieType: 'donut', legend: { show: true, percentage: true } }],
    ['gauge', { options: { valueOptions: { unit: 'ms', stat: 'avg' }, maxValue: 9 } }],
    ['singlestat2', { options: { fieldOptions: { calcs: ['last'], defaults: { unit: 's' } } } }],
    ['text', { mode: 'markdown', content: '# a' }],
    ['text', { mode: 'text', content: 'a' }],
    ['dashlist', { limit: 5, search: true, tags: ['a'], query: 'b' }],
    ['alertlist', { limit: 5, stateFilter: ['alerting'] }],
  ];

  it.each(cases)('%s %j means the same in today’s words', (type, own) => {
    const old: JsonObject = { id: 1, type, title: 'a', targets: [], ...own };
    const { panel } = rewritePanel(old);
    expect(isOldPanel(old)).toBe(true);
    expect(isOldPanel(panel)).toBe(false);
    expect(meaningOf(panel)).toEqual(meaningOf(old));
  });

  it('tell what today’s words cannot say', () => {
    const stat: JsonObject = { type: 'singlestat', prefix: 'ca. ', postfix: '' };
    expect(rewritePanel(stat).lost).toEqual(['“ca. ” before the value']);
    const graph: JsonObject = { type: 'graph', nullPointMode: 'null as zero' };
    expect(rewritePanel(graph).lost).toEqual(['missing values as zero: they become gaps']);
  });

  it('are not those of today', () => {
    for (const type of ['timeseries', 'stat', 'table', 'gauge', 'text', 'heatmap', 'geomap']) {
      expect(isOldPanel({ type, options: {} })).toBe(false);
    }
  });
});

describe('value mappings', () => {
  it('of real dashboards are printed as they were read', () => {
    let count = 0;
    for (const { json, where } of panels) {
      const mappings = jsonAt(json, ['fieldConfig', 'defaults', 'mappings']);
      if (!Array.isArray(mappings) || mappings.some((one) => typeof one.type !== 'string'))
        continue;
      count += mappings.length;
      const rows = readMappingRows(mappings);
      expect(withoutIndex(printMappingRows(rows)), where).toEqual(withoutIndex(mappings));
    }
    expect(count).toBeGreaterThan(10);
  });

  it('keep their order, what they do not know, and join values that stand together', () => {
    const mappings: Json = [
      {
        type: 'value',
        options: { up: { text: 'b', index: 1 }, 1: { text: 'a', index: 0, icon: 'x' } },
      },
      { type: 'strange', options: 5 },
      { type: 'special', options: { match: 'nan', extra: 1, result: { color: 'red', index: 3 } } },
    ];
    const rows = readMappingRows(mappings);
    expect(rows.map(({ kind, value }) => [kind, value])).toEqual([
      ['value', '1'],
      ['value', 'up'],
      [undefined, ''],
      ['special', ''],
    ]);
    expect(printMappingRows(rows)).toEqual(mappings);
  });

  it('of 2019 become those of today', () => {
    const rows = readMappingRows([
      { type: 1, value: '1', text: 'up' },
      { type: 2, from: '2', to: '', text: 'many' },
    ]);
    expect(printMappingRows(rows)).toEqual([
      { type: 'value', options: { 1: { text: 'up', index: 0 } } },
      { type: 'range', options: { from: 2, to: 0, result: { text: 'many', index: 1 } } },
    ]);
  });
});

/** Some writers number the results, some do not. */
function withoutIndex(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutIndex);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'index');
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutIndex(one ?? null)]));
}
