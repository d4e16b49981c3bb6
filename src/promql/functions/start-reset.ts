/**
 * True if start timestamps say that a counter began anew between two samples. 0: not known
 * (Prometheus: promql/functions.go, isStartTimestampReset).
 */
export function startSaysReset(
  previousStartMs: number,
  previousMs: number,
  startMs: number,
  timeMs: number,
): boolean {
  if (startMs === 0 || startMs > timeMs || startMs < previousMs) return false;
  if (startMs > previousMs) return true;
  // Equal: a delta series, or a cumulative one of unknown start; the sample before tells which.
  return previousStartMs !== 0;
}

/** True if a sample claims to have begun inside the time that the sample before covers. */
export function startOverlaps(
  previousStartMs: number,
  previousMs: number,
  startMs: number,
): boolean {
  return startMs !== 0 && startMs < previousMs && startMs !== previousStartMs;
}
