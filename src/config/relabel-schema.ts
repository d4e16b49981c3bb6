import {
  checkRelabelRule,
  anchoredOnUse,
  compileAnchored,
  createRelabelRule,
  DEFAULT_RELABEL_REGEX,
  RELABEL_ACTIONS,
  type AnchoredRegexp,
  type NameValidation,
  type RelabelAction,
  type RelabelRule,
} from '#model';
import { quote } from './quote.ts';
import { STRING, UINT64, withNearest } from './scalars.ts';
import {
  listOf,
  numberAt,
  optional,
  printed,
  sectionsAt,
  stringAt,
  stringsAt,
  struct,
  type Problem,
  type ScalarType,
  type Settings,
  type StructType,
} from './schema.ts';

const EMPTY_REGEX = anchoredOnUse('');

const REGEX: ScalarType = {
  kind: 'scalar',
  typeName: 'relabel.Regexp',
  // An empty value means the empty expression, which only matches the empty text.
  zero: EMPTY_REGEX,
  isZero: (value) => value === DEFAULT_RELABEL_REGEX,
  read: ({ text }) => {
    try {
      return { value: compileAnchored(text) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  },
  show: (value) => (value as AnchoredRegexp).source,
};

const ACTION: ScalarType = {
  ...STRING,
  typeName: 'relabel.Action',
  read: ({ text }) => {
    const action = text.toLowerCase();
    return (RELABEL_ACTIONS as readonly string[]).includes(action)
      ? { value: action }
      : { problem: withNearest(`unknown relabel action ${quote(text)}`, action, RELABEL_ACTIONS) };
  },
};

/** Not checked while it is read: the check depends on the job's or the global name validation. */
export const RELABEL_RULE: StructType = struct('relabel.plain', [
  optional('source_labels', listOf(STRING, true)),
  printed('separator', STRING, ';'),
  optional('regex', REGEX, DEFAULT_RELABEL_REGEX),
  optional('modulus', UINT64),
  optional('target_label', STRING),
  printed('replacement', STRING, '$1'),
  optional('action', ACTION, 'replace'),
]);

/** The rules of a list, checked; the first problem found with the section it is in. */
export function relabelRules(
  settings: Settings,
  key: string,
  validation: NameValidation,
): readonly RelabelRule[] | { section: Settings; problem: Problem } {
  const rules: RelabelRule[] = [];
  for (const section of sectionsAt(settings, key)) {
    if (section === null) continue;
    const rule = ruleOf(section, validation);
    const problem = checkRelabelRule(rule, validation);
    if (problem !== undefined) return { section, problem };
    rules.push(rule);
  }
  return rules;
}

function ruleOf(section: Settings, validation: NameValidation): RelabelRule {
  return createRelabelRule({
    sourceLabels: stringsAt(section, 'source_labels'),
    separator: stringAt(section, 'separator'),
    regex: section['regex'] as AnchoredRegexp,
    modulus: numberAt(section, 'modulus'),
    targetLabel: stringAt(section, 'target_label'),
    replacement: stringAt(section, 'replacement'),
    action: stringAt(section, 'action') as RelabelAction,
    nameValidation: validation,
  });
}

export function hasEmptyEntry(settings: Settings, key: string): boolean {
  return sectionsAt(settings, key).includes(null);
}
