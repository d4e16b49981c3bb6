/** Further away, a name is not what was meant. Share of the longer name's characters. */
const DISTANCE_SHARE_MAX = 0.25;
/** Compared for one name. */
const CANDIDATES_MAX = 2000;

/** The name of the same family that differs least; '' for none. */
export function nearestName(name: string, names: readonly string[]): string {
  const family = name.slice(0, name.indexOf('_') + 1);
  return nearestText(
    name,
    names.filter((other) => other.startsWith(family)),
  );
}

/** The one that differs least, by a quarter of its characters at most; '' for none. */
export function nearestText(text: string, others: readonly string[]): string {
  const near = others
    .filter((other) => isOfLength(other.length, text.length))
    .slice(0, CANDIDATES_MAX);
  let nearest = '';
  let nearestDistance = Infinity;
  for (const other of near) {
    const distance = editDistance(text, other);
    const limit = Math.max(text.length, other.length) * DISTANCE_SHARE_MAX;
    if (distance >= nearestDistance || distance > limit) continue;
    nearest = other;
    nearestDistance = distance;
  }
  return nearest;
}

function isOfLength(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(a, b) * DISTANCE_SHARE_MAX;
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
