import type { Expr } from '#promql';

/** By the base units that the names of metrics end with (Prometheus' naming practices); as Grafana names units. */
const UNITS: readonly (readonly [suffix: RegExp, unit: string])[] = [
  [/_(?:timestamp|start_time|boot_time)_seconds$/, ''],
  [/_(?:seconds|duration_seconds)$/, 's'],
  [/_milliseconds$/, 'ms'],
  [/_bytes$/, 'bytes'],
  [/_ratio$/, 'percentunit'],
  [/_percent$/, 'percent'],
  [/_celsius$/, 'celsius'],
  [/_volts$/, 'volt'],
  [/_amperes$/, 'amp'],
  [/_watts$/, 'watt'],
  [/_joules$/, 'joule'],
  [/_hertz$/, 'hertz'],
];

const PER_SECOND: ReadonlySet<string> = new Set(['rate', 'irate', 'deriv']);
/** Whose first argument has the unit of the result. */
const AS_FIRST: ReadonlySet<string> = new Set(
  (
    'abs ceil floor round clamp clamp_min clamp_max sort sort_desc sort_by_label sort_by_label_desc label_replace ' +
    'label_join increase delta idelta avg_over_time min_over_time max_over_time sum_over_time last_over_time ' +
    'first_over_time predict_linear'
  ).split(' '),
);
const AS_LAST: ReadonlySet<string> = new Set([
  'histogram_quantile',
  'quantile_over_time',
  'histogram_avg',
  'histogram_sum',
]);
const COUNTS: ReadonlySet<string> = new Set(['count', 'count_values', 'group']);

/** What a query's values are most probably measured in; '' where nothing says so. */
export function guessUnit(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return '';
    case 'vectorSelector':
      return unitOfName(expr.name);
    case 'matrixSelector':
      return unitOfName(expr.selector.name);
    case 'subquery':
    case 'unary':
    case 'paren':
      return guessUnit(expr.expr);
    case 'aggregate':
      return COUNTS.has(expr.operator) ? '' : guessUnit(expr.expr);
    case 'binary':
      return unitOfBinary(expr);
    case 'call':
      return unitOfCall(expr);
  }
}

function unitOfName(name: string): string {
  const base = name.replace(/_(?:total|sum|bucket)$/, '');
  return UNITS.find(([suffix]) => suffix.test(base))?.[1] ?? '';
}

function unitOfCall({ func, args }: Extract<Expr, { readonly kind: 'call' }>): string {
  const first = args[0];
  const last = args.at(-1);
  if (first === undefined || last === undefined) return '';
  if (func === 'histogram_quantile') return unitOfQuantile(last);
  if (PER_SECOND.has(func)) return perSecond(first);
  if (AS_FIRST.has(func)) return guessUnit(first);
  return AS_LAST.has(func) ? guessUnit(last) : '';
}

/** Of how the buckets grow nothing is asked, but of what they are buckets of. */
function unitOfQuantile(expr: Expr): string {
  if (expr.kind === 'call') return guessUnit(expr.args[0] ?? expr);
  if (expr.kind === 'aggregate' || expr.kind === 'paren') return unitOfQuantile(expr.expr);
  return guessUnit(expr);
}

function perSecond(expr: Expr): string {
  const name = expr.kind === 'matrixSelector' ? expr.selector.name : '';
  if (/requests(?:_total)?$/.test(name)) return 'reqps';
  return guessUnit(expr) === 'bytes' ? 'Bps' : '';
}

function unitOfBinary(expr: Extract<Expr, { readonly kind: 'binary' }>): string {
  const { operator, left, right } = expr;
  const units = [guessUnit(left), guessUnit(right)] as const;
  switch (operator) {
    case '/':
      if (isNumber(right)) return '';
      return units[0] !== '' && units[0] === units[1] ? 'percentunit' : '';
    case '*':
      if (isHundred(left)) return units[1] === 'percentunit' ? 'percent' : '';
      if (isHundred(right)) return units[0] === 'percentunit' ? 'percent' : '';
      return '';
    case '+':
    case '-':
      return units[0] === '' ? units[1] : units[0];
    case '^':
    case '%':
    case 'atan2':
      return '';
    default:
      return expr.returnBool ? '' : units[0];
  }
}

function isNumber({ kind }: Expr): boolean {
  return kind === 'number';
}

function isHundred(expr: Expr): boolean {
  return expr.kind === 'number' && expr.value === 100;
}

/** The labels that an aggregation leaves, else `__auto`, which finds those that differ. */
export function guessLegend(expr: Expr): string {
  switch (expr.kind) {
    case 'paren':
    case 'unary':
      return guessLegend(expr.expr);
    case 'call': {
      const inner = expr.args.at(expr.func === 'histogram_quantile' ? -1 : 0);
      return inner === undefined ? '__auto' : guessLegend(inner);
    }
    case 'aggregate': {
      if (expr.operator === 'topk' || expr.operator === 'bottomk') return guessLegend(expr.expr);
      const labels = expr.grouping.filter((label) => label !== 'le');
      if (expr.without || labels.length === 0) return '__auto';
      return labels.map((label) => `{{${label}}}`).join(' ');
    }
    default:
      return '__auto';
  }
}
