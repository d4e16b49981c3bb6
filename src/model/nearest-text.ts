/** Of the right length, compared for one text; the others are passed over. */
const COMPARED_MAX = 2000;
/** Of a text that is compared at all, as the work grows with the square of it. In UTF-16 units. */
const TEXT_LENGTH_MAX = 256;

/**
 * The first of those that need the fewest changes to become the text, a change being a character put in, left out or
 * replaced. `changesMax`: beyond so many, another text is not what was meant. Undefined: none is near.
 */
export function nearestText(
  text: string,
  others: Iterable<string>,
  changesMax: (other: string) => number,
): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = Infinity;
  let compared = 0;
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  for (const other of others) {
    const limit = changesMax(other);
    if (Math.abs(text.length - other.length) > limit) continue;
    if (++compared > COMPARED_MAX) break;
    const distance = editDistance(text, other);
    if (distance >= nearestDistance || distance > limit) continue;
    nearest = other;
    nearestDistance = distance;
  }
  return nearest;
}

/** Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
