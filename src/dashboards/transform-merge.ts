import type { Field, Frame } from './frame.ts';
import type { Cell } from './frame-columns.ts';
import { cellAt, cellText, withCells } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import type { NamedField } from './transform.ts';
import { asColumn, boundedRows, namedFields, tableOf } from './transform.ts';

/**
 * All frames in one table. Rows that are equal in the fields that all frames have become one, where no other field
 * holds something else in each of them.
 */
export function merge(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const own = frames.filter(({ fields }) => fields.length > 0);
  if (own.length < 2) return frames;
  return [mergeTables(own, options)];
}

interface Columns {
  readonly names: readonly string[];
  readonly first: ReadonlyMap<string, NamedField>;
  /** Those in every frame. */
  readonly keys: readonly string[];
}

function mergeTables(frames: readonly Frame[], options: Cursor): Frame {
  const named = namedFields(frames);
  const columns = columnsOf(named);
  const rows: Map<string, Cell>[] = [];
  const rowsByKey = new Map<string, Map<string, Cell>[]>();
  const rowsMax = boundedRows(
    frames.reduce((sum, { length }) => sum + length, 0),
    options,
  );
  for (const fields of named) {
    const length = fields[0]?.frame.length ?? 0;
    for (let i = 0; i < length && rows.length < rowsMax; i++) {
      addRow(rowOf(fields, i), { keys: columns.keys, rows, rowsByKey });
    }
  }
  const fields = columns.names.flatMap((name): Field[] => {
    const first = columns.first.get(name);
    if (first === undefined) return [];
    return [
      withCells(
        asColumn(first),
        rows.map((row) => row.get(name) ?? null),
      ),
    ];
  });
  return tableOf(frames[0]?.refId ?? '', fields);
}

function columnsOf(named: readonly (readonly NamedField[])[]): Columns {
  const first = new Map<string, NamedField>();
  const counts = new Map<string, number>();
  for (const fields of named) {
    for (const name of new Set(fields.map((field) => field.name))) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const field of fields) if (!first.has(field.name)) first.set(field.name, field);
  }
  const names = [...first.keys()];
  return { names, first, keys: names.filter((name) => counts.get(name) === named.length) };
}

function rowOf(fields: readonly NamedField[], row: number): Map<string, Cell> {
  return new Map(fields.map(({ name, field }) => [name, cellAt(field, row)]));
}

/** Candidates of one key that are looked through. */
const candidatesMax = 100;

function addRow(
  row: Map<string, Cell>,
  found: {
    readonly keys: readonly string[];
    readonly rows: Map<string, Cell>[];
    readonly rowsByKey: Map<string, Map<string, Cell>[]>;
  },
): void {
  const { keys, rows, rowsByKey } = found;
  const key = JSON.stringify(keys.map((name) => cellText(row.get(name) ?? null)));
  const before = keys.length === 0 ? [] : (rowsByKey.get(key) ?? []);
  const fitting = before.slice(0, candidatesMax).find((one) => fits(one, row));
  if (fitting !== undefined) {
    for (const [name, cell] of row) if (cell !== null) fitting.set(name, cell);
    return;
  }
  rows.push(row);
  if (before.length === 0) rowsByKey.set(key, [row]);
  else before.push(row);
}

function fits(one: ReadonlyMap<string, Cell>, other: ReadonlyMap<string, Cell>): boolean {
  for (const [name, cell] of other) {
    const own = one.get(name) ?? null;
    if (own !== null && cell !== null && !Object.is(own, cell)) return false;
  }
  return true;
}
