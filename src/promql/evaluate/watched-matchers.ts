import type { Matcher } from '#model';

/** A test of a value by a regular expression takes some microseconds: so many turns of a common loop. */
const TEST_TURNS = 10;

/** Matchers that look at the clock now and then: a storage may ask them about millions of values. */
export function watchedMatchers(
  matchers: readonly Matcher[],
  passTurns: (turns: number) => void,
): Matcher[] {
  return matchers.map((matcher) => {
    if (matcher.type === '=' || matcher.type === '!=') return matcher;
    return {
      ...matcher,
      matches: (value) => {
        passTurns(TEST_TURNS);
        return matcher.matches(value);
      },
    };
  });
}
