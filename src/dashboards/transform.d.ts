import type { Field, Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
/** One transformation: frames in, frames out. What it cannot do it tells by the options. */
export type Transform = (frames: readonly Frame[], options: Cursor) => readonly Frame[];
/** A field with its frame and the name by which options speak of it. */
export interface NamedField {
  readonly field: Field;
  readonly frame: Frame;
  readonly name: string;
}
export declare function namedFields(frames: readonly Frame[]): NamedField[][];
/** Options name a field as the person sees it, or as the query called it. */
export declare function isNamed({ field, name }: NamedField, wanted: string): boolean;
/** The first that is shown so, else the first that is called so. */
export declare function findNamed(
  fields: readonly NamedField[],
  wanted: string,
): NamedField | undefined;
/** The name stays, for later transformations that speak of it; the legend is what is shown. */
export declare function renamed(field: Field, name: string): Field;
/** As a column of a table: its shown name for good, without labels. */
export declare function asColumn({ field, name }: NamedField): Field;
export declare function withFields(frame: Frame, fields: readonly Field[]): Frame;
export declare function tableOf(refId: string, fields: readonly Field[]): Frame;
/** Each number field of a time series with its time in a frame of its own, as Grafana has them. */
export declare function singleSeries(frames: readonly Frame[]): Frame[];
/** Cuts what a transformation made too large, which is told. */
export declare function boundedFrames(frames: readonly Frame[], options: Cursor): readonly Frame[];
/** How many rows are made of those that would be; told where it is fewer. */
export declare function boundedRows(count: number, options: Cursor): number;
