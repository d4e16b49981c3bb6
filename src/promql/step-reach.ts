import type { Expr, VectorSelector } from './parse/ast.ts';
import { METRIC_NAME } from '#model';

/** Which samples the value at a step depends on. Milliseconds, inclusive. */
export interface StepReach {
  /** From so long before the step. */
  readonly behindMs: number;
  /** To so long after it. */
  readonly aheadMs: number;
  /** Of `@`, the same for all steps; undefined where there is none. */
  readonly fixed: { readonly startMs: number; readonly endMs: number } | undefined;
}

/**
 * Undefined where a step may have another value in another range: then parts of ranges cannot be put together.
 * That is so with `@ start()`, `@ end()` and calculated durations; where the order of series decides (`limitk`);
 * and where a range can fail as a whole though each of its steps does not, because two series get the same labels
 * at different steps: that takes selectors without a metric name, or functions that change labels.
 */
export function stepReach(expr: Expr, lookbackMs: number): StepReach | undefined {
  const reach = new Reach(lookbackMs);
  reach.visit(expr, { startMs: 0, endMs: 0, isFixed: false });
  return reach.result();
}

/** Of the instants at which a part is evaluated: relative to the step, or fixed. */
interface Instants {
  readonly startMs: number;
  readonly endMs: number;
  readonly isFixed: boolean;
}

const RANGE_DEPENDENT: ReadonlySet<string> = new Set([
  'info',
  'label_join',
  'label_replace',
  'limit_ratio',
  'limitk',
]);

class Reach {
  readonly #lookbackMs: number;
  #startMs = 0;
  #endMs = 0;
  #fixedStartMs = Infinity;
  #fixedEndMs = -Infinity;
  #dependsOnRange = false;

  constructor(lookbackMs: number) {
    this.#lookbackMs = lookbackMs;
  }

  result(): StepReach | undefined {
    if (this.#dependsOnRange) return undefined;
    const hasFixed = this.#fixedStartMs <= this.#fixedEndMs;
    return {
      behindMs: 0 - this.#startMs,
      aheadMs: this.#endMs,
      fixed: hasFixed ? { startMs: this.#fixedStartMs, endMs: this.#fixedEndMs } : undefined,
    };
  }

  visit(expr: Expr, at: Instants): void {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return;
      case 'paren':
      case 'unary':
        return this.visit(expr.expr, at);
      case 'binary':
        this.visit(expr.left, at);
        return this.visit(expr.right, at);
      case 'call':
        if (RANGE_DEPENDENT.has(expr.func)) this.#dependsOnRange = true;
        for (const arg of expr.args) this.visit(arg, at);
        return;
      case 'aggregate':
        if (RANGE_DEPENDENT.has(expr.operator)) this.#dependsOnRange = true;
        if (expr.param !== undefined) this.visit(expr.param, at);
        return this.visit(expr.expr, at);
      case 'vectorSelector':
        return this.#select(expr, 0, at);
      case 'matrixSelector':
        if (expr.rangeExpression !== undefined) this.#dependsOnRange = true;
        return this.#select(expr.selector, expr.rangeMs, at);
      case 'subquery': {
        const { rangeExpression, stepExpression } = expr;
        if (rangeExpression !== undefined || stepExpression !== undefined) {
          this.#dependsOnRange = true;
        }
        const moved = this.#moved(expr, at);
        return this.visit(expr.expr, { ...moved, startMs: moved.startMs - expr.rangeMs });
      }
    }
  }

  #select(selector: VectorSelector, rangeMs: number, at: Instants): void {
    // Between samples, what lies beyond the window counts too.
    if (selector.anchored || selector.smoothed || !hasName(selector)) this.#dependsOnRange = true;
    const { startMs, endMs, isFixed } = this.#moved(selector, at);
    const fromMs = startMs - rangeMs - this.#lookbackMs;
    if (isFixed) {
      this.#fixedStartMs = Math.min(this.#fixedStartMs, fromMs);
      this.#fixedEndMs = Math.max(this.#fixedEndMs, endMs);
    } else {
      this.#startMs = Math.min(this.#startMs, fromMs);
      this.#endMs = Math.max(this.#endMs, endMs);
    }
  }

  #moved(
    part: Pick<VectorSelector, 'at' | 'offsetMs' | 'offsetExpression'>,
    instants: Instants,
  ): Instants {
    if (part.offsetExpression !== undefined) this.#dependsOnRange = true;
    const { at, offsetMs } = part;
    if (at === undefined) {
      const { startMs, endMs, isFixed } = instants;
      return { startMs: startMs - offsetMs, endMs: endMs - offsetMs, isFixed };
    }
    if (at.kind !== 'timestamp') this.#dependsOnRange = true;
    const timeMs = (at.kind === 'timestamp' ? at.timestampMs : 0) - offsetMs;
    return { startMs: timeMs, endMs: timeMs, isFixed: true };
  }
}

function hasName({ matchers }: VectorSelector): boolean {
  return matchers.some(
    ({ name, type, value }) => name === METRIC_NAME && type === '=' && value !== '',
  );
}
