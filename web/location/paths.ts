/** Every page is one path segment below the prefix under which a proxy may show this server. */
export const PAGES = [
  'query',
  'targets',
  'service-discovery',
  'status',
  'tsdb-status',
  'flags',
  'config',
] as const;

export type Page = (typeof PAGES)[number];

/** Paths of Prometheus' older and newer pages, and what shows the same here. */
const OTHER_NAMES: Readonly<Record<string, Page>> = {
  graph: 'query',
  'runtime-info': 'status',
  'build-info': 'status',
};

export interface PagePath {
  /** '' or `/some/prefix`, without a slash at the end. */
  readonly prefix: string;
  /** Undefined for the bare prefix and for names that are no page. */
  readonly page: Page | undefined;
  /** The name as the path has it; '' for the bare prefix. */
  readonly name: string;
}

export function parsePath(pathname: string): PagePath {
  const segments = pathname.split('/').filter((segment) => segment !== '');
  const name = segments.at(-1) ?? '';
  const page = findPage(name);
  // Without a known page at the end only a trailing slash tells the prefix from an unknown page.
  const isBare = page === undefined && (pathname.endsWith('/') || name === '');
  const prefixSegments = isBare ? segments : segments.slice(0, -1);
  const prefix = prefixSegments.map((segment) => `/${segment}`).join('');
  return { prefix, page, name: isBare ? '' : name };
}

function findPage(name: string): Page | undefined {
  return PAGES.find((page) => page === name) ?? OTHER_NAMES[name];
}
