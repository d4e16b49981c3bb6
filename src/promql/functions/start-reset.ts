/**
 * True if start timestamps say that a counter began anew between two samples. 0: not known; a start at
 * or after the sample itself says nothing (Prometheus: promql/functions.go, isStartTimestampReset).
 */
export function startSaysReset(
  previousStartMs: number,
  previousMs: number,
  startMs: number,
  timeMs: number,
): boolean {
  if (startMs === 0 || startMs >= timeMs || startMs < previousMs) return false;
  if (startMs > previousMs) return true;
  // Equal: a delta series, or a cumulative one of unknown start; the sample before tells which.
  return previousStartMs !== 0 && previousStartMs < previousMs;
}

/** True if a sample claims to have begun inside the time that the sample before covers. */
export function startOverlaps(
  previousStartMs: number,
  previousMs: number,
  startMs: number,
): boolean {
  return startMs !== 0 && startMs < previousMs && startMs !== previousStartMs;
}

/** True if the first sample of a range began inside the range, where the counter was 0 then. */
export function startsInRange(startMs: number, timeMs: number, rangeStartMs: number): boolean {
  return startMs !== 0 && startMs < timeMs && startMs > rangeStartMs;
}
