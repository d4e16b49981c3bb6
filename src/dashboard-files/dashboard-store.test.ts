import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryDisk, silentLog } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { DashboardStore } from './dashboard-store.ts';
import type { DashboardStoreOptions } from './dashboard-store.ts';

const CORPUS = fileURLToPath(new URL('../../../shared/corpus/dashboards', import.meta.url));
const DIR = '/data/dashboards';
const SCAN_MS = 3000;

let disk: MemoryDisk;
let clock: FakeClock;
let store: DashboardStore;
beforeEach(() => {
  disk = new MemoryDisk();
  clock = new FakeClock();
  store = open();
});

function open(options: Partial<DashboardStoreOptions> = {}): DashboardStore {
  return new DashboardStore({
    disk,
    clock,
    log: silentLog,
    dir: DIR,
    isReadOnly: false,
    ...options,
  });
}

function write(path: string, content: unknown): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  disk.write(path, new TextEncoder().encode(text));
}

function readText(path: string): string {
  return new TextDecoder().decode(disk.read(path));
}

function jsonOf(uid: string): unknown {
  return JSON.parse(new TextDecoder().decode(store.get(uid).json));
}

function uids(): readonly string[] {
  return store.list().dashboards.map(({ uid }) => uid);
}

function problems(): readonly string[] {
  return store.list().problems.map(({ path, message }) => `${path}: ${message}`);
}

function code(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'none';
}

describe('importing', () => {
  it.each(readdirSync(CORPUS))('loses nothing of %s', (name) => {
    const given = JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as Record<string, unknown>;
    const entry = store.save({ dashboard: given });
    expect(jsonOf(entry.uid)).toEqual(given);
    store = open();
    expect(jsonOf(entry.uid)).toEqual(given);
    expect(store.get(entry.uid).entry).toMatchObject({ title: given['title'], origin: 'own' });
    expect(entry.panels).toBeGreaterThan(4);
  });

  it('keeps the uid of a file, and makes one of the title without writing it', () => {
    expect(store.save({ dashboard: { uid: 'aBc', title: 'One' } }).uid).toBe('aBc');
    expect(store.save({ dashboard: { uid: null, title: 'Ünì / cöde!' } }).uid).toBe('uni-code');
    expect(jsonOf('uni-code')).toEqual({ uid: null, title: 'Ünì / cöde!' });
    expect(readText(`${DIR}/one.json`)).toBe('{\n  "uid": "aBc",\n  "title": "One"\n}\n');
  });

  it('gives a second dashboard of a uid a new one, unless it is to overwrite', () => {
    store.save({ dashboard: { uid: 'a', title: 'One' } });
    const second = store.save({ dashboard: { uid: 'a', title: 'One', x: 1 } });
    expect(second).toMatchObject({ uid: 'one-2', version: 1 });
    expect(jsonOf('one-2')).toEqual({ uid: 'one-2', title: 'One', x: 1 });
    const third = store.save({ dashboard: { uid: 'a', title: 'Three' }, overwrite: true });
    expect(third).toMatchObject({ uid: 'a', version: 2, title: 'Three' });
    expect(uids()).toEqual(['one-2', 'a']);
    expect(disk.list(DIR)).toEqual(['.history', 'one-2.json', 'one.json']);
  });

  it('gives two of a title without uids names of their own', () => {
    const made = [1, 2, 3].map(() => store.save({ dashboard: { title: 'Same' } }).uid);
    expect(made).toEqual(['same', 'same-2', 'same-3']);
    expect(jsonOf('same-3')).toEqual({ title: 'Same' });
  });

  it('keeps a resource with what is around it, and its uid as its name', () => {
    const spec = { title: 'Two', tags: ['a'], elements: { p: {}, q: {} }, layout: {} };
    const around = { apiVersion: 'dashboard.grafana.app/v2beta1', kind: 'Dashboard' };
    const dashboard = { ...around, metadata: { name: 'abc', labels: { a: 'b' } }, spec };
    const first = store.save({ dashboard });
    expect(first).toMatchObject({ uid: 'abc', title: 'Two', tags: ['a'], panels: 2 });
    expect(jsonOf('abc')).toEqual(dashboard);
    const { uid } = store.save({ dashboard });
    expect(uid).not.toBe('abc');
    expect(jsonOf(uid)).toEqual({ ...dashboard, metadata: { name: uid, labels: { a: 'b' } } });
  });

  it.each<[string, object, string]>([
    ['without a title', { dashboard: { panels: [] } }, 'bad_data'],
    ['into a folder outside', { dashboard: { title: 'a' }, folder: '../b' }, 'bad_data'],
    ['into a hidden folder', { dashboard: { title: 'a' }, folder: 'x/.git' }, 'bad_data'],
    ['into a folder of a wrong name', { dashboard: { title: 'a' }, folder: 'x\\y' }, 'bad_data'],
    ['into folders without end', { dashboard: { title: 'a' }, folder: 'a/'.repeat(9) }, 'bad_data'],
    ['under a wrong uid', { dashboard: { title: 'a' }, uid: 'a/../\u0000' }, 'bad_data'],
    ['that is gone', { dashboard: { uid: 'gone', title: 'a' }, version: 3 }, 'not_found'],
    ['that is too large', { dashboard: { title: 'a', x: 'y'.repeat(10 << 20) } }, 'too_large'],
  ])('refuses one %s', (_, order, expected) => {
    expect(code(() => store.save(order as Parameters<DashboardStore['save']>[0]))).toBe(expected);
    expect(disk.list('/data')).toEqual([]);
  });

  it('has a limit', async () => {
    store = open({ dashboardsMax: 2 });
    store.save({ dashboard: { title: 'a' } });
    store.save({ dashboard: { title: 'b' } });
    expect(code(() => store.save({ dashboard: { title: 'c' } }))).toBe('too_large');
    write(`${DIR}/c.json`, { title: 'c' });
    await clock.advance(SCAN_MS);
    expect(uids()).toEqual(['a', 'b']);
    expect(problems()).toEqual([`${DIR}/c.json: there are too many dashboards`]);
    store.remove('a');
    await clock.advance(SCAN_MS);
    expect(uids()).toEqual(['b', 'c']);
    expect(problems()).toEqual([]);
  });

  it('says so where the disk is full, and leaves nothing half-written', () => {
    store.save({ dashboard: { uid: 'a', title: 'a' } });
    disk.freeBytes = 10;
    const save = (): unknown => store.save({ dashboard: { uid: 'a', title: 'b' }, version: 1 });
    expect(code(save)).toBe('unwritten');
    expect(jsonOf('a')).toEqual({ uid: 'a', title: 'a' });
    expect(disk.list(DIR)).toEqual(['.history', 'a.json']);
  });
});

describe('saving an edited dashboard', () => {
  it('refuses what was made from an older version', () => {
    store.save({ dashboard: { uid: 'a', title: 'a' } });
    const second = store.save({ dashboard: { uid: 'a', title: 'b' }, version: 1 });
    expect(second.version).toBe(2);
    expect(code(() => store.save({ dashboard: { uid: 'a', title: 'c' }, version: 1 }))).toBe(
      'conflict',
    );
  });

  it('keeps the file of a dashboard whose title changes, and moves it with its folder', () => {
    store.save({ dashboard: { title: 'Old' }, folder: 'Team A' });
    store.save({ dashboard: { title: 'New' }, uid: 'old', version: 1 });
    expect(readText(`${DIR}/Team A/old.json`)).toContain('New');
    const moved = store.save({
      dashboard: { title: 'New' },
      uid: 'old',
      version: 2,
      folder: 'B/C',
    });
    expect(moved).toMatchObject({ uid: 'old', folder: 'B/C', version: 3 });
    expect(disk.list(`${DIR}/Team A`)).toEqual([]);
    expect(uids()).toEqual(['old']);
  });

  it('keeps the uid by which it is known, whatever the edited file says', () => {
    store.save({ dashboard: { uid: 'a', title: 'a' } });
    store.save({ dashboard: { uid: 'other', title: 'a' }, uid: 'a', version: 1 });
    expect(jsonOf('a')).toEqual({ uid: 'a', title: 'a' });
    expect(uids()).toEqual(['a']);
  });

  it('is refused where files alone decide', async () => {
    write(`${DIR}/a.json`, { title: 'a' });
    store = open({ isReadOnly: true });
    expect(code(() => store.save({ dashboard: { title: 'b' } }))).toBe('read_only');
    expect(code(() => store.remove('a'))).toBe('read_only');
    write(`${DIR}/a.json`, { title: 'b' });
    await clock.advance(SCAN_MS);
    expect(store.get('a').entry).toMatchObject({ title: 'b', version: 2 });
    expect(disk.list(DIR)).toEqual(['a.json']);
  });
});

describe('files that others change', () => {
  it('appear, change and go', async () => {
    write(`${DIR}/x/y/a.json`, { title: 'a', panels: [{}, { type: 'row', panels: [{}] }] });
    await clock.advance(SCAN_MS);
    expect(store.list().dashboards).toMatchObject([
      { uid: 'a', title: 'a', folder: 'x/y', panels: 2, version: 1 },
    ]);
    write(`${DIR}/x/y/a.json`, { title: 'b' });
    await clock.advance(SCAN_MS);
    expect(store.get('a').entry).toMatchObject({ title: 'b', version: 2 });
    expect(store.versions('a').versions.map(({ message }) => message)).toEqual([
      'changed on disk',
      '',
    ]);
    disk.remove(`${DIR}/x`);
    await clock.advance(SCAN_MS);
    expect(uids()).toEqual([]);
  });

  it('stay as they last were good while they are broken, which is told with the place', async () => {
    write(`${DIR}/a.json`, { title: 'good' });
    await clock.advance(SCAN_MS);
    write(`${DIR}/a.json`, '{\n  "title": "bad",\n  oops }');
    write(`${DIR}/b.json`, '[1]');
    await clock.advance(SCAN_MS);
    expect(jsonOf('a')).toEqual({ title: 'good' });
    expect(problems()).toEqual([
      `${DIR}/a.json: line 3, column 3: expected a name in quotes, found "o"; the last good one is shown`,
      `${DIR}/b.json: it is no JSON object`,
    ]);
    write(`${DIR}/a.json`, { title: 'better' });
    disk.remove(`${DIR}/b.json`);
    await clock.advance(SCAN_MS);
    expect(jsonOf('a')).toEqual({ title: 'better' });
    expect(problems()).toEqual([]);
  });

  it('are told where two have one uid', async () => {
    write(`${DIR}/a.json`, { uid: 'u', title: 'a' });
    write(`${DIR}/b.json`, { uid: 'u', title: 'b' });
    await clock.advance(SCAN_MS);
    expect(store.get('u').entry.title).toBe('a');
    expect(problems()).toEqual([
      `${DIR}/b.json: uid "u" is that of ${DIR}/a.json, too; this one is not shown`,
    ]);
  });

  it('are given byte by byte', async () => {
    const text = '{"title":"a","n":12345678901234567890,"m":1.0}';
    write(`${DIR}/a.json`, `\uFEFF${text}`);
    await clock.advance(SCAN_MS);
    expect(new TextDecoder().decode(store.get('a').json)).toBe(text);
  });

  it('are not looked at any more when it is closed', () => {
    store.close();
    expect(clock.pendingCount).toBe(0);
  });
});

describe('history', () => {
  it('has each version with its message, and brings one back', () => {
    store.save({ dashboard: { uid: 'a', title: 'one' }, message: 'first' });
    store.save({ dashboard: { uid: 'a', title: 'two' }, version: 1, message: 'second' }, 'ada');
    expect(store.versions('a').versions.map(({ author }) => author)).toEqual(['ada', undefined]);
    expect(store.version('a', 1)).toMatchObject({ entry: { title: 'one', version: 1 } });
    expect(store.restore('a', 1)).toMatchObject({ title: 'one', version: 3 });
    expect(store.versions('a').versions.map(({ message }) => message)).toEqual([
      'version 1 restored',
      'second',
      'first',
    ]);
    expect(code(() => store.version('a', 7))).toBe('not_found');
  });

  it('outlives the dashboard, and a start', () => {
    store.save({ dashboard: { uid: '../a', title: 'one' }, folder: 'f' });
    store.remove('../a');
    expect(code(() => store.get('../a'))).toBe('not_found');
    store = open();
    expect(store.versions('../a').versions).toHaveLength(1);
    expect(store.restore('../a', 1)).toMatchObject({ title: 'one', folder: 'f', version: 2 });
    expect(disk.list(`${DIR}/.history`)).toEqual(['%2E%2E%2Fa']);
  });

  it('has what was edited while nobody looked', () => {
    store.save({ dashboard: { uid: 'a', title: 'one' } });
    store.close();
    write(`${DIR}/one.json`, { uid: 'a', title: 'two' });
    store = open();
    expect(store.get('a').entry).toMatchObject({ title: 'two', version: 2 });
    expect(open().get('a').entry.version).toBe(2);
  });

  it('keeps fifty versions', () => {
    store.save({ dashboard: { uid: 'a', title: 'one' } });
    for (let version = 1; version < 60; version++) {
      store.save({ dashboard: { uid: 'a', title: `of ${version}` }, version });
    }
    const kept = store.versions('a').versions.map(({ version }) => version);
    expect(kept).toEqual(Array.from({ length: 50 }, (_, i) => 60 - i));
    expect(disk.list(`${DIR}/.history/a`)).toHaveLength(51);
  });

  it('loses only messages where its list is broken, and leads nowhere else', () => {
    store.save({ dashboard: { uid: 'a', title: 'one' }, message: 'first' });
    store.remove('a');
    write(`${DIR}/.history/a/versions.json`, '{');
    store = open();
    expect(store.versions('a').versions).toMatchObject([{ version: 1, message: '' }]);
    write(`${DIR}/.history/a/versions.json`, { file: '../../etc/x.json', versions: [] });
    expect(code(() => store.restore('a', 1))).toBe('bad_data');
  });

  it('counts a file that is moved as the same version', async () => {
    store.save({ dashboard: { uid: 'a', title: 'one' } });
    disk.rename(`${DIR}/one.json`, `${DIR}/sub/two.json`);
    await clock.advance(SCAN_MS);
    expect(store.get('a').entry).toMatchObject({ folder: 'sub', version: 1 });
  });
});

describe('dashboards that are not ours', () => {
  const ETC = '/etc/provisioning';
  const PROVIDERS = `
apiVersion: 1
providers:
  - name: team
    folder: Team
    type: file
    disableDeletion: true
    options: { path: /etc/grafana/provisioning/dashboards }
  - name: tree
    options: { path: /var/boards, foldersFromFilesStructure: true }
`;

  beforeEach(() => {
    write(`${ETC}/dashboards/all.yaml`, PROVIDERS);
    write(`${ETC}/dashboards/one.json`, { uid: 'one', title: 'One' });
    write('/var/boards/sub/two.json', { title: 'Two' });
    write('/package/home.json', { uid: 'home', title: 'Home' });
    store = open({ provisioningDir: ETC, shippedDir: '/package' });
  });

  it('are in the folders that the files say', () => {
    expect(store.list()).toMatchObject({
      dashboards: [
        { uid: 'home', folder: 'Narthex', origin: 'shipped' },
        { uid: 'one', folder: 'Team', origin: 'provisioned' },
        { uid: 'two', folder: 'sub', origin: 'provisioned' },
      ],
      problems: [],
    });
  });

  it('can be copied, but not changed', () => {
    const save = { dashboard: { uid: 'one', title: 'One' } };
    expect(code(() => store.save({ ...save, version: 1 }))).toBe('read_only');
    expect(code(() => store.save({ ...save, overwrite: true }))).toBe('read_only');
    expect(code(() => store.remove('home'))).toBe('read_only');
    expect(store.save(save).uid).toBe('one-2');
  });

  it('are followed, and stay where the provider says so', async () => {
    disk.remove(`${ETC}/dashboards/one.json`);
    disk.remove('/var/boards/sub/two.json');
    write('/var/boards/three.json', { title: 'Three' });
    await clock.advance(SCAN_MS);
    expect(uids()).toEqual(['three', 'home', 'one']);
    write(`${ETC}/dashboards/all.yaml`, 'providers: []');
    await clock.advance(SCAN_MS);
    expect(uids()).toEqual(['home']);
  });

  it('give way to one of ours', async () => {
    write(`${DIR}/mine.json`, { uid: 'home', title: 'My home' });
    await clock.advance(SCAN_MS);
    expect(store.get('home').entry).toMatchObject({ title: 'My home', origin: 'own' });
    expect(problems()).toEqual([]);
  });

  it('are told where they cannot be read', async () => {
    write(`${ETC}/dashboards/bad.yml`, 'providers:\n  - name: "x\n');
    write(`${ETC}/other.yml`, 'providers: [{ name: n, type: git }, { name: o }]');
    write(`${ETC}/third.yml`, 'providers: [{ name: p, options: { path: /nowhere } }]');
    await clock.advance(SCAN_MS);
    expect(problems()).toEqual([
      `${ETC}/other.yml: provider "n": only type file is known`,
      expect.stringMatching(/bad\.yml: .*line 3, column 1/),
      '/nowhere: there is no such directory',
    ]);
    expect(uids()).toHaveLength(3);
  });

  it('name us by their data sources', async () => {
    write(
      `${ETC}/datasources/ds.yaml`,
      'datasources: [{ name: Prom, type: prometheus, uid: P1, isDefault: true }, { name: L, type: loki }]',
    );
    await clock.advance(SCAN_MS);
    expect(store.datasources).toEqual([{ name: 'Prom', uid: 'P1', isDefault: true }]);
  });
});
