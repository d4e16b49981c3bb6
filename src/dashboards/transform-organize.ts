import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
import type { NamedField } from './transform.ts';
import { namedFields, renamed, withFields } from './transform.ts';

/** Fields hidden, put in order and renamed, by name. */
export function organize(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const excluded = options.child('excludeByName');
  const included = options.child('includeByName');
  const order = options.child('indexByName');
  const names = options.child('renameByName');
  const hasIncluded = Object.keys(included.value).length > 0;
  return namedFields(frames).map((fields, i) => {
    const kept = fields.filter((one) => {
      if (flagOf(excluded, one)) return false;
      return !hasIncluded || flagOf(included, one);
    });
    const sorted = kept.toSorted((a, b) => compareOrder(placeIn(order, a), placeIn(order, b)));
    const fieldsNow = sorted.map((one) => {
      const name = names.text(keyIn(names, one));
      return name === '' ? one.field : renamed(one.field, name);
    });
    const frame = frames[i] ?? { refId: '', name: '', fields: [], length: 0, kind: 'table' };
    return withFields(frame, fieldsNow);
  });
}

/** A field without a place stands behind those with one. */
function placeIn(order: Cursor, one: NamedField): number {
  return order.number(keyIn(order, one)) ?? Infinity;
}

function compareOrder(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** What is shown counts before what the query called it. */
function keyIn(owner: Cursor, { name, field }: NamedField): string {
  return owner.has(name) ? name : field.name;
}

function flagOf(owner: Cursor, one: NamedField): boolean {
  return owner.flag(keyIn(owner, one));
}
