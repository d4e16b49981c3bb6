import type { Field, Frame } from './frame.ts';
import { frameFieldsMax, frameRowsMax } from './frame-columns.ts';
import { fieldNames } from './legend.ts';
import type { Cursor } from './read-cursor.ts';

/** One transformation: frames in, frames out. What it cannot do it tells by the options. */
export type Transform = (frames: readonly Frame[], options: Cursor) => readonly Frame[];

/** A field with its frame and the name by which options speak of it. */
export interface NamedField {
  readonly field: Field;
  readonly frame: Frame;
  readonly name: string;
}

export function namedFields(frames: readonly Frame[]): NamedField[][] {
  const names = fieldNames(frames);
  return frames.map((frame, i) =>
    frame.fields.map((field, j) => ({ field, frame, name: names[i]?.[j] ?? field.name })),
  );
}

/** Options name a field as the person sees it, or as the query called it. */
export function isNamed({ field, name }: NamedField, wanted: string): boolean {
  return name === wanted || field.name === wanted;
}

/** The first that is shown so, else the first that is called so. */
export function findNamed(fields: readonly NamedField[], wanted: string): NamedField | undefined {
  return fields.find(({ name }) => name === wanted) ?? fields.find((one) => isNamed(one, wanted));
}

/** The name stays, for later transformations that speak of it; the legend is what is shown. */
export function renamed(field: Field, name: string): Field {
  return { ...field, legend: name };
}

/** As a column of a table: its shown name for good, without labels. */
export function asColumn({ field, name }: NamedField): Field {
  return { ...field, name, labels: {}, legend: '' };
}

export function withFields(frame: Frame, fields: readonly Field[]): Frame {
  return { ...frame, fields, length: fields[0]?.values.length ?? 0 };
}

export function tableOf(refId: string, fields: readonly Field[]): Frame {
  const length = fields[0]?.values.length ?? 0;
  return { refId, name: refId, fields, length, kind: 'table' };
}

/** Each number field of a time series with its time in a frame of its own, as Grafana has them. */
export function singleSeries(frames: readonly Frame[]): Frame[] {
  return frames.flatMap((frame) => {
    if (frame.kind !== 'timeseries') return [frame];
    const time = frame.fields.find((field) => field.type === 'time');
    const others = frame.fields.filter((field) => field.type !== 'time');
    if (time === undefined || others.length < 2) return [frame];
    return others.map((field) => withFields(frame, [time, field]));
  });
}

/** Cuts what a transformation made too large, which is told. */
export function boundedFrames(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  if (frames.length > frameFieldsMax) {
    options.tell('', `only the first ${frameFieldsMax} of ${frames.length} frames`);
  }
  return frames.slice(0, frameFieldsMax).map((frame) => {
    if (frame.fields.length <= frameFieldsMax) return frame;
    options.tell('', `only the first ${frameFieldsMax} of ${frame.fields.length} fields`);
    return withFields(frame, frame.fields.slice(0, frameFieldsMax));
  });
}

/** How many rows are made of those that would be; told where it is fewer. */
export function boundedRows(count: number, options: Cursor): number {
  if (count > frameRowsMax) options.tell('', `only the first ${frameRowsMax} rows`);
  return Math.min(count, frameRowsMax);
}
