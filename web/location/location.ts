import { useSyncExternalStore } from 'react';
import { type Page, parsePath } from './paths.ts';

export interface Place {
  readonly page: Page | undefined;
  readonly name: string;
  /** With the question mark, or ''. */
  readonly search: string;
  /** What `navigate` was given for this entry of the history. */
  readonly state: unknown;
}

/**
 * The path below which the pages are, '' or `/some/prefix`. The server says it in `<base>`; without
 * one it is what stands before the page's name, since every page is one segment.
 */
export const pathPrefix: string = new URL('.', document.baseURI).pathname.replace(/\/+$/, '');

const listeners = new Set<() => void>();
let place = readPlace();

function readPlace(): Place {
  const { page, name } = parsePath(window.location.pathname, pathPrefix);
  return { page, name, search: window.location.search, state: window.history.state as unknown };
}

/** What each page showed when it was left, for the links that lead back to it. */
const searchByPage = new Map<Page, string>();

/** The parameters with which a link leads back to a page as it was; '' for the page being shown. */
export function rememberedSearch(page: Page): string {
  return page === place.page ? '' : (searchByPage.get(page) ?? '');
}

function publish(): void {
  place = readPlace();
  if (place.page !== undefined) searchByPage.set(place.page, place.search);
  for (const listener of listeners) listener();
}

if (place.page !== undefined) searchByPage.set(place.page, place.search);

window.addEventListener('popstate', publish);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => place);
}

export interface Navigation {
  readonly page: Page;
  readonly search?: string;
  readonly state?: unknown;
  /** Takes the place of the current entry of the history: for what "back" should not stop at. */
  readonly replace?: boolean;
}

export function hrefOf(page: Page, search = ''): string {
  return `${pathPrefix}/${page}${search}`;
}

export function navigate({ page, search = '', state = null, replace = false }: Navigation): void {
  const href = hrefOf(page, search);
  if (replace) window.history.replaceState(state, '', href);
  else window.history.pushState(state, '', href);
  publish();
}
