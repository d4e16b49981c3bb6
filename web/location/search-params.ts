import { useCallback } from 'react';
import { navigate, usePlace } from './location.ts';

export type SearchChange = Readonly<Record<string, string | undefined>>;

/** The page's parameters in the URL; an undefined or empty value removes its parameter. */
export function useSearchParams(): readonly [URLSearchParams, (change: SearchChange) => void] {
  const place = usePlace();
  const params = new URLSearchParams(place.search);
  const { page, item } = place;
  const change = useCallback(
    (changes: SearchChange) => {
      if (page === undefined) return;
      const next = changeSearch(window.location.search, changes);
      navigate({ page, item, search: next, replace: true });
    },
    [page, item],
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

/** Lists in one parameter; a comma inside a name is encoded. */
export function readList(params: URLSearchParams, name: string): string[] {
  return splitList(params.get(name) ?? '');
}

export function splitList(text: string): string[] {
  return text
    .split(',')
    .filter((item) => item !== '')
    .map((item) => item.replaceAll('%2C', ',').replaceAll('%25', '%'));
}

export function writeList(items: readonly string[]): string {
  return items.map((item) => item.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
}
