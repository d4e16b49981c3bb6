/** Go's math.Max: NaN if any is, unless the other one is positive infinity. */
export function largerOf(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

/** Go's math.Min: NaN if any is, unless the other one is negative infinity. */
export function smallerOf(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}
