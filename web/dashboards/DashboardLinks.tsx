import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { DashboardsData } from '#contract';
import { interpolate, type Link } from '#dashboards';
import { fetchApi } from '../api/client.ts';
import { Icon } from '../components/Icon.tsx';
import { itemOf } from './dashboard-list.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import { hrefOfLink } from './PanelLinks.tsx';
import type { Interpolate } from './panels/panel-props.ts';

interface ShownLink {
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
          return <LinkMenu key={i} title={title || 'Dashboards'} links={shown} />;
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

function targetOf({ opensNewTab }: ShownLink): { target?: string; rel?: string } {
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

interface LinkMenuProps {
  readonly title: string;
  readonly links: readonly ShownLink[];
}

function LinkMenu({ title, links }: LinkMenuProps): ReactElement {
  return (
    <Menu position="bottom-end" shadow="md" keepMounted={false}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          rightSection={<Icon name="chevronDown" size={14} />}
        >
          {title}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {links.length === 0 && <Menu.Label>None with these tags</Menu.Label>}
        {links.map((link) => (
          <Menu.Item key={link.href} component="a" href={link.href} {...targetOf(link)}>
            {link.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
