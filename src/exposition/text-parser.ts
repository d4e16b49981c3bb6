import {
  BLANK,
  BRACE_CLOSE,
  BRACE_OPEN,
  byteClass,
  COMMA,
  DIGIT,
  EQUAL,
  HASH,
  LABEL,
  LABEL_START,
  NAME,
  NAME_START,
  NEWLINE,
  QUOTE,
} from './byte-class.ts';
import { scanFloat, scanned } from './float-scan.ts';
import { parseGoFloat, quoteText } from './go-text.ts';
import { LineParser } from './line-parser.ts';
import { EntryKind, type PageOptions } from './page-parser.ts';
import type { RawLabels } from './series-labels.ts';
import { typeAt, typeWords } from './type-words.ts';

const TYPES = typeWords({
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  untyped: 'unknown',
});

function metadataWord(bytes: Uint8Array, at: number): 'HELP' | 'TYPE' | undefined {
  const first = bytes[at];
  if (first === 0x48) {
    return bytes[at + 1] === 0x45 && bytes[at + 2] === 0x4c && bytes[at + 3] === 0x50
      ? 'HELP'
      : undefined;
  }
  if (first !== 0x54) return undefined;
  return bytes[at + 1] === 0x59 && bytes[at + 2] === 0x50 && bytes[at + 3] === 0x45
    ? 'TYPE'
    : undefined;
}

/** Prometheus' text format 0.0.4 and, with quoted names, 1.0.0 (model/textparse/promparse.go). */
export class TextParser extends LineParser {
  constructor(page: Uint8Array, options: PageOptions = {}) {
    super(page, '\n', options);
  }

  next(): EntryKind {
    if (this.error !== undefined) return EntryKind.error;
    const { bytes, length } = this;
    let at = this.at;
    for (;;) {
      at = this.skipBlanks(at);
      if (at >= length) {
        this.at = at;
        return EntryKind.end;
      }
      if (bytes[at] !== NEWLINE) break;
      at++;
    }
    this.start = at;
    return bytes[at] === HASH ? this.nextComment(at) : this.nextSeries(at);
  }

  private nextSeries(start: number): EntryKind {
    const { bytes } = this;
    this.seriesStart = start;
    let at = this.endIfGuessed(start);
    if (at > 0) {
      this.seriesEnd = at;
      return this.nextValue(this.skipBlanks(at));
    }
    at = start;
    if (((byteClass[bytes[at] as number] as number) & NAME_START) !== 0) {
      do at++;
      while (((byteClass[bytes[at] as number] as number) & NAME) !== 0);
      this.seriesEnd = at;
      at = this.skipBlanks(at);
      if (bytes[at] === BRACE_OPEN) {
        at = this.scanLabels(at + 1, true);
        if (at < 0) return EntryKind.error;
        this.seriesEnd = at;
        at = this.skipBlanks(at);
      }
    } else if (bytes[at] === BRACE_OPEN) {
      at = this.scanLabels(at + 1, false);
      if (at < 0) return EntryKind.error;
      this.seriesEnd = at;
      if (this.quotedNameEnd === 0) {
        const shown = this.quote(start, this.valueTokenEnd(this.skipBlanks(at)));
        this.fail(`metric name not set while parsing: ${shown}`, start);
        return EntryKind.error;
      }
      at = this.skipBlanks(at);
    } else {
      this.unexpected('expected a valid start token', at, 'start');
      return EntryKind.error;
    }
    return this.nextValue(at);
  }

  private nextValue(start: number): EntryKind {
    let at = this.scanValue(start);
    if (at >= 0) at = this.scanLineEnd(this.skipBlanks(at));
    if (at < 0) return EntryKind.error;
    this.at = at;
    return EntryKind.series;
  }

  private skipBlanks(start: number): number {
    let at = start;
    while (((byteClass[this.bytes[at] as number] as number) & BLANK) !== 0) at++;
    return at;
  }

  /** From after `{` to after `}`. Commas between labels may be missing here, unlike in OpenMetrics. */
  private scanLabels(start: number, named: boolean): number {
    const { bytes } = this;
    this.quotedNameEnd = 0;
    let at = this.skipBlanks(start);
    for (;;) {
      const nameStart = at;
      const first = bytes[at] as number;
      if (first === BRACE_CLOSE) return at + 1;
      if (((byteClass[first] as number) & LABEL_START) !== 0) {
        do at++;
        while (((byteClass[bytes[at] as number] as number) & LABEL) !== 0);
        at = this.skipBlanks(at);
      } else {
        at = this.scanQuotedName(at);
        if (at < 0) return -1;
        const nameEnd = at;
        at = this.skipBlanks(at);
        if (bytes[at] === COMMA || bytes[at] === BRACE_CLOSE) {
          if (named || this.quotedNameEnd !== 0) {
            return this.fail(
              `metric name already set while parsing: ${this.quote(this.start, at + 1)}`,
              nameStart,
            );
          }
          this.quotedNameStart = nameStart;
          this.quotedNameEnd = nameEnd;
          if (bytes[at] === BRACE_CLOSE) return at + 1;
          at = this.skipBlanks(at + 1);
          continue;
        }
      }
      if (bytes[at] !== EQUAL) return this.unexpected('expected equal', at, 'labels');
      at = this.scanLabelValue(this.skipBlanks(at + 1));
      if (at < 0) return -1;
      at = this.skipBlanks(at);
      if (bytes[at] === COMMA) at = this.skipBlanks(at + 1);
    }
  }

  private scanQuotedName(start: number): number {
    const end = this.bytes[start] === QUOTE ? this.scanString(start, true) : -1;
    if (end < 0) return this.unexpected('expected label name', start, 'labels');
    if (!this.isUtf8(start, end)) {
      return this.fail(`invalid UTF-8 name: ${this.quote(start, end)}`, start);
    }
    return end;
  }

  private scanValue(start: number): number {
    const { bytes } = this;
    if (scanFloat(bytes, start)) {
      const next = bytes[scanned.end] as number;
      if (next === NEWLINE || next === BRACE_OPEN || ((byteClass[next] as number) & BLANK) !== 0) {
        this.value = scanned.value;
        return scanned.end;
      }
    }
    const end = this.valueTokenEnd(start);
    if (end === start) return this.unexpected('expected value after metric', start, 'value');
    // After a name without blank the lexer still sees a value only where one can begin.
    const value = this.isValueStart(start) ? parseGoFloat(this.text(start, end)) : undefined;
    if (value === undefined) return this.unexpected('expected value after metric', start, 'value');
    if (typeof value === 'string') {
      return this.fail(`${value} while parsing: ${this.quote(this.start, end)}`, start);
    }
    this.value = value;
    return end;
  }

  private isValueStart(at: number): boolean {
    return (this.bytes[at] as number) > 0x20;
  }

  private valueTokenEnd(start: number): number {
    let end = start;
    for (;;) {
      const byte = this.bytes[end] as number;
      if (byte === NEWLINE || byte === BRACE_OPEN || byte === 0x20 || byte === 0x09) return end;
      end++;
    }
  }

  /** The optional timestamp, in milliseconds, and the line end. */
  private scanLineEnd(start: number): number {
    const { bytes } = this;
    this.timestampMs = undefined;
    if (bytes[start] === NEWLINE) return start + 1;
    let at = start;
    let timestampMs = 0;
    while (((byteClass[bytes[at] as number] as number) & DIGIT) !== 0) {
      timestampMs = timestampMs * 10 + ((bytes[at] as number) - 0x30);
      at++;
    }
    if (at === start) {
      return this.unexpected('expected timestamp or new record', start, 'timestamp');
    }
    if (timestampMs > Number.MAX_SAFE_INTEGER) {
      const shown = quoteText(this.text(start, at));
      const message = `strconv.ParseInt: parsing ${shown}: value out of range`;
      return this.fail(`${message} while parsing: ${this.quote(this.start, at)}`, start);
    }
    this.timestampMs = timestampMs;
    at = this.skipBlanks(at);
    if (bytes[at] !== NEWLINE) {
      return this.unexpected('expected next entry after timestamp', at, 'timestamp');
    }
    return at + 1;
  }

  private nextComment(start: number): EntryKind {
    const at = this.skipBlanks(start + 1);
    const word = at > start + 1 ? metadataWord(this.bytes, at) : undefined;
    if (word !== undefined && ((byteClass[this.bytes[at + 4] as number] as number) & BLANK) !== 0)
      return this.nextMetadata(word, this.skipBlanks(at + 4));
    const end = this.lineEnd(start);
    this.textStart = start;
    this.textEnd = end;
    this.at = end + 1;
    return EntryKind.comment;
  }

  private nextMetadata(word: 'HELP' | 'TYPE', start: number): EntryKind {
    const nameEnd = this.scanMetadataName(start);
    if (nameEnd < 0) {
      this.unexpected(`expected metric name after ${word}`, start, 'meta-name');
      return EntryKind.error;
    }
    this.nameStart = start;
    this.nameEnd = nameEnd;
    const end = this.lineEnd(nameEnd);
    this.at = end + 1;
    const textStart = this.skipBlanks(nameEnd) === end ? end : nameEnd + 1;
    return word === 'HELP' ? this.setHelp(textStart, end) : this.setType(textStart, end);
  }

  private scanMetadataName(start: number): number {
    if (this.bytes[start] === QUOTE) return this.scanString(start, true);
    let at = start;
    if (((byteClass[this.bytes[at] as number] as number) & NAME_START) === 0) return -1;
    while (((byteClass[this.bytes[at] as number] as number) & NAME) !== 0) at++;
    return at;
  }

  private setHelp(start: number, end: number): EntryKind {
    if (!this.isUtf8(start, end)) {
      this.fail(`help text ${this.quote(start, end)} is not a valid utf8 string`, start);
      return EntryKind.error;
    }
    this.textStart = start;
    this.textEnd = end;
    return EntryKind.help;
  }

  private setType(start: number, end: number): EntryKind {
    const type = typeAt(TYPES, this.bytes, start, end);
    if (type === undefined) {
      this.fail(`invalid metric type ${this.quote(start, end)}`, start);
      return EntryKind.error;
    }
    this.metricType = type;
    return EntryKind.type;
  }

  /** The line was read already, so nothing here can be missing. */
  protected rawLabels(start: number, end: number): RawLabels {
    const { bytes } = this;
    const pairs: string[] = [];
    let at = start;
    while (
      at < end &&
      bytes[at] !== BRACE_OPEN &&
      !((byteClass[bytes[at] as number] as number) & BLANK)
    )
      at++;
    let metricName = this.text(start, at);
    at = this.skipBlanks(at) + 1;
    while (at < end) {
      at = this.skipBlanks(at);
      if (bytes[at] === COMMA) {
        at++;
        continue;
      }
      if (bytes[at] === BRACE_CLOSE || at >= end) break;
      const nameStart = at;
      at = bytes[at] === QUOTE ? this.scanString(at, true) : this.labelNameEnd(at);
      const name =
        bytes[nameStart] === QUOTE ? this.text(nameStart + 1, at - 1) : this.text(nameStart, at);
      at = this.skipBlanks(at);
      if (bytes[at] !== EQUAL) {
        metricName = name;
        continue;
      }
      const valueStart = this.skipBlanks(at + 1);
      at = this.scanString(valueStart, true);
      pairs.push(name, this.text(valueStart + 1, at - 1));
    }
    return { metricName, pairs };
  }

  private labelNameEnd(start: number): number {
    let at = start;
    while (((byteClass[this.bytes[at] as number] as number) & LABEL) !== 0) at++;
    return at;
  }
}
