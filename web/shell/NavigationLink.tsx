import type { ReactElement } from 'react';
import { rememberedSearch, usePlace } from '../location/location.ts';
import { PageLink } from '../location/PageLink.tsx';
import type { PageEntry } from './page-list.ts';

interface NavigationLinkProps {
  readonly entry: PageEntry;
  readonly onFollow?: () => void;
}

export function NavigationLink({ entry, onFollow }: NavigationLinkProps): ReactElement {
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
