import type { Thresholds } from './field-settings.ts';

/** Bounds of what is shown: of the settings, else of the data. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** 0 at the lower bound, 1 at the upper, and not beyond; 0 for no number. */
export function fractionOf(value: number, { min, max }: ValueRange): number {
  if (Number.isNaN(value)) return 0;
  if (!(max > min)) return value >= max ? 1 : 0;
  if (value === Infinity) return 1;
  return Math.min(1, Math.max(0, (value - min) / (max - min)));
}

export type ThresholdStep = Thresholds['steps'][number];

/** The step in which a value is: the last one that begins at or below it. Undefined where there are no steps. */
export function thresholdOf(
  thresholds: Thresholds,
  value: number,
  range: ValueRange,
): ThresholdStep | undefined {
  let found = thresholds.steps[0];
  if (Number.isNaN(value)) return found;
  const { min, max } = range;
  const isPercent = thresholds.mode === 'percentage';
  const own = isPercent ? (max > min ? ((value - min) / (max - min)) * 100 : 0) : value;
  for (const step of thresholds.steps) if (own >= step.value) found = step;
  return found;
}

/** The steps in the field's own unit, so that they can be drawn on its axis. */
export function absoluteSteps(
  { mode, steps }: Thresholds,
  { min, max }: ValueRange,
): readonly ThresholdStep[] {
  if (mode === 'absolute') return steps;
  return steps.map(({ value, colour }) => ({ value: min + (value / 100) * (max - min), colour }));
}
