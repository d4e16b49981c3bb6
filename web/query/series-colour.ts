import type { LabelObject } from '#contract';
import { darkPalette, lightPalette, nameHash, placeColours } from '#dashboards';

/** The palette of dashboards, so that a page of queries and a panel look alike. */
export const LIGHT_COLOURS: readonly string[] = lightPalette;
export const DARK_COLOURS: readonly string[] = darkPalette;

/** Over the sorted labels, so that the order in the answer does not matter. */
export function hashSeries(metric: LabelObject): number {
  const pairs = Object.keys(metric)
    .toSorted()
    .map((name) => `${name}\u0000${metric[name] ?? ''}\u0001`);
  return nameHash(pairs.join(''));
}

/** An index of the palette for each series of one graph: by hash, so a series keeps its colour across graphs and reloads. */
export function assignColours(series: readonly LabelObject[]): number[] {
  return placeColours(series.map(hashSeries));
}
