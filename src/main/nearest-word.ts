import { nearestText } from '#model';

/** Further away, a word is not what was meant. Share of the longer word's characters. */
const DISTANCE_SHARE_MAX = 0.4;

/** The word that needs the fewest changes to become another, if any is near. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  return nearestText(
    word,
    candidates,
    ({ length }) => Math.max(word.length, length) * DISTANCE_SHARE_MAX,
  );
}
