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
  /** Undefined for the bare prefix and for names that are no page. */
  readonly page: Page | undefined;
  /** The name as the path has it; '' for the bare prefix. */
  readonly name: string;
}

/** The prefix ends without a slash; '' where there is none. */
export function parsePath(pathname: string, prefix: string): PagePath {
  const rest = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length + 1) : pathname;
  const name = rest.split('/').find((segment) => segment !== '') ?? '';
  return { page: PAGES.find((page) => page === name) ?? OTHER_NAMES[name], name };
}
