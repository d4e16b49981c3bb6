import type { Aggregate, Expr, VectorSelector } from '../parse/ast.ts';
import type { Grid } from '../evaluate/matrix.ts';
import type { Surroundings } from '../evaluate/prepare.ts';

export type OperatorKind =
  | 'constant'
  | 'string'
  /** Reads the latest sample at each step, or its timestamp. */
  | 'instants'
  | 'timestamps'
  /** Reads the samples of windows. */
  | 'windows'
  /** Reads the series whose labels `info()` adds. */
  | 'infoSeries'
  | 'subquery'
  | 'rangeFunction'
  | 'function'
  | 'aggregation'
  | 'binary'
  | 'unary';

/** What an operator reads from the storage: inclusive bounds, milliseconds since the epoch. */
export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** What becomes of a result that several operators need. */
export type Sharing =
  /** It is needed once, or made anew each time. */
  | { readonly how: 'none' }
  /** It is kept from its first use to its last one. */
  | { readonly how: 'kept'; readonly uses: number }
  /** One pass over its series feeds all of these aggregations. */
  | { readonly how: 'together'; readonly readers: readonly Operator[] };

/** One step of a plan; expressions that give the same at the same instants are one operator. */
export interface Operator {
  readonly kind: OperatorKind;
  /** As it stands first in the query. */
  readonly expr: Expr;
  /** The instants for which it has values. */
  readonly grid: Grid;
  /** It is evaluated at the first instant only: the others have the same value. */
  readonly isOnce: boolean;
  readonly inputs: readonly Operator[];
  /** Of those that read from the storage. */
  readonly selector: VectorSelector | undefined;
  readonly reads: TimeRange | undefined;
  sharing: Sharing;
}

/** True for operators whose series can be had one by one. */
export function streams({ kind, expr, isOnce }: Operator): boolean {
  if (isOnce) return false;
  if (kind === 'instants') return expr.kind === 'vectorSelector' && !expr.smoothed;
  return kind === 'rangeFunction' && expr.kind === 'call' && expr.func !== 'absent_over_time';
}

/** How a query is going to be evaluated. */
export interface Plan {
  readonly root: Operator;
  /** Inputs before those that use them. */
  readonly operators: readonly Operator[];
  readonly operatorOf: ReadonlyMap<Expr, Operator>;
  readonly readerOf: ReadonlyMap<VectorSelector, Operator>;
  /** What is around each selector, for the storage; where a selector is read for several, what they have in common. */
  readonly surroundings: ReadonlyMap<VectorSelector, Surroundings>;
}

/** The expression of an operator of the kind `aggregation`. */
export function aggregateOf({ expr }: Operator): Aggregate {
  if (expr.kind === 'aggregate') return expr;
  throw new RangeError(`cannot aggregate by a ${expr.kind}`);
}
