import type { Frame } from './frame.ts';
import type { Cell } from './frame-columns.ts';
import { cellAt, cellText, fieldOfCells } from './frame-columns.ts';
import { isList, isObject } from './read-cursor.ts';
import type { Cursor } from './read-cursor.ts';
import type { Json } from './dashboard.ts';
import { textPattern } from './text-pattern.ts';
import { findNamed, namedFields, withFields } from './transform.ts';

const columnsMax = 200;
const textLengthMax = 100_000;

/** Columns out of what stands in one: JSON, `a=b` pairs, a pattern's groups, or parts between commas. */
export function extractFields(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const source = options.text('source');
  const replaces = options.flag('replace');
  const keepsTime = options.flag('keepTime');
  return namedFields(frames).map((fields, i): Frame => {
    const frame = frames[i] ?? { refId: '', name: '', fields: [], length: 0, kind: 'table' };
    const found = findNamed(fields, source)?.field;
    if (found === undefined) return frame;
    const rows = Array.from({ length: frame.length }, (_, row) => {
      return partsOf(cellAt(found, row), options);
    });
    const names = new Set<string>();
    for (const row of rows) {
      for (const name of row.keys()) if (names.size < columnsMax) names.add(name);
    }
    const columns = [...names].map((name) => {
      const cells = rows.map((row) => row.get(name) ?? null);
      return fieldOfCells({ name, labels: {}, legend: '' }, cells);
    });
    const kept = replaces
      ? frame.fields.filter(({ type }) => keepsTime && type === 'time')
      : frame.fields;
    return withFields(frame, [...kept, ...columns]);
  });
}

function partsOf(cell: Cell, options: Cursor): ReadonlyMap<string, Cell> {
  const text = cellText(cell).slice(0, textLengthMax);
  const format = options.text('format', 'auto');
  if (format === 'kvp') return pairsOf(text);
  if (format === 'regexp') return groupsOf(text, options);
  if (format === 'delimiter') return listOf(text, options.text('delimiter', ','));
  return jsonOf(text, options) ?? (format === 'auto' ? pairsOf(text) : new Map());
}

function jsonOf(text: string, options: Cursor): ReadonlyMap<string, Cell> | undefined {
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const paths = options.items('jsonPaths', columnsMax);
  if (paths.length > 0) {
    return new Map(
      paths.map((item): [string, Cell] => {
        const path = item.text('path');
        return [item.text('alias') || path, cellOf(valueAt(parsed, path))];
      }),
    );
  }
  if (isList(parsed))
    return new Map(parsed.slice(0, columnsMax).map((part, i) => [String(i), cellOf(part)]));
  if (!isObject(parsed)) return undefined;
  return new Map(
    Object.entries(parsed)
      .slice(0, columnsMax)
      .map(([name, value]) => [name, cellOf(value)]),
  );
}

function cellOf(value: Json | undefined): Cell {
  return value ?? null;
}

/** `a.b[0].c` */
function valueAt(value: Json, path: string): Json | undefined {
  let found: Json | undefined = value;
  const names = path
    .replaceAll(/\[["']?([^\]"']*)["']?\]/g, '.$1')
    .split('.')
    .slice(0, 50);
  for (const name of names) {
    if (name === '') continue;
    if (isList(found)) found = found[Number(name)];
    else if (isObject(found) && Object.hasOwn(found, name)) found = found[name];
    else return undefined;
  }
  return found;
}

/** `a=b, c="d e"`, also with colons. */
function pairsOf(text: string): ReadonlyMap<string, Cell> {
  const pairs = new Map<string, Cell>();
  for (const [, key = '', quoted, plain] of text.matchAll(
    /"?([\w.-]{1,200})"?[=:]\s?(?:"([^"]*)"|([^\s,;&}]*))/g,
  )) {
    if (pairs.size >= columnsMax) break;
    pairs.set(key, quoted ?? plain ?? '');
  }
  return pairs;
}

function groupsOf(text: string, options: Cursor): ReadonlyMap<string, Cell> {
  const pattern = textPattern(options.text('regExp'));
  const groups = pattern?.groups(text);
  if (groups === undefined) return new Map();
  const named = Object.entries(groups.named);
  if (named.length > 0) return new Map(named);
  return new Map(groups.numbered.slice(1).map((group, i) => [String(i + 1), group]));
}

function listOf(text: string, delimiter: string): ReadonlyMap<string, Cell> {
  const parts = text.split(delimiter || ',', columnsMax);
  return new Map(parts.map((part) => [part.trim(), part.trim()]));
}
