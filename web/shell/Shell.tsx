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
import { navigate, usePlace } from '../location/location.ts';
import { PageLink } from '../location/PageLink.tsx';
import type { Page } from '../location/paths.ts';
import { QueryPage } from '../query/QueryPage.tsx';
import { Header } from './Header.tsx';
import { PageBoundary } from './PageBoundary.tsx';
import { titleOf } from './page-list.ts';
import { type ServerState, useServerState } from './server-watch.ts';
import { ShortcutHelp } from './ShortcutHelp.tsx';
import { useShortcuts } from './shortcuts.ts';
import { StartupSplash } from './StartupSplash.tsx';

const PAGE_COMPONENTS: Readonly<Record<Page, ComponentType>> = {
  query: QueryPage,
  targets: lazy(async () => ({ default: (await import('../pages/TargetsPage.tsx')).TargetsPage })),
  'service-discovery': lazy(async () => ({
    default: (await import('../pages/DiscoveryPage.tsx')).DiscoveryPage,
  })),
  status: lazy(async () => ({ default: (await import('../pages/StatusPage.tsx')).StatusPage })),
  'tsdb-status': lazy(async () => ({ default: (await import('../pages/TsdbPage.tsx')).TsdbPage })),
  flags: lazy(async () => ({ default: (await import('../pages/FlagsPage.tsx')).FlagsPage })),
  config: lazy(async () => ({ default: (await import('../pages/ConfigPage.tsx')).ConfigPage })),
};

/** The operator can give the server another title. */
const siteTitle = document.title === '' ? 'Narthex' : document.title;

/** What surrounds every page. */
export function Shell(): ReactElement {
  const place = usePlace();
  const server = useServerState();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const showHelp = useCallback(() => setHelpOpen(true), []);
  useShortcuts(showHelp);
  useStartPage();
  const title = place.name === '' ? 'Query' : titleOf(place.page);
  useEffect(() => {
    document.title = `${title} – ${siteTitle}`;
  }, [title]);
  return (
    <>
      <SkipLink />
      <Header onHelp={showHelp} />
      <main id="content" className="nx-main" tabIndex={-1}>
        {server !== undefined && <ServerNotices server={server} />}
        {server?.state === 'starting' ? <StartupSplash /> : <CurrentPage page={place.page} />}
      </main>
      <ShortcutHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </>
  );
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

/** The bare prefix leads to the query page, old names of pages to their new ones. */
function useStartPage(): void {
  const { page, name, search } = usePlace();
  useEffect(() => {
    if (name === '' || (page !== undefined && page !== name)) {
      navigate({ page: page ?? 'query', search, replace: true });
    }
  }, [page, name, search]);
}

function CurrentPage({ page }: { readonly page: Page | undefined }): ReactElement | null {
  const { name } = usePlace();
  if (page === undefined) return name === '' ? null : <PageNotFound name={name} />;
  const Component = PAGE_COMPONENTS[page];
  return (
    <PageBoundary key={page}>
      <Suspense fallback={<LoadingRows />}>
        <Component />
      </Suspense>
    </PageBoundary>
  );
}

function PageNotFound({ name }: { readonly name: string }): ReactElement {
  return (
    <Empty title={`There is no page “${name}” here`}>
      <PageLink page="query">Go to Query</PageLink>
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
