import { compileAnchored } from './regexp.ts';

export type MatchType = '=' | '!=' | '=~' | '!~';

/** A condition on one label. A series without the label has the value ''. */
export interface Matcher {
  readonly name: string;
  readonly type: MatchType;
  readonly value: string;
  readonly matches: (value: string) => boolean;
}

/** Throws the regex compiler's error (Go's words) for a bad `=~` or `!~` pattern. */
export function createMatcher(type: MatchType, name: string, value: string): Matcher {
  return { name, type, value, matches: matchFunction(type, value) };
}

function matchFunction(type: MatchType, value: string): (other: string) => boolean {
  switch (type) {
    case '=':
      return (other) => other === value;
    case '!=':
      return (other) => other !== value;
    case '=~':
      return compileAnchored(value).test;
    case '!~': {
      const { test } = compileAnchored(value);
      return (other) => !test(other);
    }
  }
}
