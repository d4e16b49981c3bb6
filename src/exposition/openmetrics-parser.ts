import type { Exemplar } from '#model';
import {
  BRACE_CLOSE,
  BRACE_OPEN,
  byteClass,
  COMMA,
  EQUAL,
  HASH,
  LABEL,
  LABEL_START,
  NAME,
  NAME_START,
  NEWLINE,
  QUOTE,
  SPACE,
} from './byte-class.ts';
import { createdKey, isCreatedName, typeHasStartTimestamp } from './created-series.ts';
import { scanFloat, scanned } from './float-scan.ts';
import { parseGoFloat } from './go-text.ts';
import { LineParser } from './line-parser.ts';
import type { LexState } from './lex-token.ts';
import { EntryKind, type PageOptions } from './page-parser.ts';
import { buildLabels, type RawLabels } from './series-labels.ts';
import { typeAt, typeWords } from './type-words.ts';

const TYPES = typeWords({
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gaugehistogram: 'gaugehistogram',
  summary: 'summary',
  info: 'info',
  stateset: 'stateset',
  unknown: 'unknown',
});

const NO_END = 'data does not end with # EOF';

const METADATA_WORDS = (['HELP', 'TYPE', 'UNIT', 'EOF'] as const).map((word) => {
  // `# EOF` alone may end the page without anything behind it.
  const line = word === 'EOF' ? '# EOF' : `# ${word} `;
  return [word, new TextEncoder().encode(line)] as const;
});

function metadataWord(
  bytes: Uint8Array,
  start: number,
): 'HELP' | 'TYPE' | 'UNIT' | 'EOF' | undefined {
  for (const [word, line] of METADATA_WORDS) {
    let i = 0;
    while (i < line.length && line[i] === bytes[start + i]) i++;
    if (i === line.length) return word;
  }
  return undefined;
}

/** OpenMetrics 1.0 as Prometheus scrapes it, with quoted names (model/textparse/openmetricsparse.go). */
export class OpenMetricsParser extends LineParser {
  /** The specification has no blanks between labels, but its reference parser takes them. */
  protected blanksAfterComma = false;

  private exemplarStart = 0;
  private exemplarEnd = 0;
  private exemplarValue = 0;
  private exemplarTimestampMs: number | undefined = undefined;
  /** What the `_created` lines of the current family say, once somebody has asked. */
  private createdMs: Map<string, number> | undefined = undefined;

  constructor(page: Uint8Array, options: PageOptions = {}) {
    super(page, '\0', options);
  }

  next(): EntryKind {
    if (this.error !== undefined) return EntryKind.error;
    for (;;) {
      const kind = this.nextLine();
      if (kind !== EntryKind.series) this.createdMs = undefined;
      else if (this.options.skipCreatedSeries === true && this.isCreatedSeries()) continue;
      return kind;
    }
  }

  private nextLine(): EntryKind {
    const { bytes, at } = this;
    this.start = at;
    if (at >= this.length) return this.failed(NO_END, at);
    if (bytes[at] === HASH) return this.nextHash(at);
    this.seriesStart = at;
    const guessedEnd = this.endIfGuessed(at);
    const seriesEnd = guessedEnd > 0 ? guessedEnd : this.scanSeries(at);
    if (seriesEnd < 0) return EntryKind.error;
    this.seriesEnd = seriesEnd;
    const valueEnd = this.scanValue(seriesEnd, 'expected value after metric', 'value');
    if (valueEnd < 0) return EntryKind.error;
    this.value = scanned.value;
    this.at = this.scanRest(valueEnd);
    return this.error === undefined ? EntryKind.series : EntryKind.error;
  }

  private failed(message: string, at: number): EntryKind {
    this.fail(message, at);
    return EntryKind.error;
  }

  private scanSeries(start: number): number {
    const { bytes } = this;
    let at = start;
    if (((byteClass[bytes[at] as number] as number) & NAME_START) !== 0) {
      do at++;
      while (((byteClass[bytes[at] as number] as number) & NAME) !== 0);
      return bytes[at] === BRACE_OPEN ? this.scanLabels(at + 1, true) : at;
    }
    if (bytes[at] !== BRACE_OPEN)
      return this.unexpected('expected a valid start token', at, 'start');
    at = this.scanLabels(at + 1, false);
    if (at < 0 || this.quotedNameEnd !== 0) return at;
    const shown = this.quote(start, this.wordEnd(at + 1));
    return this.fail(`metric name not set while parsing: ${shown}`, start);
  }

  /** From after `{` to after `}`. `named`: no metric name may stand inside. */
  private scanLabels(start: number, named: boolean, valueState?: LexState): number {
    const { bytes } = this;
    this.quotedNameEnd = 0;
    let at = start;
    for (;;) {
      const nameStart = at;
      const first = bytes[at] as number;
      if (first === BRACE_CLOSE) return at + 1;
      if (((byteClass[first] as number) & LABEL_START) !== 0) {
        do at++;
        while (((byteClass[bytes[at] as number] as number) & LABEL) !== 0);
      } else {
        at = this.scanQuotedName(at);
        if (at < 0) return -1;
        if (bytes[at] === COMMA || bytes[at] === BRACE_CLOSE) {
          if (!this.takeName(nameStart, at, named)) return -1;
          if (bytes[at] === BRACE_CLOSE) return at + 1;
          at = this.afterComma(at);
          continue;
        }
      }
      if (bytes[at] !== EQUAL) return this.unexpected('expected equal', at, 'labels');
      at = this.scanLabelValue(at + 1, valueState);
      if (at < 0) return -1;
      if (bytes[at] === COMMA) at = this.afterComma(at);
      else if (bytes[at] !== BRACE_CLOSE) {
        return this.unexpected('expected comma or brace close', at, 'labels');
      }
    }
  }

  private afterComma(at: number): number {
    let after = at + 1;
    if (this.blanksAfterComma) while (this.bytes[after] === SPACE) after++;
    return after;
  }

  private takeName(nameStart: number, nameEnd: number, named: boolean): boolean {
    if (named || this.quotedNameEnd !== 0) {
      const shown = this.quote(this.start, nameEnd + 1);
      this.fail(`metric name already set while parsing: ${shown}`, nameStart);
      return false;
    }
    this.quotedNameStart = nameStart;
    this.quotedNameEnd = nameEnd;
    return true;
  }

  private scanQuotedName(start: number): number {
    const end = this.bytes[start] === QUOTE ? this.scanString(start, true) : -1;
    if (end < 0) return this.unexpected('expected label name', start, 'labels');
    if (!this.isUtf8(start, end)) {
      return this.fail(`invalid UTF-8 name: ${this.quote(start, end)}`, start);
    }
    return end;
  }

  /** One space and a float, which goes to `scanned.value`. */
  private scanValue(start: number, expectation: string, state: LexState): number {
    const { bytes } = this;
    const first = start + 1;
    if (bytes[start] === SPACE && scanFloat(bytes, first)) {
      const next = bytes[scanned.end] as number;
      if (next === NEWLINE || next === SPACE) return scanned.end;
    }
    const end = bytes[start] === SPACE ? this.wordEnd(first) : first;
    if (end === first) return this.unexpected(expectation, start, state);
    const value = parseGoFloat(this.text(first, end));
    if (typeof value === 'string') {
      return this.fail(`${value} while parsing: ${this.quote(this.start, end)}`, first);
    }
    scanned.value = value;
    return end;
  }

  private wordEnd(start: number): number {
    const { bytes, length } = this;
    let end = start;
    while (end < length && bytes[end] !== SPACE && bytes[end] !== NEWLINE) end++;
    return end;
  }

  /** What follows the value: timestamp, exemplar, line end. */
  private scanRest(start: number): number {
    const { bytes } = this;
    this.timestampMs = undefined;
    this.exemplarEnd = 0;
    let at = start;
    if (bytes[at] === NEWLINE) return at + 1;
    if (bytes[at] === SPACE && !this.isExemplarAt(at) && this.wordEnd(at + 1) > at + 1) {
      at = this.scanTimestamp(at, 'timestamp');
      if (at < 0) return -1;
      this.timestampMs = scanned.value;
    }
    if (bytes[at] === NEWLINE) return at + 1;
    if (at >= this.length) return this.fail(NO_END, at);
    if (this.isExemplarAt(at)) return this.scanExemplar(at);
    return this.unexpected(this.restExpectation(), at, 'timestamp');
  }

  private restExpectation(): string {
    return this.timestampMs === undefined
      ? 'expected timestamp or new record'
      : 'expected next entry after timestamp';
  }

  /** Seconds with a fraction become whole milliseconds in `scanned.value`. */
  private scanTimestamp(start: number, what: 'timestamp' | 'exemplar timestamp'): number {
    const end = this.scanValue(start, 'expected timestamp', 'timestamp');
    if (end < 0) return -1;
    const seconds = scanned.value;
    if (!Number.isFinite(seconds)) {
      const shown = Number.isNaN(seconds) ? 'NaN' : seconds > 0 ? '+Inf' : '-Inf';
      return this.fail(`invalid ${what} ${shown}`, start + 1);
    }
    scanned.value = Math.trunc(seconds * 1000);
    return end;
  }

  private isExemplarAt(at: number): boolean {
    const { bytes } = this;
    return (
      bytes[at] === SPACE &&
      bytes[at + 1] === HASH &&
      bytes[at + 2] === SPACE &&
      bytes[at + 3] === BRACE_OPEN
    );
  }

  private scanExemplar(start: number): number {
    const { bytes } = this;
    this.exemplarStart = start + 3;
    let at = this.scanLabels(start + 4, false, 'exemplar-label-value');
    if (at < 0) return -1;
    if (this.quotedNameEnd !== 0) {
      return this.unexpected('expected label name', this.quotedNameEnd, 'labels');
    }
    const labelsEnd = at;
    at = this.scanValue(at, 'expected value after exemplar labels', 'exemplar-value');
    if (at < 0) return -1;
    this.exemplarValue = scanned.value;
    this.exemplarTimestampMs = undefined;
    if (bytes[at] === SPACE) {
      at = this.scanTimestamp(at, 'exemplar timestamp');
      if (at < 0) return -1;
      this.exemplarTimestampMs = scanned.value;
      if (at < this.length && bytes[at] !== NEWLINE) {
        const expectation = 'expected next entry after exemplar timestamp';
        return this.unexpected(expectation, at, 'exemplar-timestamp');
      }
    }
    if (at >= this.length) return this.fail(NO_END, at);
    if (bytes[at] !== NEWLINE) {
      return this.unexpected('expected timestamp or comment', at, 'exemplar-timestamp');
    }
    this.exemplarEnd = labelsEnd;
    return at + 1;
  }

  override exemplars(): readonly Exemplar[] {
    if (this.exemplarEnd === 0) return [];
    const { pairs } = this.rawLabels(this.exemplarStart, this.exemplarEnd);
    const labels = buildLabels(pairs);
    return [{ labels, value: this.exemplarValue, timestampMs: this.exemplarTimestampMs }];
  }

  private nextHash(start: number): EntryKind {
    const word = metadataWord(this.bytes, start);
    if (word === 'HELP' || word === 'TYPE' || word === 'UNIT') {
      return this.nextMetadata(word, start + 7);
    }
    if (word !== 'EOF') {
      this.unexpected('expected a valid start token', start, 'start');
      return EntryKind.error;
    }
    const end = this.bytes[start + 5] === NEWLINE ? start + 6 : start + 5;
    return end < this.length ? this.failed('unexpected data after # EOF', end) : EntryKind.end;
  }

  private nextMetadata(word: 'HELP' | 'TYPE' | 'UNIT', start: number): EntryKind {
    const { bytes } = this;
    const isQuoted = bytes[start] === QUOTE;
    const nameEnd = isQuoted ? this.scanString(start, true) : this.metricNameEnd(start);
    if (nameEnd <= start) {
      this.unexpected(`expected metric name after ${word}`, start, 'meta-name');
      return EntryKind.error;
    }
    this.nameStart = start;
    this.nameEnd = nameEnd;
    const end = this.lineEnd(nameEnd);
    if (bytes[nameEnd] !== SPACE || end >= this.length) {
      return this.failed(`expected text in ${word}`, nameEnd);
    }
    this.at = end + 1;
    if (word === 'HELP') return this.setHelp(nameEnd + 1, end);
    return word === 'TYPE' ? this.setType(nameEnd + 1, end) : this.setUnit(nameEnd + 1, end);
  }

  private metricNameEnd(start: number): number {
    let at = start;
    if (((byteClass[this.bytes[at] as number] as number) & NAME_START) === 0) return at;
    while (((byteClass[this.bytes[at] as number] as number) & NAME) !== 0) at++;
    return at;
  }

  private setHelp(start: number, end: number): EntryKind {
    if (!this.isUtf8(start, end)) {
      return this.failed(`help text ${this.quote(start, end)} is not a valid utf8 string`, start);
    }
    this.textStart = start;
    this.textEnd = end;
    return EntryKind.help;
  }

  private setType(start: number, end: number): EntryKind {
    const type = typeAt(TYPES, this.bytes, start, end);
    if (type === undefined) {
      return this.failed(`invalid metric type ${this.quote(start, end)}`, start);
    }
    this.metricType = type;
    return EntryKind.type;
  }

  private setUnit(start: number, end: number): EntryKind {
    const unit = this.buffer.toString('utf8', start, end);
    if (unit !== '' && !this.metricName.endsWith(`_${unit}`)) {
      const shown = this.quote(start, end);
      const message = `unit ${shown} not a suffix of metric ${JSON.stringify(this.metricName)}`;
      return this.failed(message, start);
    }
    this.unit = unit;
    return EntryKind.unit;
  }

  /** The line was read already, so nothing here can be missing. */
  protected rawLabels(start: number, end: number): RawLabels {
    const { bytes } = this;
    const pairs: string[] = [];
    let at = this.metricNameEnd(start);
    let metricName = this.text(start, at);
    at++;
    while (at < end && bytes[at] !== BRACE_CLOSE) {
      const isQuoted = bytes[at] === QUOTE;
      const nameEnd = isQuoted ? this.scanString(at, true) : this.metricNameEnd(at);
      const name = isQuoted ? this.text(at + 1, nameEnd - 1) : this.text(at, nameEnd);
      at = nameEnd;
      if (bytes[at] === EQUAL) {
        const valueEnd = this.scanString(at + 1, true);
        pairs.push(name, this.text(at + 2, valueEnd - 1));
        at = valueEnd;
      } else {
        metricName = name;
      }
      if (bytes[at] === COMMA) at = this.afterComma(at);
    }
    return { metricName, pairs };
  }

  private isCreatedSeries(): boolean {
    if (!typeHasStartTimestamp(this.metricType)) return false;
    return isCreatedName(this.rawLabels(this.seriesStart, this.seriesEnd).metricName);
  }

  override startTimestampMs(): number | undefined {
    if (!typeHasStartTimestamp(this.metricType)) return undefined;
    this.createdMs ??= this.readCreatedSeries();
    if (this.createdMs.size === 0) return undefined;
    const raw = this.rawLabels(this.seriesStart, this.seriesEnd);
    return this.createdMs.get(createdKey(raw, this.metricType));
  }

  /** Where the next metadata line begins. */
  private familyEnd(): number {
    const { bytes } = this;
    let end = this.at - 1;
    do end = bytes.indexOf(HASH, end + 1);
    while (end > 0 && bytes[end - 1] !== NEWLINE);
    return end < 0 ? this.length : end;
  }

  /** Reads ahead to the end of the family; like Prometheus it does not see what stood before this line. */
  private readCreatedSeries(): Map<string, number> {
    const ahead = new OpenMetricsParser(this.bytes.subarray(this.at, this.familyEnd()));
    const createdMs = new Map<string, number>();
    while (ahead.next() === EntryKind.series) {
      const raw = ahead.rawLabels(ahead.seriesStart, ahead.seriesEnd);
      if (!isCreatedName(raw.metricName)) continue;
      const key = createdKey(raw, this.metricType);
      if (!createdMs.has(key)) createdMs.set(key, Math.trunc(ahead.value * 1000));
    }
    return createdMs;
  }
}
