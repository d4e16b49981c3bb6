import { ActionIcon } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import type { Link, Panel } from '#dashboards';
import { Icon } from '../components/Icon.tsx';
import { pathPrefix } from '../location/location.ts';
import { useScope, type DashboardScope } from './dashboard-scope.ts';
import type { Interpolate } from './panels/panel-props.ts';
import { safeUrl, withParams } from './safe-url.ts';

const PanelLinkMenu = lazy(async () => ({
  default: (await import('./PanelLinkMenu.tsx')).PanelLinkMenu,
}));

export interface PanelLink {
  readonly link: Link;
  readonly href: string;
  readonly title: string;
}

interface PanelLinksProps {
  readonly panel: Panel;
  readonly write: Interpolate;
}

export function PanelLinks({ panel, write }: PanelLinksProps): ReactElement | null {
  const scope = useScope();
  const [isWanted, setWanted] = useState(false);
  const links: readonly PanelLink[] = panel.links.flatMap((link) => {
    const href = hrefOfLink(link, scope, write);
    return href === undefined ? [] : [{ link, href, title: write(link.title) || href }];
  });
  if (links.length === 0) return null;
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={24}
      aria-label="Links of this panel"
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setWanted(true)}
    >
      <Icon name="link" size={14} />
    </ActionIcon>
  );
  if (!isWanted) return button;
  return (
    <Suspense fallback={button}>
      <PanelLinkMenu links={links} />
    </Suspense>
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
