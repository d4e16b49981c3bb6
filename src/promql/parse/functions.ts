import type { AggregationOperator, ValueType } from './ast.ts';

export interface FunctionSignature {
  readonly name: string;
  readonly argTypes: readonly ValueType[];
  /**
   * 0: exactly the arguments of `argTypes`. n > 0: the last one may be left out, or stand up to n
   * times. -1: the last one may be left out, or stand any number of times.
   */
  readonly variadic: number;
  readonly returnType: ValueType;
  /** Needs the option `experimentalFunctions`. */
  readonly experimental: boolean;
}

type Row = readonly [names: string, argTypes: string, variadic: number, returnType: ValueType];

const STABLE: readonly Row[] = [
  ['abs absent acos acosh asin asinh atan atanh ceil cos cosh', 'vector', 0, 'vector'],
  ['deg exp floor ln log10 log2 rad sgn sin sinh sort sort_desc', 'vector', 0, 'vector'],
  ['sqrt tan tanh timestamp', 'vector', 0, 'vector'],
  ['histogram_avg histogram_count histogram_sum', 'vector', 0, 'vector'],
  ['histogram_stddev histogram_stdvar', 'vector', 0, 'vector'],
  ['days_in_month day_of_month day_of_week day_of_year', 'vector', 1, 'vector'],
  ['hour minute month year', 'vector', 1, 'vector'],
  ['absent_over_time avg_over_time count_over_time last_over_time', 'matrix', 0, 'vector'],
  ['max_over_time min_over_time present_over_time', 'matrix', 0, 'vector'],
  ['stddev_over_time stdvar_over_time sum_over_time', 'matrix', 0, 'vector'],
  ['changes delta deriv idelta increase irate rate resets', 'matrix', 0, 'vector'],
  ['clamp', 'vector scalar scalar', 0, 'vector'],
  ['clamp_max clamp_min', 'vector scalar', 0, 'vector'],
  ['histogram_fraction', 'scalar scalar vector', 0, 'vector'],
  ['histogram_quantile', 'scalar vector', 0, 'vector'],
  ['label_join', 'vector string string string', -1, 'vector'],
  ['label_replace', 'vector string string string string', 0, 'vector'],
  ['pi time', '', 0, 'scalar'],
  ['predict_linear', 'matrix scalar', 0, 'vector'],
  ['quantile_over_time', 'scalar matrix', 0, 'vector'],
  ['round', 'vector scalar', 1, 'vector'],
  ['scalar', 'vector', 0, 'scalar'],
  ['vector', 'scalar', 0, 'vector'],
];

const EXPERIMENTAL: readonly Row[] = [
  ['double_exponential_smoothing', 'matrix scalar scalar', 0, 'vector'],
  ['end range start step', '', 0, 'scalar'],
  ['first_over_time mad_over_time', 'matrix', 0, 'vector'],
  ['histogram_quantiles', 'vector string scalar scalar', 9, 'vector'],
  ['info', 'vector vector', 1, 'vector'],
  ['max_of min_of', 'scalar scalar', 0, 'scalar'],
  ['sort_by_label sort_by_label_desc', 'vector string', -1, 'vector'],
  ['start_timestamp', 'vector', 0, 'vector'],
  ['ts_of_first_over_time ts_of_last_over_time', 'matrix', 0, 'vector'],
  ['ts_of_max_over_time ts_of_min_over_time', 'matrix', 0, 'vector'],
];

function signatures(rows: readonly Row[], experimental: boolean): FunctionSignature[] {
  return rows.flatMap(([names, argTypes, variadic, returnType]) =>
    names.split(' ').map((name) => ({
      name,
      argTypes: argTypes === '' ? [] : (argTypes.split(' ') as ValueType[]),
      variadic,
      returnType,
      experimental,
    })),
  );
}

/** Every function of the language by name (Prometheus: promql/parser/functions.go). */
export const FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map(
  [...signatures(STABLE, false), ...signatures(EXPERIMENTAL, true)]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((signature) => [signature.name, signature]),
);

/** Names of Prometheus 2 that queries still use. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['holt_winters', 'double_exponential_smoothing'],
]);

/** The signature of a function; undefined where there is none. Case counts. */
export function functionSignature(name: string): FunctionSignature | undefined {
  return FUNCTIONS.get(ALIASES.get(name) ?? name);
}

export interface AggregationSignature {
  /** Type of the parameter before the vector: `topk(3, a)`. */
  readonly paramType?: ValueType;
  /** Needs the option `experimentalFunctions`. */
  readonly experimental: boolean;
}

const PLAIN: AggregationSignature = { experimental: false };
const WITH_SCALAR: AggregationSignature = { paramType: 'scalar', experimental: false };

/** Every aggregation of the language. */
export const AGGREGATIONS: Readonly<Record<AggregationOperator, AggregationSignature>> = {
  avg: PLAIN,
  bottomk: WITH_SCALAR,
  count: PLAIN,
  count_values: { paramType: 'string', experimental: false },
  group: PLAIN,
  limit_ratio: { paramType: 'scalar', experimental: true },
  limitk: { paramType: 'scalar', experimental: true },
  max: PLAIN,
  min: PLAIN,
  quantile: WITH_SCALAR,
  stddev: PLAIN,
  stdvar: PLAIN,
  sum: PLAIN,
  topk: WITH_SCALAR,
};
