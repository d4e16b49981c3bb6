import type { Json } from './dashboard.ts';
import type { Field, Frame } from './frame.ts';
import { isList, isObject, numberOf } from './read-cursor.ts';
import { reduceField } from './reducers.ts';
import { textPattern } from './text-pattern.ts';

/** A field with what it is matched by. */
export interface MatchedField {
  readonly field: Field;
  readonly frame: Frame;
  /** What the person sees. */
  readonly name: string;
}

export type FieldMatcher = (matched: MatchedField) => boolean;

/** Matchers inside of each other. */
const depthMax = 10;

const never: FieldMatcher = () => false;

/** A matcher of Grafana's for fields; undefined for an unknown one, or a pattern that RE2 does not know. */
export function fieldMatcher(
  { id, options }: { readonly id: string; readonly options: Json },
  depth = 0,
): FieldMatcher | undefined {
  if (depth > depthMax) return undefined;
  switch (id) {
    case 'byName':
      return nameMatcher(textOf(options));
    case 'byRegexp':
    case 'byRegexpOrNames':
    case 'byNames':
      return id === 'byRegexp' ? patternMatcher(textOf(options)) : namesMatcher(options);
    case 'byFrameRefID':
      return refMatcher(textOf(options));
    case 'byType':
      return typesMatcher([textOf(options)]);
    case 'byTypes':
      return typesMatcher(textsOf(isObject(options) ? options['types'] : options));
    case 'numeric':
      return typesMatcher(['number']);
    case 'time':
      return typesMatcher(['time']);
    case 'byValue':
      return valueMatcher(options);
    case 'alwaysMatch':
      return () => true;
    case 'neverMatch':
      return never;
    default:
      return combinedMatcher(id, options, depth);
  }
}

function combinedMatcher(id: string, options: Json, depth: number): FieldMatcher | undefined {
  if (!['allMatch', 'anyMatch', 'invertMatch'].includes(id)) return undefined;
  const given = isList(options) ? options : [options];
  const parts: FieldMatcher[] = [];
  for (const part of given.slice(0, 100)) {
    if (!isObject(part)) continue;
    const matcher = fieldMatcher(
      { id: textOf(part['id'] ?? null), options: part['options'] ?? null },
      depth + 1,
    );
    if (matcher === undefined) return undefined;
    parts.push(matcher);
  }
  if (id === 'invertMatch') return (matched) => !parts.some((part) => part(matched));
  if (id === 'allMatch') return (matched) => parts.every((part) => part(matched));
  return (matched) => parts.some((part) => part(matched));
}

function nameMatcher(name: string): FieldMatcher {
  return (matched) => matched.name === name || matched.field.name === name;
}

function patternMatcher(source: string): FieldMatcher | undefined {
  const pattern = textPattern(source);
  if (pattern === undefined) return undefined;
  return ({ name }) => pattern.finds(name);
}

/** `{ names, pattern, mode: 'include' | 'exclude' }`, or a plain list. */
function namesMatcher(options: Json): FieldMatcher | undefined {
  if (!isObject(options)) return anyName(textsOf(options));
  const matchers = [anyName(textsOf(options['names']))];
  const source = options['pattern'];
  if (typeof source === 'string' && source !== '') {
    const pattern = patternMatcher(source);
    if (pattern === undefined) return undefined;
    matchers.push(pattern);
  }
  const isExclude = options['mode'] === 'exclude';
  return (matched) => matchers.some((matcher) => matcher(matched)) !== isExclude;
}

function anyName(names: readonly string[]): FieldMatcher {
  const set = new Set(names);
  return ({ field, name }) => set.has(name) || set.has(field.name);
}

function refMatcher(refId: string): FieldMatcher {
  const pattern = refId.startsWith('/') ? textPattern(refId) : undefined;
  return ({ frame }) => frame.refId === refId || (pattern?.finds(frame.refId) ?? false);
}

function typesMatcher(types: readonly string[]): FieldMatcher {
  const own = new Set(types.map((type) => (type === 'string' ? 'text' : type)));
  return ({ field }) => own.has(field.type);
}

/** `{ reducer, op, value }` over the whole field. */
function valueMatcher(options: Json): FieldMatcher | undefined {
  if (!isObject(options)) return never;
  const reducer = textOf(options['reducer'] ?? null) || 'lastNotNull';
  const compare = comparisonOf(textOf(options['op'] ?? null));
  const bound = numberOf(options['value'] ?? null) ?? 0;
  if (compare === undefined) return undefined;
  return ({ field }) => {
    if (field.type !== 'number') return false;
    const value = reduceField(field, reducer);
    if (typeof value === 'boolean') return compare(value ? 1 : 0, bound);
    return typeof value === 'number' && compare(value, bound);
  };
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  gte: (a, b) => a >= b,
  gt: (a, b) => a > b,
  lte: (a, b) => a <= b,
  lt: (a, b) => a < b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
  '>=': (a, b) => a >= b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '<': (a, b) => a < b,
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

export function comparisonOf(id: string): ((a: number, b: number) => boolean) | undefined {
  return Object.hasOwn(comparisons, id) ? comparisons[id] : undefined;
}

export function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!isObject(value)) return '';
  return textOf(value['options'] ?? value['pattern'] ?? value['id'] ?? '');
}

export function textsOf(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  return isList(value) ? value.slice(0, 10_000).map(textOf) : [];
}
