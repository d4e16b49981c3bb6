import { Button, Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../components/Icon.tsx';
import { type ShownLink, targetOf } from './DashboardLinks.tsx';

interface LinkMenuProps {
  readonly title: string;
  readonly links: readonly ShownLink[];
}

/** Dashboards with some tags, in a list that is opened. */
export function LinkMenu({ title, links }: LinkMenuProps): ReactElement {
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
