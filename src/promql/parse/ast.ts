import type { Matcher } from '#model';

/** Offsets into the query text in UTF-16 units; `end` is excluded. */
export interface PositionRange {
  readonly start: number;
  readonly end: number;
}

export type ValueType = 'none' | 'scalar' | 'vector' | 'matrix' | 'string';

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | 'atan2'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'and'
  | 'or'
  | 'unless'
  /** Histogram trimming: keep buckets below, above. */
  | '</'
  | '>/';

export type AggregationOperator =
  | 'avg'
  | 'bottomk'
  | 'count'
  | 'count_values'
  | 'group'
  | 'limitk'
  | 'limit_ratio'
  | 'max'
  | 'min'
  | 'quantile'
  | 'stddev'
  | 'stdvar'
  | 'sum'
  | 'topk';

/** Arithmetic on durations, as in `foo[5m*2]`; evaluated when start, end and step of the query are known. */
export interface DurationExpression {
  readonly kind: 'duration';
  /** `step`, `range`, `min`, `max`, or an operator; unary where `left` is absent. */
  readonly operator:
    | '+'
    | '-'
    | '*'
    | '/'
    | '%'
    | '^'
    | 'step'
    | 'range'
    | 'min'
    | 'max'
    | 'max_of'
    | 'min_of';
  readonly left?: DurationExpression | NumberLiteral;
  readonly right?: DurationExpression | NumberLiteral;
  readonly wrapped: boolean;
  readonly position: PositionRange;
}

/** `@ 123`, `@ start()`, `@ end()`. */
export type AtModifier =
  | { readonly kind: 'timestamp'; readonly timestampMs: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  /** Written as a duration (`5m`); `value` is then in seconds. */
  readonly isDuration: boolean;
  readonly position: PositionRange;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly position: PositionRange;
}

export interface VectorSelector {
  readonly kind: 'vectorSelector';
  /** '' where the name is given only as a matcher, or not at all. */
  readonly name: string;
  /** All matchers, that of the name included. */
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
  readonly offsetExpression?: DurationExpression;
  readonly at?: AtModifier;
  readonly anchored: boolean;
  readonly smoothed: boolean;
  readonly position: PositionRange;
}

export interface MatrixSelector {
  readonly kind: 'matrixSelector';
  readonly selector: VectorSelector;
  readonly rangeMs: number;
  readonly rangeExpression?: DurationExpression;
  readonly position: PositionRange;
}

export interface Subquery {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  readonly rangeExpression?: DurationExpression;
  /** 0: the engine's default step. */
  readonly stepMs: number;
  readonly stepExpression?: DurationExpression;
  readonly offsetMs: number;
  readonly offsetExpression?: DurationExpression;
  readonly at?: AtModifier;
  readonly position: PositionRange;
}

export interface Call {
  readonly kind: 'call';
  readonly func: string;
  readonly args: readonly Expr[];
  readonly position: PositionRange;
}

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly operator: AggregationOperator;
  readonly expr: Expr;
  readonly param?: Expr;
  readonly grouping: readonly string[];
  readonly without: boolean;
  readonly position: PositionRange;
}

export interface VectorMatching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  readonly labels: readonly string[];
  /** `on(...)` was written; otherwise `labels` are ignored ones. */
  readonly on: boolean;
  /** Labels of group_left / group_right. */
  readonly include: readonly string[];
  readonly fillLeft?: number;
  readonly fillRight?: number;
}

export interface Binary {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  /** Set where both sides are vectors. */
  readonly matching?: VectorMatching;
  readonly position: PositionRange;
}

export interface Unary {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly expr: Expr;
  readonly position: PositionRange;
}

export interface Paren {
  readonly kind: 'paren';
  readonly expr: Expr;
  readonly position: PositionRange;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren;

/** What the language switches on (Prometheus: `--enable-feature`). */
export interface ParserOptions {
  /** Functions and aggregations marked experimental: `promql-experimental-functions`. */
  readonly experimentalFunctions: boolean;
  /** `foo[5m*2]`; always on since Prometheus 3.14. */
  readonly durationExpressions: boolean;
  /** `anchored`, `smoothed`: `promql-extended-range-selectors`. */
  readonly extendedRangeSelectors: boolean;
  /** `fill(0)` and its kin: `promql-binop-fill-modifiers`. */
  readonly fillModifiers: boolean;
}

export interface ParseError {
  readonly position: PositionRange;
  readonly message: string;
}

export type ParseResult =
  | { readonly ok: true; readonly expr: Expr }
  /** In the order found; users see the first as `<line>:<column>: parse error: <message>`. */
  | { readonly ok: false; readonly errors: readonly ParseError[] };

/** One value of a `load` line; undefined is `_`, a gap. */
export interface SeriesDescription {
  readonly labels: import('#model').Labels;
  readonly values: readonly SeriesValue[];
}

export type SeriesValue =
  | { readonly kind: 'omitted' }
  /** `stale` is set for the stale marker, whose bits a plain number may lose on its way. */
  | { readonly kind: 'float'; readonly value: number; readonly stale?: boolean }
  | {
      readonly kind: 'histogram';
      readonly histogram: import('#model').FloatHistogram;
      /** The text names a counter_reset_hint; only then do tests compare it. */
      readonly counterResetHintSet: boolean;
    };

export type SeriesDescriptionResult =
  | { readonly ok: true; readonly series: SeriesDescription }
  | { readonly ok: false; readonly errors: readonly ParseError[] };
