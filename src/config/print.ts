import { formatFloatG } from '#model';
import type { Field, Settings, Shown, StructType, Type } from './schema.ts';
import { scalarTag } from './yaml-scalar.ts';

/** Prints sections as YAML the way Go's encoder does, so that the page looks as people know it. */
export function printYaml(shown: Shown): string {
  const lines: string[] = [];
  printBlock(shown, 0, lines);
  return lines.map((line) => `${line}\n`).join('');
}

/** The values of a section as they are to be shown: secrets hidden, zero values left out. */
export function showSettings(settings: Settings, type: StructType): ReadonlyMap<string, Shown> {
  const shown = new Map<string, Shown>();
  for (const field of type.fields) {
    const value = settings[field.key];
    if (value === undefined ? !isShownEmpty(field) : !isPrinted(field, value)) continue;
    shown.set(field.key, showValue(value, field.type));
  }
  return shown;
}

function isShownEmpty(field: Field): boolean {
  return field.isPrinted === true;
}

function isPrinted(field: Field, value: unknown): boolean {
  return field.isPrinted === true || !isZero(value, field.type);
}

/** True for what Go leaves out under omitempty. */
export function isZero(value: unknown, type: Type): boolean {
  if (value === undefined || value === null) return true;
  switch (type.kind) {
    case 'scalar':
      return type.isZero?.(value) ?? value === type.zero;
    case 'list':
      return (value as unknown[]).length === 0;
    case 'map':
      return (value as ReadonlyMap<string, unknown>).size === 0;
    case 'struct':
      return type.fields.every((field) => isZero((value as Settings)[field.key], field.type));
  }
}

function showValue(value: unknown, type: Type): Shown {
  switch (type.kind) {
    case 'scalar':
      return type.show(value);
    case 'list': {
      const items = ((value ?? []) as unknown[]).map((item) => showValue(item, type.item));
      return type.isFlow === true ? { flow: items } : items;
    }
    case 'map': {
      const entries = [...((value ?? new Map()) as ReadonlyMap<string, unknown>)];
      const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
      return new Map(sorted.map(([key, item]) => [key, showValue(item, type.item)]));
    }
    case 'struct':
      return value === undefined || value === null ? null : showSettings(value as Settings, type);
  }
}

function isMapping(shown: Shown): shown is ReadonlyMap<string, Shown> {
  return shown instanceof Map;
}

function isFlow(shown: Shown): shown is { readonly flow: readonly Shown[] } {
  return typeof shown === 'object' && shown !== null && 'flow' in shown;
}

function printBlock(shown: Shown, indent: number, lines: string[]): void {
  const pad = ' '.repeat(indent);
  if (isMapping(shown) && shown.size > 0) {
    for (const [key, value] of shown) printEntry(`${pad}${scalarText(key)}:`, value, indent, lines);
  } else if (Array.isArray(shown) && shown.length > 0) {
    for (const item of shown as readonly Shown[]) printItem(item, indent, lines);
  } else lines.push(pad + inlineText(shown, indent));
}

function printEntry(head: string, value: Shown, indent: number, lines: string[]): void {
  if (isMapping(value) && value.size > 0) {
    lines.push(head);
    printBlock(value, indent + 2, lines);
  } else if (Array.isArray(value) && value.length > 0) {
    // Go does not indent the items of a list below its key.
    lines.push(head);
    printBlock(value, indent, lines);
  } else lines.push(`${head} ${inlineText(value, indent)}`);
}

function printItem(item: Shown, indent: number, lines: string[]): void {
  const pad = ' '.repeat(indent);
  const isBlock = (isMapping(item) && item.size > 0) || (Array.isArray(item) && item.length > 0);
  if (!isBlock) {
    lines.push(`${pad}- ${inlineText(item, indent)}`);
    return;
  }
  const inner: string[] = [];
  printBlock(item, indent + 2, inner);
  const [first = '', ...rest] = inner;
  lines.push(`${pad}- ${first.slice(indent + 2)}`, ...rest);
}

function inlineText(shown: Shown, indent: number): string {
  if (shown === null) return 'null';
  if (typeof shown === 'boolean') return String(shown);
  if (typeof shown === 'number') return numberText(shown);
  if (typeof shown === 'string') {
    return shown.includes('\n') ? literalText(shown, indent) : scalarText(shown);
  }
  if (isFlow(shown)) return `[${shown.flow.map((item) => flowText(item)).join(', ')}]`;
  return isMapping(shown) ? '{}' : '[]';
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return Number.isInteger(value) ? BigInt(value).toString() : formatFloatG(value);
}

/** Text of several lines as a literal block; the chomping indicator keeps the breaks at its end. */
function literalText(text: string, indent: number): string {
  if (/^[ \n]|[^\n -~\u00a0-\ud7ff\ue000-\ufffd]/u.test(text)) return doubleQuoted(text);
  const breaks = /\n*$/.exec(text)?.[0].length ?? 0;
  const chomp = ['-', ''][breaks] ?? '+';
  const body = text.slice(0, text.length - breaks).split('\n');
  for (let i = 1; i < breaks; i++) body.push('');
  const pad = ' '.repeat(indent + 2);
  return [`|${chomp}`, ...body.map((line) => (line === '' ? '' : pad + line))].join('\n');
}

const FLOW_INDICATOR = /[,?[\]{}:]/;
const START_INDICATOR = /^(?:[#,[\]{}&*!|>'"%@`]|[-?:](?:\s|$)|---|\.\.\.)/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const UNPRINTABLE = /[^\t -~\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function scalarText(text: string): string {
  if (UNPRINTABLE.test(text) || text.includes('\n')) return doubleQuoted(text);
  if (scalarTag(text) !== 'str' || BASE_60.test(text)) return doubleQuoted(text);
  const isPlain =
    !START_INDICATOR.test(text) && !/^\s|\s$|:\s|:$|\s#/.test(text) && !text.includes('\t');
  return isPlain ? text : singleQuoted(text);
}

function flowText(shown: Shown): string {
  const text = typeof shown === 'string' ? shown : inlineText(shown, 0);
  const plain = scalarText(text);
  return plain === text && FLOW_INDICATOR.test(text) ? singleQuoted(text) : plain;
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function doubleQuoted(text: string): string {
  return JSON.stringify(text);
}
