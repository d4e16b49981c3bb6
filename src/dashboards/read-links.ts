import type { Link } from './dashboard.ts';
import type { FieldLink } from './field-settings.ts';
import type { Cursor } from './read-cursor.ts';

const linksMax = 100;

/** Links of the dashboard, or of a panel. */
export function readLinks(owner: Cursor): Link[] {
  return owner.items('links', linksMax).flatMap((item) => {
    const url = urlOf(item);
    if (!isHarmless(item, url)) return [];
    const isByTag = item.text('type') === 'dashboards';
    if (url === '' && !isByTag) return [];
    return [
      {
        kind: isByTag ? 'dashboards' : 'url',
        title: item.text('title') || item.text('dashboard'),
        url,
        tooltip: item.text('tooltip'),
        tags: item.texts('tags', linksMax),
        asDropdown: item.flag('asDropdown'),
        opensNewTab: item.flag('targetBlank'),
        keepsTime: item.flag('keepTime'),
        keepsVariables: item.flag('includeVars'),
      },
    ];
  });
}

/** Links of the values of a field. */
export function readFieldLinks(owner: Cursor, key = 'links'): FieldLink[] {
  return owner.items(key, linksMax).flatMap((item) => {
    const url = item.text('url');
    if (url === '' || !isHarmless(item, url)) return [];
    return [{ title: item.text('title'), url, opensNewTab: item.flag('targetBlank') }];
  });
}

/** Before 2019 a panel linked to a dashboard by its place, with parameters apart. */
function urlOf(item: Cursor): string {
  const slug = item.text('dashUri');
  const url = item.text('url') || (slug === '' ? '' : `/dashboard/${slug}`);
  const parameters = item.text('params').replace(/^[?&]/, '');
  if (url === '' || parameters === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${parameters}`;
}

/** A scheme that runs something. Variables may still bring one in: who draws a link looks again. */
function isHarmless(item: Cursor, url: string): boolean {
  // Browsers skip white space and control characters within a scheme.
  const bare = url.replaceAll(/[^!-~]/g, '');
  if (!/^(javascript|vbscript|data):/i.test(bare)) return true;
  item.tell('url', 'a link that would run something is left out');
  return false;
}
