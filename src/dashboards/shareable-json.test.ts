import { describe, expect, test } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import { exportableJson } from './exportable-json.ts';
import { shareableJson } from './shareable-json.ts';

describe('what of a dashboard is shared with its data', () => {
  const json: JsonObject = {
    title: 'Fleet',
    __inputs: [{ name: 'DS', value: 'http://prometheus.internal:9090' }],
    templating: { list: [{ name: 'a', query: 'secret' }] },
    annotations: { list: [] },
    links: [{ url: 'https://wiki.internal' }],
    basicAuth: { user: 'admin' },
    somethingNew: 'http://10.0.0.1',
    panels: [
      {
        id: 2,
        type: 'stat',
        datasource: { uid: '-- Dashboard --', type: 'datasource' },
        targets: [{ refId: 'A', panelId: 1 }],
        libraryPanel: { uid: 'abc', name: 'Load', meta: { createdBy: 'somebody' } },
      },
      {
        id: 1,
        type: 'timeseries',
        datasource: { uid: 'prod-eu', type: 'prometheus' },
        targets: [
          {
            refId: 'A',
            expr: 'up',
            legendFormat: '{{job}}',
            datasource: { uid: 'prod-eu' },
            url: 'http://10.0.0.1/?key=1',
          },
          'not a query',
        ],
        fieldConfig: { defaults: { unit: 's', links: [{ url: 'http://10.0.0.1' }] } },
        options: {
          apiKey: '1234',
          basicAuth: 'z',
          basicAuthPassword: 'x',
          authorizationHeader: 'y',
          sort: 'desc',
        },
      },
    ],
  };

  test('has no data source, no link, no variable and nothing that is named like a secret', () => {
    expect(shareableJson(json)).toEqual({
      title: 'Fleet',
      panels: [
        {
          id: 2,
          type: 'stat',
          datasource: { uid: '-- Dashboard --', type: 'datasource' },
          targets: [{ refId: 'A', panelId: 1 }],
          libraryPanel: { uid: 'abc' },
        },
        {
          id: 1,
          type: 'timeseries',
          targets: [{ refId: 'A', expr: 'up', legendFormat: '{{job}}' }],
          fieldConfig: { defaults: { unit: 's' } },
          options: { sort: 'desc' },
        },
      ],
    });
  });

  test('is of the classic form, whatever the file is', () => {
    const query = { group: 'prometheus', datasource: { name: 'prod' }, spec: { expr: 'up' } };
    const data = { spec: { queries: [{ spec: { refId: 'A', query } }] } };
    const spec = {
      title: 'New form',
      elements: { a: { kind: 'Panel', spec: { id: 4, title: 'Up', data } } },
      layout: {
        kind: 'GridLayout',
        spec: { items: [{ spec: { element: { name: 'a' }, x: 0, y: 0, width: 12, height: 8 } }] },
      },
    };
    const resource = { apiVersion: 'dashboard.grafana.app/v2beta1', metadata: { name: 'x' }, spec };
    const shared = shareableJson(resource);
    expect(shared).toMatchObject({ title: 'New form', panels: [{ id: 4, title: 'Up' }] });
    expect(JSON.stringify(shared)).toContain('"expr":"up"');
    expect(JSON.stringify(shared)).not.toContain('prod');
  });

  test('is a copy', () => {
    const before = JSON.stringify(json);
    shareableJson(json);
    expect(JSON.stringify(json)).toBe(before);
  });
});

describe('a dashboard for another server', () => {
  test.each([
    [
      { type: 'prometheus', uid: 'abc' },
      { type: 'prometheus', uid: '${DS_PROMETHEUS}' },
    ],
    ['Prometheus', '${DS_PROMETHEUS}'],
    [
      { type: 'prometheus', uid: '$source' },
      { type: 'prometheus', uid: '$source' },
    ],
    [
      { type: 'grafana', uid: '-- Grafana --' },
      { type: 'grafana', uid: '-- Grafana --' },
    ],
    [
      { type: 'loki', uid: 'abc' },
      { type: 'loki', uid: 'abc' },
    ],
    ['-- Mixed --', '-- Mixed --'],
    [null, null],
  ])('%j becomes %j', (datasource, expected) => {
    const exported = exportableJson({ id: 7, panels: [{ id: 1, datasource }] });
    expect(exported['panels']).toEqual([{ id: 1, datasource: expected }]);
  });

  test('asks for its data source', () => {
    const exported = exportableJson({ id: 7, datasource: 'Prometheus', more: [1] });
    expect(exported).toMatchObject({
      __inputs: [{ name: 'DS_PROMETHEUS', type: 'datasource', pluginId: 'prometheus' }],
      id: null,
      more: [1],
    });
  });

  test('is itself where it has none', () => {
    const json = { id: 7, panels: [{ id: 1, datasource: '${DS_PROMETHEUS}' }] };
    expect(exportableJson(json)).toBe(json);
  });
});
