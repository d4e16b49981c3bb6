import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  DashboardData,
  DashboardDoctorData,
  DashboardEntry,
  DashboardsData,
  DashboardVersionsData,
} from '#contract';
import { type NarthexProcess, startNarthex } from './narthex.ts';

// Dashboards through a real server: real ones come in and go out as they were, files on a real disk are followed,
// and all of it is there after a start.
const CORPUS = fileURLToPath(new URL('../../../shared/corpus/dashboards', import.meta.url));

let dir = '';
let narthex: NarthexProcess;

async function start(): Promise<void> {
  narthex = await startNarthex({
    dir,
    config: (port) =>
      `scrape_configs: [{ job_name: own, scrape_interval: 1s, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]\n`,
    flags: [`--dashboards.provisioning=${join(dir, 'provisioning')}`, '--containers=off'],
  });
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-dashboards-'));
  mkdirSync(join(dir, 'provisioning', 'dashboards'), { recursive: true });
  const provider = `providers: [{ name: p, folder: Provided, options: { path: ${dir}/boards } }]`;
  writeFileSync(join(dir, 'provisioning', 'dashboards', 'all.yaml'), provider);
  mkdirSync(join(dir, 'boards'));
  writeFileSync(join(dir, 'boards', 'p.json'), '{"uid":"provided","title":"Provided"}');
  await start();
});
afterAll(async () => {
  await narthex?.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${narthex.url}/api/v1/dashboards${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const answer = (await response.json()) as { data: T; error?: string };
  if (!response.ok) throw new Error(answer.error);
  return answer.data;
}

/** Files are looked at every few seconds. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!(await isSo()) && Date.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 200));
}

describe('dashboards of a real server', () => {
  const given = new Map<string, unknown>();

  it('come in and go out as they were', async () => {
    for (const name of readdirSync(CORPUS)) {
      const dashboard = JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as object;
      const { uid } = await ask<DashboardEntry>('', { dashboard, folder: 'Imported' });
      given.set(uid, dashboard);
      expect((await ask<DashboardData>(`/uid/${uid}`)).dashboard).toEqual(dashboard);
    }
    expect(given.size).toBe(11);
  });

  it('are examined against what the storage has', async () => {
    const targets = [{ expr: 'up{job="$job"}' }, { expr: 'node_cpu' }];
    const dashboard = { title: 'x', panels: [{ id: 1, type: 'timeseries', targets }] };
    const examine = async (): Promise<DashboardDoctorData> =>
      await ask<DashboardDoctorData>('/doctor', { dashboard });
    await until(async () => (await examine()).missing.length === 1);
    expect((await examine()).panels).toMatchObject([{ id: 1, missing: ['node_cpu'], faults: [] }]);
    const own = await ask<DashboardDoctorData>('/uid/rYdddlPWk/doctor');
    expect(own.panels.length).toBeGreaterThan(100);
    expect(own.panels.flatMap(({ faults }) => faults)).toEqual([]);
  });

  it('are files that somebody may edit', async () => {
    const file = join(dir, 'data', 'dashboards', 'Imported', 'image-gallery.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('\n  "title": "Image Gallery"', '\n  "title": "Edited"'));
    await until(async () => (await ask<DashboardData>('/uid/kb5nhJAZk')).entry.title === 'Edited');
    writeFileSync(join(dir, 'data', 'dashboards', 'broken.json'), '{\n  "title": }');
    await until(async () => (await ask<DashboardsData>('')).problems.length > 0);
    const { problems } = await ask<DashboardsData>('');
    expect(problems[0]?.path).toMatch(/broken\.json$/);
    expect(problems[0]?.message).toBe('line 2, column 12: expected a value, found "}"');
    const metrics = await (await fetch(`${narthex.url}/metrics`)).text();
    expect(metrics).toContain('narthex_dashboards{origin="own"} 11');
    expect(metrics).toContain('narthex_dashboard_problems 1');
  });

  it('are all there after a start, with their history', async () => {
    await narthex.stop();
    await start();
    const { dashboards } = await ask<DashboardsData>('');
    const count = (origin: string): number =>
      dashboards.filter((entry) => entry.origin === origin).length;
    expect(count('own')).toBe(11);
    expect(dashboards.find(({ uid }) => uid === 'provided')).toMatchObject({ folder: 'Provided' });
    const shipped = readdirSync(new URL('../../dashboards', import.meta.url));
    expect(count('shipped')).toBe(shipped.filter((name) => name.endsWith('.json')).length);
    const { versions } = await ask<DashboardVersionsData>('/uid/kb5nhJAZk/versions');
    expect(versions.map(({ version, message }) => [version, message])).toEqual([
      [2, 'changed on disk'],
      [1, ''],
    ]);
    await ask('/uid/kb5nhJAZk/versions/1/restore', {});
    const restored = await ask<DashboardData>('/uid/kb5nhJAZk');
    expect(restored.dashboard).toEqual(given.get('kb5nhJAZk'));
  });
});
