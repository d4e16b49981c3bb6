import type { Field, Frame } from './frame.ts';
import { fieldOfCells, textField } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import { reduceField, reducerName } from './reducers.ts';
import type { NamedField } from './transform.ts';
import { boundedRows, namedFields, tableOf } from './transform.ts';

const reducersMax = 50;

/** Fields to rows, one column for each reducer; or each frame to its one row. */
export function reduce(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const given = options.texts('reducers', reducersMax);
  const reducers = given.length === 0 ? ['max'] : given;
  const mode = options.oneOf('mode', ['seriesToRows', 'reduceFields'], 'seriesToRows');
  if (mode === 'reduceFields') return reduceFields(frames, reducers);
  return reduceToRows(frames, reducers, options);
}

function reduceToRows(
  frames: readonly Frame[],
  reducers: readonly string[],
  options: Cursor,
): readonly Frame[] {
  const hasTime = options.flag('includeTimeField');
  const all = namedFields(frames)
    .flat()
    .filter(({ field }) => field.type === 'number' || (hasTime && field.type === 'time'));
  const rows = all.slice(0, boundedRows(all.length, options));
  if (rows.length === 0) return [];
  const names = options.flag('labelsToFields') ? labelFields(rows) : [];
  const columns = reducers.map((reducer) => {
    const cells = rows.map(({ field }) => reduceField(field, reducer));
    return fieldOfCells({ name: reducerName(reducer), labels: {}, legend: '' }, cells);
  });
  const shown = textField(
    'Field',
    rows.map(({ name }) => name),
  );
  return [tableOf(frames[0]?.refId ?? '', [shown, ...names, ...columns])];
}

function labelFields(rows: readonly NamedField[]): Field[] {
  const names = new Set(rows.flatMap(({ field }) => Object.keys(field.labels)));
  return [...names].toSorted().map((name) => {
    return textField(
      name,
      rows.map(({ field }) => field.labels[name] ?? ''),
    );
  });
}

function reduceFields(frames: readonly Frame[], reducers: readonly string[]): readonly Frame[] {
  return frames.map((frame): Frame => {
    const fields = frame.fields.flatMap((field): Field[] => {
      if (field.type !== 'number') return [];
      return reducers.map((reducer) => {
        const { labels, legend } = field;
        const isOne = reducers.length === 1;
        const name = isOne ? field.name : `${field.name} ${reducerName(reducer)}`;
        const shown = isOne || legend === '' ? legend : `${legend} ${reducerName(reducer)}`;
        return fieldOfCells({ name, labels, legend: shown }, [reduceField(field, reducer)]);
      });
    });
    return { ...frame, fields, length: fields.length === 0 ? 0 : 1, kind: 'table' };
  });
}
