import type { Labels } from './labels.ts';

/** The bits of the NaN that marks a series as ended (Prometheus: model/value). High and low word. */
export const STALE_NAN_HIGH = 0x7ff00000;
export const STALE_NAN_LOW = 0x00000002;

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);

scratchWords[0] = STALE_NAN_LOW;
scratchWords[1] = STALE_NAN_HIGH;

/** Keep it in Float64Arrays; arithmetic, and arrays of plain numbers, may change its bits. */
export const STALE_NAN: number = scratch[0] as number;

/** True for the stale marker alone, not for other NaNs. */
export function isStaleNaN(value: number): boolean {
  if (value === value) return false;
  scratch[0] = value;
  return scratchWords[1] === STALE_NAN_HIGH && scratchWords[0] === STALE_NAN_LOW;
}

/** Writes the stale marker's exact bits, whatever a JavaScript engine does to NaNs in registers. */
export function writeStaleNaN(values: Float64Array, index: number): void {
  const words = new Uint32Array(values.buffer, values.byteOffset + index * 8, 2);
  words[0] = STALE_NAN_LOW;
  words[1] = STALE_NAN_HIGH;
}

export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown';

export interface Metadata {
  readonly type: MetricType;
  readonly unit: string;
  readonly help: string;
}

export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds since the epoch; undefined: take the sample's. */
  readonly timestampMs: number | undefined;
}
