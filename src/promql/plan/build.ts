import { rangeArgument } from '../evaluate/range-call.ts';
import type { Settings } from '../evaluate/evaluation.ts';
import type { Grid } from '../evaluate/matrix.ts';
import type { Prepared, Surroundings } from '../evaluate/prepare.ts';
import { subqueryGrid } from '../evaluate/subquery.ts';
import { infoSelector } from '../functions/info.ts';
import type { Call, Expr, Subquery, VectorSelector } from '../parse/ast.ts';
import type { Operator, OperatorKind, Plan, TimeRange } from './operator.ts';
import { operationKey } from './operator-key.ts';
import { instantsRange, windowsRange } from './reads.ts';
import { decideSharing } from './sharing.ts';

export type PlanSettings = Pick<
  Settings,
  'lookbackMs' | 'defaultSubqueryStepMs' | 'sharesOperators' | 'grid'
>;

/** Finds the operators of a query, those that are the same but once, and what is done with them. */
export function buildPlan(prepared: Prepared, settings: PlanSettings): Plan {
  const builder = new PlanBuilder(prepared, settings);
  const root = builder.operatorFor(prepared.expr, settings.grid);
  const plan = {
    root,
    operators: builder.operators,
    operatorOf: builder.operatorOf,
    readerOf: builder.readerOf,
    surroundings: builder.surroundings(),
  };
  if (settings.sharesOperators) decideSharing(plan);
  return plan;
}

/** An operator without what all have. */
interface Draft {
  readonly kind: OperatorKind;
  readonly inputs: readonly Operator[];
  readonly selector?: VectorSelector;
  readonly reads?: TimeRange;
}

class PlanBuilder {
  readonly operators: Operator[] = [];
  readonly operatorOf = new Map<Expr, Operator>();
  readonly readerOf = new Map<VectorSelector, Operator>();
  readonly #prepared: Prepared;
  readonly #settings: PlanSettings;
  readonly #numbers = new Map<Operator, number>();
  readonly #gridKeys = new Map<Grid, string>();
  readonly #byKey = new Map<string, Operator>();
  readonly #surroundings = new Map<Operator, Surroundings>();

  constructor(prepared: Prepared, settings: PlanSettings) {
    this.#prepared = prepared;
    this.#settings = settings;
  }

  operatorFor(expr: Expr, grid: Grid): Operator {
    const isOnce = grid.steps > 1 && this.#prepared.invariant.has(expr);
    const draft = this.#draft(expr, isOnce ? { ...grid, steps: 1 } : grid);
    const { kind, inputs, selector, reads } = draft;
    const sharing = { how: 'none' } as const;
    const operator = this.#intern({ kind, expr, grid, isOnce, inputs, selector, reads, sharing });
    this.operatorOf.set(expr, operator);
    if (selector !== undefined) this.#surround(operator, selector);
    return operator;
  }

  /** The operator that is known already, if there is an equal one. */
  #intern(operator: Operator): Operator {
    const { kind, expr, isOnce, inputs, selector } = operator;
    const detects = selector !== undefined && this.#prepared.statistics.has(selector);
    let key = `${kind} ${this.#gridKey(operator.grid)}`;
    if (isOnce) key += ' once';
    if (detects) key += ' detects';
    for (const input of inputs) key += ` ${this.#numbers.get(input)}`;
    key += ` ${operationKey(expr)}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#byKey.set(key, operator);
    this.#numbers.set(operator, this.operators.length);
    this.operators.push(operator);
    return operator;
  }

  #gridKey(grid: Grid): string {
    let key = this.#gridKeys.get(grid);
    if (key === undefined) {
      key = `${grid.startMs} ${grid.stepMs} ${grid.steps}`;
      this.#gridKeys.set(grid, key);
    }
    return key;
  }

  /** A selector that is read for several tells the storage only what holds for all of them. */
  surroundings(): Map<VectorSelector, Surroundings> {
    const found = new Map<VectorSelector, Surroundings>();
    for (const [selector, operator] of this.readerOf) {
      found.set(selector, this.#surroundings.get(operator) ?? {});
    }
    return found;
  }

  #surround(operator: Operator, selector: VectorSelector): void {
    const own = this.#prepared.surroundings.get(selector) ?? {};
    const known = this.#surroundings.get(operator);
    this.#surroundings.set(operator, known === undefined ? own : inCommon(known, own));
    this.readerOf.set(selector, operator);
  }

  #draft(expr: Expr, grid: Grid): Draft {
    const { lookbackMs } = this.#settings;
    switch (expr.kind) {
      case 'number':
        return { kind: 'constant', inputs: [] };
      case 'string':
        return { kind: 'string', inputs: [] };
      case 'vectorSelector':
        return this.#reading('instants', expr, grid);
      case 'matrixSelector': {
        const reads = windowsRange(expr, grid, lookbackMs);
        return { kind: 'windows', inputs: [], selector: expr.selector, reads };
      }
      case 'subquery':
        return { kind: 'subquery', inputs: this.#insideOf(expr, grid) };
      case 'call':
        return this.#call(expr, grid);
      case 'aggregate': {
        // In the order of their evaluation, so that an operator is what comes first.
        const params = expr.param === undefined ? [] : [this.operatorFor(expr.param, grid)];
        return { kind: 'aggregation', inputs: [this.operatorFor(expr.expr, grid), ...params] };
      }
      case 'binary':
        return { kind: 'binary', inputs: this.#all([expr.left, expr.right], grid) };
      case 'unary':
      case 'paren':
        return { kind: 'unary', inputs: this.#all([expr.expr], grid) };
    }
  }

  #all(parts: readonly Expr[], grid: Grid): Operator[] {
    return parts.map((part) => this.operatorFor(part, grid));
  }

  #insideOf(subquery: Subquery, grid: Grid): Operator[] {
    const inner = subqueryGrid(this.#settings, grid, subquery);
    return inner === undefined ? [] : [this.operatorFor(subquery.expr, inner)];
  }

  #reading(kind: OperatorKind, selector: VectorSelector, grid: Grid): Draft {
    const reads = instantsRange(selector, grid, this.#settings.lookbackMs);
    return { kind, inputs: [], selector, reads };
  }

  #call(call: Call, grid: Grid): Draft {
    if (call.func === 'info') return this.#infoCall(call, grid);
    if (!readsTimestamps(call)) {
      const range = rangeArgument(call);
      if (range === undefined) return { kind: 'function', inputs: this.#all(call.args, grid) };
      const inputs = this.#all(
        call.args.filter((arg) => arg !== range.expr),
        grid,
      );
      inputs.splice(range.index, 0, this.operatorFor(range.expr, grid));
      return { kind: 'rangeFunction', inputs };
    }
    const [selector] = call.args;
    if (selector.kind !== 'vectorSelector') throw new RangeError('cannot read without a selector');
    return { kind: 'function', inputs: [this.#leaf('timestamps', selector, grid)] };
  }

  /** The second argument is no vector but says which series are looked up, at the times of the first one. */
  #infoCall(call: Call, grid: Grid): Draft {
    const [vector] = call.args;
    const input = this.operatorFor(vector, grid);
    return {
      kind: 'function',
      inputs: [input, this.#leaf('infoSeries', infoSelector(call), grid)],
    };
  }

  /** Read by its function itself, never evaluated. */
  #leaf(kind: OperatorKind, selector: VectorSelector, grid: Grid): Operator {
    const { inputs, reads } = this.#reading(kind, selector, grid);
    const operator = this.#intern({
      kind,
      expr: selector,
      grid,
      isOnce: false,
      inputs,
      selector,
      reads,
      sharing: { how: 'none' },
    });
    this.#surround(operator, selector);
    return operator;
  }
}

function readsTimestamps({ func, args }: Call): boolean {
  const [arg] = args;
  if (arg === undefined || arg.kind !== 'vectorSelector') return false;
  return func === 'start_timestamp' || (func === 'timestamp' && !arg.smoothed);
}

function inCommon(a: Surroundings, b: Surroundings): Surroundings {
  const isSameGrouping = JSON.stringify([a.grouping, a.by]) === JSON.stringify([b.grouping, b.by]);
  const { func, grouping, by } = a;
  return {
    ...(func !== undefined && func === b.func ? { func } : {}),
    ...(isSameGrouping && grouping !== undefined && by !== undefined ? { grouping, by } : {}),
  };
}
