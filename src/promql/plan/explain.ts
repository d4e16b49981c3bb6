import type { Matcher } from '#model';
import type { Grid } from '../evaluate/matrix.ts';
import type { Prepared } from '../evaluate/prepare.ts';
import { canFold } from '../evaluate/aggregate-groups.ts';
import { aggregateHead, binaryHead, printExprStart, subquerySuffix } from '../print/print.ts';
import { QueryError } from '../result.ts';
import { valueTypeOf } from '../parse/walk.ts';
import type { Expr, PositionRange, ValueType } from '../parse/ast.ts';
import type { Measurement, Meter } from './meter.ts';
import {
  aggregateOf,
  type Operator,
  type OperatorKind,
  type Plan,
  streams,
  type TimeRange,
} from './operator.ts';

/** One operator of a plan where it stands in the query, with those whose results it needs. */
export interface PlanNode {
  /** From 1, the root first. The same operator has the same wherever it stands. */
  readonly id: number;
  readonly operator: OperatorKind;
  /** What it does to its inputs: the function, or the operator with its labels. Its text, where it has none. */
  readonly name: string;
  /** As PromQL; cut off where it is very long. */
  readonly text: string;
  readonly position: PositionRange;
  readonly type: ValueType;
  /** The instants for which it has values. */
  readonly grid: Grid;
  /** Evaluated at the first instant only: the others have the same value. */
  readonly isOnce: boolean;
  /** Handed on series by series to an aggregation that folds them: never held as a whole. */
  readonly isStreamed: boolean;
  /** Several threads make its rows where these are many. */
  readonly mayUseThreads: boolean;
  /** Aggregations only: holds a row for each group, not the series that it takes. */
  readonly isFolded?: boolean;
  /** What arithmetic between numbers gave before the evaluation. */
  readonly constant?: number;
  /** What is read from the storage. */
  readonly matchers?: readonly Matcher[];
  readonly reads?: TimeRange;
  /** Of range selectors and subqueries. */
  readonly rangeMs?: number;
  /** It is evaluated where it stands first; its inputs are shown there. */
  readonly isReused: boolean;
  /** Kept until it has been used so often. */
  readonly uses?: number;
  /** These, by id, take its series in one pass. */
  readonly fedTogether?: readonly number[];
  /** Where it stands first, of all that it did. */
  readonly measured?: Measurement & {
    /** With that of its inputs, where they stand first. */
    readonly totalMs: number;
  };
  readonly inputs: readonly PlanNode[];
}

/** Each operator shows all that is below it: that of a long query would be very much text. */
const TEXT_LENGTH_MAX = 500;
const NODES_MAX = 10_000;

export interface Explained {
  readonly plan: Plan;
  readonly prepared: Prepared;
  /** Where the query has been measured. */
  readonly meter: Meter | undefined;
  readonly hasHelpers: boolean;
}

/** Shows a plan as a tree. Throws QueryError where it is larger than anyone could look at. */
export function explainPlan(explained: Explained): PlanNode {
  return new Explanation(explained).node(explained.plan.root, undefined);
}

class Explanation {
  readonly #explained: Explained;
  readonly #ids = new Map<Operator, number>();
  readonly #shown = new Set<Operator>();
  #nodes = 0;

  constructor(explained: Explained) {
    this.#explained = explained;
    this.#number(explained.plan.root);
  }

  #number(operator: Operator): void {
    if (this.#ids.has(operator)) return;
    this.#ids.set(operator, this.#ids.size + 1);
    for (const input of operator.inputs) this.#number(input);
  }

  node(operator: Operator, user: Operator | undefined): PlanNode {
    this.#nodes++;
    if (this.#nodes > NODES_MAX) {
      throw new QueryError(
        'bad_data',
        `cannot explain a query of more than ${NODES_MAX} operators`,
      );
    }
    const { prepared, hasHelpers } = this.#explained;
    const isShown = this.#shown.has(operator);
    const isReused = isShown && operator.sharing.how !== 'none';
    this.#shown.add(operator);
    const inputs = isReused ? [] : operator.inputs.map((input) => this.node(input, operator));
    const { kind, expr, grid, isOnce } = operator;
    const original = prepared.originals.get(expr) ?? expr;
    const text = printExprStart(original, TEXT_LENGTH_MAX);
    return {
      id: this.#idOf(operator),
      operator: kind,
      name: shortened(kind === 'constant' ? text : (headOf(original) ?? text)),
      text,
      position: expr.position,
      type: valueTypeOf(expr),
      grid,
      isOnce,
      mayUseThreads: hasHelpers && isParallel(operator),
      isStreamed: user !== undefined && isStreamed(operator, user),
      ...detailsOf(operator),
      isReused,
      ...this.#sharing(operator),
      ...(isShown ? {} : this.#measured(operator, inputs)),
      inputs,
    };
  }

  #idOf(operator: Operator): number {
    return this.#ids.get(operator) ?? 0;
  }

  #sharing({ sharing }: Operator): Pick<PlanNode, 'uses' | 'fedTogether'> {
    if (sharing.how === 'none') return {};
    if (sharing.how === 'kept') return { uses: sharing.uses };
    return { fedTogether: sharing.readers.map((reader) => this.#idOf(reader)) };
  }

  #measured(operator: Operator, inputs: readonly PlanNode[]): Pick<PlanNode, 'measured'> {
    const measurement = this.#explained.meter?.measurementOf(operator);
    if (measurement === undefined) return {};
    const below = inputs.reduce((sum, input) => sum + (input.measured?.totalMs ?? 0), 0);
    return { measured: { ...measurement, totalMs: measurement.ownMs + below } };
  }
}

function isStreamed(operator: Operator, user: Operator): boolean {
  return operator.sharing.how !== 'kept' && streams(operator) && isFolded(user);
}

function isFolded(operator: Operator): boolean {
  return operator.kind === 'aggregation' && canFold(aggregateOf(operator));
}

function isParallel(operator: Operator): boolean {
  const { kind, expr, inputs } = operator;
  if (kind === 'instants') return expr.kind === 'vectorSelector' && !expr.smoothed;
  return kind === 'rangeFunction' && inputs.some((input) => input.kind === 'windows');
}

function shortened(name: string): string {
  return name.length <= TEXT_LENGTH_MAX ? name : `${name.slice(0, TEXT_LENGTH_MAX - 1)}…`;
}

/** What an expression is without those in it. */
function headOf(expr: Expr): string | undefined {
  switch (expr.kind) {
    case 'call':
      return expr.func;
    case 'aggregate':
      return aggregateHead(expr).trimEnd();
    case 'binary':
      return binaryHead(expr);
    case 'unary':
      return expr.operator;
    case 'subquery':
      return subquerySuffix(expr);
    default:
      return undefined;
  }
}

type Details = Pick<PlanNode, 'isFolded' | 'constant' | 'matchers' | 'reads' | 'rangeMs'>;

function detailsOf(operator: Operator): Details {
  const { expr, kind, reads, selector } = operator;
  return {
    ...(kind === 'aggregation' ? { isFolded: isFolded(operator) } : {}),
    ...(expr.kind === 'number' ? { constant: expr.value } : {}),
    ...(reads === undefined || selector === undefined
      ? {}
      : { reads, matchers: selector.matchers }),
    ...(expr.kind === 'matrixSelector' || expr.kind === 'subquery'
      ? { rangeMs: expr.rangeMs }
      : {}),
  };
}
