/** Further away, a word is not what was meant. Share of the longer word's characters. */
const DISTANCE_SHARE_MAX = 0.4;

/** The word that needs the fewest changes to become another, if any is near. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    const limit = Math.max(word.length, candidate.length) * DISTANCE_SHARE_MAX;
    if (distance >= nearestDistance || distance > limit) continue;
    nearest = candidate;
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
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const replaced = (previous[j - 1] ?? 0) + cost;
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
