import type { FastifyRequest } from 'fastify';

export const FOREIGN_PAGE = 'Cross-site request refused.';

/**
 * Whether a page of another site asks, which browsers say themselves. It may read what CORS allows, but
 * not change anything: otherwise any page could stop the server of who looks at it.
 */
export function isFromForeignPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}
