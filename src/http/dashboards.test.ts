import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DashboardStore } from '#dashboard-files';
import { MemoryDisk, silentLog } from '#platform';
import { StorageError } from '#storage';
import { FakeClock } from '../../test/fakes/clock.ts';
import { createTestServer } from '../../test/suites/api/server.ts';
import type { DashboardSource } from './parts.ts';
import type { HttpServer } from './server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

let server: HttpServer;
let store: DashboardStore;

beforeAll(async () => {
  const late = new Proxy({} as DashboardSource, {
    get: (_, name) => {
      const value: unknown = Reflect.get(store, name);
      return typeof value === 'function' ? value.bind(store) : value;
    },
  });
  server = await createTestServer({
    queryable: () => {
      throw new StorageError('closed', 'not open');
    },
    nowMs: () => 0,
    dashboards: late,
  });
});
afterAll(() => server.close());
beforeEach(() => {
  const disk = new MemoryDisk();
  const shipped = new TextEncoder().encode('{"uid":"home","title":"Home","n":1.0}');
  disk.write('/package/home.json', shipped);
  store = new DashboardStore({
    disk,
    clock: new FakeClock(),
    log: silentLog,
    dir: '/data',
    shippedDir: '/package',
    isReadOnly: false,
  });
});

interface Asked {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  payload?: object | string,
  headers: Readonly<Record<string, string>> = payload === undefined ? {} : JSON_TYPE,
): Promise<Asked> {
  const answer = await server.app.inject({
    method,
    url,
    headers,
    ...(payload !== undefined && { payload }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json() };
}

/** Uids in the order of the answer. */
async function found(query: string): Promise<readonly string[]> {
  const answer = await server.app.inject(`/api/search?${query}`);
  return answer.json<{ uid: string }[]>().map(({ uid }) => uid);
}

const ONE = { uid: 'one', title: 'One', tags: ['t'], panels: [{}] };

describe('/api/v1/dashboards', () => {
  it('saves, lists, gives and deletes', async () => {
    const saved = await ask('POST', '/api/v1/dashboards', { dashboard: ONE, folder: 'Team' });
    const entry = { uid: 'one', title: 'One', folder: 'Team', panels: 1, version: 1 };
    expect(saved).toMatchObject({ status: 200, body: { status: 'success', data: entry } });
    const list = await ask('GET', '/api/v1/dashboards');
    expect(list.body).toMatchObject({ data: { dashboards: [{ uid: 'home' }, entry] } });
    const given = await ask('GET', '/api/v1/dashboards/uid/one');
    expect(given.body).toMatchObject({ data: { entry, dashboard: ONE } });
    expect((await ask('DELETE', '/api/v1/dashboards/uid/one')).status).toBe(204);
    expect((await ask('GET', '/api/v1/dashboards/uid/one')).status).toBe(404);
    const restored = await ask('POST', '/api/v1/dashboards/uid/one/versions/1/restore', {
      message: 'back',
    });
    expect(restored.body).toMatchObject({ data: { version: 2, folder: 'Team' } });
    const versions = await ask('GET', '/api/v1/dashboards/uid/one/versions');
    expect(versions.body).toMatchObject({ data: { versions: [{ message: 'back' }, {}] } });
    const first = await ask('GET', '/api/v1/dashboards/uid/one/versions/1');
    expect(first.body).toMatchObject({ data: { entry: { version: 1 }, dashboard: ONE } });
  });

  it.each([
    [{ 'x-webauth-user': 'ada', 'remote-user': 'bob' }, 'ada'],
    [{ 'x-forwarded-user': ' bob ' }, 'bob'],
    [{ 'remote-user': 'c'.repeat(900) }, 'c'.repeat(200)],
    [{ 'x-webauth-user': '' }, undefined],
  ])('keeps who saved, as a proxy says it: %j', async (headers, author) => {
    const sent = { ...JSON_TYPE, ...headers };
    await ask('POST', '/api/v1/dashboards', { dashboard: ONE }, sent);
    await ask('POST', '/api/v1/dashboards/uid/one/versions/1/restore', {}, sent);
    const { body } = await ask('GET', '/api/v1/dashboards/uid/one/versions');
    const { versions } = body['data'] as { versions: readonly { readonly author?: string }[] };
    expect(versions.map((version) => version.author)).toEqual([author, author]);
  });

  it('gives the text of a file as it is', async () => {
    const answer = await server.app.inject('/api/v1/dashboards/uid/home');
    expect(answer.body).toContain('"dashboard":{"uid":"home","title":"Home","n":1.0}}}');
  });

  it.each<[string, number, object | string | undefined, string]>([
    ['GET /uid/none', 404, undefined, 'there is no dashboard "none"'],
    ['GET /uid/none/versions', 404, undefined, 'there is no dashboard "none"'],
    ['GET /uid/home/versions/x', 400, undefined, 'whole number'],
    ['GET /uid/home/versions/9', 404, undefined, 'no version 9'],
    ['DELETE /uid/home', 403, undefined, 'comes with Narthex; save it as a copy'],
    ['POST ', 400, '{"dashboard": {', 'line 1, column 16'],
    ['POST ', 400, [], 'must be a JSON object'],
    ['POST ', 400, {}, 'invalid parameter "dashboard"'],
    ['POST ', 400, { dashboard: ONE, version: '1' }, 'invalid parameter "version"'],
    ['POST ', 400, { dashboard: ONE, overwrite: 1 }, 'invalid parameter "overwrite"'],
    ['POST ', 400, { dashboard: ONE, folder: 1 }, 'invalid parameter "folder"'],
    ['POST ', 400, { dashboard: {} }, 'it is no dashboard'],
    ['POST ', 400, `{"dashboard":${'['.repeat(300)}`, 'more than 200 levels'],
    ['POST ', 404, { dashboard: ONE, version: 1 }, 'there is no dashboard "one"'],
    ['POST ', 413, { dashboard: { title: 'x', y: 'y'.repeat(10 << 20) } }, 'more than 10 MB'],
    ['POST ', 413, 'x'.repeat(12 << 20), 'too large'],
  ])('%s answers %i to %.30j', async (asked, status, payload, reason) => {
    const [method, path] = asked.split(' ');
    const answer = await ask(method as 'GET', `/api/v1/dashboards${path}`, payload);
    expect(answer).toMatchObject({ status, body: { status: 'error' } });
    expect(answer.body['error']).toContain(reason);
    expect(store.list().dashboards).toHaveLength(1);
  });

  it('answers 409 where another was quicker', async () => {
    store.save({ dashboard: ONE });
    store.save({ dashboard: ONE, version: 1 });
    const answer = await ask('POST', '/api/v1/dashboards', { dashboard: ONE, version: 1 });
    expect(answer).toMatchObject({ status: 409, body: { errorType: 'conflict' } });
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['the page itself', { ...JSON_TYPE, origin: 'http://localhost', host: 'localhost' }, 200],
    ['a proxy of that name', { ...JSON_TYPE, origin: 'http://localhost', host: '10.0.0.1' }, 200],
    ['another site', { ...JSON_TYPE, origin: 'http://evil.example', host: 'localhost' }, 403],
    ['a page without an origin', { ...JSON_TYPE, origin: 'null', host: 'localhost' }, 403],
    ['another site, as browsers say', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }, 403],
    ['a form', { 'content-type': 'text/plain' }, 400],
  ])('what %s asks it to save is answered %j: %i', async (_, headers, status) => {
    const payload = JSON.stringify({ dashboard: ONE });
    expect((await ask('POST', '/api/v1/dashboards', payload, headers)).status).toBe(status);
    if (status === 403) {
      const without = { origin: 'http://evil.example', host: 'localhost' };
      const path = '/api/v1/dashboards/uid/one';
      store.save({ dashboard: ONE });
      expect((await ask('DELETE', path, undefined, without)).status).toBe(403);
      const restore = `${path}/versions/1/restore`;
      expect((await ask('POST', restore, undefined, without)).status).toBe(403);
    }
  });
});

describe('the doctor', () => {
  it('says that it cannot know while the storage is not open', async () => {
    expect(await ask('GET', '/api/v1/dashboards/uid/home/doctor')).toMatchObject({ status: 500 });
    expect((await ask('POST', '/api/v1/dashboards/doctor', {})).status).toBe(400);
  });
});

describe("Grafana's API", () => {
  it('finds by text, tag, uid, folder and type', async () => {
    store.save({ dashboard: ONE, folder: 'Team' });
    expect(await found('')).toEqual(['Narthex', 'Team', 'home', 'one']);
    expect(await found('type=dash-db')).toEqual(['home', 'one']);
    expect(await found('type=dash-folder')).toEqual(['Narthex', 'Team']);
    expect(await found('query=ONE')).toEqual(['one']);
    expect(await found('tag=t&tag=u')).toEqual([]);
    expect(await found('dashboardUIDs=one,none')).toEqual(['one']);
    expect(await found('folderUIDs=Team')).toEqual(['one']);
    expect(await found('type=dash-db&limit=1&page=2')).toEqual(['one']);
  });

  it('gives a dashboard that can be changed and given back', async () => {
    store.save({ dashboard: ONE });
    const { body } = await ask('GET', '/api/dashboards/uid/one');
    expect(body).toMatchObject({
      meta: { version: 1, slug: 'one' },
      dashboard: { ...ONE, version: 1 },
    });
    const dashboard = { ...(body['dashboard'] as object), title: 'Two' };
    const saved = await ask('POST', '/api/dashboards/db', { dashboard, message: 'm' });
    expect(saved).toMatchObject({
      status: 200,
      body: { uid: 'one', version: 2, status: 'success', url: '/d/one/two', slug: 'two' },
    });
    const again = await ask('POST', '/api/dashboards/db', { dashboard });
    expect(again).toMatchObject({ status: 412, body: { status: 'version-mismatch' } });
    const forced = await ask('POST', '/api/dashboards/db', { dashboard, overwrite: true });
    expect(forced.body).toMatchObject({ uid: 'one', version: 3 });
    const deleted = await ask('DELETE', '/api/dashboards/uid/one');
    expect(deleted).toMatchObject({ status: 200, body: { title: 'Two' } });
    expect(await ask('GET', '/api/dashboards/uid/one')).toMatchObject({
      status: 404,
      body: { message: 'there is no dashboard "one"' },
    });
  });

  it('makes a new one of a file without a uid', async () => {
    const dashboard = { id: null, uid: null, title: 'New', version: 0 };
    const saved = await ask('POST', '/api/dashboards/db', { dashboard, folderUid: 'A' });
    expect(saved).toMatchObject({ status: 200, body: { uid: 'new', version: 1, folderUid: 'A' } });
  });

  it('refuses other sites and what is no dashboard', async () => {
    const headers = { ...JSON_TYPE, origin: 'http://evil.example' };
    const payload = JSON.stringify({ dashboard: ONE });
    expect((await ask('POST', '/api/dashboards/db', payload, headers)).status).toBe(403);
    expect((await ask('POST', '/api/dashboards/db', { dashboard: 1 })).status).toBe(400);
    expect((await ask('DELETE', '/api/dashboards/uid/home')).status).toBe(403);
  });

  it('says that it is well, and which data source it is', async () => {
    expect((await ask('GET', '/api/health')).body).toMatchObject({ database: 'ok' });
    const answer = await server.app.inject('/api/datasources');
    expect(answer.json()).toMatchObject([{ uid: 'narthex', type: 'prometheus', isDefault: true }]);
  });
});
