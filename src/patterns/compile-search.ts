import { RE2JS } from 're2js';
import type { Search } from './search.ts';
import { simpleSearch } from './simple-search.ts';

/**
 * A pattern in RE2 syntax that may match anywhere in a text, as JavaScript's do. `flags` of `i`, `m` and `s`.
 * Throws RE2JSSyntaxException, whose message is that of Go's regexp package.
 */
export function compileSearch(source: string, flags: string): Search {
  return simpleSearch(source, flags) ?? compileRe2(source, flags);
}

/** By RE2 however simple it is. */
export function compileRe2(source: string, flags: string): Search {
  const compiled = RE2JS.compile(flags === '' ? source : `(?${flags})${source}`);
  return {
    groupCount: () => compiled.groupCount(),
    namedGroups: () => compiled.namedGroups(),
    matcher: (text) => {
      const matcher = compiled.matcher(text);
      return {
        find: () => matcher.find(),
        start: () => matcher.start(),
        end: () => matcher.end(),
        group: (group) => matcher.group(group) ?? null,
      };
    },
  };
}
