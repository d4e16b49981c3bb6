import { assignColours, DARK_COLOURS, LIGHT_COLOURS } from '../../../query/series-colour.ts';
import type { AlignedField } from './align-frames.ts';

export interface SeriesColour {
  readonly colour: string;
  readonly colourAt: ((value: number) => string) | undefined;
}

/** Of the palette by name, so that a series keeps its colour, or as the settings say. */
export function colourSeries(
  series: readonly AlignedField[],
  names: readonly string[],
  isDark: boolean,
): SeriesColour[] {
  const palette = isDark ? DARK_COLOURS : LIGHT_COLOURS;
  const places = assignColours(names.map((name) => ({ name })));
  return series.map(({ settings }, i) => {
    const fixed = settings.colour.mode === 'fixed' ? settings.colour.fixed : '';
    return { colour: fixed || (palette[places[i] ?? 0] ?? ''), colourAt: undefined };
  });
}
