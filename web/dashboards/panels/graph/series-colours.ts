import { seriesColours, seriesStyleColour, type StyleContext, valueStyle } from '#dashboards';
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
  const palette = seriesColours(names, isDark);
  const range = rangeOf(series);
  return series.map(({ settings, field }, i) => {
    const context: StyleContext = {
      zone: 'UTC',
      nowMs: 0,
      isDark,
      range,
      seriesColour: palette[i],
      seriesName: names[i],
    };
    const isOfValue = /^(thresholds|continuous-)/.test(settings.colour.mode);
    return {
      colour: seriesStyleColour(settings, field, context),
      colourAt: isOfValue ? (value) => valueStyle(settings, value, context).colour : undefined,
    };
  });
}

function rangeOf(series: readonly AlignedField[]): { min: number; max: number } | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const { values } of series) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? { min, max } : undefined;
}
