import { compileSearch, type Search, type SearchMatcher } from '#patterns';

/** A pattern of a dashboard file over names and values, run by RE2: its time is linear in the text. */
export interface TextPattern {
  readonly finds: (text: string) => boolean;
  /** The match, or with the flag `g` each match, replaced; `$1`, `${1}`, `${name}`, `$<name>` and `$&` in the replacement are filled in. */
  readonly replace: (text: string, replacement: string) => string;
  /** Whole match and groups of the first match, names too; undefined where there is none. */
  readonly groups: (text: string) => PatternGroups | undefined;
}

export interface PatternGroups {
  readonly numbered: readonly string[];
  readonly named: Readonly<Record<string, string>>;
}

const patternLengthMax = 10_000;
const patternsMax = 500;
const matchesMax = 1000;
const textLengthMax = 100_000;
const compiledPatterns = new Map<string, TextPattern | undefined>();

/**
 * A pattern between slashes, with flags, may match anywhere; one without slashes must match the whole text. Undefined for
 * one that RE2 does not know.
 */
export function textPattern(source: string): TextPattern | undefined {
  if (compiledPatterns.has(source)) return compiledPatterns.get(source);
  if (compiledPatterns.size >= patternsMax) compiledPatterns.clear();
  const pattern = compile(source);
  compiledPatterns.set(source, pattern);
  return pattern;
}

function compile(source: string): TextPattern | undefined {
  if (source.length > patternLengthMax) return undefined;
  const slashed = /^\/([\s\S]*)\/([a-z]*)$/.exec(source);
  const flags = slashed?.[2] ?? '';
  const inline = ['i', 'm', 's'].filter((flag) => flags.includes(flag)).join('');
  try {
    const search = compileSearch(slashed?.[1] ?? `^(?:${source})$`, inline);
    const most = flags.includes('g') ? matchesMax : 1;
    return {
      finds: (text) => search.matcher(text).find(),
      replace: (text, replacement) => replaceIn(search, text, replacement, most),
      groups: (text) => groupsOf(search, text),
    };
  } catch {
    return undefined;
  }
}

function replaceIn(search: Search, text: string, replacement: string, most: number): string {
  const matcher = search.matcher(text);
  let result = '';
  let at = 0;
  for (let count = 0; count < most && matcher.find(); count++) {
    result += text.slice(at, matcher.start()) + filledIn(replacement, search, matcher);
    at = matcher.end();
    if (result.length > textLengthMax) break;
  }
  return (result + text.slice(at)).slice(0, textLengthMax);
}

function filledIn(replacement: string, search: Search, matcher: SearchMatcher): string {
  const reference = /\$(?:\$|&|([0-9]{1,2})|\{([A-Za-z0-9_]+)\}|<([A-Za-z0-9_]+)>)/g;
  return replacement.replaceAll(
    reference,
    (found, digits?: string, braced?: string, angled?: string) => {
      if (found === '$$') return '$';
      if (found === '$&') return matcher.group(0) ?? '';
      const key = digits ?? braced ?? angled ?? '';
      return groupOf(key, search, matcher) ?? (digits === undefined ? '' : found);
    },
  );
}

function groupOf(key: string, search: Search, matcher: SearchMatcher): string | undefined {
  if (/^[0-9]+$/.test(key)) {
    return Number(key) <= search.groupCount() ? (matcher.group(Number(key)) ?? '') : undefined;
  }
  return Object.hasOwn(search.namedGroups(), key) ? (matcher.group(key) ?? '') : undefined;
}

function groupsOf(search: Search, text: string): PatternGroups | undefined {
  const matcher = search.matcher(text);
  if (!matcher.find()) return undefined;
  const numbered: string[] = [];
  for (let i = 0; i <= search.groupCount(); i++) numbered.push(matcher.group(i) ?? '');
  const named = Object.keys(search.namedGroups()).map((name) => [name, matcher.group(name) ?? '']);
  return { numbered, named: Object.fromEntries(named) };
}
