/** A series as the HTTP API names it. */
export type Metric = Readonly<Record<string, string>>;

/** Seconds since the epoch, and a value as text. */
export type ValuePair = readonly [number, string];

/** Kind of bounds (0: upper inclusive, 1: lower inclusive, 2: none, 3: both), lower, upper, count. */
export type ApiBucket = readonly [number, string, string, string];

export interface ApiHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly ApiBucket[];
}

export interface ApiSeries {
  readonly metric: Metric;
  readonly value?: ValuePair;
  readonly values?: readonly ValuePair[];
  readonly histogram?: readonly [number, ApiHistogram];
  readonly histograms?: readonly (readonly [number, ApiHistogram])[];
}

/** The `data` of an answer to a query. */
export type QueryData =
  | { readonly resultType: 'vector' | 'matrix'; readonly result: readonly ApiSeries[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: ValuePair };

/** Trusts the server as far as the outermost shape is right. Undefined where it is not. */
export function queryData(data: unknown): QueryData | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { resultType, result } = data as { resultType?: unknown; result?: unknown };
  if (!Array.isArray(result)) return undefined;
  switch (resultType) {
    case 'vector':
    case 'matrix':
      return result.every(isSeries) ? (data as QueryData) : undefined;
    case 'scalar':
    case 'string':
      return data as QueryData;
    default:
      return undefined;
  }
}

function isSeries(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { metric } = value as { metric?: unknown };
  return typeof metric === 'object' && metric !== null;
}
