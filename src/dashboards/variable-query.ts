import { escapeName } from '#model';
import type { VariableOption } from './variable.ts';
import { compilePattern, type FilePattern } from './file-pattern.ts';
import type { TimeSpan } from './time-range.ts';

/** A question to the Prometheus API for the options of a variable. */
export interface VariableRequest {
  /** `/api/v1/labels`. */
  readonly path: string;
  /** In order; `match[]` and `query` among them. Times in seconds. */
  readonly parameters: readonly (readonly [string, string])[];
  /** What `data` of the answer holds. */
  readonly gives: 'names' | 'series' | 'result';
  /** Only names that the pattern finds count; '' for all. */
  readonly namePattern: string;
}

export type VariableRequestResult =
  | { readonly ok: true; readonly request: VariableRequest }
  | { readonly ok: false; readonly message: string };

export interface VariableOptions {
  readonly options: readonly VariableOption[];
  /** '' for none. */
  readonly problem: string;
}

/** So many options a variable has at most; further ones are told. */
export const VARIABLE_OPTIONS_MAX = 10_000;

/**
 * Reads `label_values(metric, label)`, `label_values(label)`, `label_names(pattern)`, `metrics(pattern)`,
 * `query_result(expression)` or a selector, variables in it replaced already.
 */
export function variableRequest(query: string, span: TimeSpan): VariableRequestResult {
  const text = query.trim();
  const call = /^(label_values|label_names|metrics|query_result)\s*\(/.exec(text);
  if (text === '') return { ok: false, message: 'cannot ask for options: the query is empty' };
  if (call === null) return seriesRequest(text, span);
  if (!text.endsWith(')')) {
    return { ok: false, message: `cannot read ${JSON.stringify(text)}: a parenthesis is missing` };
  }
  const inside = text.slice(call[0].length, -1).trim();
  switch (call[1]) {
    case 'label_values':
      return labelValuesRequest(inside, span);
    case 'label_names':
      return labelNamesRequest(inside, span);
    case 'metrics':
      return namesRequest('/api/v1/label/__name__/values', span, { namePattern: inside });
    default:
      return resultRequest(inside, span);
  }
}

function labelValuesRequest(inside: string, span: TimeSpan): VariableRequestResult {
  const comma = inside.lastIndexOf(',');
  const label = unquoteLabel(inside.slice(comma + 1).trim());
  const metric = comma < 0 ? '' : inside.slice(0, comma).trim();
  if (label === undefined) {
    return { ok: false, message: `cannot read the label in label_values(${inside})` };
  }
  return namesRequest(`/api/v1/label/${encodeURIComponent(label)}/values`, span, { match: metric });
}

/** `job`, or `"service.name"`, which today's names may be. */
function unquoteLabel(text: string): string | undefined {
  if (/^[a-zA-Z_]\w*$/.test(text)) return text;
  const quoted = /^"([^"\\{}]+)"$/.exec(text)?.[1] ?? (/^[\w.:/-]+$/.test(text) ? text : undefined);
  if (quoted === undefined) return undefined;
  return escapeName(quoted, 'values');
}

function labelNamesRequest(inside: string, span: TimeSpan): VariableRequestResult {
  if (inside === '') return namesRequest('/api/v1/labels', span, {});
  return namesRequest('/api/v1/labels', span, {
    match: `{__name__=~${JSON.stringify(`.*${inside}.*`)}}`,
  });
}

function namesRequest(
  path: string,
  span: TimeSpan,
  { match = '', namePattern = '' }: { match?: string; namePattern?: string },
): VariableRequestResult {
  const parameters: [string, string][] = match === '' ? [] : [['match[]', match]];
  parameters.push(...spanParameters(span));
  return { ok: true, request: { path, parameters, gives: 'names', namePattern } };
}

function seriesRequest(selector: string, span: TimeSpan): VariableRequestResult {
  const parameters: [string, string][] = [['match[]', selector], ...spanParameters(span)];
  return {
    ok: true,
    request: { path: '/api/v1/series', parameters, gives: 'series', namePattern: '' },
  };
}

function resultRequest(expression: string, span: TimeSpan): VariableRequestResult {
  if (expression === '') return { ok: false, message: 'cannot read query_result(): it is empty' };
  const parameters: [string, string][] = [
    ['query', expression],
    ['time', seconds(span.toMs)],
  ];
  return {
    ok: true,
    request: { path: '/api/v1/query', parameters, gives: 'result', namePattern: '' },
  };
}

function spanParameters({ fromMs, toMs }: TimeSpan): [string, string][] {
  return [
    ['start', seconds(fromMs)],
    ['end', seconds(toMs)],
  ];
}

function seconds(timeMs: number): string {
  return String(Math.round(timeMs) / 1000);
}

/** Two questions with the same key have the same answer. */
export function requestKey({ path, parameters, namePattern }: VariableRequest): string {
  return JSON.stringify([path, parameters, namePattern]);
}

/** The same for questions that differ in nothing but the time. */
export function timelessKey(request: VariableRequest): string {
  const parameters = request.parameters.filter(([name]) => !TIME_PARAMETERS.has(name));
  return requestKey({ ...request, parameters });
}

const TIME_PARAMETERS: ReadonlySet<string> = new Set(['start', 'end', 'time']);

/** How options are made of what an answer says. */
export interface OptionRules {
  /** As in the file. */
  readonly regex: string;
  readonly sort: number;
}

/** From `data` of the answer: what the pattern captures, each once, sorted. */
export function optionsOfAnswer(
  request: VariableRequest,
  data: unknown,
  rules: OptionRules,
): VariableOptions {
  const texts = textsOf(request, data);
  const names = request.namePattern === '' ? undefined : compilePattern(request.namePattern);
  if (names !== undefined && !names.ok) return { options: [], problem: names.message };
  const pattern = names?.pattern;
  return optionsOfTexts(
    pattern === undefined ? texts : texts.filter((text) => pattern.finds(text)),
    rules,
  );
}

/** The same for texts that come from somewhere else. */
export function optionsOfTexts(texts: readonly string[], rules: OptionRules): VariableOptions {
  const compiled = rules.regex.trim() === '' ? undefined : compilePattern(rules.regex.trim());
  if (compiled !== undefined && !compiled.ok) return { options: [], problem: compiled.message };
  const found = new Map<string, VariableOption>();
  let leftOut = 0;
  for (const text of texts) {
    for (const option of captured(text, compiled?.pattern)) {
      if (found.has(option.value)) continue;
      if (found.size >= VARIABLE_OPTIONS_MAX) leftOut++;
      else found.set(option.value, option);
    }
  }
  const problem =
    leftOut === 0
      ? ''
      : `${leftOut} options are left out: at most ${VARIABLE_OPTIONS_MAX} are shown`;
  return { options: sortOptions([...found.values()], rules.sort), problem };
}

/** The groups `value` and `text`, else the first group of every match, else the text. */
function captured(text: string, pattern: FilePattern | undefined): readonly VariableOption[] {
  if (pattern === undefined) return [{ text, value: text }];
  const matches = pattern.findAll(text);
  if (matches.length === 0) return [];
  const value = matches.find((match) => match.named.has('value'))?.named.get('value');
  const shown = matches.find((match) => match.named.has('text'))?.named.get('text');
  if (value !== undefined || shown !== undefined) {
    return [{ text: shown ?? value ?? '', value: value ?? shown ?? '' }];
  }
  const groups = matches.map((match) => match.first).filter((first) => first !== undefined);
  if (pattern.groupCount === 0) return [{ text, value: text }];
  return groups.map((group) => ({ text: group, value: group }));
}

const NATURAL = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const EXACT = new Intl.Collator('en');

/** Grafana's orders: 1/2 alphabetical, 3/4 by the first number, 5/6 without case, 7/8 natural; even ones reversed. */
export function sortOptions(options: readonly VariableOption[], sort: number): VariableOption[] {
  const order = Math.ceil(sort / 2);
  if (order < 1 || order > 4) return [...options];
  const sorted = options.toSorted((a, b) => compareOptions(a.text, b.text, order));
  return sort % 2 === 0 ? sorted.toReversed() : sorted;
}

function compareOptions(a: string, b: string, order: number): number {
  switch (order) {
    case 2:
      return firstNumber(a) - firstNumber(b);
    case 3:
      return EXACT.compare(a.toLowerCase(), b.toLowerCase());
    case 4:
      return NATURAL.compare(a, b);
    default:
      return EXACT.compare(a, b);
  }
}

function firstNumber(text: string): number {
  const digits = /\d{1,300}/.exec(text)?.[0];
  return digits === undefined ? -1 : Number(digits);
}

function textsOf({ gives }: VariableRequest, data: unknown): string[] {
  switch (gives) {
    case 'names':
      return arrayOf(data).filter((name) => typeof name === 'string');
    case 'series':
      return arrayOf(data).map((labels) => seriesText(labels));
    case 'result':
      return resultTexts(data);
  }
}

/** As Grafana writes a series, which patterns in files rely on: `up{instance="a", job="b"}`. */
function seriesText(labels: unknown): string {
  return `${nameOf(labels)}{${labelPairs(labels).join(', ')}}`;
}

function nameOf(labels: unknown): string {
  const name = recordOf(labels)['__name__'];
  return typeof name === 'string' ? name : '';
}

function labelPairs(labels: unknown): string[] {
  return Object.entries(recordOf(labels))
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}="${String(value)}"`);
}

/** `up{instance="a",job="b"} 1 1700000000000`; of a scalar or string its value. */
function resultTexts(data: unknown): string[] {
  const { resultType, result } = recordOf(data);
  if (resultType === 'scalar' || resultType === 'string')
    return arrayOf(result).slice(1, 2).map(String);
  return arrayOf(result).map((item) => {
    const { metric, value, values } = recordOf(item);
    const [time, number] = arrayOf(value ?? arrayOf(values).at(-1));
    const timeMs = Math.round(Number(time) * 1000);
    return `${nameOf(metric)}{${labelPairs(metric).join(',')}} ${String(number)} ${timeMs}`;
  });
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
