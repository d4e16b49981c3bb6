import type { Field, Frame } from './frame.ts';
import type { Cell } from './frame-columns.ts';
import { cellAt, cellText, frameRowsMax, pickRows, withCells } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import type { NamedField } from './transform.ts';
import { findNamed, namedFields, singleSeries } from './transform.ts';

interface Side {
  readonly key: NamedField;
  readonly others: readonly Field[];
  /** Rows of each key, in order. */
  readonly rows: ReadonlyMap<string, readonly number[]>;
}

/** Frames side by side, rows with the same value in one field together. Without a name, the time. */
export function joinByField(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const mode = options.oneOf('mode', ['outer', 'inner', 'outerTabular'], 'outer');
  return joinFrames(frames, options.text('byField'), { mode, options });
}

export function joinFrames(
  frames: readonly Frame[],
  byField: string,
  how: { readonly mode: 'outer' | 'inner' | 'outerTabular'; readonly options: Cursor },
): readonly Frame[] {
  const sides = namedFields(singleSeries(frames)).flatMap((fields) => sideOf(fields, byField));
  const [first] = sides;
  if (first === undefined || sides.length < 2) return frames;
  const picked = rowsOfJoin(sides, how.mode);
  if (picked.length > frameRowsMax) {
    how.options.tell('', `only the first ${frameRowsMax} rows`);
    picked.length = frameRowsMax;
  }
  const key = withCells(
    first.key.field,
    picked.map((rows) => keyCell(sides, rows)),
  );
  const others = sides.flatMap(({ others }, i) => {
    const rows = Int32Array.from(picked, (row) => row[i] ?? -1);
    return others.map((field) => pickRows(field, rows));
  });
  const { frame } = first.key;
  const isSeries = key.type === 'time' && frame.kind === 'timeseries';
  return [
    {
      refId: frame.refId,
      name: frame.name,
      fields: [key, ...others],
      length: picked.length,
      kind: isSeries ? 'timeseries' : 'table',
    },
  ];
}

function sideOf(fields: readonly NamedField[], byField: string): Side[] {
  const key =
    byField === '' ? fields.find(({ field }) => field.type === 'time') : findNamed(fields, byField);
  if (key === undefined) return [];
  const rows = new Map<string, number[]>();
  for (let i = 0; i < key.frame.length; i++) {
    const text = cellText(cellAt(key.field, i));
    const before = rows.get(text);
    if (before === undefined) rows.set(text, [i]);
    else before.push(i);
  }
  const others = fields.filter((one) => one !== key).map(({ field }) => field);
  return [{ key, others, rows }];
}

/** For each row of the result the row of each side, -1 for none. */
function rowsOfJoin(sides: readonly Side[], mode: 'outer' | 'inner' | 'outerTabular'): number[][] {
  const keys = new Set<string>();
  for (const { rows } of sides) for (const key of rows.keys()) keys.add(key);
  const result: number[][] = [];
  for (const key of keys) {
    const found = sides.map(({ rows }) => rows.get(key) ?? []);
    if (mode === 'inner' && found.some((rows) => rows.length === 0)) continue;
    if (mode === 'outer') result.push(...inParallel(found));
    else result.push(...product(found));
    if (result.length > frameRowsMax) break;
  }
  const [first] = sides;
  const isOrdered = first?.key.field.type === 'time' || first?.key.field.type === 'number';
  return isOrdered ? sortedByKey(result, sides) : result;
}

/** The n-th row of one with the n-th of the others. */
function inParallel(found: readonly (readonly number[])[]): number[][] {
  const length = Math.max(...found.map((rows) => rows.length));
  return Array.from({ length }, (_, i) => found.map((rows) => rows[i] ?? -1));
}

/** Each with each; of more rows than a frame may have one too many, so that the cut is told. */
function product(found: readonly (readonly number[])[]): number[][] {
  let result: number[][] = [[]];
  for (const rows of found) {
    const choices = rows.length === 0 ? [-1] : rows;
    const next: number[][] = [];
    for (const before of result) {
      for (const row of choices) {
        if (next.length > frameRowsMax) break;
        next.push(before.concat(row));
      }
    }
    result = next;
  }
  return result;
}

function keyCell(sides: readonly Side[], rows: readonly number[]): Cell {
  const side = rows.findIndex((row) => row >= 0);
  const key = sides[side]?.key.field;
  return key === undefined ? null : cellAt(key, rows[side] ?? -1);
}

function sortedByKey(result: number[][], sides: readonly Side[]): number[][] {
  const keyed = result.map((rows) => ({ rows, key: Number(keyCell(sides, rows)) }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ rows }) => rows);
}
