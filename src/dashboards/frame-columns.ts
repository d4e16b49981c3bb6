import type { Field, NumberField, OtherField, TextField, TimeField } from './frame.ts';

/** Rows of one frame. Prometheus gives at most 11,000 steps. */
export const frameRowsMax = 50_000;
/** Fields of one frame, and of all frames of a panel. */
export const frameFieldsMax = 10_000;
/** Values of one frame, so that a wide and long one does not eat the page: 80 MB. */
export const frameValuesMax = 10_000_000;

/** What is in one cell; null for nothing. */
export type Cell = number | string | boolean | null | object;

/** As Go writes floats: `NaN`, `+Inf`, `-Inf`. */
export function readFloat(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}

export function timeField(values: Float64Array, name = 'Time'): TimeField {
  return { type: 'time', name, labels: {}, legend: '', values };
}

export function textField(name: string, values: readonly string[]): TextField {
  return { type: 'text', name, labels: {}, legend: '', values };
}

export function cellAt(field: Field, row: number): Cell {
  if (field.type === 'number' && field.isNull?.[row] === 1) return null;
  const value = field.values[row];
  if (value === undefined || value === null) return null;
  if (typeof value === 'object') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
    ? value
    : null;
}

/** As text, as groups, joins and conditions compare it; '' for nothing. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'object' ? (JSON.stringify(cell) ?? '') : String(cell);
}

type Named = Pick<Field, 'name' | 'labels' | 'legend'>;

/** A field of cells, of the type that holds them all. */
export function fieldOfCells(named: Named, cells: readonly Cell[]): Field {
  const { name, labels, legend } = named;
  let type: Field['type'] | undefined;
  for (const cell of cells) {
    if (cell === null) continue;
    const own = typeOf(cell);
    if (type === undefined) type = own;
    else if (type !== own) return { name, labels, legend, type: 'other', values: cells };
  }
  if (type === 'number') return numberField({ name, labels, legend }, cells);
  if (type === 'text') {
    return {
      name,
      labels,
      legend,
      type,
      values: cells.map((cell) => (typeof cell === 'string' ? cell : '')),
    };
  }
  const other: OtherField['type'] = type === 'boolean' ? 'boolean' : 'other';
  return { name, labels, legend, type: other, values: cells };
}

function typeOf(cell: Exclude<Cell, null>): 'number' | 'text' | 'boolean' | 'other' {
  if (typeof cell === 'number') return 'number';
  if (typeof cell === 'string') return 'text';
  return typeof cell === 'boolean' ? 'boolean' : 'other';
}

/** What is no number is nothing. */
export function numberField(named: Named, cells: readonly Cell[]): NumberField {
  const { name, labels, legend } = named;
  const values = new Float64Array(cells.length);
  const isNull = new Uint8Array(cells.length);
  let countNull = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (typeof cell === 'number') values[i] = cell;
    else {
      values[i] = NaN;
      isNull[i] = 1;
      countNull++;
    }
  }
  const field: NumberField = { name, labels, legend, type: 'number', values };
  return countNull === 0 ? field : { ...field, isNull };
}

/** The field with other cells; a time field stays one. */
export function withCells(field: Field, cells: readonly Cell[]): Field {
  if (field.type !== 'time') return fieldOfCells(field, cells);
  const values = Float64Array.from(cells, (cell) => (typeof cell === 'number' ? cell : NaN));
  return { ...field, values };
}

/** The field with some of its rows, in the order given; -1 for an empty cell. */
export function pickRows(field: Field, rows: ArrayLike<number>): Field {
  switch (field.type) {
    case 'time':
      return { ...field, values: pickNumbers(field.values, rows) };
    case 'number':
      return pickNumberRows(field, rows);
    case 'text':
      return { ...field, values: Array.from(rows, (row) => field.values[row] ?? '') };
    case 'boolean':
    case 'other':
      return { ...field, values: Array.from(rows, (row) => field.values[row] ?? null) };
  }
}

function pickNumbers(from: Float64Array, rows: ArrayLike<number>): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = from[rows[i] ?? -1] ?? NaN;
  return values;
}

function pickNumberRows(field: NumberField, rows: ArrayLike<number>): NumberField {
  const isNull = new Uint8Array(rows.length);
  let countNull = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? -1;
    if (row >= 0 && field.isNull?.[row] !== 1) continue;
    isNull[i] = 1;
    countNull++;
  }
  const { type, name, labels, legend } = field;
  const values = pickNumbers(field.values, rows);
  const picked: NumberField = { type, name, labels, legend, values };
  return countNull === 0 ? picked : { ...picked, isNull };
}
