import type { RE2JS } from 're2js';

/** A replacement text cut into what stands there and what the match fills in. */
export type TemplatePart = string | { readonly group: number } | { readonly name: string };

const NAME_CHARACTER = /[\p{L}\p{Nd}_]/u;
const DIGITS = /^(?:0|[1-9][0-9]{0,7})$/;

/**
 * Cuts a template as Go's regexp.Expand reads it: `$1`, `${1}`, `$name`, `$$` for a dollar. A name is as
 * long as possible (`$1x` is the group named `1x`); a dollar that begins nothing of this stands for itself.
 */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  while (at < template.length) {
    const dollar = template.indexOf('$', at);
    if (dollar < 0) break;
    literal += template.slice(at, dollar);
    const reference = readReference(template, dollar + 1);
    if (reference === undefined) {
      literal += '$';
      at = dollar + (template[dollar + 1] === '$' ? 2 : 1);
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(reference.part);
    at = reference.end;
  }
  literal += template.slice(at);
  if (literal !== '') parts.push(literal);
  return parts;
}

function readReference(
  template: string,
  start: number,
): { part: TemplatePart; end: number } | undefined {
  const brace = template[start] === '{';
  const nameStart = brace ? start + 1 : start;
  let end = nameStart;
  while (end < template.length) {
    const character = String.fromCodePoint(template.codePointAt(end) ?? 0);
    if (!NAME_CHARACTER.test(character)) break;
    end += character.length;
  }
  if (end === nameStart) return undefined;
  const name = template.slice(nameStart, end);
  if (brace) {
    if (template[end] !== '}') return undefined;
    end++;
  }
  return { part: DIGITS.test(name) ? { group: Number(name) } : { name }, end };
}

/** The groups of a match; group 0 is the whole. */
export interface Match {
  groupCount(): number;
  group(group: number): string | null;
}

/** Fills a template in. Groups that the pattern lacks, or that took no part, are empty. */
export function expandTemplate(
  parts: readonly TemplatePart[],
  match: Match,
  compiled: RE2JS,
): string {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else text += groupText(match, 'group' in part ? part.group : namedGroup(compiled, part.name));
  }
  return text;
}

function groupText(match: Match, group: number): string {
  return group < 0 || group > match.groupCount() ? '' : (match.group(group) ?? '');
}

function namedGroup(compiled: RE2JS, name: string): number {
  const groups = compiled.namedGroups();
  return Object.hasOwn(groups, name) ? (groups[name] ?? -1) : -1;
}
