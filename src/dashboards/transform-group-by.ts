import type { Field, Frame } from './frame.ts';
import { cellAt, cellText, fieldOfCells, pickRows } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import { reduceField, reducerId } from './reducers.ts';
import type { NamedField } from './transform.ts';
import { asColumn, namedFields, tableOf } from './transform.ts';

const reducersMax = 50;

/** One row for each combination of values of the group fields, with the others reduced: `Value (mean)`. */
export function groupBy(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const wanted = options.child('fields');
  const operation = (one: NamedField): string => {
    return settingOf(wanted, one).text('operation');
  };
  const groupedFrames = namedFields(frames).flatMap((fields, i): Frame[] => {
    const keys = fields.filter((one) => operation(one) === 'groupby');
    if (keys.length === 0) return [];
    const groups = groupRows(keys, frames[i]?.length ?? 0);
    const firsts = groups.map((rows) => rows[0] ?? -1);
    const keyFields = keys.map((one) => pickRows(asColumn(one), firsts));
    const others = fields
      .filter((one) => operation(one) === 'aggregate')
      .flatMap((one) => {
        const reducers = settingOf(wanted, one).texts('aggregations', reducersMax);
        return reducers.map((reducer) => reducedField(one, groups, reducer));
      });
    return [tableOf(frames[i]?.refId ?? '', [...keyFields, ...others])];
  });
  return groupedFrames.length === 0 ? frames : groupedFrames;
}

function settingOf(wanted: Cursor, { name, field }: NamedField): Cursor {
  return wanted.child(wanted.has(name) ? name : field.name);
}

/** Rows with equal cells in all fields, in order of appearance. */
export function groupRows(keys: readonly NamedField[], length: number): number[][] {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < length; i++) {
    const key = JSON.stringify(keys.map(({ field }) => cellText(cellAt(field, i))));
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [i]);
    else rows.push(i);
  }
  return [...groups.values()];
}

function reducedField(
  one: NamedField,
  groups: readonly (readonly number[])[],
  reducer: string,
): Field {
  const cells = groups.map((rows) => reduceField(pickRows(one.field, rows), reducer));
  const isInstant = one.field.type === 'time' && cells.every((cell) => typeof cell === 'number');
  const name = `${one.name} (${reducerId(reducer) ?? reducer})`;
  if (isInstant && !['count', 'range', 'diff'].includes(reducer)) {
    return { type: 'time', name, labels: {}, legend: '', values: Float64Array.from(cells) };
  }
  return fieldOfCells({ name, labels: {}, legend: '' }, cells);
}
