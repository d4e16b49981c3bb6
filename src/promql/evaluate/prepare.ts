import type { SelectHints } from '#storage';
import type {
  AtModifier,
  Call,
  Expr,
  MatrixSelector,
  Paren,
  Subquery,
  VectorSelector,
} from '../parse/ast.ts';
import { walkExpr } from '../parse/walk.ts';
import { foldConstants } from '../plan/fold-constants.ts';
import { type DurationContext, resolveDuration, resolveRange } from './durations.ts';
import { lastTimeMs, type Grid } from './matrix.ts';

/** An expression ready to run: durations and `@` are numbers, constants are folded, parentheses are gone. */
export interface Prepared {
  readonly expr: Expr;
  /** What each of its parts was in the text. */
  readonly originals: ReadonlyMap<Expr, Expr>;
  /** Expressions that have one value for all steps and are evaluated once. */
  readonly invariant: ReadonlySet<Expr>;
  /** Selectors of whose histograms only count and sum matter; see `statisticsSelectors`. */
  readonly statistics: ReadonlySet<VectorSelector>;
  /** What is around each selector, for the storage. */
  readonly surroundings: ReadonlyMap<VectorSelector, Surroundings>;
}

export type Surroundings = Pick<SelectHints, 'func' | 'grouping' | 'by'>;

/**
 * `stepMs` is what `step()` says in durations: 0 for an instant query. Throws QueryError for a duration
 * expression that gives no fitting duration.
 */
export function prepare(expr: Expr, grid: Grid, stepMs: number): Prepared {
  const preparation = new Preparation(grid, stepMs);
  const resolved = preparation.resolve(expr);
  if (preparation.visit(resolved).wrap) preparation.invariant.add(resolved);
  return {
    expr: resolved,
    originals: preparation.originals,
    invariant: preparation.invariant,
    statistics: statisticsSelectors(resolved),
    surroundings: selectorSurroundings(resolved),
  };
}

/** As Prometheus tells its storages (promql/engine.go: extractFuncFromPath, extractGroupsFromPath). */
function selectorSurroundings(expr: Expr): Map<VectorSelector, Surroundings> {
  const found = new Map<VectorSelector, Surroundings>();
  walkExpr(expr, (node, path) => {
    if (node.kind !== 'vectorSelector') return;
    const func = nearestFunction(path);
    const parent = path.at(-1);
    const groups =
      parent?.kind === 'aggregate' ? { grouping: parent.grouping, by: !parent.without } : {};
    found.set(node, { ...(func === undefined ? {} : { func }), ...groups });
  });
  return found;
}

/** Behind a binary operator there is more than one metric. */
function nearestFunction(path: readonly Expr[]): string | undefined {
  for (const parent of path.toReversed()) {
    if (parent.kind === 'call') return parent.func;
    if (parent.kind === 'aggregate') return parent.operator;
    if (parent.kind === 'binary') return undefined;
  }
  return undefined;
}

const STATISTICS: ReadonlySet<string> = new Set([
  'histogram_avg',
  'histogram_count',
  'histogram_sum',
]);
const WHOLE_HISTOGRAMS: ReadonlySet<string> = new Set([
  'histogram_fraction',
  'histogram_quantile',
  'histogram_quantiles',
]);

/**
 * Selectors below `histogram_count` and its kin. Prometheus reads their histograms without buckets and
 * finds counter resets on the way, so that their hints (and warnings about them) are richer.
 */
function statisticsSelectors(expr: Expr): Set<VectorSelector> {
  const found = new Set<VectorSelector>();
  walkExpr(expr, (node, path) => {
    if (node.kind !== 'vectorSelector') return;
    const functions = path.map((parent) => (parent.kind === 'call' ? parent.func : ''));
    const needsAll =
      functions.some((name) => WHOLE_HISTOGRAMS.has(name)) ||
      path.some((parent) => parent.kind === 'subquery');
    if (!needsAll && functions.some((name) => STATISTICS.has(name))) found.add(node);
  });
  return found;
}

/** Functions whose value depends on the instant even where their arguments do not. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
]);

interface Invariance {
  readonly invariant: boolean;
  /** To be evaluated once (range selectors and literals need no help). */
  readonly wrap: boolean;
}

class Preparation {
  readonly invariant = new Set<Expr>();
  readonly originals = new Map<Expr, Expr>();
  readonly #durations: DurationContext;
  readonly #startMs: number;
  readonly #endMs: number;

  constructor(grid: Grid, stepMs: number) {
    this.#startMs = grid.startMs;
    this.#endMs = lastTimeMs(grid);
    this.#durations = { stepMs, rangeMs: this.#endMs - this.#startMs };
  }

  resolve(expr: Expr): Expr {
    if (expr.kind === 'paren') return this.resolve(expr.expr);
    const resolved = foldConstants(this.#resolveParts(expr));
    this.originals.set(resolved, expr);
    return resolved;
  }

  #resolveParts(expr: Exclude<Expr, Paren>): Exclude<Expr, Paren> {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return expr;
      case 'unary':
        return { ...expr, expr: this.resolve(expr.expr) };
      case 'binary':
        return { ...expr, left: this.resolve(expr.left), right: this.resolve(expr.right) };
      case 'call':
        return { ...expr, args: expr.args.map((arg) => this.resolve(arg)) };
      case 'aggregate':
        return {
          ...expr,
          expr: this.resolve(expr.expr),
          ...(expr.param === undefined ? {} : { param: this.resolve(expr.param) }),
        };
      case 'vectorSelector':
        return this.#resolveSelector(expr);
      case 'matrixSelector':
        return this.#resolveMatrix(expr);
      case 'subquery':
        return this.#resolveSubquery(expr);
    }
  }

  #resolveSelector(selector: VectorSelector): VectorSelector {
    return {
      ...selector,
      ...this.#resolveAt(selector.at),
      offsetMs: resolveDuration(selector.offsetExpression, selector.offsetMs, this.#durations),
    };
  }

  #resolveMatrix(matrix: MatrixSelector): MatrixSelector {
    return {
      ...matrix,
      selector: this.#resolveSelector(matrix.selector),
      rangeMs: resolveRange(matrix.rangeExpression, matrix.rangeMs, this.#durations),
    };
  }

  #resolveSubquery(subquery: Subquery): Subquery {
    return {
      ...subquery,
      ...this.#resolveAt(subquery.at),
      expr: this.resolve(subquery.expr),
      rangeMs: resolveRange(subquery.rangeExpression, subquery.rangeMs, this.#durations),
      stepMs: resolveRange(subquery.stepExpression, subquery.stepMs, this.#durations),
      offsetMs: resolveDuration(subquery.offsetExpression, subquery.offsetMs, this.#durations),
    };
  }

  #resolveAt(at: AtModifier | undefined): { at?: AtModifier } {
    if (at === undefined) return {};
    if (at.kind === 'timestamp') return { at };
    return {
      at: { kind: 'timestamp', timestampMs: at.kind === 'start' ? this.#startMs : this.#endMs },
    };
  }

  /** Finds the largest subtrees that are the same at every step. */
  visit(expr: Expr): Invariance {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return { invariant: true, wrap: false };
      case 'paren':
      case 'unary':
        return this.visit(expr.expr);
      case 'binary':
        return this.#visitAll([expr.left, expr.right], true);
      case 'call':
        return this.#visitCall(expr);
      case 'aggregate': {
        const parts = expr.param === undefined ? [expr.expr] : [expr.expr, expr.param];
        return this.#visitAll(parts, true);
      }
      case 'vectorSelector':
        return { invariant: expr.at !== undefined, wrap: expr.at !== undefined };
      case 'matrixSelector':
        return { invariant: expr.selector.at !== undefined, wrap: false };
      case 'subquery':
        if (this.visit(expr.expr).invariant) this.invariant.add(expr.expr);
        return { invariant: expr.at !== undefined, wrap: false };
    }
  }

  #visitCall(call: Call): Invariance {
    return this.#visitAll(call.args, !TIME_DEPENDENT.has(call.func));
  }

  #visitAll(parts: readonly Expr[], mayBeInvariant: boolean): Invariance {
    const found = parts.map((part) => this.visit(part));
    if (mayBeInvariant && found.every((part) => part.invariant)) {
      return { invariant: true, wrap: true };
    }
    for (const [i, part] of found.entries()) {
      if (part.wrap) this.invariant.add(parts[i]);
    }
    return { invariant: false, wrap: false };
  }
}
