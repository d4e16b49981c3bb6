import type { Page } from '../location/paths.ts';

export interface PageEntry {
  readonly page: Page;
  readonly title: string;
  /** The second key after `g`. */
  readonly key: string;
  readonly group: 'main' | 'status';
}

export const PAGE_LIST: readonly PageEntry[] = [
  { page: 'containers', title: 'Containers', key: 'c', group: 'main' },
  { page: 'dashboards', title: 'Dashboards', key: 'd', group: 'main' },
  { page: 'query', title: 'Query', key: 'q', group: 'main' },
  { page: 'targets', title: 'Targets', key: 't', group: 'main' },
  { page: 'service-discovery', title: 'Service discovery', key: 'v', group: 'status' },
  { page: 'status', title: 'Runtime & build', key: 's', group: 'status' },
  { page: 'tsdb-status', title: 'TSDB status', key: 'b', group: 'status' },
  { page: 'flags', title: 'Flags', key: 'f', group: 'status' },
  { page: 'config', title: 'Configuration', key: 'y', group: 'status' },
  { page: 'docker', title: 'Docker access', key: 'a', group: 'status' },
];

export function titleOf(page: Page | undefined): string {
  return PAGE_LIST.find((entry) => entry.page === page)?.title ?? 'Page not found';
}

export const STATUS_PAGES: readonly PageEntry[] = PAGE_LIST.filter(
  ({ group }) => group === 'status',
);
