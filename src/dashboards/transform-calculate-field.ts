import type { Field, Frame, NumberField } from './frame.ts';
import { fieldOfCells, numberField } from './frame-columns.ts';
import { textOf } from './field-matchers.ts';
import type { Cursor } from './read-cursor.ts';
import { numberOf } from './read-cursor.ts';
import { reduceField, reducerId, reducerName } from './reducers.ts';
import type { NamedField } from './transform.ts';
import { findNamed, isNamed, namedFields, withFields } from './transform.ts';

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '^': (a, b) => a ** b,
  '==': (a, b) => (a === b ? 1 : 0),
  '!=': (a, b) => (a === b ? 0 : 1),
  '>': (a, b) => (a > b ? 1 : 0),
  '>=': (a, b) => (a >= b ? 1 : 0),
  '<': (a, b) => (a < b ? 1 : 0),
  '<=': (a, b) => (a <= b ? 1 : 0),
};

const unaries: Readonly<Record<string, (a: number) => number>> = {
  abs: Math.abs,
  exp: Math.exp,
  ln: Math.log,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
};

/** One more field for each frame, made of its others. */
export function calculateField(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const replaces = options.flag('replaceFields');
  return namedFields(frames).map((fields, i): Frame => {
    const frame = frames[i] ?? { refId: '', name: '', fields: [], length: 0, kind: 'table' };
    const made = calculated(frame, fields, options);
    if (made === undefined) return frame;
    const alias = options.text('alias');
    const field = alias === '' ? made : { ...made, name: alias };
    const kept = replaces ? frame.fields.filter(({ type }) => type === 'time') : frame.fields;
    return withFields(frame, [...kept, field]);
  });
}

function calculated(
  frame: Frame,
  fields: readonly NamedField[],
  options: Cursor,
): Field | undefined {
  const mode = options.text('mode', 'reduceRow');
  switch (mode) {
    case 'reduceRow':
      return rowReduced(frame, fields, options.child('reduce'));
    case 'binary':
      return binary(frame, fields, options.child('binary'));
    case 'unary':
      return unary(fields, options.child('unary'));
    case 'index': {
      const isShare = options.child('index').flag('asPercentile');
      const size = isShare ? Math.max(1, frame.length - 1) : 1;
      return made(
        'Row',
        Float64Array.from({ length: frame.length }, (_, row) => row / size),
      );
    }
    case 'cumulativeFunctions':
      return cumulative(fields, options.child('cumulative'));
    case 'windowFunctions':
      return windowed(fields, options.child('window'));
    default:
      options.tell('mode', `the calculation ${mode.slice(0, 100)} is not known`);
      return undefined;
  }
}

function made(name: string, values: Float64Array): NumberField {
  return numberField({ name, labels: {}, legend: '' }, [...values].map(nothingForNaN));
}

function nothingForNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** All number fields, or those named, of each row. */
function rowReduced(frame: Frame, fields: readonly NamedField[], options: Cursor): Field {
  const include = options.texts('include', 10_000);
  const reducer = options.text('reducer', 'sum');
  const columns = fields.flatMap((one): NumberField[] => {
    if (one.field.type !== 'number') return [];
    const isWanted = include.length === 0 || include.some((name) => isNamed(one, name));
    return isWanted ? [one.field] : [];
  });
  const row = new Float64Array(columns.length);
  const isNull = new Uint8Array(columns.length);
  const named = { name: 'row', labels: {}, legend: '' };
  const cells = Array.from({ length: frame.length }, (_, i) => {
    for (const [j, column] of columns.entries()) {
      row[j] = column.values[i] ?? NaN;
      isNull[j] = column.isNull?.[i] ?? 0;
    }
    return reduceField({ ...named, type: 'number', values: row, isNull }, reducer);
  });
  return fieldOfCells(
    { name: reducerName(reducerId(reducer) ?? reducer), labels: {}, legend: '' },
    cells,
  );
}

interface Operand {
  readonly name: string;
  readonly at: (row: number) => number;
}

function binary(frame: Frame, fields: readonly NamedField[], options: Cursor): Field | undefined {
  const id = options.text('operator', '+');
  const operator = Object.hasOwn(operators, id) ? operators[id] : undefined;
  const left = operandOf(options, 'left', fields);
  const right = operandOf(options, 'right', fields);
  if (operator === undefined) options.tell('operator', `${id.slice(0, 20)} is not known`);
  if (operator === undefined || left === undefined || right === undefined) return undefined;
  const values = new Float64Array(frame.length);
  for (let i = 0; i < frame.length; i++) values[i] = operator(left.at(i), right.at(i));
  return made(`${left.name} ${id} ${right.name}`, values);
}

/** A field's name, a number, or `{ matcher: { id, options } }` or `{ fixed }`. */
function operandOf(
  options: Cursor,
  key: string,
  fields: readonly NamedField[],
): Operand | undefined {
  const raw = options.raw(key);
  const isObject = typeof raw === 'object' && raw !== null;
  const side = isObject ? options.child(key) : undefined;
  const name =
    side === undefined
      ? textOf(raw)
      : textOf(side.child('matcher').raw('options')) || side.text('fixed');
  const found = findNamed(fields, name)?.field;
  if (found?.type === 'number' || found?.type === 'time') {
    return { name, at: (row) => found.values[row] ?? NaN };
  }
  const number = numberOf(name);
  return number === undefined ? undefined : { name, at: () => number };
}

function numberNamed(fields: readonly NamedField[], name: string): NumberField | undefined {
  const found = findNamed(fields, name)?.field;
  return found?.type === 'number' ? found : undefined;
}

function unary(fields: readonly NamedField[], options: Cursor): Field | undefined {
  const id = options.text('operator', 'abs');
  const operator = Object.hasOwn(unaries, id) ? unaries[id] : undefined;
  const name = options.text('fieldName');
  const field = numberNamed(fields, name);
  if (operator === undefined || field === undefined) return undefined;
  const values = Float64Array.from(field.values, (value) => operator(value));
  return made(`${id}(${name})`, values);
}

function cumulative(fields: readonly NamedField[], options: Cursor): Field | undefined {
  const name = options.text('field');
  const reducer = options.text('reducer', 'sum');
  const field = numberNamed(fields, name);
  if (field === undefined) return undefined;
  const isMean = reducer === 'mean';
  const values = new Float64Array(field.values.length);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = field.values[i] ?? NaN;
    if (!Number.isNaN(value)) {
      sum += value;
      count++;
    }
    values[i] = isMean && count > 0 ? sum / count : sum;
  }
  return made(`cumulative ${reducer}(${name})`, values);
}

/** `windowSize` is a share of the rows, or their number. */
function windowed(fields: readonly NamedField[], options: Cursor): Field | undefined {
  const name = options.text('field');
  const reducer = options.text('reducer', 'mean');
  const field = numberNamed(fields, name);
  if (field === undefined) return undefined;
  const { length } = field.values;
  const given = options.numberOr('windowSize', 0.1);
  const isShare = options.text('windowSizeMode', 'percentage') === 'percentage';
  const size = Math.max(1, Math.min(windowMax, Math.floor(isShare ? given * length : given)));
  const isTrailing = options.text('windowAlignment', 'trailing') === 'trailing';
  const before = isTrailing ? size - 1 : Math.floor((size - 1) / 2);
  const cells = Array.from({ length }, (_, i) => {
    const from = Math.max(0, i - before);
    const values = field.values.subarray(from, Math.min(length, i - before + size));
    const isNull = field.isNull?.subarray(from, from + values.length);
    const own = { name, labels: {}, legend: '', values };
    return reduceField(
      { type: 'number', ...own, ...(isNull === undefined ? {} : { isNull }) },
      reducer,
    );
  });
  return fieldOfCells({ name: `${reducer}(${name})`, labels: {}, legend: '' }, cells);
}

/** Rows of one window. */
const windowMax = 1000;
