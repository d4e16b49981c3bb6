import { lostAfter } from '../evaluate/kahan.ts';
import { FLOAT, stepTimeMs } from '../evaluate/matrix.ts';
import type { StepWindows } from '../evaluate/step-windows.ts';
import type { RowFunction } from './row-functions.ts';

/** So many samples take as long as a turn of any other loop. */
const SAMPLES_PER_TURN = 64;

/** `deriv`: the slope of the line of least squares, x counted from the first sample of a window. */
export function derivativeRow(): RowFunction {
  return regressionRow(false, (windows, timesMs, step) => timesMs[windows.from[step]]);
}

/** `predict_linear`: where that line is so many seconds after the instant, from which x is counted. */
export function predictRow(): RowFunction {
  return regressionRow(true, ({ grid }, _, step) => stepTimeMs(grid, step));
}

function regressionRow(predicts: boolean, originMs: OriginMs): RowFunction {
  const abscissas = new Abscissas(originMs);
  const line = new Line();
  return ({ windows, timesMs, values, scalars, passTurns }, out) => {
    const { from, to, steps } = windows;
    const [seconds] = scalars;
    abscissas.fit(windows, timesMs);
    for (let step = 0; step < steps; step++) {
      if (to[step] - from[step] < 2) continue;
      passTurns((to[step] - from[step]) / SAMPLES_PER_TURN);
      line.window(from[step], to[step], abscissas, step);
      line.through(timesMs, values);
      out.kinds[step] = FLOAT;
      out.values[step] = predicts ? line.slope * seconds[step] + line.intercept : line.slope;
      out.isEmpty = false;
    }
    return true;
  };
}

type OriginMs = (windows: StepWindows, timesMs: Float64Array, step: number) => number;

/** What depends on timestamps alone: the same for series that share them. */
class Abscissas {
  originsMs: Float64Array = new Float64Array(0);
  /** By step: of x, in seconds, and of its squares, with what rounding lost. */
  sums: Float64Array = new Float64Array(0);
  squareSums: Float64Array = new Float64Array(0);
  readonly #originMs: OriginMs;
  #version = -1;

  constructor(originMs: OriginMs) {
    this.#originMs = originMs;
  }

  fit(windows: StepWindows, timesMs: Float64Array): void {
    if (windows.version === this.#version) return;
    this.#version = windows.version;
    const { from, to, steps } = windows;
    if (this.sums.length !== steps) {
      this.originsMs = new Float64Array(steps);
      this.sums = new Float64Array(steps);
      this.squareSums = new Float64Array(steps);
    }
    for (let step = 0; step < steps; step++) {
      if (to[step] - from[step] < 2) continue;
      this.originsMs[step] = this.#originMs(windows, timesMs, step);
      this.#sumUp(timesMs, step, from[step], to[step]);
    }
  }

  // oxlint-disable-next-line max-params -- an object more for each window would be felt
  #sumUp(timesMs: Float64Array, step: number, from: number, to: number): void {
    const originMs = this.originsMs[step];
    let sum = 0;
    let lost = 0;
    let squares = 0;
    let squaresLost = 0;
    for (let i = from; i < to; i++) {
      const x = (timesMs[i] - originMs) / 1000;
      const total = sum + x;
      lost = lostAfter(sum, x, total, lost);
      sum = total;
      const squareTotal = squares + x * x;
      squaresLost = lostAfter(squares, x * x, squareTotal, squaresLost);
      squares = squareTotal;
    }
    this.sums[step] = sum + lost;
    this.squareSums[step] = squares + squaresLost;
  }
}

/** See linear-regression.ts: the same, without what is known of x. */
class Line {
  slope = 0;
  intercept = 0;
  #from = 0;
  #to = 0;
  #originMs = 0;
  #sum = 0;
  #squareSum = 0;

  // oxlint-disable-next-line max-params -- an object more for each window would be felt
  window(from: number, to: number, abscissas: Abscissas, step: number): void {
    this.#from = from;
    this.#to = to;
    this.#originMs = abscissas.originsMs[step];
    this.#sum = abscissas.sums[step];
    this.#squareSum = abscissas.squareSums[step];
  }

  through(timesMs: Float64Array, values: Float64Array): void {
    const from = this.#from;
    const to = this.#to;
    const originMs = this.#originMs;
    const first = values[from];
    let isConstant = true;
    let sum = 0;
    let lost = 0;
    let products = 0;
    let productsLost = 0;
    for (let i = from; i < to; i++) {
      const y = values[i];
      if (y !== first) isConstant = false;
      const total = sum + y;
      lost = lostAfter(sum, y, total, lost);
      sum = total;
      const product = ((timesMs[i] - originMs) / 1000) * y;
      const productTotal = products + product;
      productsLost = lostAfter(products, product, productTotal, productsLost);
      products = productTotal;
    }
    if (isConstant) this.#setConstant(first);
    else this.#set(sum + lost, products + productsLost);
  }

  #setConstant(value: number): void {
    const isInfinite = Math.abs(value) === Infinity;
    this.slope = isInfinite ? NaN : 0;
    this.intercept = isInfinite ? NaN : value;
  }

  #set(sum: number, products: number): void {
    const count = this.#to - this.#from;
    const covariance = products - (this.#sum * sum) / count;
    const variance = this.#squareSum - (this.#sum * this.#sum) / count;
    this.slope = covariance / variance;
    this.intercept = sum / count - (this.slope * this.#sum) / count;
  }
}
