import type { Json } from './dashboard.ts';
import type { MappedValue, ValueMapping } from './field-settings.ts';
import type { Cursor } from './read-cursor.ts';
import { numberOf } from './read-cursor.ts';

const mappingsMax = 1000;

const specials = ['null', 'nan', 'null+nan', 'true', 'false', 'empty'] as const;

/** `mappings` of `owner`, of today and of 2019 to 2021 (`type` 1 and 2). */
export function readMappings(owner: Cursor, key = 'mappings'): ValueMapping[] {
  return owner.items(key, mappingsMax).flatMap((mapping) => {
    const type = mapping.raw('type');
    if (type === 'value') return valuesOf(mapping.child('options'));
    if (type === 'range') return [rangeOf(mapping.child('options'))];
    if (type === 'regex') return [patternOf(mapping.child('options'))];
    if (type === 'special') return [specialOf(mapping.child('options'))];
    if (type === 1 || type === undefined) return oldValueOf(mapping);
    if (type === 2) return [{ ...oldRangeOf(mapping), result: resultOf(mapping) }];
    mapping.tell('type', 'a mapping of an unknown type is left out');
    return [];
  });
}

/** Of singlestats and old tables: `mappingType` says which of `valueMaps` and `rangeMaps` counts. */
export function readOldMappings(owner: Cursor): ValueMapping[] {
  if (owner.number('mappingType') === 2) {
    return owner.items('rangeMaps', mappingsMax).flatMap((item): ValueMapping[] => {
      if (item.raw('from') !== 'null') return [{ ...oldRangeOf(item), result: resultOf(item) }];
      return [{ kind: 'special', match: 'null', result: resultOf(item) }];
    });
  }
  return owner.items('valueMaps', mappingsMax).flatMap(oldValueOf);
}

function valuesOf(options: Cursor): ValueMapping[] {
  const ordered = options.names(mappingsMax).map((key) => {
    const item = options.child(key);
    return { key, item, index: item.numberOr('index', 0) };
  });
  return ordered
    .toSorted((a, b) => a.index - b.index)
    .map(({ key, item }) => ({ kind: 'value', value: key, result: resultOf(item) }));
}

function rangeOf(options: Cursor): ValueMapping {
  return {
    kind: 'range',
    from: boundOf(options.raw('from')),
    to: boundOf(options.raw('to')),
    result: resultOf(options.child('result')),
  };
}

function patternOf(options: Cursor): ValueMapping {
  const result = resultOf(options.child('result'));
  return { kind: 'regex', pattern: options.text('pattern'), result };
}

function specialOf(options: Cursor): ValueMapping {
  const match = options.oneOf('match', specials, 'null');
  return { kind: 'special', match, result: resultOf(options.child('result')) };
}

/** `null` stood for no value at all; an empty row of the form for nothing. */
function oldValueOf(item: Cursor): ValueMapping[] {
  const value = item.text('value');
  if (value === '') return [];
  if (value === 'null') return [{ kind: 'special', match: 'null+nan', result: resultOf(item) }];
  return [{ kind: 'value', value, result: resultOf(item) }];
}

function oldRangeOf(item: Cursor): {
  kind: 'range';
  from: number | undefined;
  to: number | undefined;
} {
  return { kind: 'range', from: boundOf(item.raw('from')), to: boundOf(item.raw('to')) };
}

function boundOf(value: Json | undefined): number | undefined {
  return numberOf(value);
}

function resultOf(item: Cursor): MappedValue {
  return {
    text: item.has('text') ? item.text('text') : undefined,
    colour: item.text('color'),
  };
}
