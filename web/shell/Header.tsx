import { Burger, Drawer, Menu } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Icon } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { Mark } from '../components/Mark.tsx';
import { hrefOf, navigate, rememberedSearch, usePlace } from '../location/location.ts';
import { PageLink } from '../location/PageLink.tsx';
import { PAGE_LIST, type PageEntry } from './page-list.ts';
import { SchemeButton } from './SchemeButton.tsx';
import { SettingsPopover } from './SettingsPopover.tsx';

const MAIN_PAGES = PAGE_LIST.filter((entry) => entry.group === 'main');
const STATUS_PAGES = PAGE_LIST.filter((entry) => entry.group === 'status');

export function Header({ onHelp }: { readonly onHelp: () => void }): ReactElement {
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  return (
    <header className="nx-header">
      <div className="nx-header-inner">
        <PageLink page="containers" className="nx-brand" aria-label="Narthex, start page">
          <Mark size={28} />
          <span>Narthex</span>
        </PageLink>
        <nav className="nx-nav" aria-label="Pages">
          {MAIN_PAGES.map((entry) => (
            <NavigationLink key={entry.page} entry={entry} />
          ))}
          <StatusMenu />
        </nav>
        <div className="nx-header-tools">
          <span className="nx-wide-only">
            <IconButton icon="keyboard" label="Keyboard shortcuts (?)" onClick={onHelp} />
          </span>
          <SchemeButton />
          <SettingsPopover />
          <span className="nx-burger">
            <Burger
              size="sm"
              opened={isDrawerOpen}
              onClick={() => setDrawerOpen(!isDrawerOpen)}
              aria-label="Pages"
            />
          </span>
        </div>
      </div>
      <Drawer
        opened={isDrawerOpen}
        onClose={() => setDrawerOpen(false)}
        position="right"
        size="min(300px, 84vw)"
        title="Narthex"
      >
        <nav className="nx-drawer-nav" aria-label="Pages">
          {PAGE_LIST.map((entry) => (
            <NavigationLink key={entry.page} entry={entry} onFollow={() => setDrawerOpen(false)} />
          ))}
        </nav>
      </Drawer>
    </header>
  );
}

interface NavigationLinkProps {
  readonly entry: PageEntry;
  readonly onFollow?: () => void;
}

function NavigationLink({ entry, onFollow }: NavigationLinkProps): ReactElement {
  const place = usePlace();
  const isHere = place.page === entry.page;
  const isBelow = entry.page === 'dashboards' && place.page === 'd';
  return (
    <PageLink
      page={entry.page}
      search={rememberedSearch(entry.page)}
      className="nx-nav-link"
      aria-current={isHere && place.item === '' ? 'page' : isHere || isBelow ? 'true' : undefined}
      onClick={onFollow}
    >
      {entry.title}
    </PageLink>
  );
}

function StatusMenu(): ReactElement {
  const place = usePlace();
  const here = STATUS_PAGES.find((entry) => entry.page === place.page);
  return (
    <Menu position="bottom-start" shadow="md" width={220} keepMounted={false}>
      <Menu.Target>
        <button type="button" className="nx-nav-link" aria-current={here ? 'true' : undefined}>
          {here === undefined ? 'Status' : `Status: ${here.title}`}
          <Icon name="chevronDown" size={14} />
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
