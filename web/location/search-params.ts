import { useCallback } from 'react';
import { navigate, usePlace } from './location.ts';

export type SearchChange = Readonly<Record<string, string | undefined>>;

/** The page's parameters in the URL; an undefined or empty value removes its parameter. */
export function useSearchParams(): readonly [URLSearchParams, (change: SearchChange) => void] {
  const place = usePlace();
  const params = new URLSearchParams(place.search);
  const { page } = place;
  const change = useCallback(
    (changes: SearchChange) => {
      if (page === undefined) return;
      const next = changeSearch(window.location.search, changes);
      navigate({ page, search: next, replace: true });
    },
    [page],
  );
  return [params, change];
}

export function changeSearch(search: string, changes: SearchChange): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
