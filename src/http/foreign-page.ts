import type { FastifyRequest } from 'fastify';
import type { ServerOptions } from './parts.ts';

export const FOREIGN_PAGE = 'Cross-site request refused.';

/**
 * Whether a page of another site asks, which browsers say themselves. It may read what CORS allows, but
 * not change anything: otherwise any page could stop the server of who looks at it.
 */
export function isFromForeignPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

/**
 * The same, and also for a server that browsers reach without TLS on another machine: they do not say there from
 * where a page asks (`sec-fetch-site`), but its origin.
 */
export function isFromOtherSite(
  request: FastifyRequest,
  { externalUrl }: Pick<ServerOptions, 'externalUrl'>,
): boolean {
  if (isFromForeignPage(request)) return true;
  const { origin, host } = request.headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || ![host, externalUrl.host].includes(new URL(origin).host);
}
