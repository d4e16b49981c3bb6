/**
 * A sum that keeps what rounding takes away, in Neumaier's form (Prometheus: util/kahansum).
 * The two parts are separate so that callers can scale them.
 */
export class KahanSum {
  sum = 0;
  /** What the rounded sum lacks. */
  lost = 0;

  reset(sum: number): void {
    this.sum = sum;
    this.lost = 0;
  }

  add(value: number): void {
    const total = this.sum + value;
    this.lost = lostAfter(this.sum, value, total, this.lost);
    this.sum = total;
  }

  get total(): number {
    return this.sum + this.lost;
  }
}

/** The new compensation after `total = sum + value`. */
export function lostAfter(sum: number, value: number, total: number, lost: number): number {
  if (total === Infinity || total === -Infinity) return 0;
  if (Math.abs(sum) >= Math.abs(value)) return lost + (sum - total + value);
  return lost + (value - total + sum);
}
