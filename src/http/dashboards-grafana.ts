import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DashboardEntry, SaveDashboard } from '#contract';
import { DashboardError, isRecord, slugOf } from '#dashboard-files';
import type { DashboardErrorCode, JsonRecord } from '#dashboard-files';
import { authorOf, jsonBody, param, textIn } from './dashboard-request.ts';
import { FOREIGN_PAGE, isFromOtherSite } from './foreign-page.ts';
import { paramsOf } from './form.ts';
import type { DashboardSource, ServerOptions, ServerParts } from './parts.ts';
import { ApiError } from './query/api-error.ts';
import { Params } from './query/params.ts';
import { answerWith } from './run-query.ts';

/** Grafana's own bounds of a search. */
const HITS_DEFAULT = 1000;
const HITS_MAX = 5000;

/** A file of 10 MB and what stands around it. */
const BODY_BYTES_MAX = 11 << 20;

/** What programs use that manage dashboards by Grafana's API: in its shapes, without our envelope. */
export function addGrafanaApi(
  app: FastifyInstance,
  parts: ServerParts,
  source: DashboardSource,
  options: ServerOptions,
): void {
  app.get('/api/health', async (request, reply) => {
    const { narthexVersion: version, revision: commit } = parts.buildInfo;
    return await answer(request, reply, { database: 'ok', version, commit });
  });
  app.get('/api/search', async (request, reply) => {
    const hits = search(source.list().dashboards, new Params(paramsOf(request)));
    return await answer(request, reply, hits);
  });
  app.get('/api/datasources', async (request, reply) => {
    return await answer(request, reply, datasources(source, options));
  });
  app.get('/api/dashboards/uid/:uid', async (request, reply) => {
    return await answerOrRefuse(request, reply, () =>
      dashboardAndMeta(source, param(request, 'uid')),
    );
  });
  app.post('/api/dashboards/db', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    return await answerOrRefuse(request, reply, () => {
      if (isFromOtherSite(request, options)) throw new ApiError('forbidden', FOREIGN_PAGE);
      const order = saveOrder(source, jsonBody(request));
      return saved(source.save(order, authorOf(request)));
    });
  });
  app.delete('/api/dashboards/uid/:uid', async (request, reply) => {
    return await answerOrRefuse(request, reply, () => {
      if (isFromOtherSite(request, options)) throw new ApiError('forbidden', FOREIGN_PAGE);
      const { entry } = source.get(param(request, 'uid'));
      source.remove(entry.uid);
      const { title, uid } = entry;
      return { id: idOf(uid), uid, title, message: `Dashboard ${title} deleted` };
    });
  });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  data: unknown,
  status = 200,
): Promise<FastifyReply> {
  const headers = { 'content-type': 'application/json' };
  const body = Buffer.from(JSON.stringify(data));
  return await answerWith(request, reply, { status, headers, body });
}

async function answerOrRefuse(
  request: FastifyRequest,
  reply: FastifyReply,
  act: () => unknown,
): Promise<FastifyReply> {
  try {
    return await answer(request, reply, act());
  } catch (error) {
    const [status, body] = refusal(error);
    return await answer(request, reply, body, status);
  }
}

const STATUS: Readonly<Record<DashboardErrorCode, number>> = {
  bad_data: 400,
  not_found: 404,
  conflict: 412,
  read_only: 403,
  too_large: 413,
  unwritten: 500,
};

/** Throws what is no refusal. */
function refusal(error: unknown): readonly [status: number, body: unknown] {
  if (error instanceof ApiError) {
    return [error.type === 'forbidden' ? 403 : 400, { message: error.message }];
  }
  if (!(error instanceof DashboardError)) throw error;
  const { code, message } = error;
  return [
    STATUS[code],
    code === 'conflict' ? { message, status: 'version-mismatch' } : { message },
  ];
}

/** Grafana knows folders by uids; here that of a folder is its name. */
function saveOrder(source: DashboardSource, body: JsonRecord): SaveDashboard {
  const { dashboard, overwrite } = body;
  if (!isRecord(dashboard)) throw new ApiError('bad_data', 'dashboard must be the JSON of one');
  const { uid, version } = dashboard;
  const folder = textIn(body, 'folderUid');
  const message = textIn(body, 'message');
  const isKnown =
    typeof uid === 'string' && source.list().dashboards.some((entry) => entry.uid === uid);
  const isEdit = isKnown && overwrite !== true;
  return {
    dashboard,
    ...(folder !== undefined && { folder }),
    ...(message !== undefined && { message }),
    overwrite: overwrite === true,
    // What it was made from is what the file itself says; without it, it was made from none of ours.
    ...(isEdit && { version: Number.isSafeInteger(version) ? (version as number) : 0 }),
  };
}

function saved(entry: DashboardEntry): unknown {
  const { uid, version, folder: folderUid } = entry;
  const slug = slugOf(entry.title);
  return { id: idOf(uid), uid, url: urlOf(entry), status: 'success', version, slug, folderUid };
}

function dashboardAndMeta(source: DashboardSource, uid: string): unknown {
  const { entry, json } = source.get(uid);
  const dashboard = JSON.parse(Buffer.from(json).toString('utf8')) as JsonRecord;
  const { origin, folder, version, changedAt } = entry;
  const canSave = origin === 'own';
  return {
    meta: {
      type: 'db',
      canSave,
      canEdit: canSave,
      canDelete: canSave,
      provisioned: !canSave,
      slug: slugOf(entry.title),
      url: urlOf(entry),
      updated: changedAt,
      version,
      isFolder: false,
      folderTitle: folder === '' ? 'General' : folder,
      folderUid: folder,
    },
    // The version of ours is what a program names when it gives the dashboard back.
    dashboard: { ...dashboard, id: idOf(uid), uid, version },
  };
}

function search(entries: readonly DashboardEntry[], params: Params): readonly unknown[] {
  const text = params.first('query').toLowerCase();
  const tags = params.all('tag');
  const uids = params.all('dashboardUIDs').flatMap((list) => list.split(','));
  const folders = params.all('folderUIDs').flatMap((list) => list.split(','));
  const type = params.first('type');
  const found =
    type === 'dash-folder'
      ? []
      : entries.filter(
          ({ uid, title, tags: own, folder }) =>
            title.toLowerCase().includes(text) &&
            tags.every((tag) => own.includes(tag)) &&
            (uids.length === 0 || uids.includes(uid)) &&
            (folders.length === 0 || folders.includes(folder === '' ? 'general' : folder)),
        );
  const isForFolders = type !== 'dash-db' && tags.length + uids.length + folders.length === 0;
  const names = isForFolders ? new Set(entries.map(({ folder }) => folder)) : [];
  const shownFolders = [...names].filter(
    (name) => name !== '' && name.toLowerCase().includes(text),
  );
  const hits = [...shownFolders.map(folderHit), ...found.map(dashboardHit)];
  const limit = Math.min(numberOf(params, 'limit', HITS_DEFAULT), HITS_MAX);
  const start = (numberOf(params, 'page', 1) - 1) * limit;
  return hits.slice(start, start + limit);
}

/** What is no number is ignored, as Grafana does. */
function numberOf(params: Params, name: string, fallback: number): number {
  const text = params.first(name);
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : fallback;
}

function folderHit(name: string): unknown {
  const url = `/dashboards?folder=${encodeURIComponent(name)}`;
  return { id: idOf(name), uid: name, title: name, url, type: 'dash-folder', tags: [] };
}

function dashboardHit(entry: DashboardEntry): unknown {
  const { uid, title, tags, folder } = entry;
  return {
    id: idOf(uid),
    uid,
    title,
    uri: `db/${slugOf(title)}`,
    url: urlOf(entry),
    slug: '',
    type: 'dash-db',
    tags,
    isStarred: false,
    ...(folder !== '' && { folderUid: folder, folderTitle: folder }),
  };
}

function urlOf({ uid, title }: DashboardEntry): string {
  return `/d/${encodeURIComponent(uid)}/${encodeURIComponent(slugOf(title))}`;
}

function datasources(source: DashboardSource, { externalUrl }: ServerOptions): readonly unknown[] {
  const provisioned = source.datasources;
  const isDefault = !provisioned.some((other) => other.isDefault);
  return [{ name: 'Narthex', uid: 'narthex', isDefault }, ...provisioned].map((known, i) => ({
    id: i + 1,
    orgId: 1,
    name: known.name,
    uid: known.uid,
    isDefault: known.isDefault,
    type: 'prometheus',
    typeName: 'Prometheus',
    access: 'proxy',
    url: externalUrl.href.replace(/\/$/, ''),
    readOnly: true,
    jsonData: {},
  }));
}

/** Programs want a number; it is made of the uid, so that it stays. */
function idOf(uid: string): number {
  let hash = 0;
  for (let i = 0; i < uid.length; i++)
    hash = (Math.imul(hash, 31) + uid.charCodeAt(i)) & 0x7fffffff;
  return hash;
}
