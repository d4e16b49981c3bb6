import { Menu } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { hrefOf, navigate, rememberedSearch } from '../location/location.ts';
import { STATUS_PAGES } from './page-list.ts';

interface StatusMenuProps {
  /** One of its pages is shown. */
  readonly isHere: boolean;
  /** Of its button. */
  readonly children: ReactNode;
}

/** Opened at once: it is loaded when it is asked for. */
export function StatusMenu({ isHere, children }: StatusMenuProps): ReactElement {
  return (
    <Menu defaultOpened position="bottom-start" shadow="md" width={220} keepMounted={false}>
      <Menu.Target>
        <button type="button" className="nx-nav-link" aria-current={isHere ? 'true' : undefined}>
          {children}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {STATUS_PAGES.map((entry) => (
          <Menu.Item
            key={entry.page}
            component="a"
            href={hrefOf(entry.page, rememberedSearch(entry.page))}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              navigate({ page: entry.page, search: rememberedSearch(entry.page) });
            }}
          >
            {entry.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
