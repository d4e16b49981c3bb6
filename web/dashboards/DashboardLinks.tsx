import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense } from 'react';
import type { DashboardsData } from '#contract';
import { interpolate, type Link } from '#dashboards';
import { fetchApi } from '../api/client.ts';
import { Icon } from '../components/Icon.tsx';
import { itemOf } from './dashboard-list.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import { hrefOfLink } from './PanelLinks.tsx';
import type { Interpolate } from './panels/panel-props.ts';

const LinkMenu = lazy(async () => ({ default: (await import('./LinkMenu.tsx')).LinkMenu }));

export interface ShownLink {
  readonly title: string;
  readonly tooltip: string;
  readonly href: string;
  readonly opensNewTab: boolean;
}

/** Links of the dashboard's own: to a page, or to all dashboards with some tags. */
export function DashboardLinks({ scope }: { readonly scope: DashboardScope }): ReactElement | null {
  const { dashboard, time, values } = scope;
  const hasLists = dashboard.links.some(({ kind }) => kind === 'dashboards');
  const { data } = useQuery({
    queryKey: ['dashboards'],
    queryFn: async ({ signal }) => (await fetchApi<DashboardsData>('/dashboards', {}, signal)).data,
    enabled: hasLists,
  });
  if (dashboard.links.length === 0) return null;
  const write: Interpolate = (text, format = 'text') => {
    const scoped = { time: { ...time.span, text: time.range }, dashboard };
    return interpolate(text, values, scoped, { format, timeZone: time.zone });
  };
  return (
    <nav className="nx-dash-links" aria-label="Links of this dashboard">
      {dashboard.links.map((link, i) => {
        const shown = linksOf(link, data, { scope, write });
        const title = write(link.title);
        if (link.kind === 'dashboards' && link.asDropdown) {
          return (
            <Suspense key={i} fallback={null}>
              <LinkMenu title={title || 'Dashboards'} links={shown} />
            </Suspense>
          );
        }
        return shown.map((one) => <LinkButton key={`${i} ${one.href}`} link={one} />);
      })}
    </nav>
  );
}

interface LinkContext {
  readonly scope: DashboardScope;
  readonly write: Interpolate;
}

function linksOf(
  link: Link,
  data: DashboardsData | undefined,
  { scope, write }: LinkContext,
): readonly ShownLink[] {
  const { opensNewTab, tooltip } = link;
  if (link.kind === 'url') {
    const href = hrefOfLink(link, scope, write);
    if (href === undefined) return [];
    return [{ title: write(link.title) || href, tooltip: write(tooltip), href, opensNewTab }];
  }
  return (data?.dashboards ?? [])
    .filter(
      ({ tags, uid }) => uid !== scope.entry.uid && link.tags.every((tag) => tags.includes(tag)),
    )
    .flatMap((entry) => {
      const href = hrefOfLink({ ...link, url: `/d/${itemOf(entry)}` }, scope, (text) => text);
      return href === undefined ? [] : [{ title: entry.title, tooltip: '', href, opensNewTab }];
    });
}

export function targetOf({ opensNewTab }: ShownLink): { target?: string; rel?: string } {
  return opensNewTab ? { target: '_blank', rel: 'noopener noreferrer' } : {};
}

function LinkButton({ link }: { readonly link: ShownLink }): ReactElement {
  return (
    <Button
      component="a"
      size="compact-sm"
      variant="subtle"
      color="gray"
      href={link.href}
      title={link.tooltip === '' ? undefined : link.tooltip}
      leftSection={<Icon name="link" size={14} />}
      {...targetOf(link)}
    >
      {link.title}
    </Button>
  );
}
