const REFERENCE = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/** Texts, and numbers of groups whose text is to stand there. */
export type Template = readonly (string | number)[];

/**
 * Reads a template as Go's regexp.Expand does: `$1`, `${1}`, `$name`, `${name}`, `$$` for a dollar. A
 * reference to a group that does not exist is empty.
 */
export function parseTemplate(text: string, names: Readonly<Record<string, number>>): Template {
  const parts: (string | number)[] = [];
  let at = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, braced, bare] = match;
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push(whole === '$$' ? '$' : groupOf(braced ?? bare ?? '', names));
    at = match.index + whole.length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

/** -1: there is no such group. */
function groupOf(name: string, names: Readonly<Record<string, number>>): number {
  if (/^(?:0|[1-9]\d*)$/.test(name)) return Number(name);
  return Object.hasOwn(names, name) ? names[name] : -1;
}

/** How long the text will be, in characters. */
export function expandedLength(template: Template, groups: readonly string[]): number {
  let length = 0;
  for (const part of template) {
    length += (typeof part === 'string' ? part : groups[part])?.length ?? 0;
  }
  return length;
}

/** Puts the groups of a match into a template. */
export function expandTemplate(template: Template, groups: readonly string[]): string {
  let text = '';
  for (const part of template) text += typeof part === 'string' ? part : (groups[part] ?? '');
  return text;
}
