import { simpleSearch } from '#patterns';
import type { Json } from './dashboard.ts';
import { isList, isObject } from './read-cursor.ts';

/** What a file needs that most files do not, so that a page can load it when one does. */
export interface NeededCode {
  /** RE2: there may be a pattern that is more than a text with anchors. */
  readonly patterns: boolean;
  /** The parser of PromQL: there are ad hoc filters to be added to queries. */
  readonly filters: boolean;
}

/** Texts that are no patterns, whatever is in them. */
const NEVER_PATTERNS: ReadonlySet<string> = new Set(['expr', 'title', 'description', 'content']);
/** Options of transformations, variables and mappings: `regex`, `pattern`, `renamePattern`, `regExp`. */
const PATTERN_KEY = /regex|pattern/i;
/** Matchers and comparisons, whose patterns are in `options`. */
const PATTERN_ID = /regex/i;

/** Reads the JSON itself and rather says yes than no: what is missing could not be drawn. */
export function neededCode(json: Json): NeededCode {
  const needed = { patterns: false, filters: false };
  look(json, '', needed);
  return needed;
}

interface Found {
  patterns: boolean;
  filters: boolean;
}

function look(value: Json | undefined, key: string, found: Found): void {
  if (typeof value === 'string') {
    if (!found.patterns && isHardPattern(value, key)) found.patterns = true;
  } else if (isList(value)) {
    for (const item of value) look(item, key, found);
  } else if (isObject(value)) {
    if (value['type'] === 'adhoc') found.filters = true;
    const isMatcher = [value['id'], value['type']].some(
      (id) => typeof id === 'string' && PATTERN_ID.test(id),
    );
    for (const [name, inner] of Object.entries(value)) {
      const isPattern = PATTERN_KEY.test(key) || (isMatcher && !NEVER_PATTERNS.has(name));
      look(inner, isPattern ? 'pattern' : name, found);
    }
  }
}

function isHardPattern(text: string, key: string): boolean {
  if (text === '' || NEVER_PATTERNS.has(key)) return false;
  if (/^\s*(?:metrics)\s*\(/.test(text)) return !isSimple(text.replace(/^[^(]*\(|\)\s*$/g, ''));
  const isPattern = text.trimStart().startsWith('/') || PATTERN_KEY.test(key);
  return isPattern && !isSimple(text.trim());
}

function isSimple(text: string): boolean {
  const slashed = /^\/([\s\S]*)\/([a-z]*)$/.exec(text);
  const flags = (slashed?.[2] ?? '').replaceAll(/[^ims]/g, '');
  return simpleSearch(slashed?.[1] ?? text, flags) !== undefined;
}
