import {
  addHistograms,
  compactHistogram,
  divideHistogram,
  type FloatHistogram,
  histogramsEqual,
  type HistogramSum,
  IncompatibleHistogramsError,
  scaleHistogram,
  subtractHistograms,
} from '#model';
import type { Binary, BinaryOperator } from '../parse/ast.ts';
import { QueryError } from '../result.ts';
import type { Evaluation } from './evaluation.ts';
import { ABSENT, FLOAT, type Grid, histogramAt, type Series, SeriesBuilder } from './matrix.ts';
import { infoBoundsReconciled, type Place, warnResetCollision } from './messages.ts';
import { trimHistogram } from '../functions/histogram-trim.ts';

/** A binary operator between two floats; comparisons give 1 or 0. */
export type FloatOperator = (left: number, right: number) => number;

const FLOAT_OPERATORS: Readonly<Partial<Record<BinaryOperator, FloatOperator>>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
  '==': (left, right) => (left === right ? 1 : 0),
  '!=': (left, right) => (left === right ? 0 : 1),
  '<': (left, right) => (left < right ? 1 : 0),
  '>': (left, right) => (left > right ? 1 : 0),
  '<=': (left, right) => (left <= right ? 1 : 0),
  '>=': (left, right) => (left >= right ? 1 : 0),
};

/** IEEE's power: 1 to any power is 1, and so is -1 to an infinite one. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && Math.abs(exponent) === Infinity) return 1;
  return base ** exponent;
}

/** Undefined for what two floats cannot be asked. */
export function floatOperator(operator: BinaryOperator): FloatOperator | undefined {
  return FLOAT_OPERATORS[operator];
}

const COMPARISONS: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '>', '<=', '>=']);

export function isComparison(operator: BinaryOperator): boolean {
  return COMPARISONS.has(operator);
}

/** True for operators whose result is no longer the metric. */
export function changesMetric(operator: BinaryOperator): boolean {
  return ['+', '-', '*', '/', '%', '^', 'atan2'].includes(operator);
}

export function evaluateScalars(
  operator: BinaryOperator,
  left: Float64Array,
  right: Float64Array,
): Float64Array {
  const operate = floatOperator(operator);
  if (operate === undefined) {
    throw new QueryError('execution', `operator "${operator}" not allowed for Scalar operations`);
  }
  const values = new Float64Array(left.length);
  for (let step = 0; step < values.length; step++) values[step] = operate(left[step], right[step]);
  return values;
}

/** A binary expression at hand. */
export interface BinaryContext {
  readonly evaluation: Evaluation;
  readonly grid: Grid;
  readonly binary: Binary;
}

interface ScalarSides {
  readonly series: readonly Series[];
  readonly scalar: Float64Array;
  readonly scalarIsLeft: boolean;
}

export function evaluateVectorScalar(
  context: BinaryContext,
  sides: ScalarSides,
): readonly Series[] {
  const { evaluation, grid, binary } = context;
  const dropsName = changesMetric(binary.operator) || binary.returnBool;
  const element = new ElementOperation(context);
  const result: Series[] = [];
  for (const series of sides.series) {
    evaluation.checkTime();
    const labels = dropsName ? evaluation.namelessLabels(series.labels) : series.labels;
    const out = evaluation.newRow(labels, dropsName || series.dropName, grid.steps);
    fillScalarRow(element, series, sides, out);
    if (!out.isEmpty) result.push(out);
  }
  return dropsName ? evaluation.unique(result, grid) : result;
}

function fillScalarRow(
  element: ElementOperation,
  series: Series,
  { scalar, scalarIsLeft }: ScalarSides,
  out: SeriesBuilder,
): void {
  for (let step = 0; step < series.kinds.length; step++) {
    const kind = series.kinds[step];
    if (kind === ABSENT) continue;
    const value = series.values[step];
    const histogram = kind === FLOAT ? undefined : histogramAt(series, step);
    const isKept = scalarIsLeft
      ? element.apply(scalar[step], value, undefined, histogram)
      : element.apply(value, scalar[step], histogram, undefined);
    if (!isKept) continue;
    // A comparison gives the vector's value, on whichever side it stands.
    if (element.isFilter && scalarIsLeft) out.copy(step, series);
    else if (element.histogram === undefined) out.setFloat(step, element.value);
    else out.setHistogram(step, element.histogram);
  }
}

/** One binary operator applied to pairs of samples; the result of the last pair stands in its fields. */
export class ElementOperation {
  value = 0;
  histogram: FloatHistogram | undefined = undefined;
  /** A comparison without `bool`. */
  readonly isFilter: boolean;
  /** Whether the samples could be computed with each other at all. */
  isDefined = true;
  readonly #operator: BinaryOperator;
  readonly #operate: FloatOperator | undefined;
  readonly #returnBool: boolean;
  readonly #isComparison: boolean;
  readonly #place: Place;

  constructor({ evaluation, binary }: BinaryContext) {
    this.#operator = binary.operator;
    this.#operate = FLOAT_OPERATORS[binary.operator];
    this.#returnBool = binary.returnBool;
    this.#isComparison = isComparison(binary.operator);
    this.isFilter = this.#isComparison && !binary.returnBool;
    this.#place = { annotations: evaluation.annotations, position: binary.position };
  }

  /** False where nothing comes out: filtered away, or not defined for these kinds of samples. */
  apply(
    left: number,
    right: number,
    leftHistogram: FloatHistogram | undefined,
    rightHistogram: FloatHistogram | undefined,
  ): boolean {
    this.isDefined = true;
    this.histogram = undefined;
    if (leftHistogram === undefined && rightHistogram === undefined) {
      return this.#applyFloats(left, right);
    }
    if (leftHistogram !== undefined && rightHistogram !== undefined) {
      return this.#applyHistograms(leftHistogram, rightHistogram);
    }
    if (leftHistogram !== undefined) return this.#applyHistogramFloat(leftHistogram, right);
    return this.#applyFloatHistogram(left, rightHistogram);
  }

  #applyFloats(left: number, right: number): boolean {
    if (this.#operate === undefined) return this.#undefined('float', 'float');
    const value = this.#operate(left, right);
    this.value = this.isFilter ? left : value;
    return this.isFilter ? value === 1 : true;
  }

  #applyHistogramFloat(left: FloatHistogram, right: number): boolean {
    switch (this.#operator) {
      case '*':
        return this.#give(compactHistogram(scaleHistogram(left, right)));
      case '/':
        return this.#give(compactHistogram(divideHistogram(left, right)));
      case '</':
        return this.#give(trimHistogram(left, right, true));
      case '>/':
        return this.#give(trimHistogram(left, right, false));
      default:
        return this.#undefined('histogram', 'float');
    }
  }

  #applyFloatHistogram(left: number, right: FloatHistogram | undefined): boolean {
    if (this.#operator === '*' && right !== undefined) {
      return this.#give(compactHistogram(scaleHistogram(right, left)));
    }
    return this.#undefined('float', 'histogram');
  }

  #applyHistograms(left: FloatHistogram, right: FloatHistogram): boolean {
    switch (this.#operator) {
      case '+':
        return this.#combine(() => addHistograms(left, right), 'addition');
      case '-':
        return this.#combine(() => subtractHistograms(left, right), 'subtraction');
      case '==':
        return this.#compare(left, histogramsEqual(left, right));
      case '!=':
        return this.#compare(left, !histogramsEqual(left, right));
      default:
        return this.#undefined('histogram', 'histogram');
    }
  }

  #combine(run: () => HistogramSum, operation: 'addition' | 'subtraction'): boolean {
    try {
      const sum = run();
      if (sum.counterResetCollision) warnResetCollision(this.#place, operation);
      if (sum.boundsReconciled) infoBoundsReconciled(this.#place, operation);
      const compacted = compactHistogram(sum.histogram);
      if (operation === 'addition') return this.#give(compacted);
      return this.#give({ ...compacted, counterResetHint: 'gauge' });
    } catch (error) {
      if (!(error instanceof IncompatibleHistogramsError)) throw error;
      this.#place.annotations.warn(
        `incompatible bucket layout encountered for binary operator ${this.#operator}`,
        this.#place.position,
      );
      this.isDefined = false;
      return false;
    }
  }

  #compare(left: FloatHistogram, isTrue: boolean): boolean {
    if (this.#returnBool) {
      this.value = isTrue ? 1 : 0;
      return true;
    }
    this.histogram = left;
    return isTrue;
  }

  #give(histogram: FloatHistogram): boolean {
    this.histogram = histogram;
    return true;
  }

  #undefined(left: string, right: string): boolean {
    const operator = this.#operator;
    this.#place.annotations.info(
      `incompatible sample types encountered for binary operator ${JSON.stringify(operator)}: ${left} ${operator} ${right}`,
      this.#place.position,
    );
    this.isDefined = false;
    return false;
  }
}
