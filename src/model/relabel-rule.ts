import {
  isLabelName,
  type NameValidation,
  type RelabelAction,
  type RelabelRule,
} from './relabel.ts';
import { anchoredOnUse, compileAnchored, type AnchoredRegexp } from './regexp.ts';

export const RELABEL_ACTIONS: readonly RelabelAction[] = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
];

/** Shared, so that printing can tell a rule that leaves the regex out from one that writes `(.*)`. */
export const DEFAULT_RELABEL_REGEX: AnchoredRegexp = anchoredOnUse('(.*)');

/** What a rule may leave out; the action '' is for checking alone. */
export type RelabelRuleFields = Partial<Omit<RelabelRule, 'action' | 'regex'>> & {
  readonly action?: RelabelAction | '';
  readonly regex?: AnchoredRegexp | string;
};

/** Fills in the defaults: separator `;`, regex `(.*)`, replacement `$1`, action `replace`. Does not check. */
export function createRelabelRule(fields: RelabelRuleFields = {}): RelabelRule {
  const { regex = DEFAULT_RELABEL_REGEX, action = 'replace' } = fields;
  return {
    sourceLabels: [],
    separator: ';',
    modulus: 0,
    targetLabel: '',
    replacement: '$1',
    ...fields,
    regex: typeof regex === 'string' ? compileAnchored(regex) : regex,
    action: action as RelabelAction,
  };
}

const NEEDS_TARGET = new Set<string>([
  'replace',
  'hashmod',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
]);
const WITHOUT_REPLACEMENT = new Set<string>(['lowercase', 'uppercase', 'keepequal', 'dropequal']);

// Letters or references first, then these and digits; one way to read it, so it runs in linear time.
const LEGACY_TEMPLATE = /^(?:[a-zA-Z_]|\$(?:\{\w+\}|\w))(?:\w|\$(?:\{\w+\}|\w))*$/;

/** True where a `target_label` with references can become a label name of the old kind. */
export function isLegacyTargetTemplate(text: string): boolean {
  return LEGACY_TEMPLATE.test(text);
}

/** What is wrong with a rule, in Prometheus' words, or undefined (Prometheus: relabel.Config.Validate). */
export function checkRelabelRule(
  rule: RelabelRule,
  validation: NameValidation,
): string | undefined {
  const { action, targetLabel } = rule;
  if ((action as string) === '') return 'relabel action cannot be empty';
  if (action === 'hashmod' && rule.modulus === 0) {
    return 'relabel configuration for hashmod requires non-zero modulus';
  }
  if (NEEDS_TARGET.has(action) && targetLabel === '') {
    return `relabel configuration for ${action} action requires 'target_label' value`;
  }
  if (NEEDS_TARGET.has(action) && !isTarget(rule, validation)) {
    return `${JSON.stringify(targetLabel)} is invalid 'target_label' for ${action} action`;
  }
  if (WITHOUT_REPLACEMENT.has(action) && rule.replacement !== '$1') {
    return `'replacement' can not be set for ${action} action`;
  }
  if (action === 'labelmap' && !isTemplate(rule.replacement, validation)) {
    return `${JSON.stringify(rule.replacement)} is invalid 'replacement' for ${action} action`;
  }
  return checkOnlyFields(rule);
}

function isTarget(rule: RelabelRule, validation: NameValidation): boolean {
  return rule.action === 'replace' && rule.targetLabel.includes('$')
    ? isTemplate(rule.targetLabel, validation)
    : isLabelName(rule.targetLabel, validation);
}

function isTemplate(text: string, validation: NameValidation): boolean {
  return validation === 'utf8' ? isLabelName(text, 'utf8') : isLegacyTargetTemplate(text);
}

function checkOnlyFields(rule: RelabelRule): string | undefined {
  const { action } = rule;
  const isPlain = rule.modulus === 0 && rule.separator === ';' && rule.replacement === '$1';
  if (action === 'dropequal' || action === 'keepequal') {
    if (isPlain && rule.regex.source === DEFAULT_RELABEL_REGEX.source) return undefined;
    return `${action} action requires only 'source_labels' and \`target_label\`, and no other fields`;
  }
  if (action === 'labeldrop' || action === 'labelkeep') {
    if (isPlain && rule.sourceLabels.length === 0 && rule.targetLabel === '') return undefined;
    return `${action} action requires only 'regex', and no other fields`;
  }
  return undefined;
}
