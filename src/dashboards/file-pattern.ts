import { compileSearch, type Search } from '#patterns';

/** A pattern of a dashboard file, run by RE2: its time is linear in the text. */
export interface FilePattern {
  readonly groupCount: number;
  readonly finds: (text: string) => boolean;
  /** One match where the pattern lacks the flag `g`. */
  readonly findAll: (text: string) => readonly PatternMatch[];
}

export interface PatternMatch {
  /** What the first group captures; undefined where it takes no part. */
  readonly first: string | undefined;
  /** By name; those that take no part, or capture nothing, are missing. */
  readonly named: ReadonlyMap<string, string>;
}

export type PatternResult =
  | { readonly ok: true; readonly pattern: FilePattern }
  | { readonly ok: false; readonly message: string };

const PATTERN_LENGTH_MAX = 10_000;
const MATCHES_MAX = 1000;

/** Between slashes with flags, or plain. Patterns only JavaScript knows (lookaround, `\1`) are refused with a message. */
export function compilePattern(text: string): PatternResult {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  if (text.length > PATTERN_LENGTH_MAX) {
    return { ok: false, message: `cannot use the pattern ${shown}: it is too long` };
  }
  const slashed = /^\/([\s\S]*)\/([a-z]*)$/.exec(text);
  const source = slashed?.[1] ?? text;
  const flags = slashed?.[2] ?? '';
  try {
    return { ok: true, pattern: withExclusion(source, flags) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `cannot use the pattern ${shown}: ${reason}` };
  }
}

/**
 * `^(?!a|b).*` is how files leave out values, and RE2 has no lookahead: the part that must not follow the start is
 * a pattern of its own.
 */
function withExclusion(source: string, flags: string): FilePattern {
  const inline = ['i', 'm', 's'].filter((flag) => flags.includes(flag)).join('');
  const end = source.startsWith('^(?!') ? closingParenthesis(source, 1) : -1;
  if (end < 0) return patternOf(compileSearch(source, inline), undefined, flags);
  const excluded = compileSearch(`^(?:${source.slice(4, end)})`, inline);
  return patternOf(compileSearch(`^${source.slice(end + 1)}`, inline), excluded, flags);
}

function patternOf(search: Search, excluded: Search | undefined, flags: string): FilePattern {
  const most = flags.includes('g') ? MATCHES_MAX : 1;
  const isExcluded = (text: string): boolean => excluded?.matcher(text).find() ?? false;
  return {
    groupCount: search.groupCount(),
    finds: (text) => !isExcluded(text) && search.matcher(text).find(),
    findAll: (text) => (isExcluded(text) ? [] : matchesIn(search, text, most)),
  };
}

function matchesIn(search: Search, text: string, most: number): PatternMatch[] {
  const matcher = search.matcher(text);
  const names = Object.keys(search.namedGroups());
  const matches: PatternMatch[] = [];
  while (matches.length < most && matcher.find()) {
    const named = new Map<string, string>();
    for (const name of names) {
      const group = matcher.group(name);
      if (typeof group === 'string' && group !== '') named.set(name, group);
    }
    const first = search.groupCount() > 0 ? (matcher.group(1) ?? undefined) : undefined;
    matches.push({ first, named });
  }
  return matches;
}

/** Where the group that opens at `at` closes; -1 for nowhere. */
function closingParenthesis(source: string, at: number): number {
  let depth = 0;
  let isInClass = false;
  for (let i = at; i < source.length; i++) {
    const character = source[i];
    if (character === '\\') i++;
    else if (isInClass) isInClass = character !== ']';
    else if (character === '[') isInClass = true;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return i;
  }
  return -1;
}
