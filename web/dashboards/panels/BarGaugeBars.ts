import { absoluteSteps, cssColour, fractionOf, valueStyle } from '#dashboards';
import type { PanelValue } from './StatValues.ts';

/** What a bar shows. */
export type BarValue = Pick<PanelValue, 'name' | 'colour' | 'fraction' | 'range' | 'settings'>;

export interface LcdCell {
  readonly from: number;
  readonly length: number;
  readonly colour: string;
  readonly isLit: boolean;
}

const CELL_PX = 12;
const GAP_PX = 2;
const CELLS_MAX = 120;

/** Small lamps along a bar, each in the colour of the value at its place. */
export function lcdCells(value: BarValue, lengthPx: number, isDark: boolean): LcdCell[] {
  const count = Math.min(CELLS_MAX, Math.max(1, Math.floor(lengthPx / CELL_PX)));
  const pitch = lengthPx / count;
  return Array.from({ length: count }, (_, i) => ({
    from: i * pitch,
    length: Math.max(1, pitch - GAP_PX),
    colour: colourAt(value, (i + 0.5) / count, isDark),
    isLit: (i + 0.5) / count <= value.fraction,
  }));
}

function colourAt(value: BarValue, fraction: number, isDark: boolean): string {
  const { range, settings, name } = value;
  const cell = range.min + fraction * (range.max - range.min);
  return valueStyle({ ...settings, mappings: [] }, cell, {
    zone: 'UTC',
    nowMs: 0,
    isDark,
    range,
    seriesColour: value.colour,
    seriesName: name,
  }).colour;
}

export interface GradientStop {
  readonly offset: number;
  readonly colour: string;
}

/** From bound to bound, so that a bar's end shows how far it got; of one colour, from faint to full. */
export function gradientStops(value: BarValue, isDark: boolean): GradientStop[] {
  const { settings, range, colour } = value;
  if (settings.colour.mode.startsWith('continuous')) {
    return Array.from({ length: 9 }, (_, i) => {
      return { offset: i / 8, colour: colourAt(value, i / 8, isDark) };
    });
  }
  const steps = absoluteSteps(settings.thresholds, range);
  if (settings.colour.mode !== 'thresholds' || steps.length === 0) return [{ offset: 0, colour }];
  const stops = new Map<number, string>();
  for (const step of steps)
    stops.set(fractionOf(step.value, range), cssColour(step.colour, isDark));
  return [...stops].map(([offset, stopColour]) => ({ offset, colour: stopColour }));
}
