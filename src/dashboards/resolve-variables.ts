import { filterText, isCompleteFilter, readFilter, writeFilter } from './ad-hoc-filter.ts';
import type { DashboardProblem } from './dashboard.ts';
import { interpolate, type BuiltInScope } from './interpolate.ts';
import { calculateInterval, formatInterval, parseInterval } from './intervals.ts';
import type {
  AdHocFilter,
  Variable,
  VariableOption,
  VariableValue,
  VariableValues,
} from './variable.ts';
import { ALL_TEXT, ALL_VALUE, autoIntervalValue, ownOptions } from './variable-options.ts';
import type { VariableOrder } from './variable-order.ts';
import {
  optionsOfAnswer,
  timelessKey,
  requestKey,
  variableRequest,
  type VariableRequest,
} from './variable-query.ts';
import type { TimeSpan } from './time-range.ts';

/** What the server said to a question, by its key (`requestKey`). */
export type VariableAnswer =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly message: string };

export interface VariablesInput {
  readonly order: VariableOrder;
  /** What the URL says, by name without `var-`; a name that is not there is left to the file. */
  readonly chosen: ReadonlyMap<string, readonly string[]>;
  readonly answers: ReadonlyMap<string, VariableAnswer>;
  /** The range that questions name: the one shown, or for those not asked again on time, the one at load. */
  readonly span: TimeSpan;
  readonly loadSpan: TimeSpan;
  /** For `$__from`, `$__range`, `$__dashboard` and their kin in queries. */
  readonly scope: BuiltInScope;
  readonly timeZone: string;
  /** What was before: it stays while a question is asked again for another time. */
  readonly previous?: ResolvedVariables | undefined;
}

export interface ResolvedVariable {
  readonly variable: Variable;
  /**
   * `waiting` for another variable, `asking` the server (with a value where it had one), `ready`, or `failed` with
   * a value all the same.
   */
  readonly state: 'waiting' | 'asking' | 'ready' | 'failed';
  /** Without All. */
  readonly options: readonly VariableOption[];
  /** What is chosen, as the URL says it (`$__all` for all). */
  readonly selected: readonly string[];
  readonly value: VariableValue | undefined;
  /** '' for none. */
  readonly problem: string;
  /** What it asks, whatever the time; '' for what asks nothing. */
  readonly question: string;
}

export interface ResolvedVariables {
  /** In the order of need. */
  readonly variables: readonly ResolvedVariable[];
  /** Of those that have one, with `__auto_interval_<name>` of intervals. */
  readonly values: VariableValues;
  /** What is to be asked now; each question once. */
  readonly questions: readonly { readonly key: string; readonly request: VariableRequest }[];
  /** Ad hoc filters, of all such variables. */
  readonly filters: readonly AdHocFilter[];
  /** Every variable has a value: panels can ask. */
  readonly isReady: boolean;
  readonly problems: readonly DashboardProblem[];
}

interface Progress {
  readonly values: Record<string, VariableValue>;
  readonly resolved: ResolvedVariable[];
  readonly questions: Map<string, VariableRequest>;
  readonly filters: AdHocFilter[];
  /** Names that have no value yet. */
  readonly open: Set<string>;
}

/**
 * One look at all variables: what they stand for as far as answers are there, and what is to be asked next. Called
 * again with each answer until `isReady`; it keeps nothing in between.
 */
export function resolveVariables(input: VariablesInput): ResolvedVariables {
  const progress: Progress = {
    values: Object.create(null) as Record<string, VariableValue>,
    resolved: [],
    questions: new Map(),
    filters: [],
    open: new Set(),
  };
  for (const variable of input.order.order) resolveOne(variable, input, progress);
  const problems = progress.resolved
    .filter(({ problem }) => problem !== '')
    .map(({ variable, problem }) => ({ path: `templating.${variable.name}`, message: problem }));
  return {
    variables: progress.resolved,
    values: progress.values,
    questions: [...progress.questions].map(([key, request]) => ({ key, request })),
    filters: progress.filters,
    isReady: progress.open.size === 0,
    problems: [...input.order.problems, ...problems],
  };
}

function resolveOne(variable: Variable, input: VariablesInput, progress: Progress): void {
  const { name } = variable;
  const needs = input.order.dependsOn.get(name) ?? new Set<string>();
  if ([...needs].some((need) => progress.open.has(need))) {
    putOff(variable, 'waiting', progress);
    return;
  }
  if (variable.kind === 'adhoc') {
    resolveAdHoc(variable, input, progress);
    return;
  }
  const found = optionsOf(variable, input, progress);
  if (found === undefined) {
    putOff(variable, 'asking', progress);
    return;
  }
  const textOf = new Map(found.options.map(({ value, text }) => [value, text]));
  const selected = select(variable, found.options, textOf, input.chosen.get(name));
  const value = valueOf(variable, textOf, selected, input);
  progress.values[name] = value;
  if (variable.kind === 'interval' && variable.auto !== undefined) {
    progress.values[`__auto_interval_${name}`] = single(autoInterval(variable, input.span));
  }
  const state = found.isAsking ? 'asking' : found.problem === '' ? 'ready' : 'failed';
  const { options, problem, question } = found;
  progress.resolved.push({ variable, state, options, problem, question, selected, value });
}

function putOff(variable: Variable, state: 'waiting' | 'asking', progress: Progress): void {
  progress.open.add(variable.name);
  progress.resolved.push({
    variable,
    state,
    options: [],
    selected: [],
    value: undefined,
    problem: '',
    question: '',
  });
}

interface FoundOptions {
  readonly options: readonly VariableOption[];
  readonly problem: string;
  readonly question: string;
  /** The options are those of another time. */
  readonly isAsking: boolean;
}

const ASKS_NOTHING = { problem: '', question: '', isAsking: false } as const;

/** Undefined while the answer is not there. */
function optionsOf(
  variable: Variable,
  input: VariablesInput,
  progress: Progress,
): FoundOptions | undefined {
  if (variable.kind === 'custom') {
    const query = replaceVariables(variable.query, 'raw', input, progress);
    return { options: ownOptions({ ...variable, query }) ?? [], ...ASKS_NOTHING };
  }
  const own = ownOptions(variable);
  if (own !== undefined) return { options: own, ...ASKS_NOTHING };
  if (variable.refresh === 'never') {
    const saved = variable.options.filter(({ value }) => value !== ALL_VALUE);
    if (saved.length > 0) return { options: saved, ...ASKS_NOTHING };
  }
  return askedOptions(variable, input, progress);
}

function askedOptions(
  variable: Variable,
  input: VariablesInput,
  progress: Progress,
): FoundOptions | undefined {
  const query = replaceVariables(variable.query, 'promql', input, progress);
  const span = variable.refresh === 'time' ? input.span : input.loadSpan;
  const result = variableRequest(query, span);
  if (!result.ok) return { options: [], ...ASKS_NOTHING, problem: result.message };
  const key = requestKey(result.request);
  const question = timelessKey(result.request);
  const answer = input.answers.get(key);
  if (answer === undefined) {
    progress.questions.set(key, result.request);
    return optionsBefore(variable, question, input);
  }
  if (!answer.ok) return { options: [], problem: answer.message, question, isAsking: false };
  const regex = replaceVariables(variable.regex, 'regex', input, progress);
  const found = optionsOfAnswer(result.request, answer.data, { regex, sort: variable.sort });
  return { ...found, question, isAsking: false };
}

function optionsBefore(
  variable: Variable,
  question: string,
  { previous }: VariablesInput,
): FoundOptions | undefined {
  const before = previous?.variables.find((one) => one.variable.name === variable.name);
  if (before?.value === undefined || before.question !== question) return undefined;
  return { options: before.options, problem: before.problem, question, isAsking: true };
}

function replaceVariables(
  text: string,
  format: 'promql' | 'raw' | 'regex',
  input: VariablesInput,
  progress: Progress,
): string {
  const { scope, timeZone } = input;
  return interpolate(text, progress.values, scope, { format, timeZone });
}

/**
 * What is chosen, by value or, as old files and links say it, by text: the URL's word, also where no option has it; else what the file saved and still exists; else All
 * or the first option.
 */
function select(
  variable: Variable,
  options: readonly VariableOption[],
  textOf: ReadonlyMap<string, string>,
  chosen: readonly string[] | undefined,
): readonly string[] {
  if (variable.kind === 'constant') return [variable.query];
  if (variable.kind === 'textbox') {
    return [chosen?.[0] ?? variable.current[0] ?? variable.query];
  }
  const valueOfText = new Map(options.toReversed().map(({ value, text }) => [text, value]));
  const values = (chosen ?? variable.current).map((word) =>
    textOf.has(word) ? word : (valueOfText.get(word) ?? valueOfWord(word, variable)),
  );
  if (variable.includesAll && values.includes(ALL_VALUE)) return [ALL_VALUE];
  const existing =
    chosen === undefined || variable.kind === 'datasource'
      ? values.filter((value) => textOf.has(value))
      : values.filter((value) => value !== ALL_VALUE && value !== '');
  if (existing.length > 0) return variable.isMulti ? [...new Set(existing)] : existing.slice(0, 1);
  if (variable.includesAll) return [ALL_VALUE];
  return options.slice(0, 1).map(({ value }) => value);
}

/** What no option says. */
function valueOfWord(word: string, { name, kind, includesAll }: Variable): string {
  if (includesAll && word === ALL_TEXT) return ALL_VALUE;
  return word === '$__auto' && kind === 'interval' ? autoIntervalValue(name) : word;
}

function valueOf(
  variable: Variable,
  textOf: ReadonlyMap<string, string>,
  selected: readonly string[],
  { span }: VariablesInput,
): VariableValue {
  const { isMulti, includesAll, allValue } = variable;
  const isAll = includesAll && selected[0] === ALL_VALUE;
  const isPattern = isAll && allValue !== '';
  const common = { isMulti, isAll, isPattern, isLiteral: isMulti || includesAll };
  if (isPattern) return { ...common, values: [allValue], texts: [ALL_TEXT] };
  if (isAll) return { ...common, values: [...textOf.keys()], texts: [ALL_TEXT] };
  const texts = selected.map((value) => textOf.get(value) ?? value);
  if (variable.kind === 'interval' && selected[0] === autoIntervalValue(variable.name)) {
    return { ...common, values: [autoInterval(variable, span)], texts };
  }
  return { ...common, values: selected, texts };
}

const AUTO_COUNT_DEFAULT = 30;
const AUTO_MIN_DEFAULT_MS = 10_000;

function autoInterval({ auto }: Variable, { fromMs, toMs }: TimeSpan): string {
  const minMs = parseInterval(auto?.min ?? '') ?? AUTO_MIN_DEFAULT_MS;
  return formatInterval(calculateInterval(toMs - fromMs, auto?.count ?? AUTO_COUNT_DEFAULT, minMs));
}

function single(text: string): VariableValue {
  return { isMulti: false, isAll: false, isPattern: false, values: [text], texts: [text] };
}

function resolveAdHoc(variable: Variable, input: VariablesInput, progress: Progress): void {
  const chosen = input.chosen.get(variable.name);
  const filters =
    chosen === undefined ? variable.filters : chosen.map(readFilter).filter(isCompleteFilter);
  progress.filters.push(...filters.filter(isCompleteFilter));
  const selected = filters.map(writeFilter);
  const value: VariableValue = {
    isMulti: true,
    isAll: false,
    isPattern: false,
    values: selected,
    texts: filters.map(filterText),
  };
  progress.values[variable.name] = value;
  progress.resolved.push({
    variable,
    state: 'ready',
    options: [],
    selected,
    value,
    problem: '',
    question: '',
  });
}

/** What of a URL's parameters says variables: `var-name`, each value of its own. */
export function readVariableParameters(
  parameters: Iterable<readonly [string, string]>,
): Map<string, readonly string[]> {
  const chosen = new Map<string, string[]>();
  for (const [key, value] of parameters) {
    if (!key.startsWith('var-') || key.length === 4) continue;
    const name = key.slice(4);
    const values = chosen.get(name);
    if (values === undefined) chosen.set(name, [value]);
    else values.push(value);
  }
  return chosen;
}
