import { Burger } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { Icon } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { Mark } from '../components/Mark.tsx';
import { usePlace } from '../location/location.ts';
import { PageLink } from '../location/PageLink.tsx';
import { NavigationLink } from './NavigationLink.tsx';
import { PAGE_LIST, STATUS_PAGES } from './page-list.ts';
import { SchemeButton } from './SchemeButton.tsx';
import { SettingsPopover } from './SettingsPopover.tsx';

const StatusMenu = lazy(async () => ({ default: (await import('./StatusMenu.tsx')).StatusMenu }));

const PagesDrawer = lazy(async () => ({
  default: (await import('./PagesDrawer.tsx')).PagesDrawer,
}));

const MAIN_PAGES = PAGE_LIST.filter((entry) => entry.group === 'main');

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
          <StatusPages />
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

/** A button until the list is wanted. */
function StatusPages(): ReactElement {
  const place = usePlace();
  const [isWanted, setWanted] = useState(false);
  const here = STATUS_PAGES.find((entry) => entry.page === place.page);
  const content = (
    <>
      {here === undefined ? 'Status' : `Status: ${here.title}`}
      <Icon name="chevronDown" size={14} />
    </>
  );
  const button = (
    <button
      type="button"
      className="nx-nav-link"
      aria-current={here ? 'true' : undefined}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setWanted(true)}
    >
      {content}
    </button>
  );
  if (!isWanted) return button;
  return (
    <Suspense fallback={button}>
      <StatusMenu isHere={here !== undefined}>{content}</StatusMenu>
    </Suspense>
  );
}
