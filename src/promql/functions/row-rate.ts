import { FLOAT } from '../evaluate/matrix.ts';
import type { StepWindows } from '../evaluate/step-windows.ts';
import type { RateKind } from './rate-kind.ts';
import type { RowFunction } from './row-functions.ts';

/**
 * `rate` and its kin. All that depends on timestamps alone is computed once for series that share them;
 * counter resets, which are few, are found once for all windows.
 */
export function rateRow(kind: RateKind): RowFunction {
  const extrapolation = new Extrapolation(kind);
  let resets = new Int32Array(64);
  return ({ windows, timesMs, values, count, isRising }, out) => {
    extrapolation.fit(windows, timesMs);
    let resetCount = 0;
    if (kind.isCounter && !isRising) {
      if (resets.length < count) resets = new Int32Array(count * 2);
      resetCount = findResets(values, count, resets);
    }
    const { from, to, steps } = windows;
    const { factors, zeroRatios } = extrapolation;
    const { values: results } = out;
    const isDense = windows.samplesMin > 1;
    if (isDense && resetCount === 0) {
      rateOfAll(extrapolation, windows, values, results);
      out.fillFloats();
      return true;
    }
    let firstReset = 0;
    let nextReset = resetCount > 0 ? resets[0] : NO_ROW;
    for (let step = 0; step < steps; step++) {
      const first = from[step];
      const last = to[step] - 1;
      if (last <= first) continue;
      const firstValue = values[first];
      let increased = values[last] - firstValue;
      if (nextReset <= last) {
        while (firstReset < resetCount && resets[firstReset] <= first) firstReset++;
        nextReset = firstReset < resetCount ? resets[firstReset] : NO_ROW;
        for (let i = firstReset; i < resetCount && resets[i] <= last; i++) {
          increased += values[resets[i] - 1];
        }
      }
      const mayBeZero = kind.isCounter && !(firstValue > zeroRatios[step] * increased);
      const factor = mayBeZero
        ? extrapolation.factorFromZero(step, firstValue, increased)
        : factors[step];
      results[step] = increased * factor;
      if (isDense) continue;
      out.kinds[step] = FLOAT;
      out.isEmpty = false;
    }
    if (isDense) out.fillFloats();
    return true;
  };
}

/** Of a series with two samples or more in every window, and no reset. */
// oxlint-disable-next-line max-params -- the innermost loop of most dashboards
function rateOfAll(
  extrapolation: Extrapolation,
  { from, to, steps }: StepWindows,
  values: Float64Array,
  results: Float64Array,
): void {
  const { factors, zeroRatios, mayBeZero } = extrapolation;
  for (let step = 0; step < steps; step++) {
    const firstValue = values[from[step]];
    const increased = values[to[step] - 1] - firstValue;
    const factor =
      firstValue > zeroRatios[step] * increased || !mayBeZero
        ? factors[step]
        : extrapolation.factorFromZero(step, firstValue, increased);
    results[step] = increased * factor;
  }
}

/** Behind every row. */
const NO_ROW = 0x7fff_ffff;

/** More than rounding makes of a comparison. */
const MARGIN = 1 + 1e-9;

/** Rows at which the value is less than the one before. */
function findResets(values: Float64Array, count: number, resets: Int32Array): number {
  let found = 0;
  for (let row = 1; row < count; row++) {
    if (values[row] < values[row - 1]) resets[found++] = row;
  }
  return found;
}

/** See `extrapolationFactor` in rate.ts: the same, without what a series' values add to it. */
class Extrapolation {
  sampledSeconds: Float64Array = new Float64Array(0);
  startSeconds: Float64Array = new Float64Array(0);
  endSeconds: Float64Array = new Float64Array(0);
  factors: Float64Array = new Float64Array(0);
  /**
   * A counter whose first value is more than so many times its increase stood above zero all the time that
   * is extrapolated.
   */
  zeroRatios: Float64Array = new Float64Array(0);
  /** Of what counts from zero on. */
  readonly mayBeZero: boolean;
  readonly #kind: RateKind;
  #version = -1;
  #rangeMs = 0;

  constructor(kind: RateKind) {
    this.#kind = kind;
    this.mayBeZero = kind.isCounter;
  }

  fit(windows: StepWindows, timesMs: Float64Array): void {
    if (windows.version === this.#version) return;
    this.#version = windows.version;
    const { from, to, endsMs, rangeMs, steps } = windows;
    if (this.factors.length !== steps) this.#allocate(steps);
    for (let step = 0; step < steps; step++) {
      const intervals = to[step] - from[step] - 1;
      if (intervals < 1) continue;
      const firstMs = timesMs[from[step]];
      const lastMs = timesMs[to[step] - 1];
      const sampled = (lastMs - firstMs) / 1000;
      const average = sampled / intervals;
      const threshold = average * 1.1;
      let start = (firstMs - (endsMs[step] - rangeMs)) / 1000;
      let end = (endsMs[step] - lastMs) / 1000;
      if (start >= threshold) start = average / 2;
      if (end >= threshold) end = average / 2;
      const factor = (sampled + start + end) / sampled;
      this.sampledSeconds[step] = sampled;
      this.startSeconds[step] = start;
      this.endSeconds[step] = end;
      this.factors[step] = this.#kind.perSecond ? factor / (rangeMs / 1000) : factor;
      this.zeroRatios[step] = (start / sampled) * MARGIN;
    }
    this.#rangeMs = rangeMs;
  }

  /** For a counter that may have been zero in the time that is extrapolated: never back beyond that. */
  factorFromZero(step: number, firstValue: number, increased: number): number {
    if (!(increased > 0 && firstValue >= 0)) return this.factors[step];
    const sampled = this.sampledSeconds[step];
    const start = Math.min(this.startSeconds[step], sampled * (firstValue / increased));
    const factor = (sampled + start + this.endSeconds[step]) / sampled;
    return this.#kind.perSecond ? factor / (this.#rangeMs / 1000) : factor;
  }

  #allocate(steps: number): void {
    this.sampledSeconds = new Float64Array(steps);
    this.startSeconds = new Float64Array(steps);
    this.endSeconds = new Float64Array(steps);
    this.factors = new Float64Array(steps);
    this.zeroRatios = new Float64Array(steps);
  }
}
