/** Schemes that a link of a file may lead to; anything else could run in this page. */
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/**
 * Where a link of a dashboard leads; undefined where it may not. Paths of Grafana's own pages (`/d/<uid>`,
 * `/dashboards`) become this server's, whatever prefix it is shown under.
 */
export function safeUrl(url: string, pathPrefix: string): string | undefined {
  const trimmed = url.trim();
  if (trimmed === '') return undefined;
  const isPath = trimmed.startsWith('/') && !/^\/[/\\]/.test(trimmed);
  if (isPath) {
    const isPrefixed = pathPrefix !== '' && trimmed.startsWith(`${pathPrefix}/`);
    return isPrefixed ? trimmed : `${pathPrefix}${trimmed}`;
  }
  try {
    const parsed = new URL(trimmed, 'http://relative.invalid/');
    if (!SCHEMES.has(parsed.protocol)) return undefined;
    if (parsed.hostname !== 'relative.invalid') return trimmed;
    return /^(?:d|dashboards)(?:\/|$)/.test(trimmed) ? `${pathPrefix}/${trimmed}` : trimmed;
  } catch {
    return undefined;
  }
}

/** Adds parameters to a URL that may have some already. */
export function withParams(url: string, params: URLSearchParams): string {
  const text = params.toString();
  if (text === '') return url;
  const [path = '', hash] = url.split('#', 2);
  const joined = `${path}${path.includes('?') ? '&' : '?'}${text}`;
  return hash === undefined ? joined : `${joined}#${hash}`;
}
