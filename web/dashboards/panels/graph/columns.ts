import type { SeriesStyle } from '#dashboards';
import type { AlignedField } from './align-frames.ts';

/** As uPlot draws it: null is a gap, undefined is a time of another series, over which the line goes on. */
export type DrawnColumn = Float64Array | (number | null | undefined)[];

/** What is drawn of the values of a series, before stacking: the values themselves where all are there. */
export function drawnColumn(
  { values, isOwn }: Pick<AlignedField, 'values' | 'isOwn'>,
  style: Pick<SeriesStyle, 'transform' | 'nullsAsZero' | 'logBase'>,
): DrawnColumn {
  if (style.transform === 'none' && areAllPlain(values, style.logBase)) return values;
  const column: (number | null | undefined)[] = Array.from({ length: values.length });
  const sign = style.transform === 'negative-Y' ? -1 : 1;
  const constant = style.transform === 'constant' ? firstFinite(values) : undefined;
  for (let i = 0; i < values.length; i++) {
    const value = constant ?? values[i] ?? NaN;
    if (isPlain(value, style.logBase)) column[i] = value * sign;
    else if (Number.isFinite(value)) column[i] = null;
    else if (isOwn?.[i] === 0) column[i] = undefined;
    else column[i] = style.nullsAsZero && Number.isNaN(value) ? 0 : null;
  }
  return column;
}

function areAllPlain(values: Float64Array, logBase: number): boolean {
  for (let i = 0; i < values.length; i++) if (!isPlain(values[i] ?? NaN, logBase)) return false;
  return true;
}

/** A logarithm has no place for zero and below. */
function isPlain(value: number, logBase: number): boolean {
  return Number.isFinite(value) && (logBase === 0 || value > 0);
}

function firstFinite(values: Float64Array): number | undefined {
  for (const value of values) if (Number.isFinite(value)) return value;
  return undefined;
}

/** Gaps that stay, where those shorter than some time are bridged. Bounds are those of uPlot, in pixels. */
export function longGaps(
  gaps: readonly [from: number, to: number][],
  spanMaxMs: number,
  timeAt: (pixel: number) => number,
): [from: number, to: number][] {
  return gaps.filter(([from, to]) => timeAt(to) - timeAt(from) > spanMaxMs);
}
