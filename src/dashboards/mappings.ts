import type { MappedValue, ValueMapping } from './field-settings.ts';
import type { Cell } from './frame-columns.ts';
import { cellText } from './frame-columns.ts';
import { textPattern } from './text-pattern.ts';

/** The first mapping that holds for a value, in the order of the file; undefined for none. */
export function mappedValue(
  mappings: readonly ValueMapping[],
  value: Cell | undefined,
): MappedValue | undefined {
  for (const mapping of mappings) {
    const result = resultOf(mapping, value ?? null);
    if (result !== undefined) return result;
  }
  return undefined;
}

function resultOf(mapping: ValueMapping, value: Cell): MappedValue | undefined {
  switch (mapping.kind) {
    case 'value':
      return value !== null && cellText(value) === mapping.value ? mapping.result : undefined;
    case 'range':
      return isBetween(value, mapping.from, mapping.to) ? mapping.result : undefined;
    case 'regex':
      return typeof value === 'string' ? patternResult(mapping, value) : undefined;
    case 'special':
      return isSpecial(value, mapping.match) ? mapping.result : undefined;
  }
}

function isBetween(value: Cell, from: number | undefined, to: number | undefined): boolean {
  if (value === null || typeof value === 'object' || typeof value === 'boolean') return false;
  if (value === '') return false;
  const number = Number(value);
  return number >= (from ?? -Infinity) && number <= (to ?? Infinity);
}

/** What the pattern matched is replaced by the text, with `$1` for its groups. */
function patternResult(
  { pattern, result }: Extract<ValueMapping, { kind: 'regex' }>,
  value: string,
): MappedValue | undefined {
  const compiled = textPattern(pattern);
  if (compiled === undefined || !compiled.finds(value)) return undefined;
  if (result.text === undefined) return result;
  return { ...result, text: compiled.replace(value, result.text) };
}

type Special = Extract<ValueMapping, { kind: 'special' }>['match'];

function isSpecial(value: Cell, match: Special): boolean {
  const isNaNumber = typeof value === 'number' && Number.isNaN(value);
  switch (match) {
    case 'null':
      return value === null;
    case 'nan':
      return isNaNumber;
    case 'null+nan':
      return value === null || isNaNumber;
    case 'true':
      return value === true || value === 'true';
    case 'false':
      return value === false || value === 'false';
    case 'empty':
      return value === '';
  }
}
