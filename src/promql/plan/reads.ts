import { type Grid, lastTimeMs } from '../evaluate/matrix.ts';
import { referenceTimeMs } from '../evaluate/selectors.ts';
import type { MatrixSelector, VectorSelector } from '../parse/ast.ts';
import type { Plan, TimeRange } from './operator.ts';

/** A sample exactly one lookback old is too old. */
export function instantsRange(selector: VectorSelector, grid: Grid, lookbackMs: number): TimeRange {
  const afterMs = selector.smoothed ? lookbackMs : 0;
  return {
    startMs: referenceTimeMs(selector, grid.startMs) - lookbackMs + 1,
    endMs: referenceTimeMs(selector, lastTimeMs(grid)) + afterMs,
  };
}

export function windowsRange(
  { selector, rangeMs }: MatrixSelector,
  grid: Grid,
  lookbackMs: number,
): TimeRange {
  const beforeMs = selector.anchored || selector.smoothed ? lookbackMs : 0;
  const afterMs = selector.smoothed ? lookbackMs : 0;
  return {
    startMs: referenceTimeMs(selector, grid.startMs) - rangeMs - beforeMs + 1,
    endMs: referenceTimeMs(selector, lastTimeMs(grid)) + afterMs,
  };
}

/** All that a plan reads, for opening the storage. */
export function timeBounds({ operators }: Plan): TimeRange {
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const { reads } of operators) {
    if (reads === undefined) continue;
    startMs = Math.min(startMs, reads.startMs);
    endMs = Math.max(endMs, reads.endMs);
  }
  return startMs > endMs ? { startMs: 0, endMs: 0 } : { startMs, endMs };
}
