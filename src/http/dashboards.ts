import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SaveDashboard } from '#contract';
import { isRecord } from '#dashboard-files';
import type { JsonRecord, StoredDashboard } from '#dashboard-files';
import { answerData, answerJson, authorOf, jsonBody } from './dashboard-request.ts';
import { orRefuse, param, textIn } from './dashboard-request.ts';
import { FOREIGN_PAGE, isFromOtherSite } from './foreign-page.ts';
import { addDashboardDoctor } from './dashboards-doctor.ts';
import { addGrafanaApi } from './dashboards-grafana.ts';
import type { DashboardSource, ServerOptions, ServerParts } from './parts.ts';
import { ApiError, invalidParameter } from './query/api-error.ts';

const PREFIX = '/api/v1/dashboards';

/** A file of 10 MB and what stands around it. */
const BODY_BYTES_MAX = 11 << 20;

/** `/api/v1/dashboards`: the list, the files, saving, and what they were before. */
export function addDashboards(
  app: FastifyInstance,
  parts: ServerParts,
  source: DashboardSource,
  options: ServerOptions,
): void {
  app.get(PREFIX, async (request, reply) => await answerData(request, reply, source.list()));
  app.get(`${PREFIX}/uid/:uid`, async (request, reply) => {
    const stored = orRefuse(() => source.get(param(request, 'uid')));
    return await answerStored(request, reply, stored);
  });
  app.get(`${PREFIX}/uid/:uid/versions`, async (request, reply) => {
    const data = orRefuse(() => source.versions(param(request, 'uid')));
    return await answerData(request, reply, data);
  });
  app.get(`${PREFIX}/uid/:uid/versions/:version`, async (request, reply) => {
    const version = versionOf(request);
    const stored = orRefuse(() => source.version(param(request, 'uid'), version));
    return await answerStored(request, reply, stored);
  });
  addChanges(app, source, options);
  addDashboardDoctor(app, parts, source);
  addGrafanaApi(app, parts, source, options);
}

function addChanges(app: FastifyInstance, source: DashboardSource, options: ServerOptions): void {
  app.post(PREFIX, { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    refuseForeignPage(request, options);
    const order = saveOrder(jsonBody(request));
    return await answerData(
      request,
      reply,
      orRefuse(() => source.save(order, authorOf(request))),
    );
  });
  app.delete(`${PREFIX}/uid/:uid`, async (request, reply) => {
    refuseForeignPage(request, options);
    orRefuse(() => source.remove(param(request, 'uid')));
    return await reply.code(204).send();
  });
  app.post(`${PREFIX}/uid/:uid/versions/:version/restore`, async (request, reply) => {
    refuseForeignPage(request, options);
    const version = versionOf(request);
    const message = Buffer.isBuffer(request.body)
      ? textIn(jsonBody(request), 'message')
      : undefined;
    const note = { message, author: authorOf(request) };
    const entry = orRefuse(() => source.restore(param(request, 'uid'), version, note));
    return await answerData(request, reply, entry);
  });
}

function refuseForeignPage(request: FastifyRequest, options: ServerOptions): void {
  if (isFromOtherSite(request, options)) throw new ApiError('forbidden', FOREIGN_PAGE);
}

/** Throws an ApiError. */
function saveOrder(body: JsonRecord): SaveDashboard {
  const { dashboard, version, overwrite } = body;
  if (!isRecord(dashboard)) throw invalidParameter('dashboard', 'it is the JSON of a dashboard');
  if (version !== undefined && !Number.isSafeInteger(version)) {
    throw invalidParameter('version', 'it is the number of the version that was edited');
  }
  if (overwrite !== undefined && typeof overwrite !== 'boolean') {
    throw invalidParameter('overwrite', 'it is true or false');
  }
  const [uid, folder, message] = ['uid', 'folder', 'message'].map((name) => textIn(body, name));
  return {
    dashboard,
    ...(uid !== undefined && { uid }),
    ...(folder !== undefined && { folder }),
    ...(message !== undefined && { message }),
    ...(version !== undefined && { version: version as number }),
    ...(overwrite !== undefined && { overwrite }),
  };
}

function versionOf(request: FastifyRequest): number {
  const text = param(request, 'version');
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw invalidParameter('version', 'it is a whole number, 1 or more');
}

/** The file as it is, number by number. */
async function answerStored(
  request: FastifyRequest,
  reply: FastifyReply,
  { entry, json }: StoredDashboard,
): Promise<FastifyReply> {
  const head = `{"status":"success","data":{"entry":${JSON.stringify(entry)},"dashboard":`;
  const body = Buffer.concat([Buffer.from(head), json, Buffer.from('}}')]);
  return await answerJson(request, reply, body);
}
