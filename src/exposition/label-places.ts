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
  const at = count * 4 - 4;
  const nameStart = into[at] as number;
  const nameEnd = into[at + 1] as number;
  if (nameEnd - nameStart !== bound.length) return true;
  for (let i = 0; i < bound.length; i++) if (bytes[nameStart + i] !== bound[i]) return true;
  const valueStart = into[at + 2] as number;
  const valueEnd = into[at + 3] as number;
  if (isShortDecimal(bytes, valueStart, valueEnd)) return true;
  return isStoredBound(String.fromCharCode(...bytes.subarray(valueStart, valueEnd)));
}

/** Digits are kept as they stand up to this many. */
const DIGITS_MAX = 15;
/** A number with more before the point, or with more zeros behind `0.`, is stored with an exponent. */
const WHOLE_DIGITS_MAX = 6;
const ZEROS_MAX = 3;

/** Whether a number is surely written as it is stored: `0.005`, `10.0`, `2.5`. */
function isShortDecimal(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > DIGITS_MAX + 1) return false;
  let point = start;
  while (isDigit(bytes[point])) point++;
  const fraction = point + 1;
  if (point === start || point > start + WHOLE_DIGITS_MAX) return false;
  if (bytes[point] !== POINT || fraction >= end) return false;
  if (bytes[start] === ZERO && point > start + 1) return false;
  let at = fraction;
  while (at < end && isDigit(bytes[at])) at++;
  if (at < end) return false;
  if (bytes[end - 1] === ZERO) return end === fraction + 1;
  if (bytes[start] !== ZERO) return true;
  let zeros = 0;
  while (bytes[fraction + zeros] === ZERO) zeros++;
  return zeros <= ZEROS_MAX;
}

const POINT = 0x2e;
const ZERO = 0x30;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39;
}
