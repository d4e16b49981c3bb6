import { useCallback, useSyncExternalStore } from 'react';
import type { ChangeSearch } from '../dashboards/use-page-search.ts';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

function readHash(): string {
  return window.location.hash.slice(1);
}

/** What the page has behind the question mark, behind the #: all that may change in the address of a file. */
export function useHashSearch(initial: string): readonly [search: string, change: ChangeSearch] {
  const search = useSyncExternalStore(subscribe, readHash) || initial;
  const change = useCallback<ChangeSearch>(
    (changed, history = 'replace') => {
      const hash = `#${changed(new URLSearchParams(readHash() || initial)).toString()}`;
      if (hash === window.location.hash) return;
      if (history === 'push') window.history.pushState(null, '', hash);
      else window.history.replaceState(null, '', hash);
      for (const listener of listeners) listener();
    },
    [initial],
  );
  return [search, change];
}
