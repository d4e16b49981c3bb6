/**
 * Two dozen: the first are far apart in hue and lightness, also to eyes that tell red from green badly; the second are
 * their quieter kin for graphs with more lines than anyone can tell apart. At least 3:1 against the page.
 */
export const lightPalette: readonly string[] = [
  '#1971c2',
  '#d9480f',
  '#2b8a3e',
  '#7048e8',
  '#0b7285',
  '#d6336c',
  '#a86500',
  '#5c7a00',
  '#ae3ec9',
  '#4a5568',
  '#c92a2a',
  '#0d8f7a',
  '#2f5d9e',
  '#b35c1e',
  '#4a8f2c',
  '#5a3fb8',
  '#237a9c',
  '#a3295a',
  '#7d5a12',
  '#3f6b3a',
  '#8a4fb0',
  '#6b7280',
  '#9c3d2a',
  '#2a7f6e',
];
export const darkPalette: readonly string[] = [
  '#5ab0ff',
  '#ff8a4c',
  '#6bd07f',
  '#b197fc',
  '#4fc9da',
  '#ff7eb0',
  '#f0c04a',
  '#b5cf4f',
  '#e58cf2',
  '#b8c1cc',
  '#ff8787',
  '#4fd6b5',
  '#8fb8e8',
  '#e6a36f',
  '#9bd97a',
  '#9d8cf0',
  '#7fc4e0',
  '#e59bb8',
  '#d1b26a',
  '#8fc08a',
  '#c9a3e8',
  '#98a2ad',
  '#e39a8c',
  '#86cfbf',
];

const dozen = 12;
/** Has no factor in common with a dozen, so it reaches every colour, and skips the neighbours. */
const probeStep = 5;

/** FNV-1a. */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * An index of the palette for each hash of one graph: by the hash, so that a series keeps its colour across graphs and
 * reloads; where two would share one, the later takes one that is free, of the second dozen only once the first
 * is used up.
 */
export function placeColours(hashes: readonly number[]): number[] {
  let used = new Set<number>();
  return hashes.map((hash) => {
    if (used.size === 2 * dozen) used = new Set();
    const base = used.size < dozen ? 0 : dozen;
    let index = hash % dozen;
    while (used.has(base + index)) index = (index + probeStep) % dozen;
    used.add(base + index);
    return base + index;
  });
}

/** A colour for each name of one panel. The order of the names does not matter; of equal names each has its own. */
export function seriesColours(names: readonly string[], isDark: boolean): string[] {
  const palette = isDark ? darkPalette : lightPalette;
  const counts = new Map<string, number>();
  const keys = names.map((name) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}\u0000${count}`;
  });
  const sorted = keys.toSorted();
  const places = placeColours(sorted.map(nameHash));
  const colours = new Map(sorted.map((key, i) => [key, palette[places[i] ?? 0] ?? '']));
  return keys.map((key) => colours.get(key) ?? '');
}
