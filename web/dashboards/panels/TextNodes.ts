import { createElement, type CSSProperties, type ReactNode } from 'react';
import { safeUrl } from '../safe-url.ts';
import { readTextStyle } from './TextStyle.ts';

/** What a text may be: beyond this it is cut, which is said. */
export const TEXT_LIMITS = { nodes: 20_000, depth: 60 } as const;

const TAGS: ReadonlySet<string> = new Set(
  (
    'a abbr b blockquote br caption center code col colgroup dd del details div dl dt em figcaption figure ' +
    'h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup table ' +
    'tbody td tfoot th thead tr u ul'
  ).split(' '),
);
/** Gone with all that is in them; other unknown elements leave their text. */
const DROPPED: ReadonlySet<string> = new Set(
  (
    'script style template iframe frame frameset object embed applet noscript noembed noframes textarea select ' +
    'option title head meta link base svg math audio video canvas portal plaintext xmp'
  ).split(' '),
);
const EMPTY: ReadonlySet<string> = new Set(['br', 'hr', 'img', 'col']);
const NUMBERS: Readonly<Record<string, string>> = {
  colspan: 'colSpan',
  rowspan: 'rowSpan',
  start: 'start',
};
const NUMBER_MAX = 1000;

/** Where the page is. */
export interface TextPlace {
  readonly pageUrl: string;
  readonly pathPrefix: string;
}

interface Walk extends TextPlace {
  nodesLeft: number;
  isCut: boolean;
}

export interface TextNodes {
  readonly nodes: ReactNode;
  /** There was more than `TEXT_LIMITS` allow. */
  readonly isCut: boolean;
}

/**
 * Markup of strangers as elements of ours. It is parsed into a document that runs and loads nothing; what an
 * allow-list of tags and attributes knows is built anew by React, so that no markup is ever set in the page.
 */
export function readTextNodes(html: string, place: TextPlace): TextNodes {
  const parsed = new DOMParser().parseFromString(withoutHandlers(html), 'text/html');
  const walk: Walk = { ...place, nodesLeft: TEXT_LIMITS.nodes, isCut: false };
  const nodes = readChildren(parsed.body, walk, 0);
  return { nodes, isCut: walk.isCut };
}

/** Chromium reports handlers to the content policy even where they could never run; no other use. */
function withoutHandlers(html: string): string {
  return html.replaceAll(/<[a-z][^>]{0,10000}>/gi, (tag) =>
    tag.replaceAll(/([\s/"'])on(?=\w+\s*=)/gi, '$1data-'),
  );
}

function readChildren(parent: Node, walk: Walk, depth: number): ReactNode[] {
  const nodes: ReactNode[] = [];
  const areRows = /^(table|thead|tbody|tfoot|tr|colgroup)$/i.test(parent.nodeName);
  for (const [index, child] of [...parent.childNodes].entries()) {
    if (walk.nodesLeft <= 0) {
      walk.isCut = true;
      break;
    }
    walk.nodesLeft--;
    if (child.nodeType === Node.TEXT_NODE) {
      const text = child.textContent ?? '';
      if (!areRows || text.trim() !== '') nodes.push(text);
    } else if (child instanceof Element) {
      const node = readElement(child, walk, { depth: depth + 1, key: index });
      if (node !== undefined) nodes.push(node);
    }
  }
  return nodes;
}

function readElement(
  element: Element,
  walk: Walk,
  { depth, key }: { depth: number; key: number },
): ReactNode {
  const tag = element.localName;
  if (DROPPED.has(tag)) return undefined;
  if (depth > TEXT_LIMITS.depth) {
    walk.isCut = true;
    return undefined;
  }
  if (!TAGS.has(tag)) return createElement('span', { key }, ...readChildren(element, walk, depth));
  if (tag === 'img') return readPicture(element, walk, key);
  const properties = { ...readAttributes(element, walk), key };
  if (EMPTY.has(tag)) return createElement(tag, properties);
  return createElement(
    tag === 'center' ? 'div' : tag,
    properties,
    ...readChildren(element, walk, depth),
  );
}

function readAttributes(element: Element, place: TextPlace): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  const title = element.getAttribute('title');
  if (title !== null) read['title'] = title;
  for (const [name, property] of Object.entries(NUMBERS)) {
    const number = Number(element.getAttribute(name) ?? Number.NaN);
    if (Number.isInteger(number) && number > 0 && number <= NUMBER_MAX) read[property] = number;
  }
  if (element.localName === 'details' && element.hasAttribute('open')) read['open'] = true;
  if (element.localName === 'a') Object.assign(read, readLink(element, place));
  const style: CSSProperties = readTextStyle(element.getAttribute('style') ?? '');
  const align = element.localName === 'center' ? 'center' : element.getAttribute('align');
  if (align === 'left' || align === 'center' || align === 'right') style.textAlign ??= align;
  if (Object.keys(style).length > 0) read['style'] = style;
  return read;
}

function readLink(element: Element, { pathPrefix }: TextPlace): Record<string, unknown> {
  const href = safeUrl(element.getAttribute('href') ?? '', pathPrefix);
  if (href === undefined) return {};
  const opensNewTab = element.getAttribute('target') === '_blank' || /^(https?:)?\/\//i.test(href);
  return opensNewTab ? { href, target: '_blank', rel: 'noopener noreferrer' } : { href };
}

/** A picture of elsewhere is not loaded: it would tell a stranger who looks at what. Its text links to it. */
function readPicture(element: Element, walk: Walk, key: number): ReactNode {
  const src = element.getAttribute('src') ?? '';
  const alt = element.getAttribute('alt') ?? '';
  if (isOwnPicture(src, walk)) {
    const size = (name: string): number | undefined => {
      const pixels = Number.parseInt(element.getAttribute(name) ?? '', 10);
      return pixels > 0 && pixels <= NUMBER_MAX ? pixels : undefined;
    };
    return createElement('img', { key, src, alt, width: size('width'), height: size('height') });
  }
  const href = safeUrl(src, walk.pathPrefix);
  const text = alt === '' ? 'picture' : alt;
  if (href === undefined) return text;
  // Inside of a link the text is enough: links in links are none.
  if (element.closest('a') !== null) return text;
  return createElement('a', { key, href, target: '_blank', rel: 'noopener noreferrer' }, text);
}

function isOwnPicture(url: string, { pageUrl, pathPrefix }: TextPlace): boolean {
  if (safeUrl(url, pathPrefix) === undefined) return false;
  try {
    return new URL(url, pageUrl).origin === new URL(pageUrl).origin;
  } catch {
    return false;
  }
}
