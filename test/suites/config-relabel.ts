import {
  applyRelabel,
  checkRelabelRule,
  createRelabelRule,
  DEFAULT_RELABEL_REGEX,
  isLegacyTargetTemplate,
  labelsFromObject,
  labelsToObject,
  type RelabelAction,
  type RelabelRule,
} from '#model';
import { compareJson } from './compare-json.ts';
import type { CaseResult } from './suite.ts';

/** A rule under its YAML keys, as the conformance data writes it. */
export interface RuleData {
  source_labels?: string[];
  separator?: string;
  regex?: string;
  modulus?: number;
  target_label?: string;
  replacement?: string;
  action?: RelabelAction | '';
}

export interface RelabelCase {
  id: string;
  kind: string;
  relabel_configs?: RuleData[];
  relabel_config?: RuleData;
  name_validation?: 'utf8' | 'legacy';
  target_label?: string;
  input?: Record<string, string>;
  yaml?: string;
  expect: {
    labels?: Record<string, string>;
    dropped?: boolean;
    error_contains?: string;
    ok?: boolean;
    valid?: boolean;
    yaml?: string;
  };
}

function ruleOf(data: RuleData, action: RelabelAction | ''): RelabelRule {
  return createRelabelRule({
    sourceLabels: data.source_labels ?? [],
    separator: data.separator ?? ';',
    regex: data.regex ?? DEFAULT_RELABEL_REGEX,
    modulus: data.modulus ?? 0,
    targetLabel: data.target_label ?? '',
    replacement: data.replacement ?? '$1',
    action: data.action ?? action,
  });
}

/** Runs one case; `printRule` is the product's reading and printing of one rule as YAML. */
export function runRelabelCase(data: RelabelCase, printRule: (yaml: string) => string): CaseResult {
  const message = problemOf(data, printRule);
  return message === undefined ? { id: data.id, ok: true } : { id: data.id, ok: false, message };
}

function problemOf(data: RelabelCase, printRule: (yaml: string) => string): string | undefined {
  if (data.kind === 'apply') return applyProblem(data);
  if (data.kind === 'validate') return checkProblem(data);
  if (data.kind === 'legacy target_label') {
    return compareJson(isLegacyTargetTemplate(data.target_label ?? ''), data.expect.valid);
  }
  if (data.kind === 'yaml round trip') {
    return compareJson(printRule(data.yaml ?? ''), data.expect.yaml);
  }
  return `unknown kind ${data.kind}`;
}

function applyProblem(data: RelabelCase): string | undefined {
  const rules = (data.relabel_configs ?? []).map((rule) => ruleOf(rule, 'replace'));
  const result = applyRelabel(rules, labelsFromObject(data.input ?? {}));
  const found = result === undefined ? { dropped: true } : { labels: labelsToObject(result) };
  return compareJson(found, data.expect);
}

function checkProblem(data: RelabelCase): string | undefined {
  const problem = checkRelabelRule(
    ruleOf(data.relabel_config ?? {}, ''),
    data.name_validation ?? 'utf8',
  );
  if (data.expect.ok === true) return problem;
  const part = data.expect.error_contains ?? '';
  return problem?.includes(part) ? undefined : `expected ${part}, found ${problem ?? 'no error'}`;
}
