import { ActionIcon, Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../components/Icon.tsx';
import type { PanelLink } from './PanelLinks.tsx';

/** Opened at once: it is loaded when it is asked for. */
export function PanelLinkMenu({ links }: { readonly links: readonly PanelLink[] }): ReactElement {
  return (
    <Menu defaultOpened position="bottom-end" shadow="md" keepMounted={false}>
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
