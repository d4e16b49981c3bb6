import type { MetricType } from '#model';
import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  byteClass,
  COMMA,
  EQUAL,
  LABEL,
  NAME,
  NAME_START,
  QUOTE,
} from './byte-class.ts';
import { isStoredBound } from './series-labels.ts';

/** A line that was read already. */
interface ReadSeries {
  readonly seriesStart: number;
  readonly seriesEnd: number;
  readonly metricType: MetricType;
}

/** See PageParser. Only what is written as nearly all write it is taken: no blanks, no quoted names, no escapes. */
export function labelPlaces(bytes: Uint8Array, series: ReadSeries, into: Int32Array): number {
  const { seriesStart, seriesEnd } = series;
  if (((byteClass[bytes[seriesStart] as number] as number) & NAME_START) === 0) return 0;
  let at = seriesStart;
  while (((byteClass[bytes[at] as number] as number) & NAME) !== 0) at++;
  into[2] = seriesStart;
  into[3] = at;
  if (at === seriesEnd) return 1;
  if (bytes[at] !== BRACE_OPEN) return 0;
  at++;
  let count = 1;
  while (bytes[at] !== BRACE_CLOSE) {
    if (count * 4 === into.length) return 0;
    at = labelPlace(bytes, at, { into, to: count++ * 4 });
    if (at < 0 || !isStored(bytes, series, into, count)) return 0;
    if (bytes[at] === COMMA) at++;
  }
  return at + 1 === seriesEnd ? count : 0;
}

/** The answer is where the label ends, -1 where it is not plain. */
function labelPlace(
  bytes: Uint8Array,
  start: number,
  { into, to }: { readonly into: Int32Array; readonly to: number },
): number {
  let at = start;
  while (((byteClass[bytes[at] as number] as number) & LABEL) !== 0) at++;
  if (at === start || bytes[at] !== EQUAL || bytes[at + 1] !== QUOTE) return -1;
  const valueStart = at + 2;
  let end = valueStart;
  for (let byte = bytes[end]; byte !== QUOTE; byte = bytes[++end]) {
    if (byte === BACKSLASH) return -1;
  }
  into[to] = start;
  into[to + 1] = at;
  into[to + 2] = valueStart;
  into[to + 3] = end;
  // An empty value is none.
  return end === valueStart ? -1 : end + 1;
}

const LE = [0x6c, 0x65];
const QUANTILE = [0x71, 0x75, 0x61, 0x6e, 0x74, 0x69, 0x6c, 0x65];

/** Bounds of histograms and summaries are stored in one form alone. */
function isStored(
  bytes: Uint8Array,
  { metricType }: ReadSeries,
  into: Int32Array,
  count: number,
): boolean {
  const bound = metricType === 'histogram' ? LE : metricType === 'summary' ? QUANTILE : undefined;
  if (bound === undefined) return true;
  const [nameStart = 0, nameEnd = 0, valueStart, valueEnd] = into.subarray(count * 4 - 4);
  if (nameEnd - nameStart !== bound.length) return true;
  for (let i = 0; i < bound.length; i++) if (bytes[nameStart + i] !== bound[i]) return true;
  return isStoredBound(String.fromCharCode(...bytes.subarray(valueStart, valueEnd)));
}
