import type { MetricFamily } from '#model';
import { compareStrings } from '#model';

/** Something about a metric that is not as Prometheus' naming conventions have it. */
export interface LintProblem {
  readonly metric: string;
  /** In promtool's words. */
  readonly text: string;
}

const BASE_UNITS: ReadonlySet<string> = new Set([
  'amperes',
  'bytes',
  'celsius',
  'grams',
  'joules',
  'kelvin',
  'meters',
  'metres',
  'seconds',
  'volts',
]);

/** What to use in place of other units. */
const OTHER_UNITS: Readonly<Record<string, string>> = {
  minutes: 'seconds',
  hours: 'seconds',
  days: 'seconds',
  weeks: 'seconds',
  kelvins: 'kelvin',
  fahrenheit: 'celsius',
  rankine: 'celsius',
  inches: 'meters',
  yards: 'meters',
  miles: 'meters',
  bits: 'bytes',
  calories: 'joules',
  pounds: 'grams',
  ounces: 'grams',
};

const PREFIX =
  /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)/;

const ABBREVIATIONS: readonly string[] = 's ms us ns sec b kb mb gb tb pb m h d'.split(' ');
const TYPE_NAMES: readonly string[] = [
  'counter',
  'gauge',
  'summary',
  'histogram',
  'gauge_histogram',
];

const CAMEL_CASE = /[a-z][A-Z]/;

/** Looks at names, types and texts (client_golang: testutil/promlint). Sorted by metric, then by text. */
export function lintFamilies(families: readonly MetricFamily[]): LintProblem[] {
  const problems = families.flatMap((family) =>
    CHECKS.flatMap((check) => check(family)).map((text) => ({ metric: family.name, text })),
  );
  return problems.toSorted(
    (a, b) => compareStrings(a.metric, b.metric) || compareStrings(a.text, b.text),
  );
}

const CHECKS: readonly ((family: MetricFamily) => string[])[] = [
  checkHelp,
  checkUnit,
  checkCounter,
  checkReservedSuffixes,
  checkReservedLabels,
  checkTypeInName,
  checkCharacters,
  checkAbbreviations,
  checkDuplicates,
];

function checkHelp({ help }: MetricFamily): string[] {
  return help === '' ? ['no help text'] : [];
}

function checkUnit({ name }: MetricFamily): string[] {
  for (const word of name.split('_')) {
    const bare = word.replace(PREFIX, '');
    if (BASE_UNITS.has(word)) return [];
    const base = OTHER_UNITS[word] ?? OTHER_UNITS[bare] ?? (BASE_UNITS.has(bare) ? bare : '');
    if (base !== '') {
      return [`use base unit ${JSON.stringify(base)} instead of ${JSON.stringify(word)}`];
    }
  }
  return [];
}

function checkCounter({ name, type }: MetricFamily): string[] {
  const isTotal = name.endsWith('_total');
  if (type === 'counter') return isTotal ? [] : ['counter metrics should have "_total" suffix'];
  if (!isTotal || type === 'unknown') return [];
  return ['non-counter metrics should not have "_total" suffix'];
}

function checkReservedSuffixes({ name, type }: MetricFamily): string[] {
  if (type === 'unknown' || isHistogram(type)) return [];
  if (name.endsWith('_bucket')) {
    return ['non-histogram metrics should not have "_bucket" suffix'];
  }
  const suffix = /_(?:count|sum)$/.exec(name)?.[0];
  if (type === 'summary' || suffix === undefined) return [];
  return [`non-histogram and non-summary metrics should not have "${suffix}" suffix`];
}

function checkReservedLabels({ type, metrics }: MetricFamily): string[] {
  if (type === 'unknown') return [];
  const problems: string[] = [];
  for (const { labels } of metrics) {
    for (const [name] of labels) {
      if (name === 'le' && !isHistogram(type)) {
        problems.push('non-histogram metrics should not have "le" label');
      }
      if (name === 'quantile' && type !== 'summary') {
        problems.push('non-summary metrics should not have "quantile" label');
      }
    }
  }
  return problems;
}

function isHistogram(type: MetricFamily['type']): boolean {
  return type === 'histogram' || type === 'gaugehistogram';
}

function checkTypeInName({ name }: MetricFamily): string[] {
  return TYPE_NAMES.filter((type) => hasWord(name, type)).map(
    (type) => `metric name should not include type '${type}'`,
  );
}

/** After the first word, as promtool has it. */
function hasWord(name: string, word: string): boolean {
  const lower = name.toLowerCase();
  return lower.includes(`_${word}_`) || lower.endsWith(`_${word}`);
}

function checkCharacters({ name, metrics }: MetricFamily): string[] {
  const problems: string[] = [];
  if (name.includes(':')) problems.push("metric names should not contain ':'");
  if (CAMEL_CASE.test(name)) {
    problems.push("metric names should be written in 'snake_case' not 'camelCase'");
  }
  for (const { labels } of metrics) {
    for (const [label] of labels) {
      if (!CAMEL_CASE.test(label)) continue;
      problems.push("label names should be written in 'snake_case' not 'camelCase'");
    }
  }
  return problems;
}

function checkAbbreviations({ name }: MetricFamily): string[] {
  return ABBREVIATIONS.filter((unit) => hasWord(name, unit)).map(
    () => 'metric names should not contain abbreviated units',
  );
}

function checkDuplicates({ metrics }: MetricFamily): string[] {
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const { labels } of metrics) {
    const key = JSON.stringify(labels.toSorted(([a], [b]) => compareStrings(a, b)));
    if (seen.has(key)) problems.push('metric not unique');
    seen.add(key);
  }
  return problems;
}
