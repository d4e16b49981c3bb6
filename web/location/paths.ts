/**
 * Every page is one path segment below the prefix under which a proxy may show this server; what it may show
 * of its kind follows: `/containers/redis`. A dashboard is at `/d/<uid>/<any name>`, as Grafana's links have it.
 */
export const PAGES = [
  'containers',
  'dashboards',
  'd',
  'query',
  'targets',
  'service-discovery',
  'status',
  'tsdb-status',
  'flags',
  'config',
  'docker',
] as const;

/** The item of `dashboards` that is none yet: `/dashboards/new`. */
export const NEW_DASHBOARD = 'new';

export type Page = (typeof PAGES)[number];

/** Paths of Prometheus' older and newer pages, of Grafana's `/dashboard/new`, and what shows the same here. */
const OTHER_NAMES: Readonly<Record<string, Page>> = {
  dashboard: 'dashboards',
  graph: 'query',
  'runtime-info': 'status',
  'build-info': 'status',
};

export interface PagePath {
  /** Undefined for the bare prefix and for names that are no page. */
  readonly page: Page | undefined;
  /** The name as the path has it; '' for the bare prefix. */
  readonly name: string;
  /** What follows the name, decoded: one thing of those that the page lists; '' for the list itself. */
  readonly item: string;
}

/** The prefix ends without a slash; '' where there is none. */
export function parsePath(pathname: string, prefix: string): PagePath {
  const rest = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length + 1) : pathname;
  const [name = '', ...below] = rest.split('/').filter((segment) => segment !== '');
  const page = PAGES.find((candidate) => candidate === name) ?? OTHER_NAMES[name];
  return { page, name, item: decodeItem(below.join('/')) };
}

/** As it stands where a person typed a percent sign that encodes nothing. */
function decodeItem(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
