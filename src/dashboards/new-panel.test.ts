import { expect, test } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import { newDashboard } from './new-dashboard.ts';
import { newPanel } from './new-panel.ts';
import { readDashboard } from './read-dashboard.ts';

test('a new dashboard is one that can be read, without problems', () => {
  const { problems, rows, title } = readDashboard(newDashboard());
  expect([problems, rows, title]).toEqual([[], [], 'New dashboard']);
});

test('a new panel asks what others of the dashboard ask', () => {
  const prometheus = { type: 'prometheus', uid: '${datasource}' };
  const cases: readonly [JsonObject, unknown][] = [
    [newDashboard(), undefined],
    [
      { panels: [{ datasource: { type: 'loki', uid: 'x' } }, { datasource: prometheus }] },
      prometheus,
    ],
    [{ panels: [{ type: 'row', panels: [{ datasource: prometheus }] }] }, prometheus],
    [{ rows: [{ panels: [{ datasource: '${DS_PROMETHEUS}' }] }] }, '${DS_PROMETHEUS}'],
    [{ panels: [{ datasource: '-- Mixed --' }] }, undefined],
  ];
  for (const [dashboard, datasource] of cases) {
    const { json } = newPanel(dashboard, { type: 'timeseries', title: 'New' });
    expect(json['datasource']).toEqual(datasource);
  }
});

test('queries are named by letters', () => {
  const expressions = Array.from({ length: 28 }, () => 'up');
  const { json } = newPanel({}, { type: 'stat', title: 'Up', expressions });
  const names = (json['targets'] as readonly JsonObject[]).map(({ refId }) => refId);
  expect([names[0], names[25], names[26], names[27]]).toEqual(['A', 'Z', 'AA', 'AB']);
  expect(newPanel({}, { type: 'text', title: '' }).json['targets']).toBeUndefined();
});
