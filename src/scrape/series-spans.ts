import type { PageParser } from '#exposition';
import { METRIC_NAME } from '#model';
import type { Labels } from '#model';
import { LabelSpans } from '#storage';
import type { ScrapeConfig } from '#config';

/** A line with more bytes takes the way of strings. */
const LINE_BYTES_MAX = 2048;
/** So does one with more labels, the metric's name among them. */
const LABELS_MAX = 64;

/**
 * The labels of a series as they are stored, made of a line of a page without strings:
 *
 *     | __name__ instance web-1:80 job web | http_requests_total{code="200"} |
 *       the target's, once a page            the line, for each series
 *
 * Lines that have the same names in the same order as the line before are not sorted again.
 */
export class SeriesSpans {
  /** Of the series that `read` was asked for last. */
  metric = '';
  readonly #lineStart: number;
  /** As `#places`: the target's labels, but for the first, of which the name alone stands there. */
  readonly #own: Int32Array;
  readonly #spans: LabelSpans;
  /** Of the line, in the page, as `PageParser.labelPlaces` has them. */
  #places: Int32Array = new Int32Array(LABELS_MAX * 4);
  /** Of the line before, in `#spans`. */
  #placesBefore: Int32Array = new Int32Array(LABELS_MAX * 4);
  /** Of the line before; 0: there is none to compare with. */
  #countBefore = 0;
  /** Which label comes where: those of the line first, then the target's. */
  readonly #order: Int32Array;
  #page: Uint8Array = new Uint8Array(0);
  #pageView: DataView = new DataView(this.#page.buffer);

  constructor(targetLabels: Labels) {
    const texts = [METRIC_NAME, ...targetLabels].map((text) => Buffer.from(text));
    const ends: number[] = [];
    for (const text of texts) ends.push((ends.at(-1) ?? 0) + text.length);
    this.#own = ownPlaces(ends);
    this.#lineStart = ends.at(-1) ?? 0;
    const bytes = new Uint8Array(this.#lineStart + LINE_BYTES_MAX);
    bytes.set(Buffer.concat(texts));
    this.#spans = new LabelSpans(bytes, LABELS_MAX + texts.length);
    this.#order = new Int32Array(LABELS_MAX + texts.length);
  }

  /** The labels of the parser's series; undefined where they must be looked at one by one. Valid until the next call. */
  read(parser: PageParser): LabelSpans | undefined {
    const { seriesStart, seriesEnd, bytes } = parser;
    if (seriesEnd - seriesStart > LINE_BYTES_MAX) return undefined;
    const count = parser.labelPlaces?.(this.#places) ?? 0;
    if (count === 0) return undefined;
    const isSameMetric = this.#countBefore > 0 && this.#isAsBefore(bytes, 2);
    const isAlike = this.#isAlike(bytes, count);
    if (bytes !== this.#page) this.#turnTo(bytes);
    this.#takeLine(seriesStart, seriesEnd);
    this.#move(count, this.#lineStart - seriesStart);
    if (!isSameMetric) this.metric = this.#text(2);
    if (isAlike) this.#place(count);
    else if (!this.#sort(count)) return undefined;
    return this.#spans;
  }

  /** Whether the labels of a line have the names of those of the line before. */
  #isAlike(bytes: Uint8Array, count: number): boolean {
    if (count !== this.#countBefore) return false;
    for (let at = 4; at < count * 4; at += 4) if (!this.#isAsBefore(bytes, at)) return false;
    return true;
  }

  /** Whether the text between two numbers of `#places` is that of the line before. */
  #isAsBefore(bytes: Uint8Array, at: number): boolean {
    const from = this.#places[at] as number;
    const other = this.#placesBefore[at] as number;
    const length = (this.#places[at + 1] as number) - from;
    if (length !== (this.#placesBefore[at + 1] as number) - other) return false;
    const before = this.#spans.bytes;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== before[other + i]) return false;
    return true;
  }

  #turnTo(bytes: Uint8Array): void {
    this.#page = bytes;
    this.#pageView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Copies a line, which is short: calls of a typed array's methods would take longer. */
  #takeLine(start: number, end: number): void {
    const page = this.#pageView;
    const { view } = this.#spans;
    let to = this.#lineStart;
    let from = start;
    for (const wordsEnd = end - 3; from < wordsEnd; from += 4, to += 4) {
      view.setInt32(to, page.getInt32(from, true), true);
    }
    for (; from < end; from++, to++) view.setUint8(to, page.getUint8(from));
  }

  /** Makes the line's places those of the line before the next. */
  #move(count: number, gap: number): void {
    const places = this.#places;
    for (let i = 2; i < count * 4; i++) places[i] = (places[i] as number) + gap;
    places[0] = this.#own[0] as number;
    places[1] = this.#own[1] as number;
    this.#places = this.#placesBefore;
    this.#placesBefore = places;
    this.#countBefore = count;
  }

  #text(at: number): string {
    const start = this.#placesBefore[at] as number;
    const end = this.#placesBefore[at + 1] as number;
    return Buffer.from(this.#spans.bytes.buffer, start, end - start).toString('latin1');
  }

  /** In the order of the line before. */
  #place(count: number): void {
    const spans = this.#spans;
    const order = this.#order;
    const length = spans.count;
    spans.clear();
    for (let i = 0; i < length; i++) {
      const label = order[i] as number;
      if (label < count) addPlace(spans, this.#placesBefore, label);
      else addPlace(spans, this.#own, label - count);
    }
    spans.select(0, length);
  }

  /** False where a name stands twice. */
  #sort(count: number): boolean {
    const spans = this.#spans;
    const own = this.#own;
    const line = this.#placesBefore;
    spans.clear();
    for (let label = 0; label < count; label++) addPlace(spans, line, label);
    for (let label = 1; label < own.length / 4; label++) addPlace(spans, own, label);
    spans.select(0, spans.length);
    spans.sort();
    if (spans.duplicate() !== 0) {
      this.#countBefore = 0;
      return false;
    }
    this.#noteOrder(count);
    return true;
  }

  /** No two labels have names that begin at the same place. */
  #noteOrder(count: number): void {
    const { spans, length } = this.#spans;
    for (let i = 0; i < length; i++) {
      const start = spans[i * 4] as number;
      const isOwn = start > 0 && start < this.#lineStart;
      const places = isOwn ? this.#own : this.#placesBefore;
      let label = 0;
      while (places[label * 4] !== start) label++;
      this.#order[i] = isOwn ? count + label : label;
    }
  }
}

/** As `#places`, of texts by their ends: the name of the metric's label, then names and values. Empty values are none. */
function ownPlaces(ends: readonly number[]): Int32Array {
  const places = [0, ends[0] ?? 0, 0, 0];
  for (let i = 1; i < ends.length; i += 2) {
    const [nameStart = 0, valueStart = 0, valueEnd = 0] = ends.slice(i - 1, i + 2);
    if (valueStart < valueEnd) places.push(nameStart, valueStart, valueStart, valueEnd);
  }
  return Int32Array.from(places);
}

function addPlace(spans: LabelSpans, places: Int32Array, label: number): void {
  const at = label * 4;
  spans.add(
    places[at] as number,
    places[at + 1] as number,
    places[at + 2] as number,
    places[at + 3] as number,
  );
}

/** Whether series are stored with the labels that page and target give them, whatever these are. */
export function storesAsGiven(config: ScrapeConfig): boolean {
  return (
    config.metricRelabelRules.length === 0 &&
    config.labelLimit === 0 &&
    config.labelNameLengthLimit === 0 &&
    config.labelValueLengthLimit === 0 &&
    config.metricNameValidationScheme !== 'legacy'
  );
}
