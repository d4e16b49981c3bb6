import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Asset, type Assets, listAssets } from './assets.ts';
import type { ServerOptions } from './parts.ts';
import { takesGzip } from './run-query.ts';

/** What the page may load and where it may be shown. Styles: the editor and uPlot set them from script. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

/** Paths that are pages of the one application; Prometheus' own among them, so that its links work. */
const PAGES = [
  '/containers',
  '/containers/*',
  '/dashboards',
  '/dashboards/new',
  '/dashboard/new',
  '/d/*',
  '/query',
  '/graph',
  '/targets',
  '/config',
  '/flags',
  '/status',
  '/runtime-info',
  '/build-info',
  '/tsdb-status',
  '/service-discovery',
  '/rules',
  '/alerts',
  '/alertmanager-discovery',
  '/agent',
  '/docker',
  '/query/*',
];

const ASSET_FOLDER = 'assets/';

/** The built page. */
export interface WebPage {
  readonly html: string;
  readonly assets: Assets;
}

/** Undefined where it is not built. */
export async function readWebPage(options: ServerOptions): Promise<WebPage | undefined> {
  if (options.uiDir === undefined) return undefined;
  const assets = await listAssets(options.uiDir);
  const index = assets.get('index.html');
  if (index === undefined) return undefined;
  const { bytes } = await index.content();
  return { html: pageHtml(bytes.toString('utf8'), options), assets };
}

/** Serves the page; where it is not built, each of its paths says how to build it. */
export function addWebPage(
  app: FastifyInstance,
  page: WebPage | undefined,
  options: ServerOptions,
): void {
  const home = `${outerPrefix(options)}/containers`;
  app.get('/', async (_request, reply) => await reply.redirect(home));
  for (const path of PAGES) {
    app.get(path, async (_request, reply) =>
      page === undefined ? await sendMissingPage(reply) : await sendHtml(reply, page),
    );
  }
  if (page !== undefined) addAssets(app, page.assets);
}

/** Whether somebody has followed or typed an address that leads nowhere, and can be shown where else to go. */
export function wantsPage({ method, headers, url }: FastifyRequest, routePrefix: string): boolean {
  if (method !== 'GET' || headers.accept?.includes('text/html') !== true) return false;
  if (!url.startsWith(`${routePrefix}/`)) return false;
  const path = url.slice(routePrefix.length + 1);
  return !path.startsWith('api/') && !path.startsWith(ASSET_FOLDER);
}

/** All of the one folder by one route: each route costs memory, and a label of our metrics. */
function addAssets(app: FastifyInstance, assets: Assets): void {
  for (const [path, asset] of assets) {
    if (path === 'index.html' || path.startsWith(ASSET_FOLDER)) continue;
    app.get(`/${path}`, async (request, reply) => await sendAsset(request, reply, asset));
  }
  app.get(`/${ASSET_FOLDER}*`, async (request, reply) => {
    const { '*': path } = request.params as { readonly '*': string };
    const asset = assets.get(`${ASSET_FOLDER}${path}`);
    if (asset === undefined) return reply.callNotFound();
    return await sendAsset(request, reply, asset);
  });
}

async function sendMissingPage(reply: FastifyReply): Promise<FastifyReply> {
  const text = 'The web page is not built. Run `npm run build`, then start again.\n';
  return await reply.code(404).type('text/plain; charset=utf-8').send(text);
}

/** The path below which browsers see the server; a proxy may map it to another one. */
function outerPrefix({ externalUrl }: ServerOptions): string {
  return externalUrl.pathname.replace(/\/+$/, '');
}

/** The page's relative addresses count from the prefix, whatever its own path is. */
function pageHtml(html: string, options: ServerOptions): string {
  const base = `${outerPrefix(options)}/`;
  const withBase = html.replace(/<head>/, () => `<head><base href="${escapeHtml(base)}">`);
  if (options.pageTitle === '') return withBase;
  return withBase.replace(
    /<title>[^<]*<\/title>/,
    () => `<title>${escapeHtml(options.pageTitle)}</title>`,
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** With the status that the answer has by now. */
export async function sendHtml(reply: FastifyReply, { html }: WebPage): Promise<FastifyReply> {
  reply
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('cache-control', 'no-cache');
  return await reply.type('text/html; charset=utf-8').send(html);
}

async function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  asset: Asset,
): Promise<FastifyReply> {
  const { bytes, gzipped, etag } = await asset.content();
  const lifetime = asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  reply.headers({ 'cache-control': lifetime, etag, vary: 'Accept-Encoding' });
  reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
  if (request.headers['if-none-match'] === etag) return await reply.code(304).send();
  reply.type(asset.contentType);
  if (gzipped === undefined || !takesGzip(request)) return await reply.send(bytes);
  return await reply.header('content-encoding', 'gzip').send(gzipped);
}
