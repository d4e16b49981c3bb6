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
 */
export class SeriesSpans {
  /** Of the series that `read` was asked for last. */
  metric = '';
  readonly #lineStart: number;
  /** The target's labels; of the first only the name stands here. */
  readonly #own: readonly number[];
  readonly #spans: LabelSpans;
  readonly #places: Int32Array = new Int32Array(LABELS_MAX * 4);

  constructor(targetLabels: Labels) {
    const texts = [METRIC_NAME, ...targetLabels].map((text) => Buffer.from(text));
    const ends: number[] = [];
    for (const text of texts) ends.push((ends.at(-1) ?? 0) + text.length);
    this.#own = ends;
    this.#lineStart = ends.at(-1) ?? 0;
    const bytes = new Uint8Array(this.#lineStart + LINE_BYTES_MAX);
    bytes.set(Buffer.concat(texts));
    this.#spans = new LabelSpans(bytes, LABELS_MAX + texts.length);
  }

  /** The labels of the parser's series; undefined where they must be looked at one by one. Valid until the next call. */
  read(parser: PageParser): LabelSpans | undefined {
    const { seriesStart, seriesEnd } = parser;
    if (seriesEnd - seriesStart > LINE_BYTES_MAX) return undefined;
    const count = parser.labelPlaces?.(this.#places) ?? 0;
    if (count === 0) return undefined;
    const spans = this.#spans;
    spans.bytes.set(parser.bytes.subarray(seriesStart, seriesEnd), this.#lineStart);
    spans.clear();
    this.#addLine(count, this.#lineStart - seriesStart);
    this.#addOwn();
    spans.select(0, spans.length);
    spans.sort();
    return spans.duplicate() === 0 ? spans : undefined;
  }

  #addLine(count: number, gap: number): void {
    const spans = this.#spans;
    const places = this.#places;
    const place = (i: number): number => (places[i] as number) + gap;
    spans.add(0, this.#own[0] ?? 0, place(2), place(3));
    const { buffer } = spans.bytes;
    this.metric = Buffer.from(buffer, place(2), place(3) - place(2)).toString('latin1');
    for (let i = 4; i < count * 4; i += 4) {
      spans.add(place(i), place(i + 1), place(i + 2), place(i + 3));
    }
  }

  #addOwn(): void {
    const ends = this.#own;
    for (let i = 1; i < ends.length; i += 2) {
      const valueStart = ends[i] as number;
      const valueEnd = ends[i + 1] as number;
      if (valueStart < valueEnd) {
        this.#spans.add(ends[i - 1] as number, valueStart, valueStart, valueEnd);
      }
    }
  }
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
