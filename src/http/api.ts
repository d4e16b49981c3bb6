import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OwnAddress } from './global-url.ts';
import type { ServerOptions, ServerParts } from './parts.ts';
import { encodeError, encodeSuccess } from './query/envelope.ts';
import { statusOf } from './query/api-error.ts';
import { knownError } from './query/known-error.ts';
import { Params } from './query/params.ts';
import { selectedExemplars } from './exemplars.ts';
import { exemplarsJson } from './query/encode-exemplars.ts';
import { answerWith, queryHandler } from './run-query.ts';
import { scrapePoolConfigData } from './scrape-pool-config.ts';
import { paramsOf } from './form.ts';
import {
  metadataData,
  relabelStepsData,
  scrapePoolsData,
  targetsData,
  targetsMetadataData,
} from './targets.ts';

const PREFIX = '/api/v1';

/** Federation, and the paths below /api/v1 that only show something; those that change are in api-write.ts. */
export function addApi(app: FastifyInstance, parts: ServerParts, options: ServerOptions): void {
  addQueries(app, parts, options);
  addTargets(app, parts, options);
  addStatus(app, parts);
  addRules(app);
}

function addQueries(app: FastifyInstance, parts: ServerParts, options: ServerOptions): void {
  const run = queryHandler(parts, options);
  for (const endpoint of [
    'query',
    'query_range',
    'query_explain',
    'series',
    'labels',
    'format_query',
    'parse_query',
  ] as const) {
    app.route({ method: ['GET', 'POST'], url: `${PREFIX}/${endpoint}`, handler: run(endpoint) });
  }
  app.get(`${PREFIX}/label/:name/values`, run('label_values'));
  app.get(`${PREFIX}/status/tsdb`, run('status_tsdb'));
  app.get('/federate', run('federate'));
  const exemplars = showJson((params) =>
    exemplarsJson(selectedExemplars(parts.exemplars(), params, options.parser ?? {})),
  );
  app.route({ method: ['GET', 'POST'], url: `${PREFIX}/query_exemplars`, handler: exemplars });
}

function addTargets(app: FastifyInstance, parts: ServerParts, options: ServerOptions): void {
  const { targets } = parts;
  const own: OwnAddress = {
    listenAddress: options.listenAddress,
    protocol: options.externalUrl.protocol,
    host: hostWithPort(options.externalUrl),
  };
  app.get(
    `${PREFIX}/targets`,
    show((params) => targetsData(targets, params, own)),
  );
  app.get(
    `${PREFIX}/targets/metadata`,
    show((params) => targetsMetadataData(targets, params)),
  );
  app.get(
    `${PREFIX}/targets/relabel_steps`,
    show((params) => relabelStepsData(targets, params)),
  );
  app.get(
    `${PREFIX}/metadata`,
    show((params) => metadataData(targets, params)),
  );
  app.get(
    `${PREFIX}/scrape_pools`,
    show(() => scrapePoolsData(targets)),
  );
  app.get(
    `${PREFIX}/scrape_pools/config`,
    show((params) => scrapePoolConfigData(parts.config(), params)),
  );
}

/** Go's address of a URL always names the port. */
function hostWithPort(url: URL): string {
  if (url.port !== '') return url.host;
  return `${url.host}:${url.protocol === 'https:' ? '443' : '80'}`;
}

function addStatus(app: FastifyInstance, parts: ServerParts): void {
  app.get(
    `${PREFIX}/status/config`,
    show(() => ({ yaml: parts.config().yaml })),
  );
  app.get(
    `${PREFIX}/status/runtimeinfo`,
    show(() => parts.runtimeInfo()),
  );
  app.get(
    `${PREFIX}/status/buildinfo`,
    show(() => parts.buildInfo),
  );
  app.get(
    `${PREFIX}/status/flags`,
    show(() => parts.flags),
  );
  app.get(
    `${PREFIX}/features`,
    show(() => parts.features),
  );
  app.get(
    `${PREFIX}/notifications`,
    show(() => parts.notifications()),
  );
  app.get(
    `${PREFIX}/status/walreplay`,
    show(() => parts.walReplay()),
  );
  const { docker } = parts;
  if (docker === undefined) return;
  app.get(
    `${PREFIX}/status/docker`,
    show(() => docker()),
  );
}

/** There are no rules yet; the shapes are what clients expect of a server without any. */
function addRules(app: FastifyInstance): void {
  app.get(
    `${PREFIX}/rules`,
    show(() => ({ groups: [] })),
  );
  app.get(
    `${PREFIX}/alerts`,
    show(() => ({ alerts: [] })),
  );
  app.get(
    `${PREFIX}/alertmanagers`,
    show(() => ({ activeAlertmanagers: [], droppedAlertmanagers: [] })),
  );
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Answers with what `dataOf` gives, or with the ApiError that it throws. */
function show(dataOf: (params: Params) => unknown): Handler {
  return showJson((params) => JSON.stringify(dataOf(params)));
}

/** The same for data that is JSON already. */
function showJson(jsonOf: (params: Params) => string): Handler {
  return async (request, reply) => {
    const json = jsonOf(new Params(paramsOf(request)));
    const body = encodeSuccess((out) => out.write(json));
    const headers = { 'content-type': 'application/json' };
    return await answerWith(request, reply, { status: 200, headers, body });
  };
}

/** How an error that a handler threw is answered. */
export function apiErrorBody(error: unknown): { status: number; body: Uint8Array } {
  const [type, message] = knownError(error) ?? (['internal', 'internal error'] as const);
  return { status: statusOf(type), body: encodeError(type, message) };
}
