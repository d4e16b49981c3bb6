/** `/api/v1/parse_query`: the tree of a query; `type` tells the node's kind (Prometheus: web/api/v1/translate_ast.go). */
export type SyntaxNode =
  | AggregationNode
  | BinaryNode
  | CallNode
  | MatrixSelectorNode
  | SubqueryNode
  | NumberNode
  | ParenNode
  | StringNode
  | UnaryNode
  | VectorSelectorNode
  | PlaceholderNode;

export interface AggregationNode {
  readonly type: 'aggregation';
  readonly op: string;
  readonly expr: SyntaxNode;
  readonly param: SyntaxNode | null;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export interface BinaryNode {
  readonly type: 'binaryExpr';
  readonly op: string;
  readonly lhs: SyntaxNode;
  readonly rhs: SyntaxNode;
  readonly matching: {
    readonly card: 'one-to-one' | 'one-to-many' | 'many-to-one' | 'many-to-many';
    readonly labels: readonly string[];
    readonly on: boolean;
    readonly include: readonly string[];
    readonly fillValues: { readonly lhs: number | null; readonly rhs: number | null };
  } | null;
  readonly bool: boolean;
}

export interface CallNode {
  readonly type: 'call';
  readonly func: {
    readonly name: string;
    readonly argTypes: readonly string[];
    readonly variadic: number;
    readonly returnType: string;
  };
  readonly args: readonly SyntaxNode[];
}

export interface DurationNode {
  readonly type: 'durationExpr';
  readonly op: string;
  readonly lhs: DurationPart | null;
  readonly rhs: DurationPart | null;
  readonly wrapped: boolean;
}

export type DurationPart = DurationNode | NumberNode;

export interface MatcherNode {
  readonly name: string;
  readonly type: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

interface SelectorFields {
  readonly name: string;
  readonly matchers: readonly MatcherNode[];
  /** Milliseconds. */
  readonly offset: number;
  readonly offsetExpr?: DurationPart | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number | null;
  readonly startOrEnd: 'start' | 'end' | null;
  readonly anchored?: boolean;
  readonly smoothed?: boolean;
}

export interface VectorSelectorNode extends SelectorFields {
  readonly type: 'vectorSelector';
}

export interface MatrixSelectorNode extends SelectorFields {
  readonly type: 'matrixSelector';
  /** Milliseconds. */
  readonly range: number;
  readonly rangeExpr?: DurationPart | null;
}

export interface SubqueryNode {
  readonly type: 'subquery';
  readonly expr: SyntaxNode;
  /** Milliseconds. */
  readonly range: number;
  readonly offset: number;
  readonly step: number;
  readonly rangeExpr?: DurationPart | null;
  readonly offsetExpr?: DurationPart | null;
  readonly stepExpr?: DurationPart | null;
  readonly timestamp: number | null;
  readonly startOrEnd: 'start' | 'end' | null;
}

export interface NumberNode {
  readonly type: 'numberLiteral';
  readonly val: string;
  readonly duration?: boolean;
}

export interface ParenNode {
  readonly type: 'parenExpr';
  readonly expr: SyntaxNode;
}

export interface StringNode {
  readonly type: 'stringLiteral';
  readonly val: string;
}

export interface UnaryNode {
  readonly type: 'unaryExpr';
  readonly op: string;
  readonly expr: SyntaxNode;
}

/** What the tree of an unfinished input shows where an operand is missing. */
export interface PlaceholderNode {
  readonly type: 'placeholder';
  readonly children: readonly SyntaxNode[];
}
