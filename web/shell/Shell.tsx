import {
  type ComponentType,
  lazy,
  type ReactElement,
  Suspense,
  useCallback,
  useEffect,
  useState,
} from 'react';
import { Empty } from '../components/Empty.tsx';
import { LoadingRows } from '../components/Loading.tsx';
import { Notice } from '../components/Notice.tsx';
import { formatSpan } from '../format/times.ts';
import { navigate, type Place, usePlace } from '../location/location.ts';
import { PageLink } from '../location/PageLink.tsx';
import { NEW_DASHBOARD, type Page } from '../location/paths.ts';
import { Header } from './Header.tsx';
import { PageBoundary } from './PageBoundary.tsx';
import { titleOf } from './page-list.ts';
import { type ServerState, useServerState } from './server-watch.ts';
import { useShortcuts } from './shortcuts.ts';
import { useSiteTitle } from './site-title.ts';
import { StartupSplash } from './StartupSplash.tsx';

const DashboardPage = lazy(async () => ({
  default: (await import('../dashboards/DashboardPage.tsx')).DashboardPage,
}));

const PAGE_COMPONENTS: Readonly<Record<Page, ComponentType>> = {
  containers: lazy(async () => ({
    default: (await import('../pages/containers/ContainersPage.tsx')).ContainersPage,
  })),
  dashboards: lazy(async () => ({
    default: (await import('../dashboards/DashboardsPage.tsx')).DashboardsPage,
  })),
  d: DashboardPage,
  query: lazy(async () => ({ default: (await import('../query/QueryPage.tsx')).QueryPage })),
  targets: lazy(async () => ({ default: (await import('../pages/TargetsPage.tsx')).TargetsPage })),
  'service-discovery': lazy(async () => ({
    default: (await import('../pages/DiscoveryPage.tsx')).DiscoveryPage,
  })),
  status: lazy(async () => ({ default: (await import('../pages/StatusPage.tsx')).StatusPage })),
  'tsdb-status': lazy(async () => ({ default: (await import('../pages/TsdbPage.tsx')).TsdbPage })),
  flags: lazy(async () => ({ default: (await import('../pages/FlagsPage.tsx')).FlagsPage })),
  config: lazy(async () => ({ default: (await import('../pages/ConfigPage.tsx')).ConfigPage })),
  docker: lazy(async () => ({
    default: (await import('../pages/containers/DockerPage.tsx')).DockerPage,
  })),
};

const ContainerPage = lazy(async () => ({
  default: (await import('../pages/containers/ContainerPage.tsx')).ContainerPage,
}));

const ShortcutHelp = lazy(async () => ({
  default: (await import('./ShortcutHelp.tsx')).ShortcutHelp,
}));

/** What surrounds every page. */
export function Shell(): ReactElement {
  const place = usePlace();
  const server = useServerState();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const showHelp = useCallback(() => setHelpOpen(true), []);
  useShortcuts(showHelp);
  useStartPage();
  // A dashboard says by itself what its title is, once it is there.
  const isDashboard = place.page === 'd' || place.item === NEW_DASHBOARD;
  useSiteTitle(isDashboard ? undefined : titleOfPlace(place));
  return (
    <>
      <SkipLink />
      <Header onHelp={showHelp} />
      <main id="content" className="nx-main" tabIndex={-1}>
        {server !== undefined && <ServerNotices server={server} />}
        {server?.state === 'starting' ? <StartupSplash /> : <CurrentPage page={place.page} />}
      </main>
      {isHelpOpen && (
        <Suspense fallback={null}>
          <ShortcutHelp onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Of a page's item the item's name, for tabs of the browser that show the beginning alone. */
function titleOfPlace({ page, name, item }: Place): string {
  if (page === 'containers' && item !== '') return item;
  return titleOf(name === '' ? 'containers' : page);
}

/** A link in form only: with the server's `<base>`, `#content` would be another page. */
function SkipLink(): ReactElement {
  return (
    <a
      className="nx-skip"
      href="#content"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById('content')?.focus();
      }}
    >
      Skip to content
    </a>
  );
}

/** The bare prefix leads to the containers, old names of pages to their new ones. */
function useStartPage(): void {
  const { page, name, item, search } = usePlace();
  useEffect(() => {
    if (name === '' || (page !== undefined && page !== name)) {
      navigate({ page: page ?? 'containers', item, search, replace: true });
    }
  }, [page, name, item, search]);
}

function CurrentPage({ page }: { readonly page: Page | undefined }): ReactElement | null {
  const { name, item } = usePlace();
  if (page === undefined) return name === '' ? null : <PageNotFound name={name} />;
  const isContainer = page === 'containers' && item !== '';
  const isNewDashboard = page === 'dashboards' && item === NEW_DASHBOARD;
  const Component = isNewDashboard ? DashboardPage : PAGE_COMPONENTS[page];
  return (
    <PageBoundary key={isContainer || isNewDashboard ? `${page}/${item}` : page}>
      <Suspense fallback={<LoadingRows />}>
        {isContainer ? <ContainerPage name={item} /> : <Component />}
      </Suspense>
    </PageBoundary>
  );
}

function PageNotFound({ name }: { readonly name: string }): ReactElement {
  return (
    <Empty title={`There is no page “${name}” here`}>
      <PageLink page="containers">Go to Containers</PageLink>
    </Empty>
  );
}

/** Below this, network delay and the header's whole seconds explain the difference. */
const SKEW_MS_MAX = 30_000;

function ServerNotices({ server }: { readonly server: ServerState }): ReactElement | null {
  if (server.state === 'unreachable') {
    return (
      <Notice kind="error" title="Cannot reach the server">
        What is shown may be old. The page keeps trying.
      </Notice>
    );
  }
  if (Math.abs(server.skewMs) <= SKEW_MS_MAX) return null;
  const direction = server.skewMs > 0 ? 'behind' : 'ahead of';
  return (
    <Notice kind="warning" title="The clocks differ">
      This computer’s clock is {formatSpan(Math.abs(server.skewMs) / 1000)} {direction} the
      server’s. “Now” may miss the newest samples, or lie ahead of them.
    </Notice>
  );
}
