import { ActionIcon, Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Link, Panel } from '#dashboards';
import { Icon } from '../components/Icon.tsx';
import { pathPrefix } from '../location/location.ts';
import { useScope, type DashboardScope } from './dashboard-scope.ts';
import type { Interpolate } from './panels/panel-props.ts';
import { safeUrl, withParams } from './safe-url.ts';

interface PanelLinksProps {
  readonly panel: Panel;
  readonly write: Interpolate;
}

export function PanelLinks({ panel, write }: PanelLinksProps): ReactElement | null {
  const scope = useScope();
  const links = panel.links.flatMap((link) => {
    const href = hrefOfLink(link, scope, write);
    return href === undefined ? [] : [{ link, href, title: write(link.title) || href }];
  });
  if (links.length === 0) return null;
  return (
    <Menu position="bottom-end" shadow="md" keepMounted={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={24} aria-label="Links of this panel">
          <Icon name="link" size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {links.map(({ link, href, title }) => (
          <Menu.Item
            key={`${title} ${href}`}
            component="a"
            href={href}
            {...(link.opensNewTab ? { target: '_blank', rel: 'noopener noreferrer' } : {})}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** With time and variables where the link takes them along; undefined where it may not be followed. */
export function hrefOfLink(
  link: Link,
  { values, time }: DashboardScope,
  write: Interpolate,
): string | undefined {
  const url = safeUrl(write(link.url, 'percentencode'), pathPrefix);
  if (url === undefined) return undefined;
  const params = new URLSearchParams();
  if (link.keepsTime) {
    params.set('from', time.range.from);
    params.set('to', time.range.to);
  }
  if (link.keepsVariables) {
    for (const [name, value] of Object.entries(values)) {
      if (name.startsWith('__')) continue;
      for (const one of value.isAll ? ['$__all'] : value.values) params.append(`var-${name}`, one);
    }
  }
  return withParams(url, params);
}
