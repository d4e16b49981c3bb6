import type { VectorSelector } from '../parse/ast.ts';
import { interpolateFloats } from '../functions/interpolate.ts';
import { execution } from './evaluation.ts';
import { RangeColumns } from './range-columns.ts';

export interface RangeBounds {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The samples of a bare anchored or smoothed range, with one at each of its bounds
 * (Prometheus: promql/engine.go, extendFloats).
 */
export function extendFloats(
  columns: RangeColumns,
  selector: VectorSelector,
  { startMs, endMs }: RangeBounds,
): RangeColumns {
  if (columns.histogramCount > 0) {
    throw execution('anchored modifier is not supported with histograms');
  }
  const { floatTimesMs: times, floatValues: values, floatCount: count } = columns;
  const extended = new RangeColumns(columns.labels, columns.dropName, count + 2);
  let from = 0;
  while (from < count && times[from] <= startMs) from++;
  let to = from;
  while (to < count && times[to] < endMs) to++;
  if (from === count || (count > 0 && times[0] > endMs)) return extended;
  extended.pushFloat(startMs, valueAt(columns, from, { timeMs: startMs, selector }));
  for (let i = from; i < to; i++) extended.pushFloat(times[i], values[i]);
  extended.pushFloat(endMs, valueAt(columns, to, { timeMs: endMs, selector }));
  return extended;
}

/** The value at a bound; `next` is the first sample behind it. */
function valueAt(
  { floatTimesMs: times, floatValues: values, floatCount: count }: RangeColumns,
  next: number,
  { timeMs, selector }: { readonly timeMs: number; readonly selector: VectorSelector },
): number {
  if (next < count && times[next] === timeMs) return values[next];
  if (next === 0) return values[0];
  if (!selector.smoothed || next === count) return values[next - 1];
  const between = {
    before: values[next - 1],
    after: values[next],
    passedMs: timeMs - times[next - 1],
    distanceMs: times[next] - times[next - 1],
  };
  return interpolateFloats(between, false);
}
