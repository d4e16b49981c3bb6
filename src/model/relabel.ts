import {
  compareStrings,
  isLegacyLabelName,
  labelsEqual,
  labelValue,
  type Labels,
} from './labels.ts';
import { md5Tail } from './md5.ts';
import {
  expandTemplate,
  parseTemplate,
  type Match,
  type TemplatePart,
} from './relabel-template.ts';
import type { AnchoredRegexp } from './regexp.ts';

export type RelabelAction =
  | 'replace'
  | 'keep'
  | 'drop'
  | 'keepequal'
  | 'dropequal'
  | 'hashmod'
  | 'labelmap'
  | 'labeldrop'
  | 'labelkeep'
  | 'lowercase'
  | 'uppercase';

/** Which label names count as valid. */
export type NameValidation = 'utf8' | 'legacy';

/** One relabel rule with defaults filled in (Prometheus: model/relabel). */
export interface RelabelRule {
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  readonly regex: AnchoredRegexp;
  readonly modulus: number;
  readonly targetLabel: string;
  readonly replacement: string;
  readonly action: RelabelAction;
  /** Which label names `replace` and `labelmap` may make; utf8 unless given. */
  readonly nameValidation?: NameValidation;
}

/** What one rule made of a label set; `labels` is undefined where the rule dropped it. */
export interface RelabelStep {
  readonly rule: RelabelRule;
  readonly labels: Labels | undefined;
  readonly changed: boolean;
}

/** A rule with its templates cut, made once for each list of rules. */
interface Program {
  readonly rule: RelabelRule;
  readonly target: readonly TemplatePart[];
  readonly replacement: readonly TemplatePart[];
  /** Neither template refers to the match, so whether it matches is all that counts. */
  readonly isLiteral: boolean;
  /** The regex is the default: it matches everything, and group 1 is everything. */
  readonly takesAll: boolean;
  /** The commonest rule: the source's value as it is becomes the target's. */
  readonly isCopy: boolean;
}

const programs = new WeakMap<readonly RelabelRule[], readonly Program[]>();

function programOf(rules: readonly RelabelRule[]): readonly Program[] {
  let program = programs.get(rules);
  if (program === undefined) {
    program = rules.map((rule) => prepare(rule));
    programs.set(rules, program);
  }
  return program;
}

function prepare(rule: RelabelRule): Program {
  const target = parseTemplate(rule.targetLabel);
  const replacement = parseTemplate(rule.replacement);
  const takesAll = rule.regex.source === '(.*)';
  const isLiteral = isText(target) && isText(replacement);
  const [only] = replacement;
  const copies = replacement.length === 1 && typeof only === 'object' && 'group' in only;
  const isCopy = takesAll && isText(target) && copies && only.group <= 1;
  return { rule, target, replacement, isLiteral, takesAll, isCopy };
}

function isText(parts: readonly TemplatePart[]): boolean {
  return parts.every((part) => typeof part === 'string');
}

/**
 * Applies rules in order. Undefined: a rule dropped the set. Returns the set itself where nothing
 * changed. Keep the list of rules, it is prepared once for each list (Prometheus: relabel.Process).
 */
export function applyRelabel(rules: readonly RelabelRule[], labels: Labels): Labels | undefined {
  let current: Labels | undefined = labels;
  const program = programOf(rules);
  for (let i = 0; i < program.length; i++) {
    current = step(program[i] as Program, current);
    if (current === undefined) return undefined;
  }
  return current;
}

/** The same, with each rule's result, up to the rule that drops; for showing why a target is what it is. */
export function applyRelabelSteps(
  rules: readonly RelabelRule[],
  labels: Labels,
): readonly RelabelStep[] {
  const steps: RelabelStep[] = [];
  let current = labels;
  for (const program of programOf(rules)) {
    const next = step(program, current);
    const changed = next === undefined || !labelsEqual(next, current);
    steps.push({ rule: program.rule, labels: next, changed });
    if (next === undefined) break;
    current = next;
  }
  return steps;
}

function step(program: Program, labels: Labels): Labels | undefined {
  const { rule } = program;
  switch (rule.action) {
    case 'drop':
      return rule.regex.test(sourceValue(rule, labels)) ? undefined : labels;
    case 'keep':
      return rule.regex.test(sourceValue(rule, labels)) ? labels : undefined;
    case 'dropequal':
      return labelValue(labels, rule.targetLabel) === sourceValue(rule, labels)
        ? undefined
        : labels;
    case 'keepequal':
      return labelValue(labels, rule.targetLabel) === sourceValue(rule, labels)
        ? labels
        : undefined;
    case 'replace':
      return replace(program, labels);
    case 'lowercase':
      return setLabel(labels, rule.targetLabel, toLower(sourceValue(rule, labels)));
    case 'uppercase':
      return setLabel(labels, rule.targetLabel, toUpper(sourceValue(rule, labels)));
    case 'hashmod':
      return setLabel(
        labels,
        rule.targetLabel,
        hashModulo(sourceValue(rule, labels), rule.modulus),
      );
    case 'labelmap':
      return mapNames(program, labels);
    case 'labeldrop':
      return filterNames(rule.regex, labels, false);
    case 'labelkeep':
      return filterNames(rule.regex, labels, true);
  }
}

function sourceValue(rule: RelabelRule, labels: Labels): string {
  const { sourceLabels } = rule;
  if (sourceLabels.length === 0) return '';
  let value = labelValue(labels, sourceLabels[0] as string);
  for (let i = 1; i < sourceLabels.length; i++) {
    value += rule.separator + labelValue(labels, sourceLabels[i] as string);
  }
  return value;
}

function replace(program: Program, labels: Labels): Labels {
  const { rule } = program;
  const value = sourceValue(rule, labels);
  if (program.isCopy) return setLabel(labels, textOf(program.target), value);
  if (program.isLiteral) {
    if (!program.takesAll && !rule.regex.test(value)) return labels;
    return setIfValid(rule, labels, textOf(program.target), textOf(program.replacement));
  }
  const match = rule.regex.compiled.matcher(value);
  if (!match.find()) return labels;
  const target = expandTemplate(program.target, match, rule.regex.compiled);
  const replacement = expandTemplate(program.replacement, match, rule.regex.compiled);
  return setIfValid(rule, labels, target, replacement);
}

function textOf(parts: readonly TemplatePart[]): string {
  return (parts[0] as string | undefined) ?? '';
}

function setIfValid(rule: RelabelRule, labels: Labels, name: string, value: string): Labels {
  return isLabelName(name, rule.nameValidation ?? 'utf8') ? setLabel(labels, name, value) : labels;
}

const HALF_PAIR = /\p{Surrogate}/u;

/** Any text is a label name in UTF-8 mode, except none and half a surrogate pair. */
export function isLabelName(name: string, validation: NameValidation): boolean {
  return validation === 'legacy' ? isLegacyLabelName(name) : name !== '' && !HALF_PAIR.test(name);
}

/** The set with one label set, '' removes it; the set itself where it has that already. */
function setLabel(labels: Labels, name: string, value: string): Labels {
  let at = 0;
  while (at < labels.length && compareStrings(labels[at] as string, name) < 0) at += 2;
  const isThere = at < labels.length && labels[at] === name;
  if (isThere ? labels[at + 1] === value : value === '') return labels;
  const next = labels.slice();
  if (value === '') next.splice(at, 2);
  else if (isThere) next[at + 1] = value;
  else next.splice(at, 0, name, value);
  return next;
}

function mapNames(program: Program, labels: Labels): Labels {
  const { rule } = program;
  let next = labels;
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    if (!rule.regex.test(name)) continue;
    const match: Match & { find(): boolean } = rule.regex.compiled.matcher(name);
    if (!match.find()) continue;
    const mapped = expandTemplate(program.replacement, match, rule.regex.compiled);
    next = setIfValid(rule, next, mapped, labels[i + 1] as string);
  }
  return next;
}

function filterNames(regex: AnchoredRegexp, labels: Labels, keepMatches: boolean): Labels {
  let kept: string[] | undefined;
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    const keep = regex.test(name) === keepMatches;
    if (!keep) kept ??= labels.slice(0, i);
    else kept?.push(name, labels[i + 1] as string);
  }
  return kept ?? labels;
}

function hashModulo(value: string, modulus: number): string {
  const { high, low } = md5Tail(value);
  // (2^21 - 1) * 2^32 + 2^32 - 1 is the largest intermediate that a double holds exactly.
  if (modulus <= 2 ** 21) return String(((high % modulus) * 2 ** 32 + low) % modulus);
  return String(((BigInt(high) << 32n) | BigInt(low)) % BigInt(modulus));
}

// eslint-disable-next-line no-control-regex -- the range of ASCII is what is meant
const ASCII = /^[\x00-\x7f]*$/;

/** Go maps each character to one other; JavaScript looks around (final sigma) and may write two. */
function toLower(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let lower = '';
  for (const character of text) {
    lower += character === '\u0130' ? 'i' : oneOrSame(character, character.toLowerCase());
  }
  return lower;
}

function toUpper(text: string): string {
  if (ASCII.test(text)) return text.toUpperCase();
  let upper = '';
  for (const character of text) upper += oneOrSame(character, character.toUpperCase());
  return upper;
}

function oneOrSame(character: string, mapped: string): string {
  const first = String.fromCodePoint(mapped.codePointAt(0) ?? 0);
  return first.length === mapped.length ? mapped : character;
}
