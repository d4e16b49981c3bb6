import { useCallback } from 'react';
import { navigate, usePlace } from '../location/location.ts';

/** `push`: "back" returns to how it was. */
export type ChangeSearch = (
  change: (params: URLSearchParams) => URLSearchParams,
  history?: 'push' | 'replace',
) => void;

/** The URL's parameters as text, which stays equal as long as they do, and how they are changed. */
export function usePageSearch(): readonly [search: string, change: ChangeSearch] {
  const { page, item, search } = usePlace();
  const change = useCallback<ChangeSearch>(
    (changed, history = 'replace') => {
      if (page === undefined) return;
      const text = changed(new URLSearchParams(window.location.search)).toString();
      const next = text === '' ? '' : `?${text}`;
      if (next === window.location.search) return;
      navigate({ page, item, search: next, replace: history === 'replace' });
    },
    [page, item],
  );
  return [search, change];
}
