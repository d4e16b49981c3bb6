import { useSyncExternalStore } from 'react';
import { type Page, parsePath } from './paths.ts';

export interface Place {
  readonly page: Page | undefined;
  readonly name: string;
  /** Of what the page lists, the one that is shown; '' for the list. */
  readonly item: string;
  /** With the question mark, or ''. */
  readonly search: string;
  /** What `navigate` was given for this entry of the history. */
  readonly state: unknown;
}

/**
 * The path below which the pages are, '' or `/some/prefix`. The server says it in `<base>`; without
 * one (Vite's server) it is what stands before the page's name.
 */
export const pathPrefix: string = new URL('.', document.baseURI).pathname
  .replace(document.querySelector('base') === null ? /\/containers\/$/ : '', '')
  .replace(/\/+$/, '');

const listeners = new Set<() => void>();
let place = readPlace();

function readPlace(): Place {
  return {
    ...parsePath(window.location.pathname, pathPrefix),
    search: window.location.search,
    state: window.history.state as unknown,
  };
}

/** What each page showed when it was left, for the links that lead back to it. */
const searchByPage = new Map<Page, string>();

/** The parameters with which a link leads back to a page as it was; '' for the page being shown. */
export function rememberedSearch(page: Page): string {
  const isShown = page === place.page && place.item === '';
  return isShown ? '' : (searchByPage.get(page) ?? '');
}

function remember(): void {
  if (place.page !== undefined && place.item === '') searchByPage.set(place.page, place.search);
}

function publish(): void {
  place = readPlace();
  remember();
  for (const listener of listeners) listener();
}

remember();

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
  readonly item?: string;
  readonly search?: string;
  readonly state?: unknown;
  /** Takes the place of the current entry of the history: for what "back" should not stop at. */
  readonly replace?: boolean;
}

export function hrefOf(page: Page, search = '', item = ''): string {
  const below = item === '' ? '' : `/${item.split('/').map(encodeURIComponent).join('/')}`;
  return `${pathPrefix}/${page}${below}${search}`;
}

export function navigate(navigation: Navigation): void {
  const { page, item = '', search = '', state = null, replace = false } = navigation;
  const href = hrefOf(page, search, item);
  if (replace) window.history.replaceState(state, '', href);
  else window.history.pushState(state, '', href);
  publish();
}
