import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AllowedMethods } from './allowed-methods.ts';
import { addAnnotations } from './annotations.ts';
import { addApi, apiErrorBody } from './api.ts';
import { addApiWrites } from './api-write.ts';
import { addContainers } from './containers.ts';
import { addScrapeDoctor } from './containers-doctor.ts';
import { createCors } from './cors.ts';
import { addDashboards } from './dashboards.ts';
import { addBodyParsers, FORM_BYTES_MAX, URL_LENGTH_MAX } from './form.ts';
import { addLifecycle } from './lifecycle.ts';
import { addMetricsPage } from './metrics-page.ts';
import { addMetricPages } from './metric-pages.ts';
import { createHttpMetrics } from './http-metrics.ts';
import type { ServerOptions, ServerParts } from './parts.ts';
import { encodeError } from './query/envelope.ts';
import { addLiveQueries } from './query-live.ts';
import { addWebPage, readWebPage, sendHtml, wantsPage, type WebPage } from './web-page.ts';

/** Headers of one request together, in bytes; a long query in the URL is among them. */
const HEADER_BYTES_MAX = URL_LENGTH_MAX + (16 << 10);

/** A connection without a request is closed after so long; a little more than proxies keep theirs. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** How long answers may take to finish once the server is closing. */
export interface HttpServer {
  /** For tests: answers without a socket. */
  readonly app: FastifyInstance;
  /** Answers the port. Rejects with what the system says, e.g. that the port is taken. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  close(): Promise<void>;
}

/**
 * Builds the server. Fastify is loaded here and not above, so that a query thread, which needs only
 * `answerQuery` of this module, starts without it.
 */
export async function createHttpServer(
  parts: ServerParts,
  options: ServerOptions,
): Promise<HttpServer> {
  const { default: fastify } = await import('fastify');
  const app = fastify({
    bodyLimit: FORM_BYTES_MAX,
    requestTimeout: options.readTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: true,
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    routerOptions: {
      maxParamLength: URL_LENGTH_MAX,
      ignoreTrailingSlash: false,
      // `paramsOf` reads them where they are wanted.
      querystringParser: () => ({}),
    },
    schemaController: { compilersFactory: NO_SCHEMAS },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  });
  app.server.maxConnections = options.connectionsMax;
  addBodyParsers(app);
  const page = await readWebPage(options);
  addHooks(app, parts, options);
  addNotFound(app, page, options.routePrefix);
  await app.register(
    async (scope) => {
      addApi(scope, parts, options);
      if (parts.containers !== undefined) addContainers(scope, parts, parts.containers);
      if (parts.examineScrape !== undefined) addScrapeDoctor(scope, parts.examineScrape);
      if (parts.annotations !== undefined) addAnnotations(scope, parts.annotations);
      if (parts.dashboards !== undefined) addDashboards(scope, parts, parts.dashboards, options);
      addLiveQueries(scope, parts, options);
      addApiWrites(scope, parts, options);
      addLifecycle(scope, parts, options);
      addMetricsPage(scope, parts);
      addMetricPages(scope, parts);
      addWebPage(scope, page, options);
    },
    { prefix: options.routePrefix },
  );
  if (options.routePrefix !== '') {
    app.get('/', async (_request, reply) => await reply.redirect(`${options.routePrefix}/`));
  }
  return {
    app,
    listen: async ({ host, port }) => {
      await app.listen({ host, port });
      const bound = app.server.address();
      return typeof bound === 'object' && bound !== null ? bound.port : port;
    },
    close: async () => await app.close(),
  };
}

/** What routes take and give is checked by hand; the compilers of JSON schemas would be loaded otherwise. */
const NO_SCHEMAS = { buildValidator: refuseSchema, buildSerializer: refuseSchema };

function refuseSchema(): never {
  throw new Error('BUG: a route has a JSON schema');
}

/** On every answer, whatever it is. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
} as const;

function addHooks(app: FastifyInstance, parts: ServerParts, options: ServerOptions): void {
  const cors = createCors(options.corsOrigin);
  const metrics = createHttpMetrics(parts.registry);
  const apiPrefix = `${options.routePrefix}/api/v1/`;
  // Without promises: these run for every request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    const url = request.raw.url ?? '';
    if (url.startsWith(apiPrefix)) reply.headers(cors(request.headers.origin));
    if (url.length > URL_LENGTH_MAX) reply.code(414).send('URI Too Long');
    else if (request.method === 'OPTIONS') reply.code(204).send();
    else if (!parts.isReady() && needsStorage(request, options.routePrefix)) {
      reply.code(503).type(PLAIN_TEXT).send('Service Unavailable');
    } else done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url?.slice(options.routePrefix.length) ?? '';
    metrics.observe(route, reply.statusCode, reply.elapsedTime);
    done();
  });
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (errorStatus(error) >= 500) logFailure(parts, error, request);
    return await answerError(error, request, reply);
  });
  app.options('*', async (_request, reply) => await reply.code(204).send());
}

/** Programs are told in Prometheus' words; a person gets the page, which says so and leads on. */
function addNotFound(app: FastifyInstance, page: WebPage | undefined, routePrefix: string): void {
  const allowed = new AllowedMethods();
  allowed.watch(app);
  app.setNotFoundHandler(async (request, reply) => {
    const methods = allowed.of(request.url.split('?', 1)[0] ?? '');
    if (methods.length > 0 && !methods.includes(request.method)) {
      reply.code(405).type(PLAIN_TEXT).header('allow', methods.join(', '));
      return await reply.send('Method Not Allowed\n');
    }
    reply.code(404).header('vary', 'Accept');
    if (page !== undefined && wantsPage(request, routePrefix)) return await sendHtml(reply, page);
    return await reply.type(PLAIN_TEXT).send('404 page not found\n');
  });
}

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Open from the first moment on, while the log is still replayed. */
const WITHOUT_STORAGE = new Set([
  '/-/healthy',
  '/-/ready',
  '/-/quit',
  '/-/reload',
  '/metrics',
  '/api/v1/status/walreplay',
  '/api/v1/notifications',
  '/api/v1/features',
  '/api/v1/status/buildinfo',
  '/api/v1/containers',
  '/api/v1/status/docker',
  '/api/v1/containers/live',
  '/api/v1/containers/logs',
]);

function needsStorage(request: FastifyRequest, prefix: string): boolean {
  const path = (request.raw.url ?? '').split('?', 1)[0]?.slice(prefix.length) ?? '';
  if (WITHOUT_STORAGE.has(path)) return false;
  return path.startsWith('/api/') || path === '/federate';
}

function logFailure(parts: ServerParts, error: Error, request: FastifyRequest): void {
  parts.log.error('cannot answer a request', {
    method: request.method,
    route: request.routeOptions.url ?? '',
    err: error,
  });
}

function errorStatus(error: { statusCode?: number | undefined }): number {
  const own = apiErrorBody(error).status;
  return own === 500 && error.statusCode !== undefined ? error.statusCode : own;
}

/** Errors of handlers and of Fastify itself (a body too large, a path that is not UTF-8). */
async function answerError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { status, body } = isFrameworkError(error)
    ? { status: error.statusCode ?? 400, body: encodeError('bad_data', error.message) }
    : apiErrorBody(error);
  return await reply.code(status).type('application/json').send(Buffer.from(body));
}

function isFrameworkError(error: FastifyError): boolean {
  return (error.code ?? '').startsWith('FST_') && (error.statusCode ?? 500) < 500;
}
