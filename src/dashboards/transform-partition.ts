import type { Field, Frame } from './frame.ts';
import { cellAt, cellText, type Cell, fieldOfCells, pickRows, textField } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import { groupRows } from './transform-group-by.ts';
import { asColumn, boundedRows, findNamed, namedFields, tableOf } from './transform.ts';

const fieldsMax = 50;
const framesMax = 1000;

/** A frame for each combination of values of some fields, which its name tells and, as wished, its labels. */
export function partitionByValues(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const wanted = options.texts('fields', fieldsMax);
  const keeps = options.flag('keepFields');
  const naming = options.child('naming');
  const asLabels = naming.flag('asLabels', true);
  if (wanted.length === 0) return frames;
  return namedFields(frames).flatMap((fields, i): Frame[] => {
    const frame = frames[i];
    const keys = wanted.flatMap((name) => findNamed(fields, name) ?? []);
    if (frame === undefined || keys.length === 0) return frame === undefined ? [] : [frame];
    const groups = groupRows(keys, frame.length);
    if (groups.length > framesMax) options.tell('', `only the first ${framesMax} frames`);
    return groups.slice(0, framesMax).map((rows) => {
      const values = keys.map(({ name, field }): [string, string] => [
        name,
        cellText(cellAt(field, rows[0] ?? -1)),
      ]);
      const kept = fields.filter((one) => keeps || !keys.includes(one));
      const labels = asLabels ? Object.fromEntries(values) : {};
      const parts = kept.map(({ field }) => labelled(pickRows(field, rows), labels));
      const withNames = naming.flag('withNames');
      const shown = values.map(([name, value]) => (withNames ? `${name} ${value}` : value));
      const name = shown.join(' ');
      return { refId: frame.refId, name, kind: frame.kind, fields: parts, length: rows.length };
    });
  });
}

function labelled(field: Field, labels: Readonly<Record<string, string>>): Field {
  if (field.type === 'time') return field;
  return { ...field, labels: { ...field.labels, ...labels } };
}

/** Rows of one field, columns of another, values of a third in the cells. */
export function groupingToMatrix(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const [fields] = namedFields(frames);
  if (frames.length !== 1 || fields === undefined) return frames;
  const rowName = options.text('rowField', 'Time');
  const columnName = options.text('columnField', 'Time');
  const row = findNamed(fields, rowName);
  const column = findNamed(fields, columnName);
  const value = findNamed(fields, options.text('valueField', 'Value'));
  const [frame] = frames;
  if (row === undefined || column === undefined || value === undefined || !frame) return frames;
  const empty = emptyCell(options.text('emptyValue', 'empty'));
  const rowGroups = groupRows([row], frame.length);
  const columnGroups = groupRows([column], frame.length);
  const rowOf = groupNumbers(rowGroups, frame.length);
  const count = boundedRows(rowGroups.length, options);
  const columns = columnGroups.slice(0, columnsMax).map((inColumn): Field => {
    const cells: Cell[] = Array.from({ length: count }, () => empty);
    for (const at of inColumn) {
      const to = rowOf[at] ?? count;
      if (to < count) cells[to] = cellAt(value.field, at);
    }
    const name = cellText(cellAt(column.field, inColumn[0] ?? -1));
    return fieldOfCells({ name, labels: {}, legend: '' }, cells);
  });
  if (columnGroups.length > columnsMax) options.tell('', `only the first ${columnsMax} columns`);
  const firsts = rowGroups.slice(0, count).map((rows) => rows[0] ?? -1);
  const head = pickRows(asColumn(row), firsts);
  return [tableOf(frame.refId, [{ ...head, name: `${rowName}\\${columnName}` }, ...columns])];
}

const columnsMax = 1000;

function emptyCell(kind: string): Cell {
  if (kind === 'zero') return 0;
  if (kind === 'true' || kind === 'false') return kind === 'true';
  return kind === 'null' ? null : '';
}

/** Of each row the number of its group. */
function groupNumbers(groups: readonly (readonly number[])[], length: number): Int32Array {
  const numbers = new Int32Array(length);
  for (const [number, rows] of groups.entries()) for (const row of rows) numbers[row] = number;
  return numbers;
}

/** Columns become rows: the first field names the new columns, the others' names are the first column. */
export function transpose(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  return namedFields(frames).flatMap((fields, i): Frame[] => {
    const frame = frames[i];
    const [head, ...others] = fields;
    if (frame === undefined || head === undefined) return [];
    if (frame.length > columnsMax) options.tell('', `only the first ${columnsMax} rows`);
    const firstName = options.text('firstFieldName') || 'Field';
    const restName = options.text('restFieldsName');
    const first = textField(
      firstName,
      others.map(({ name }) => name),
    );
    const rest = Array.from({ length: Math.min(frame.length, columnsMax) }, (_, row) => {
      const name = restName || cellText(cellAt(head.field, row));
      const cells = others.map(({ field }) => cellAt(field, row));
      return fieldOfCells({ name, labels: {}, legend: '' }, cells);
    });
    return [tableOf(frame.refId, [first, ...rest])];
  });
}

/** Labels of series as columns, the values of one label as names of the values; a row for each of the others. */
export function joinByLabels(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const valueLabel = options.text('value');
  const join = options.texts('join', fieldsMax);
  if (valueLabel === '') return frames;
  const rows = new Map<string, { labels: Record<string, string>; cells: Map<string, Cell> }>();
  const names = new Set<string>();
  const joined = new Set(join);
  for (const { field, frame } of namedFields(frames).flat()) {
    const name = field.labels[valueLabel];
    if (field.type === 'time' || name === undefined) continue;
    names.add(name);
    const labels = Object.entries(field.labels).filter(
      ([label]) => label !== valueLabel && (join.length === 0 || join.includes(label)),
    );
    for (const [label] of labels) joined.add(label);
    const key = JSON.stringify(labels.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const row = rows.get(key) ?? { labels: Object.fromEntries(labels), cells: new Map() };
    rows.set(key, row);
    row.cells.set(name, cellAt(field, frame.length - 1));
  }
  const all = [...rows.values()].slice(0, boundedRows(rows.size, options));
  const columns = [...joined].map((label) =>
    textField(
      label,
      all.map(({ labels }) => labels[label] ?? ''),
    ),
  );
  const values = [...names].map((name) =>
    fieldOfCells(
      { name, labels: {}, legend: '' },
      all.map(({ cells }) => cells.get(name) ?? null),
    ),
  );
  return [tableOf(frames[0]?.refId ?? '', [...columns, ...values])];
}
