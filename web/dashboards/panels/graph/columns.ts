import type { SeriesStyle } from '#dashboards';
import type { AlignedField } from './align-frames.ts';

/** As uPlot draws it: null is a gap, undefined is a time of another series, over which the line goes on. */
export type DrawnColumn = (number | null | undefined)[];

/** What is drawn of the values of a series, before stacking. */
export function drawnColumn(
  { values, isOwn }: Pick<AlignedField, 'values' | 'isOwn'>,
  style: Pick<SeriesStyle, 'transform' | 'nullsAsZero' | 'logBase'>,
): DrawnColumn {
  const column: DrawnColumn = Array.from({ length: values.length });
  const sign = style.transform === 'negative-Y' ? -1 : 1;
  const constant = style.transform === 'constant' ? firstFinite(values) : undefined;
  for (let i = 0; i < values.length; i++) {
    const value = constant ?? values[i] ?? NaN;
    if (Number.isFinite(value)) column[i] = isDrawable(value, style.logBase) ? value * sign : null;
    else if (isOwn?.[i] === 0) column[i] = undefined;
    else column[i] = style.nullsAsZero && Number.isNaN(value) ? 0 : null;
  }
  return column;
}

/** A logarithm has no place for zero and below. */
function isDrawable(value: number, logBase: number): boolean {
  return logBase === 0 || value > 0;
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
