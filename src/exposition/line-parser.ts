import { Buffer, isUtf8 } from 'node:buffer';
import type { Exemplar, FloatHistogram, Labels, MetricType } from '#model';
import { BACKSLASH, byteClass, NEWLINE, QUOTE, STRING_STOP } from './byte-class.ts';
import { quoteBytes } from './go-text.ts';
import { buildSeriesLabels, type RawLabels, unescapeHelp, unescapeText } from './series-labels.ts';
import { type LexState, tokenAt } from './lex-token.ts';
import type {
  EntryKind,
  KnownLines,
  KnownSeries,
  PageError,
  PageOptions,
  PageParser,
  SeriesGuess,
} from './page-parser.ts';
import { labelPlaces } from './label-places.ts';
import { guessedEnd, readKnownLines, scannedLines } from './series-guess.ts';

const NO_EXEMPLARS: readonly Exemplar[] = [];

/** Whether bytes are a text that stands there without escapes, in ASCII. */
function isPlainText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[start + i] as number;
    if (byte !== text.charCodeAt(i) || byte > 0x7f || byte === BACKSLASH) return false;
  }
  return true;
}

/**
 * What the two text formats share: the fields of the entry, the labels of a line, the errors.
 *
 * Every scanning method takes an offset and returns the one after what it read, or -1 once it has set
 * `error`. The last byte is a line end or a sentinel (a line end, or NUL in OpenMetrics), at which every
 * loop stops, so that none needs to compare with the length.
 */
export abstract class LineParser implements PageParser {
  readonly bytes: Uint8Array;
  guess: SeriesGuess | undefined = undefined;
  isGuessed = false;
  seriesStart = 0;
  seriesEnd = 0;
  value = 0;
  timestampMs: number | undefined = undefined;
  readonly histogramIsInteger = false;
  metricType: MetricType = 'unknown';
  unit = '';
  error: PageError | undefined = undefined;

  /** Of the bytes that belong to the page. */
  protected readonly length: number;
  /** Looked at once for the whole page; only where it is not, each value is looked at. */
  private readonly pageIsUtf8: boolean;
  protected readonly buffer: Buffer;
  private readonly view: DataView;
  protected readonly options: PageOptions;
  protected readonly isOpenMetrics: boolean;
  /** The next byte to read. */
  protected at = 0;
  /** Where the entry began that is being read. */
  protected start = 0;
  /** The name that the braces hold (`{"name"}`), with quotes; empty where they hold none. */
  protected quotedNameStart = 0;
  protected quotedNameEnd = 0;

  /** Of the metadata's name, with quotes if it has them, and of its text (or the comment's). */
  protected nameStart = 0;
  protected nameEnd = 0;
  protected textStart = 0;
  protected textEnd = 0;

  constructor(page: Uint8Array, sentinel: string, options: PageOptions) {
    this.isOpenMetrics = sentinel !== '\n';
    // The text format allows its last line to lack the line end; Prometheus appends one as well.
    const endsLine = page.length > 0 && page[page.length - 1] === NEWLINE;
    this.length = this.isOpenMetrics || endsLine ? page.length : page.length + 1;
    this.bytes = endsLine ? page : withSentinel(page, sentinel);
    this.buffer = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.pageIsUtf8 = isUtf8(page);
    this.options = options;
  }

  abstract next(): EntryKind;

  readKnown(known: KnownSeries, from: number, into: KnownLines): number {
    if (this.error !== undefined) return 0;
    const count = readKnownLines({ bytes: this.bytes, view: this.view, at: this.at }, known, {
      from,
      into,
    });
    // Behind the last value stands its line end.
    if (count > 0) this.at = scannedLines.end;
    return count;
  }

  recall({ starts, ends, values }: KnownLines, index: number): void {
    this.seriesStart = starts[index] as number;
    this.seriesEnd = ends[index] as number;
    this.value = values[index] as number;
    this.timestampMs = undefined;
    this.isGuessed = true;
  }

  labelPlaces(into: Int32Array): number {
    if (this.options.typeAndUnitLabels === true) return 0;
    return labelPlaces(this.bytes, this, into);
  }

  // Decoded when asked for: a scraper needs these only of lines that it has not seen before.

  get metricName(): string {
    const isQuoted = this.bytes[this.nameStart] === QUOTE;
    return isQuoted
      ? this.text(this.nameStart + 1, this.nameEnd - 1)
      : this.text(this.nameStart, this.nameEnd);
  }

  get help(): string {
    const text = this.buffer.toString('utf8', this.textStart, this.textEnd);
    if (!text.includes('\\')) return text;
    return this.isOpenMetrics ? unescapeText(text) : unescapeHelp(text);
  }

  isMetricName(name: string): boolean {
    return isPlainText(this.bytes, this.nameStart, this.nameEnd, name);
  }

  isHelp(text: string): boolean {
    return isPlainText(this.bytes, this.textStart, this.textEnd, text);
  }

  get comment(): string {
    return this.buffer.toString('utf8', this.textStart, this.textEnd);
  }

  /** The end of the series at `start` where it is the guessed one, else 0. Sets `isGuessed`. */
  protected endIfGuessed(start: number): number {
    const end = this.guess === undefined ? 0 : guessedEnd(this.guess, this.view, start);
    this.isGuessed = end > 0;
    return end;
  }

  /** Offsets of the names and values in the current series. */
  protected abstract rawLabels(start: number, end: number): RawLabels;

  labels(): Labels {
    const raw = this.rawLabels(this.seriesStart, this.seriesEnd);
    const withMetadata = this.options.typeAndUnitLabels === true;
    return buildSeriesLabels(raw, this.metricType, withMetadata ? this.unit : undefined);
  }

  exemplars(): readonly Exemplar[] {
    return NO_EXEMPLARS;
  }

  startTimestampMs(): number | undefined {
    return undefined;
  }

  histogram(): FloatHistogram {
    throw new Error('BUG: a text page holds no native histogram');
  }

  /** Reads a string with its quotes; the bytes between may be anything but a lone `"`. */
  protected scanString(at: number, lineEndAllowed: boolean): number {
    const { bytes, length } = this;
    let i = at + 1;
    for (;;) {
      const byte = bytes[i] as number;
      if (byte === QUOTE) return i + 1;
      if (byte === BACKSLASH) {
        i++;
        if (bytes[i] === NEWLINE) return -1;
      } else if (byte === NEWLINE && !lineEndAllowed) return -1;
      i++;
      if (i >= length) return -1;
    }
  }

  /** Reads a label's value; Prometheus refuses one that is not UTF-8. */
  protected scanLabelValue(at: number, state: LexState = 'label-value'): number {
    const { bytes, length } = this;
    if (bytes[at] !== QUOTE) return this.unexpected('expected label value', at, state);
    let i = at + 1;
    for (;;) {
      while (((byteClass[bytes[i] as number] as number) & STRING_STOP) === 0) i++;
      if (bytes[i] === QUOTE) break;
      const width = i < length ? this.stringByteWidth(i, state) : 0;
      if (width === 0) return this.unexpected('expected label value', at, state);
      i += width;
    }
    if (!this.isUtf8(at, i)) {
      return this.fail(`invalid UTF-8 label value: ${this.quote(at, i + 1)}`, at);
    }
    return i + 1;
  }

  /** The bounds must be ASCII. */
  protected isUtf8(start: number, end: number): boolean {
    return this.pageIsUtf8 || isUtf8(this.bytes.subarray(start, end));
  }

  /** How far to go on from a byte that is not plain; 0 where it must not stand in a value. */
  private stringByteWidth(at: number, state: LexState): number {
    const byte = this.bytes[at];
    if (byte === BACKSLASH) {
      return at + 1 >= this.length || this.bytes[at + 1] === NEWLINE ? 0 : 2;
    }
    if (byte === NEWLINE) return this.isOpenMetrics || at + 1 >= this.length ? 0 : 1;
    return byte === 0 && state === 'exemplar-label-value' ? 0 : 1;
  }

  /** The text between two offsets, escapes resolved. */
  protected text(start: number, end: number): string {
    const raw = this.buffer.toString('utf8', start, end);
    return raw.includes('\\') ? unescapeText(raw) : raw;
  }

  protected quote(start: number, end: number): string {
    return quoteBytes(this.bytes.subarray(start, end));
  }

  /** `<expectation>, got "<token>" ("<kind>") while parsing: "<line so far>"`. */
  protected unexpected(expectation: string, at: number, state: LexState): -1 {
    const { bytes, length, isOpenMetrics } = this;
    const token = tokenAt({ bytes, start: at, length, openMetrics: isOpenMetrics }, state);
    // Prometheus shows one byte more than it has read.
    const end = Math.min(token.end + 1, length);
    const got = `${this.quote(at, end)} ("${token.name}")`;
    return this.fail(
      `${expectation}, got ${got} while parsing: ${this.quote(this.start, end)}`,
      at,
    );
  }

  protected fail(message: string, at: number): -1 {
    this.error = this.errorAt(message, at);
    return -1;
  }

  /** Where the current entry begins. */
  get entryStart(): number {
    return this.start;
  }

  /** Names line and column of an offset. */
  errorAt(message: string, at: number): PageError {
    const offset = Math.min(at, this.length);
    let line = 1;
    let lineStart = 0;
    for (let i = 0; i < offset; i++) {
      if (this.bytes[i] === NEWLINE) {
        line++;
        lineStart = i + 1;
      }
    }
    return { message, offset, line, column: offset - lineStart + 1 };
  }

  /** The offset of the next line end, or the page's length. */
  protected lineEnd(at: number): number {
    const end = this.bytes.indexOf(NEWLINE, at);
    return end < 0 ? this.length : end;
  }
}

/** A copy of the page with one byte more. */
function withSentinel(page: Uint8Array, sentinel: string): Uint8Array {
  const bytes = new Uint8Array(page.length + 1);
  bytes.set(page);
  bytes[page.length] = sentinel.charCodeAt(0);
  return bytes;
}
