import type { Frame } from './frame.ts';
import type { Cell } from './frame-columns.ts';
import { cellAt, cellText, pickRows } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import { numberOf } from './read-cursor.ts';
import { textPattern } from './text-pattern.ts';
import type { NamedField } from './transform.ts';
import { findNamed, namedFields, withFields } from './transform.ts';

const filtersMax = 100;

type Condition = (cell: Cell) => boolean;

/** Only the rows (or all but the rows) for which any or all of the conditions hold. */
export function filterByValue(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const isExclude = options.text('type', 'include') === 'exclude';
  const isAny = options.text('match', 'any') === 'any';
  const filters = options.items('filters', filtersMax).flatMap((filter) => {
    const condition = conditionOf(filter.child('config'));
    return condition === undefined ? [] : [{ name: filter.text('fieldName'), condition }];
  });
  if (filters.length === 0) return frames;
  return namedFields(frames).map((fields, i): Frame => {
    const frame = frames[i] ?? { refId: '', name: '', fields: [], length: 0, kind: 'table' };
    const own = filters.flatMap(({ name, condition }) => {
      const found = findNamed(fields, name);
      return found === undefined ? [] : [{ found, condition }];
    });
    if (own.length === 0) return frame;
    const rows: number[] = [];
    for (let row = 0; row < frame.length; row++) {
      const holds = ({ found, condition }: { found: NamedField; condition: Condition }): boolean =>
        condition(cellAt(found.field, row));
      if ((isAny ? own.some(holds) : own.every(holds)) !== isExclude) rows.push(row);
    }
    return withFields(
      frame,
      frame.fields.map((field) => pickRows(field, rows)),
    );
  });
}

function conditionOf(config: Cursor): Condition | undefined {
  const options = config.child('options');
  const id = config.text('id');
  const text = cellText(options.raw('value') ?? null);
  const bound = numberOf(options.raw('value')) ?? NaN;
  switch (id) {
    case 'greater':
      return (cell) => numberIn(cell) > bound;
    case 'greaterOrEqual':
      return (cell) => numberIn(cell) >= bound;
    case 'lower':
      return (cell) => numberIn(cell) < bound;
    case 'lowerOrEqual':
      return (cell) => numberIn(cell) <= bound;
    case 'between':
    case 'range': {
      const from = options.numberOr('from', -Infinity);
      const to = options.numberOr('to', Infinity);
      return (cell) => numberIn(cell) >= from && numberIn(cell) <= to;
    }
    case 'isNull':
      return isNothing;
    case 'isNotNull':
      return (cell) => !isNothing(cell);
    case 'equal':
      return (cell) => cellText(cell) === text || numberIn(cell) === bound;
    case 'notEqual':
      return (cell) => cellText(cell) !== text && numberIn(cell) !== bound;
    case 'substring':
      return (cell) => cellText(cell).toLowerCase().includes(text.toLowerCase());
    case 'notSubstring':
      return (cell) => !cellText(cell).toLowerCase().includes(text.toLowerCase());
    case 'regex':
      return patternCondition(config, text);
    default:
      config.tell('id', `the condition ${id.slice(0, 100)} is not known`);
      return undefined;
  }
}

/** Found anywhere in the text. */
function patternCondition(config: Cursor, source: string): Condition | undefined {
  const pattern = textPattern(source.startsWith('/') ? source : `/${source}/`);
  if (pattern === undefined)
    config.tell('options', `cannot use the pattern ${source.slice(0, 200)}`);
  return pattern === undefined ? undefined : (cell) => pattern.finds(cellText(cell));
}

function isNothing(cell: Cell): boolean {
  return cell === null || cell === '' || (typeof cell === 'number' && Number.isNaN(cell));
}

function numberIn(cell: Cell): number {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : NaN;
}
