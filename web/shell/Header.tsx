import { Burger, Menu } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { Icon } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { Mark } from '../components/Mark.tsx';
import { hrefOf, navigate, rememberedSearch, usePlace } from '../location/location.ts';
import { PageLink } from '../location/PageLink.tsx';
import { NavigationLink } from './NavigationLink.tsx';
import { PAGE_LIST } from './page-list.ts';
import { SchemeButton } from './SchemeButton.tsx';
import { SettingsPopover } from './SettingsPopover.tsx';

const PagesDrawer = lazy(async () => ({
  default: (await import('./PagesDrawer.tsx')).PagesDrawer,
}));

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
      {isDrawerOpen && (
        <Suspense fallback={null}>
          <PagesDrawer onClose={() => setDrawerOpen(false)} />
        </Suspense>
      )}
    </header>
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
