import { isLabelName, isLegacyMetricName, METRIC_NAME, type NameValidation } from '#model';
import { decodeYaml, type Decoded } from './decode.ts';
import { describeTypeErrors, type ConfigError } from './error.ts';
import { quote } from './quote.ts';
import { DURATION, INT, STRING } from './scalars.ts';
import {
  listOf,
  mapOf,
  numberAt,
  optional,
  printed,
  sectionsAt,
  stringAt,
  struct,
  type ScalarType,
  type Settings,
  type StructType,
} from './schema.ts';
import { readYaml } from './yaml-source.ts';

/** The checks that need more than the configuration knows; each answers with what is wrong. */
export interface RuleChecks {
  /** utf8 unless given. */
  readonly nameValidation?: NameValidation;
  /** Of a PromQL expression. */
  readonly checkExpression?: (expression: string) => string | undefined;
  /** Of a label's or annotation's template in the alert of that name. */
  readonly checkTemplate?: (text: string, alert: string) => string | undefined;
}

export interface Rule {
  readonly kind: 'recording' | 'alerting';
  readonly name: string;
  readonly expression: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface RuleGroup {
  readonly name: string;
  /** 0: the global evaluation interval. */
  readonly intervalMs: number;
  /** Undefined: the global offset. */
  readonly queryOffsetMs: number | undefined;
  /** How many series or alerts a rule may make; 0 means any number. */
  readonly limit: number;
  readonly labels: ReadonlyMap<string, string>;
  readonly rules: readonly Rule[];
}

export interface RuleFile {
  readonly groups: readonly RuleGroup[];
  readonly ruleCount: number;
  /** Only the first document of a file counts; Prometheus warns of this. */
  readonly hasSeveralDocuments: boolean;
  readonly errors: readonly ConfigError[];
}

const RULE: StructType = struct('rulefmt.Rule', [
  optional('record', STRING),
  optional('alert', STRING),
  printed('expr', STRING),
  optional('for', DURATION),
  optional('keep_firing_for', DURATION),
  optional('labels', mapOf(STRING)),
  optional('annotations', mapOf(STRING)),
]);

const OPTIONAL_DURATION: ScalarType = { ...DURATION, zero: undefined };

const GROUP: StructType = struct('rulefmt.RuleGroup', [
  printed('name', STRING),
  optional('interval', DURATION),
  optional('query_offset', OPTIONAL_DURATION),
  optional('limit', INT),
  printed('rules', listOf(RULE)),
  optional('labels', mapOf(STRING)),
]);

const RULE_FILE: StructType = struct('rulefmt.RuleGroups', [printed('groups', listOf(GROUP))]);

/** Reads and checks a file of recording and alerting rules (Prometheus: model/rulefmt). */
export function checkRuleFile(text: string, file: string, checks: RuleChecks = {}): RuleFile {
  const source = readYaml(text, file);
  const empty = { groups: [], ruleCount: 0, hasSeveralDocuments: false };
  if (!('root' in source)) return { ...empty, errors: source };
  const hasSeveralDocuments = source.documentCount > 1;
  const decoded = decodeYaml(source, RULE_FILE);
  if (decoded.errors.length > 0) {
    return { ...empty, hasSeveralDocuments, errors: withTogether(decoded.errors) };
  }
  const sections = sectionsAt((decoded.value as Settings | undefined) ?? {}, 'groups');
  const groups = sections.filter((section) => section !== null);
  const checker: Checker = { checks, decoded, errors: [] };
  checkGroups(groups, checker);
  const built = groups.map((group) => buildGroup(group));
  return {
    groups: built,
    ruleCount: built.reduce((count, group) => count + group.rules.length, 0),
    hasSeveralDocuments,
    errors: checker.errors,
  };
}

/** Unknown fields and wrong types are one error, as Go's decoder tells them. */
function withTogether(errors: readonly ConfigError[]): readonly ConfigError[] {
  const [first] = errors;
  if (first === undefined || errors.some((error) => error.kind !== 'type')) return errors;
  return [{ ...first, message: describeTypeErrors(errors) }, ...errors.slice(1)];
}

interface Checker {
  readonly checks: RuleChecks;
  readonly decoded: Decoded;
  readonly errors: ConfigError[];
}

function fail(checker: Checker, section: Settings, key: string, message: string): void {
  const error = checker.decoded.errorAt(section, { message, key });
  checker.errors.push({ ...error, message: `${error.line}:${error.column}: ${message}` });
}

function checkGroups(groups: readonly Settings[], checker: Checker): void {
  const names = new Set<string>();
  for (const group of groups) {
    const name = stringAt(group, 'name');
    if (name === '') fail(checker, group, 'name', 'Groupname must not be empty');
    if (names.has(name)) {
      fail(checker, group, 'name', `groupname: "${name}" is repeated in the same file`);
    }
    names.add(name);
    for (const problem of labelProblems(group, checker.checks)) {
      fail(checker, group, 'labels', problem);
    }
    for (const [i, rule] of sectionsAt(group, 'rules').entries()) {
      checkRule(rule ?? {}, `group ${quote(name)}, rule ${i + 1}, `, checker);
    }
  }
}

function checkRule(rule: Settings, where: string, checker: Checker): void {
  const ruleName = stringAt(rule, 'alert') || stringAt(rule, 'record');
  const problems = [
    ...nameProblems(rule),
    ...expressionProblems(rule, checker.checks),
    ...recordingProblems(rule, checker.checks),
    ...labelProblems(rule, checker.checks).map((problem) => ['labels', problem] as const),
    ...annotationProblems(rule, checker.checks),
    ...templateProblems(rule, checker.checks),
  ];
  for (const [key, problem] of problems) {
    fail(checker, rule, key, `${where}${quote(ruleName)}: ${problem}`);
  }
}

/** Problems with the field that each is at. */
type Problems = readonly (readonly [key: string, problem: string])[];

function nameProblems(rule: Settings): Problems {
  const given = ['record', 'alert'].filter((key) => stringAt(rule, key) !== '');
  if (given.length > 1) return [['record', "only one of 'record' and 'alert' must be set"]];
  return given.length === 0 ? [['expr', "one of 'record' or 'alert' must be set"]] : [];
}

function expressionProblems(rule: Settings, checks: RuleChecks): Problems {
  const expression = stringAt(rule, 'expr');
  if (expression === '') return [['expr', "field 'expr' must be set in rule"]];
  const problem = checks.checkExpression?.(expression);
  return problem === undefined ? [] : [['expr', `could not parse expression: ${problem}`]];
}

function recordingProblems(rule: Settings, checks: RuleChecks): Problems {
  const name = stringAt(rule, 'record');
  if (name === '') return [];
  const problems: [string, string][] = [];
  const misplaced = ['annotations', 'for', 'keep_firing_for'].filter((key) =>
    key === 'annotations' ? mapAt(rule, key).size > 0 : numberAt(rule, key) !== 0,
  );
  for (const key of misplaced) problems.push([key, `invalid field '${key}' in recording rule`]);
  const isValid =
    checks.nameValidation === 'legacy' ? isLegacyMetricName(name) : isLabelName(name, 'utf8');
  if (!isValid) problems.push(['record', `invalid recording rule name: ${name}`]);
  if (/[{}]/.test(name)) {
    const problem = `braces present in the recording rule name; should it be in expr?: ${name}`;
    problems.push(['record', problem]);
  }
  return problems;
}

function mapAt(section: Settings, key: string): ReadonlyMap<string, string> {
  return (section[key] as ReadonlyMap<string, string> | undefined) ?? new Map<string, string>();
}

function labelProblems(section: Settings, checks: RuleChecks): readonly string[] {
  const problems: string[] = [];
  for (const [name, value] of mapAt(section, 'labels')) {
    if (name === METRIC_NAME || !isLabelName(name, checks.nameValidation ?? 'utf8')) {
      problems.push(`invalid label name: ${name}`);
    }
    if (value !== '' && !isLabelName(value, 'utf8')) problems.push(`invalid label value: ${value}`);
  }
  return problems;
}

function annotationProblems(rule: Settings, checks: RuleChecks): Problems {
  return [...mapAt(rule, 'annotations').keys()]
    .filter((name) => !isLabelName(name, checks.nameValidation ?? 'utf8'))
    .map((name) => ['annotations', `invalid annotation name: ${name}`] as const);
}

function templateProblems(rule: Settings, checks: RuleChecks): Problems {
  const alert = stringAt(rule, 'alert');
  const { checkTemplate } = checks;
  if (alert === '' || checkTemplate === undefined) return [];
  const problems: [string, string][] = [];
  for (const [key, word] of [
    ['labels', 'label'],
    ['annotations', 'annotation'],
  ] as const) {
    for (const [name, text] of mapAt(rule, key)) {
      const problem = checkTemplate(text, alert);
      if (problem !== undefined) problems.push([key, `${word} ${quote(name)}: ${problem}`]);
    }
  }
  return problems;
}

function buildGroup(group: Settings): RuleGroup {
  const offset = group['query_offset'];
  return {
    name: stringAt(group, 'name'),
    intervalMs: numberAt(group, 'interval'),
    queryOffsetMs: typeof offset === 'number' ? offset : undefined,
    limit: numberAt(group, 'limit'),
    labels: mapAt(group, 'labels'),
    rules: sectionsAt(group, 'rules').map((rule) => buildRule(rule ?? {})),
  };
}

function buildRule(rule: Settings): Rule {
  const record = stringAt(rule, 'record');
  return {
    kind: record === '' ? 'alerting' : 'recording',
    name: record || stringAt(rule, 'alert'),
    expression: stringAt(rule, 'expr'),
    forMs: numberAt(rule, 'for'),
    keepFiringForMs: numberAt(rule, 'keep_firing_for'),
    labels: mapAt(rule, 'labels'),
    annotations: mapAt(rule, 'annotations'),
  };
}

/** Rules that a file has more than once: the same name and labels (promtool's lint). */
export function duplicateRules(groups: readonly RuleGroup[]): readonly Rule[] {
  const seen = new Set<string>();
  const duplicates: Rule[] = [];
  for (const group of groups) {
    for (const rule of group.rules) {
      const labels = [...group.labels, ...rule.labels].toSorted(([a], [b]) => (a < b ? -1 : 1));
      const key = JSON.stringify([rule.name, labels]);
      if (seen.has(key)) duplicates.push(rule);
      seen.add(key);
    }
  }
  return duplicates;
}
