import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#dashboards';
import { describeDashboard, readDashboard } from '#dashboards';

// Dashboards as people share them, from 2016 to today. They are not ours to ship.
const folder = fileURLToPath(new URL('../../shared/corpus/dashboards', import.meta.url));
const isHere = existsSync(folder);
if (!isHere) console.warn(`real dashboards are not read: there is no ${folder}`);

/** Panels by kind, rows with a head, queries. */
const expected: Record<string, string> = {
  'cadvisor-exporter-14282.json': 'timeseries 5, table 1; rows 4; queries 6; variables 2',
  'diamol-image-gallery.json': 'timeseries 14, stat 5, gauge 2; rows 4; queries 21; variables 0',
  'dockprom-containers.json': 'timeseries 8, gauge 3, stat 3; rows 0; queries 16; variables 0',
  'dockprom-host.json': 'timeseries 9, stat 6; rows 0; queries 24; variables 0',
  'dockprom-monitor.json': 'timeseries 30, stat 4; rows 1; queries 47; variables 0',
  'go-processes-6671.json': 'timeseries 8; rows 0; queries 16; variables 2',
  'jvm-micrometer-4701.json': 'timeseries 25, stat 4; rows 9; queries 59; variables 4',
  'node-exporter-full-1860.json':
    'timeseries 111, gauge 5, stat 5, bargauge 4; rows 16; queries 286; variables 4',
  'nodejs-11159.json': 'timeseries 7, stat 2; rows 0; queries 14; variables 1',
  'prometheus-3662.json': 'timeseries 21, stat 8, table 1; rows 13; queries 72; variables 3',
  'swarmprom-services.json':
    'timeseries 12, stat 4, gauge 3, table 1; rows 0; queries 24; variables 2',
};

function read(name: string) {
  return readDashboard(JSON.parse(readFileSync(join(folder, name), 'utf8')) as JsonObject);
}

describe.skipIf(!isHere)('dashboards that people share', () => {
  it('are the ones that are expected', () => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(names.toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it.each(Object.keys(expected))('%s is read whole', (name) => {
    const dashboard = read(name);
    const { kinds, rowCount, queryCount, variableCount } = describeDashboard(dashboard);
    const panels = kinds.map(({ kind, count }) => `${kind} ${count}`).join(', ');
    const told = `${panels}; rows ${rowCount}; queries ${queryCount}; variables ${variableCount}`;
    expect(told).toBe(expected[name]);
    expect(dashboard.problems).toEqual([]);
    expect(dashboard.title).not.toBe('');
  });

  it.each(Object.keys(expected))('%s has no two panels in one place', (name) => {
    for (const { title, panels } of read(name).rows) {
      const taken = new Map<string, number>();
      for (const { id, grid } of panels) {
        for (let x = grid.x; x < grid.x + grid.w; x++) {
          for (let y = grid.y; y < grid.y + grid.h; y++) {
            const other = taken.get(`${x},${y}`);
            expect(other, `${id} over ${other ?? ''} in ${title}`).toBe(undefined);
            taken.set(`${x},${y}`, id);
          }
        }
      }
    }
  });
});
