import { useEffect } from 'react';

/** The operator can give the server another title. */
const siteTitle = document.title === '' ? 'Narthex' : document.title;

/** What the browser's tab says; undefined leaves it as it is. */
export function useSiteTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) document.title = `${title} – ${siteTitle}`;
  }, [title]);
}
