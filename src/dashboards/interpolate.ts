import { builtIn, type BuiltInScope } from './built-in-variables.ts';
import { quoteAt, quoteForPromql, type QuoteScan } from './promql-quotes.ts';
import type { VariableValue, VariableValues } from './variable.ts';
import { formatVariable } from './variable-format.ts';

export type { BuiltInScope } from './built-in-variables.ts';

export interface InterpolationOptions {
  /**
   * How values stand where the text names no format: `promql` as Grafana's Prometheus data source writes
   * them, or one of Grafana's formats (`text` in titles, `html` in text panels, `percentencode` in links).
   */
  readonly format:
    | 'promql'
    | 'text'
    | 'html'
    | 'raw'
    | 'regex'
    | 'percentencode'
    | 'queryparam'
    | 'glob';
  /** '' or `browser`, `utc`, or a name of the tz database. */
  readonly timeZone: string;
}

/** `$name`, `[[name:format]]`, `${name.path:format}`. */
const REFERENCE =
  /\$(\w+)|\[\[(\w{1,200}?)(?::(\w{1,50}))?\]\]|\$\{(\w+)((?:\.|\[)[^:}]{1,300})?(?::([^}]{1,300}))?\}/g;

/** Values may name variables in turn: this deep at most. */
const DEPTH_MAX = 3;

/** Beyond this many characters a text stays as it is from there on. */
const LENGTH_MAX = 4 << 20;

/**
 * Puts values in the place of variables. Names that neither `values` nor the scope know stay as they are, `$1` of
 * label_replace among them.
 */
export function interpolate(
  text: string,
  values: VariableValues,
  scope: BuiltInScope,
  options: InterpolationOptions,
): string {
  if (!text.includes('$') && !text.includes('[[')) return text;
  return replaceIn(text, { values, scope, options, depth: 0 });
}

/** The variables that a text names, built-in ones among them, each once, in order. */
export function variablesIn(text: string): string[] {
  const names = new Set<string>();
  for (const match of text.matchAll(REFERENCE)) names.add(referenceOf(match).name);
  return [...names];
}

/** The text with another name where it names a variable, its format kept. */
export function renameVariableIn(text: string, from: string, to: string): string {
  if (!text.includes(from)) return text;
  return text.replaceAll(REFERENCE, (whole: string, ...groups: (string | undefined)[]) => {
    const [plain, bracketed, , braced] = groups;
    if ((plain ?? bracketed ?? braced) !== from) return whole;
    const start = plain === undefined ? 2 : 1;
    return `${whole.slice(0, start)}${to}${whole.slice(start + from.length)}`;
  });
}

interface Work {
  readonly values: VariableValues;
  readonly scope: BuiltInScope;
  readonly options: InterpolationOptions;
  readonly depth: number;
}

interface Reference {
  readonly whole: string;
  readonly name: string;
  readonly path: string;
  readonly format: string;
}

function referenceOf(match: RegExpMatchArray): Reference {
  const [whole, plain, bracketed, bracketedFormat, braced, path = '', bracedFormat] = match;
  return {
    whole,
    name: plain ?? bracketed ?? braced ?? '',
    path: path.startsWith('.') ? path.slice(1) : path,
    format: bracketedFormat ?? bracedFormat ?? '',
  };
}

function replaceIn(text: string, work: Work): string {
  const scan: QuoteScan = { at: 0, quote: '', quoteStart: 0, text };
  let result = '';
  let last = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (result.length > LENGTH_MAX) break;
    const reference = referenceOf(match);
    if (work.options.format === 'promql') quoteAt(scan, match.index);
    result += text.slice(last, match.index) + (valueOf(reference, work, scan) ?? reference.whole);
    last = match.index + reference.whole.length;
  }
  return result + text.slice(last);
}

function valueOf(reference: Reference, work: Work, scan: QuoteScan): string | undefined {
  const { name, path, format } = reference;
  const { values, scope, options } = work;
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) {
    return builtIn({ name, path, format }, scope, options.timeZone) ?? allVariables(name, values);
  }
  if (path === 'text') return value.texts.join(' + ');
  const chosen = deepen(value, work);
  if (value.isPattern && format !== 'text' && format !== 'queryparam')
    return chosen.values[0] ?? '';
  if (format === '' && options.format === 'promql') return quoteForPromql(chosen, scan);
  const context = { name, timeZone: options.timeZone };
  return formatVariable(chosen, format === '' ? options.format : format, context);
}

/** A custom variable may offer `$__rate_interval`, an `allValue` another variable. */
function deepen(value: VariableValue, work: Work): VariableValue {
  if (work.depth >= DEPTH_MAX || !value.values.some((one) => one.includes('$'))) return value;
  const deeper: Work = {
    ...work,
    // Only the file's own words may name others: what a label's value says is not asked for.
    values: value.isPattern ? work.values : {},
    options: { ...work.options, format: value.isPattern ? work.options.format : 'raw' },
    depth: work.depth + 1,
  };
  return { ...value, values: value.values.map((one) => replaceIn(one, deeper)) };
}

function allVariables(name: string, values: VariableValues): string | undefined {
  if (name !== '__all_variables') return undefined;
  return Object.entries(values)
    .filter(([other]) => !other.startsWith('__'))
    .map(([other, value]) => formatVariable(value, 'queryparam', { name: other, timeZone: '' }))
    .filter((parameter) => parameter !== '')
    .join('&');
}
