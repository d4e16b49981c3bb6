import { Drawer } from '@mantine/core';
import type { ReactElement } from 'react';
import { NavigationLink } from './NavigationLink.tsx';
import { PAGE_LIST } from './page-list.ts';

/** All pages, on a narrow screen. */
export function PagesDrawer({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Drawer opened onClose={onClose} position="right" size="min(300px, 84vw)" title="Narthex">
      <nav className="nx-drawer-nav" aria-label="Pages">
        {PAGE_LIST.map((entry) => (
          <NavigationLink key={entry.page} entry={entry} onFollow={onClose} />
        ))}
      </nav>
    </Drawer>
  );
}
