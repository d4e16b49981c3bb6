import { decodeUtf8, isUtf8 } from '#bytes';
import { compareStrings, type Labels } from '#model';
import type { LabelSpans } from '#storage';

/** Sorts name, value, name, value, ... by name and leaves out empty values. Cheap where it is sorted. */
export function sortLabels(pairs: string[]): Labels {
  for (let i = 2; i < pairs.length; i += 2) {
    let at = i;
    const name = pairs[i] as string;
    const value = pairs[i + 1] as string;
    while (at > 0 && compareStrings(pairs[at - 2] as string, name) > 0) {
      pairs[at] = pairs[at - 2] as string;
      pairs[at + 1] = pairs[at - 1] as string;
      at -= 2;
    }
    pairs[at] = name;
    pairs[at + 1] = value;
  }
  return pairs.includes('') ? withoutEmptyValues(pairs) : pairs;
}

function withoutEmptyValues(pairs: readonly string[]): string[] {
  return pairs.filter((_, i) => pairs[i - (i % 2) + 1] !== '');
}

const METRIC_NAME_BYTES = 8;
/** `__na` and `me__`, as the view reads them. */
const METRIC_NAME_START = 0x5f5f6e61;
const METRIC_NAME_END = 0x6d655f5f;

/** Whether one of the labels is the metric's name, which has a value. */
export function hasMetricName({ view, spans, start, count }: LabelSpans): boolean {
  for (let at = start * 4; at < (start + count) * 4; at += 4) {
    const from = spans[at] as number;
    if ((spans[at + 1] as number) - from !== METRIC_NAME_BYTES) continue;
    if (view.getInt32(from) !== METRIC_NAME_START) continue;
    if (view.getInt32(from + 4) === METRIC_NAME_END && spans[at + 2] !== spans[at + 3]) return true;
  }
  return false;
}

/** Why no series may have these (sorted) labels, in Prometheus' words; undefined where one may. */
export function labelsProblem(labels: LabelSpans): string | undefined {
  if (!hasMetricName(labels) || !areValid(labels)) {
    return `invalid metric name or labels, got ${showSpans(labels)}`;
  }
  const duplicate = labels.duplicate();
  if (duplicate === 0) return undefined;
  const name = textOf(labels, (labels.start + duplicate) * 4);
  return `invalid labels for series, labels ${showSpans(labels)}, duplicated label ${name}`;
}

function areValid(labels: LabelSpans): boolean {
  const isAscii = labels.isAscii();
  const { bytes, spans, start, count } = labels;
  for (let at = start * 4; at < (start + count) * 4; at += 4) {
    const [nameStart, nameEnd] = [spans[at] as number, spans[at + 1] as number];
    const [valueStart, valueEnd] = [spans[at + 2] as number, spans[at + 3] as number];
    if (valueStart === valueEnd) continue;
    if (nameStart === nameEnd) return false;
    if (isAscii) continue;
    if (!isUtf8(bytes, nameStart, nameEnd) || !isUtf8(bytes, valueStart, valueEnd)) return false;
  }
  return true;
}

/** `{__name__="up", job="node"}`. */
export function showSpans(labels: LabelSpans): string {
  const parts: string[] = [];
  for (let at = labels.start * 4; at < (labels.start + labels.count) * 4; at += 4) {
    parts.push(`${textOf(labels, at)}=${JSON.stringify(textOf(labels, at + 2))}`);
  }
  return `{${parts.join(', ')}}`;
}

/** As strings; what is not UTF-8 becomes U+FFFD. */
function textOf({ bytes, spans }: LabelSpans, at: number): string {
  return decodeUtf8(bytes, spans[at] as number, spans[at + 1] as number);
}
