import { ApiError } from './query/api-error.ts';

/** What is parsed in the main thread has to be short. Characters. */
const TEXT_LENGTH_MAX = 64 << 10;

/** Characters times repetitions: about what the regular expressions in a text can grow to. */
const WEIGHT_MAX = 100_000;

/** The most that `{n}` may repeat in RE2, those inside it included. */
const REPEATS_MAX = 1000;

const REPETITION = /\{(\d{1,9})(?:,(\d{0,9}))?\}/g;
/** Escapes of a string that could hide a brace. */
const HIDING_ESCAPE = /\\[xuU0-7]/;

/**
 * Refuses a query or selector whose regular expressions could take long to compile: the threads that
 * may take their time do not have what these requests ask for. Throws an ApiError.
 */
export function checkWeight(text: string): void {
  if (text.length > TEXT_LENGTH_MAX) {
    throw new ApiError('bad_data', `query is longer than ${TEXT_LENGTH_MAX} characters`);
  }
  if (text.length * repeatsIn(text) > WEIGHT_MAX) {
    throw new ApiError('bad_data', 'regular expressions repeat too much for so long a query');
  }
}

function repeatsIn(text: string): number {
  if (HIDING_ESCAPE.test(text)) return REPEATS_MAX;
  let repeats = 1;
  for (const [, least = '0', most = ''] of text.matchAll(REPETITION)) {
    // One may stand inside another.
    repeats *= Math.max(1, Number(least), Number(most));
  }
  return Math.min(repeats, REPEATS_MAX);
}
