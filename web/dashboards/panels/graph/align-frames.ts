import type { FieldSettings, Frame, NumberField } from '#dashboards';

/** A numeric field over the times that all of a graph share. */
export interface AlignedField {
  readonly frameIndex: number;
  readonly fieldIndex: number;
  readonly field: NumberField;
  readonly settings: FieldSettings;
  /** As measured, as long as the times; NaN where there is nothing. */
  readonly values: Float64Array;
  /** 1 where the time is one of the field's own frame; undefined where all are. */
  readonly isOwn: Uint8Array | undefined;
}

export interface AlignedFrames {
  /** Milliseconds, ascending, each once. */
  readonly times: Float64Array;
  readonly fields: readonly AlignedField[];
}

/** The numeric fields of all frames with a time column over one column of times. */
export function alignFrames(
  frames: readonly Frame[],
  settings: readonly (readonly FieldSettings[])[],
): AlignedFrames {
  const columns = frames.map(
    (frame) => frame.fields.find((field) => field.type === 'time')?.values,
  );
  const times = unionOf(columns.filter((column) => column !== undefined));
  const fields = frames.flatMap((frame, frameIndex) => {
    const own = columns[frameIndex];
    if (own === undefined) return [];
    const places = isEqual(own, times) ? undefined : placesOf(own, times);
    const isOwn = places === undefined ? undefined : maskOf(places, times.length);
    return frame.fields.flatMap((field, fieldIndex): AlignedField[] => {
      const shown = settings[frameIndex]?.[fieldIndex];
      if (field.type !== 'number' || shown === undefined) return [];
      const values =
        places === undefined ? field.values : spread(field.values, places, times.length);
      return [{ frameIndex, fieldIndex, field, settings: shown, values, isOwn }];
    });
  });
  return { times, fields };
}

function unionOf(columns: readonly Float64Array[]): Float64Array {
  const [first] = columns;
  if (first === undefined) return new Float64Array(0);
  if (isAscending(first) && columns.every((column) => isEqual(column, first))) return first;
  const all = new Set<number>();
  for (const column of columns) for (const time of column) all.add(time);
  all.delete(NaN);
  return Float64Array.from(all).toSorted();
}

function isAscending(column: Float64Array): boolean {
  for (let i = 1; i < column.length; i++) {
    if (!((column[i] ?? 0) > (column[i - 1] ?? 0))) return false;
  }
  return true;
}

function isEqual(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Where each of `own` stands in `times`; -1 for what is no time. */
function placesOf(own: Float64Array, times: Float64Array): Int32Array {
  const indexes = new Map<number, number>();
  for (let i = 0; i < times.length; i++) indexes.set(times[i] ?? 0, i);
  return Int32Array.from(own, (time) => indexes.get(time) ?? -1);
}

function maskOf(places: Int32Array, length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (const place of places) if (place >= 0) mask[place] = 1;
  return mask;
}

function spread(values: Float64Array, places: Int32Array, length: number): Float64Array {
  const result = new Float64Array(length).fill(NaN);
  for (let i = 0; i < values.length; i++) {
    const place = places[i] ?? -1;
    if (place >= 0) result[place] = values[i] ?? NaN;
  }
  return result;
}
