import type { Matcher } from '#model';

/** A test of a value by a regular expression may take a microsecond, or many milliseconds: few go by unwatched. */
const TEST_TURNS = 1250;

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
