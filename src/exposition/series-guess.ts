import { BRACE_CLOSE, BRACE_OPEN, NEWLINE, SPACE } from './byte-class.ts';
import { scanFloat, scanned } from './float-scan.ts';
import { KNOWN_LINES_MAX } from './page-parser.ts';
import type { KnownLines, KnownSeries, SeriesGuess } from './page-parser.ts';

/** The end of the series at `start` of `page` where it is the guessed one, else 0. */
export function guessedEnd(guess: SeriesGuess, page: DataView, start: number): number {
  const { view, length } = guess;
  const end = start + length;
  if (length === 0 || end + 2 > page.byteLength) return 0;
  if (!sameBytes(page, view, start, end, guess.start - start)) return 0;
  return endsThere(page, end) ? end : 0;
}

/** Where the last of the lines that `readKnownLines` read ends. */
export const scannedLines: { end: number } = { end: 0 };

/** As `PageParser.readKnown`, from an offset of a page on. */
export function readKnownLines(
  page: { readonly bytes: Uint8Array; readonly view: DataView; readonly at: number },
  known: KnownSeries,
  { from, into }: { readonly from: number; readonly into: KnownLines },
): number {
  const { bytes, view } = page;
  const { starts, ends, values } = into;
  const rows = Math.min(known.count - from, KNOWN_LINES_MAX);
  let at = page.at;
  let count = 0;
  for (; count < rows; count++) {
    const start = known.starts[from + count] as number;
    const end = at + (known.ends[from + count] as number) - start;
    if (end >= bytes.length || bytes[end] !== SPACE) break;
    if (!sameBytes(view, known.view, at, end, start - at)) break;
    if (!scanFloat(bytes, end + 1) || bytes[scanned.end] !== NEWLINE) break;
    starts[count] = at;
    ends[count] = end;
    values[count] = scanned.value;
    at = scanned.end + 1;
  }
  scannedLines.end = at;
  return count;
}

/**
 * Whether `start..end` of a page are the bytes that lie `gap` further in another. Compares eight at a time, as
 * numbers: a NaN among them, which no UTF-8 is, is never the same, and two zeros may differ in a byte that is no UTF-8.
 */
// eslint-disable-next-line max-params -- the hottest of all loops makes no object
function sameBytes(
  page: DataView,
  other: DataView,
  start: number,
  end: number,
  gap: number,
): boolean {
  let i = start;
  for (const wordsEnd = end - 7; i < wordsEnd; i += 8) {
    if (page.getFloat64(i, true) !== other.getFloat64(i + gap, true)) return false;
  }
  for (; i < end; i++) {
    if (page.getUint8(i) !== other.getUint8(i + gap)) return false;
  }
  return true;
}

/** A name without labels may go on, as a longer name or with labels after blanks. */
function endsThere(page: DataView, end: number): boolean {
  if (page.getUint8(end - 1) === BRACE_CLOSE) return true;
  if (page.getUint8(end) !== SPACE) return false;
  const next = page.getUint8(end + 1);
  return next !== SPACE && next !== BRACE_OPEN && next > SPACE;
}
