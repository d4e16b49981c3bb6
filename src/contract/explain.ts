import type { QueryStats } from './query.ts';
import type { MatcherNode } from './syntax-tree.ts';

/** `/api/v1/query_explain`: how a query is evaluated; with `analyze=true` also what each operator did. */
export interface ExplainData {
  /** The instants of the query; seconds since the epoch. `step` is 0 for an instant query. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly plan: PlanOperator;
  /** Of the whole query, as in its own answer; only with `analyze=true`. */
  readonly stats?: QueryStats;
}

export type PlanOperatorKind =
  | 'constant'
  | 'string'
  | 'instants'
  | 'timestamps'
  | 'windows'
  | 'infoSeries'
  | 'subquery'
  | 'rangeFunction'
  | 'function'
  | 'aggregation'
  | 'binary'
  | 'unary';

/** One operator where it stands in the query. Flags are there only where they are true. */
export interface PlanOperator {
  /** From 1, the root first. The same operator has the same wherever it stands. */
  readonly id: number;
  readonly operator: PlanOperatorKind;
  /** What it does to its inputs: the function, or the operator with its labels. Its text, where it has none. */
  readonly name: string;
  /** As PromQL; cut off with an ellipsis where it is very long. */
  readonly text: string;
  /** Where it stands first in the query, in UTF-16 units; `end` excluded. */
  readonly position: { readonly start: number; readonly end: number };
  readonly type: 'scalar' | 'vector' | 'matrix' | 'string' | 'none';
  /** The instants at which it is evaluated. Seconds. */
  readonly start: number;
  readonly step: number;
  readonly steps: number;
  /** Evaluated at the first step only: the others have the same value. */
  readonly once?: true;
  /** Handed on series by series, never held as a whole. */
  readonly streamed?: true;
  /** Several threads make its series where these are many. */
  readonly threads?: true;
  /** Of aggregations: holds a row for each group, not the series that it takes. */
  readonly folded?: true;
  /** The value of a number, or of arithmetic between numbers; as Go writes floats. */
  readonly constant?: string;
  /** Of what reads from the storage: of which series, and of which times (inclusive, seconds since the epoch). */
  readonly matchers?: readonly MatcherNode[];
  readonly reads?: { readonly start: number; readonly end: number };
  /** Of range selectors and subqueries. Seconds. */
  readonly range?: number;
  /** Evaluated where it stands first; its inputs are shown there. */
  readonly reused?: true;
  /** Its result is kept until it has been used so often. */
  readonly uses?: number;
  /** Aggregations, by id, that take its series in one pass. */
  readonly fedTogether?: readonly number[];
  /** Only with `analyze=true`, and where it stands first: all that it did. */
  readonly analysis?: OperatorAnalysis;
  readonly inputs: readonly PlanOperator[];
}

export interface OperatorAnalysis {
  /** Seconds: its own, and with its inputs where these stand first. */
  readonly ownTime: number;
  readonly totalTime: number;
  readonly resultSeries: number;
  readonly resultSamples: number;
  /** What it read from the storage. */
  readonly seriesRead: number;
  readonly samplesRead: number;
  /** What the whole query held at most while it was at work; 0 where that was not followed. */
  readonly peakSamples: number;
  readonly peakBytes: number;
}
