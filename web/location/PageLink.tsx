import type { AnchorHTMLAttributes, MouseEvent, ReactElement } from 'react';
import { hrefOf, navigate } from './location.ts';
import type { Page } from './paths.ts';

interface PageLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly page: Page;
  /** Of what the page lists, the one to show. */
  readonly item?: string;
  readonly search?: string;
}

/** An ordinary link: only a plain click is taken over, so that "open in new tab" stays what it is. */
export function PageLink(props: PageLinkProps): ReactElement {
  const { page, item = '', search = '', onClick, ...rest } = props;
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
    if (!isPlain || event.altKey || event.defaultPrevented) return;
    event.preventDefault();
    navigate({ page, item, search });
    window.scrollTo(0, 0);
  };
  return <a {...rest} href={hrefOf(page, search, item)} onClick={follow} />;
}
