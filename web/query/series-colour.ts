import type { LabelObject } from '#contract';

/**
 * Told apart by people with the common colour vision deficiencies in their first twelve (lightness
 * varies along with hue), at least 3:1 against the page in its own scheme.
 */
export const LIGHT_COLOURS: readonly string[] = [
  '#c2410c',
  '#1d6fb8',
  '#2f7d32',
  '#8e3b9e',
  '#0f7b80',
  '#b3296b',
  '#8a6100',
  '#4b4fc4',
  '#5f6b00',
  '#a83232',
  '#0b6a9e',
  '#6d4bb0',
  '#1f7a58',
  '#9a4a00',
  '#3f63a8',
  '#a1328f',
  '#54701a',
  '#7a4a3a',
  '#00747a',
  '#8b3f5c',
  '#375fd0',
  '#746000',
  '#5b5f6b',
  '#b0482f',
];
export const DARK_COLOURS: readonly string[] = [
  '#ff9351',
  '#66b5f5',
  '#7fcf7f',
  '#d79be6',
  '#4fd0cf',
  '#ff86b5',
  '#e7c04a',
  '#a3a8ff',
  '#c0cc55',
  '#ff8a80',
  '#4fc3ea',
  '#bfa2f5',
  '#63d3a6',
  '#ffb377',
  '#8fb4f0',
  '#f08fdc',
  '#a6cf62',
  '#d3a48f',
  '#47cdb9',
  '#e59ab3',
  '#86a8ff',
  '#d6c65a',
  '#b6bbc7',
  '#f79f80',
];

/** FNV-1a over the sorted labels, so that the order in the answer does not matter. */
export function hashSeries(metric: LabelObject): number {
  let hash = 0x811c9dc5;
  for (const name of Object.keys(metric).toSorted()) {
    const text = `${name}\u0000${metric[name] ?? ''}\u0001`;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    }
  }
  return hash >>> 0;
}

/**
 * An index of the palette for each series of one graph: by hash, so a series keeps its colour
 * across graphs and reloads; where two would share one, the later takes the next that is free.
 */
export function assignColours(series: readonly LabelObject[]): number[] {
  const colourCount = LIGHT_COLOURS.length;
  let used = new Set<number>();
  return series.map((metric) => {
    if (used.size === colourCount) used = new Set();
    let index = hashSeries(metric) % colourCount;
    while (used.has(index)) index = (index + 1) % colourCount;
    used.add(index);
    return index;
  });
}
