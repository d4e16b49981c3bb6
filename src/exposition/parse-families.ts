import type { MetricFamily, MetricType } from '#model';
import { FamilyDraft, type SampleDraft } from './family-draft.ts';
import { parseGoFloat, quoteText } from './go-text.ts';
import { TextCursor, TextFormatFault } from './text-cursor.ts';

export interface FamiliesResult {
  /** By first appearance; only those with samples. */
  readonly families: readonly MetricFamily[];
  /** The first fault, in the words of prometheus/common's strict parser. `families` is empty then. */
  readonly error: { readonly message: string; readonly line: number } | undefined;
}

const TYPES: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gauge_histogram: 'gaugehistogram',
  summary: 'summary',
  untyped: 'unknown',
};

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;

/**
 * Reads a whole page of the text format into families, strictly (prometheus/common: expfmt/text_parse.go).
 * For checking pages and for small ones; scraping uses the line parsers.
 */
export function parseFamilies(page: Uint8Array): FamiliesResult {
  const parser = new FamiliesParser(new TextCursor(page));
  try {
    return { families: parser.parse(), error: undefined };
  } catch (error) {
    if (!(error instanceof TextFormatFault)) throw error;
    return { families: [], error: { message: error.message, line: error.line } };
  }
}

class FamiliesParser {
  private readonly cursor: TextCursor;
  private readonly families = new Map<string, FamilyDraft>();

  constructor(cursor: TextCursor) {
    this.cursor = cursor;
  }

  parse(): MetricFamily[] {
    const { cursor } = this;
    for (;;) {
      cursor.line++;
      cursor.skipBlanks();
      if (cursor.isAtEnd) break;
      if (cursor.peek() === '#') this.readComment();
      else if (cursor.peek() === '\n') cursor.step();
      else this.readSample();
    }
    return [...this.families.values()]
      .map((draft) => draft.finish())
      .filter((family) => family.metrics.length > 0);
  }

  private readComment(): void {
    const { cursor } = this;
    cursor.step();
    cursor.skipBlanks();
    const word = cursor.takeWord();
    cursor.skipBlanks();
    if ((word !== 'HELP' && word !== 'TYPE') || cursor.peek() === '\n') {
      cursor.skipLine();
      return;
    }
    const name = this.takeCommentName();
    cursor.skipBlanks();
    if (cursor.peek() !== '\n') this.setMetadata(word, name);
    cursor.skipLine();
  }

  private takeCommentName(): string {
    const { cursor } = this;
    const name = cursor.peek() === '"' ? cursor.takeString('metric name') : cursor.take(NAME);
    const next = cursor.peek();
    if (name === '' || !(next === ' ' || next === '\t' || next === '\n')) {
      throw cursor.fault('invalid metric name in comment');
    }
    return name;
  }

  private setMetadata(word: 'HELP' | 'TYPE', name: string): void {
    const { cursor } = this;
    const family = this.familyOf(name);
    const shown = quoteText(family.name);
    if (word === 'HELP') {
      if (family.help !== undefined) {
        throw cursor.fault(`second HELP line for metric name ${shown}`);
      }
      family.help = cursor.takeEscapedLine();
      return;
    }
    if (family.type !== undefined || family.hasSamples) {
      const why = `second TYPE line for metric name ${shown}, or TYPE reported after samples`;
      throw cursor.fault(why);
    }
    const text = cursor.takeEscapedLine();
    family.type = TYPES[text.toLowerCase()];
    if (family.type === undefined) throw cursor.fault(`unknown metric type ${quoteText(text)}`);
  }

  /** The family of a name; `x_count` and its like belong to `x` where that is a summary or histogram. */
  private familyOf(name: string): FamilyDraft {
    const known = this.families.get(name);
    if (known !== undefined) return known;
    const match = /^(.*)_(count|sum|bucket)$/s.exec(name);
    const base = this.families.get(match?.[1] ?? '');
    if (base?.ownsSuffix(match?.[2] ?? '') === true) return base;
    const made = new FamilyDraft(name);
    this.families.set(name, made);
    return made;
  }

  private readSample(): void {
    const { cursor } = this;
    let name = cursor.take(NAME);
    cursor.skipBlanks();
    const labels: [string, string][] = [];
    if (cursor.peek() === '{') name = this.readLabels(name, labels);
    if (name === '') throw cursor.fault('invalid metric name');
    const family = this.familyOf(name);
    const sample = this.takeBound(family, name, labels);
    const value = this.takeValue();
    cursor.skipBlanks();
    const timestampMs = cursor.peek() === '\n' ? undefined : this.takeTimestamp();
    const problem = family.add({ ...sample, value, timestampMs });
    if (problem !== undefined) throw cursor.fault(problem);
    cursor.step();
  }

  /** Separates the label that names a bucket or quantile. */
  private takeBound(
    family: FamilyDraft,
    name: string,
    labels: readonly [string, string][],
  ): Pick<SampleDraft, 'name' | 'labels' | 'bound'> {
    const boundName = family.boundLabel();
    const bound = labels.find(([label]) => label === boundName)?.[1];
    if (boundName === undefined || bound === undefined) return { name, labels, bound: undefined };
    const value = parseGoFloat(bound);
    if (typeof value === 'string') {
      const shown = quoteText(bound);
      throw this.cursor.fault(`expected float as value for '${boundName}' label, got ${shown}`);
    }
    return { name, labels: labels.filter(([label]) => label !== boundName), bound: value };
  }

  /** Fills `labels`; gives back the metric's name, which the braces may hold. */
  private readLabels(given: string, labels: [string, string][]): string {
    const { cursor } = this;
    let name = given;
    cursor.step();
    for (;;) {
      cursor.skipBlanks();
      if (cursor.peek() === '}') break;
      const isQuoted = cursor.peek() === '"';
      const label = isQuoted ? cursor.takeString('metric name') : cursor.take(LABEL_NAME);
      cursor.skipBlanks();
      if (isQuoted && cursor.peek() !== '=') {
        name = this.takeName(name, label);
        continue;
      }
      this.checkLabel(name, label, labels);
      cursor.step();
      cursor.skipBlanks();
      labels.push([label, this.takeLabelValue()]);
    }
    cursor.step();
    return name;
  }

  private takeName(name: string, label: string): string {
    const { cursor } = this;
    if (cursor.peek() !== ',' && cursor.peek() !== '}') {
      throw cursor.fault(`unexpected end of metric name ${quoteText(cursor.peek())}`);
    }
    if (name !== '') throw cursor.fault(`multiple metric names for metric ${quoteText(name)}`);
    if (cursor.peek() === ',') cursor.step();
    return label;
  }

  private checkLabel(metric: string, label: string, labels: readonly [string, string][]): void {
    const { cursor } = this;
    const shown = quoteText(metric);
    if (label === '') throw cursor.fault(`invalid label name for metric ${shown}`);
    if (label === '__name__') throw cursor.fault('label name "__name__" is reserved');
    if (cursor.peek() !== '=') {
      throw cursor.fault(`expected '=' after label name, found ${quoteText(cursor.peek())}`);
    }
    if (labels.some(([other]) => other === label)) {
      throw cursor.fault(`duplicate label names for metric ${shown}`);
    }
  }

  private takeLabelValue(): string {
    const { cursor } = this;
    if (cursor.peek() !== '"') {
      throw cursor.fault(`expected '"' at start of label value, found ${quoteText(cursor.peek())}`);
    }
    const value = cursor.takeString('label value');
    cursor.skipBlanks();
    if (cursor.peek() === ',') cursor.step();
    else if (cursor.peek() !== '}') {
      throw cursor.fault(`unexpected end of label value ${quoteText(value)}`);
    }
    return value;
  }

  private takeValue(): number {
    const { cursor } = this;
    cursor.skipBlanks();
    const word = cursor.takeWord();
    const value = parseGoFloat(word);
    if (typeof value === 'string') {
      throw cursor.fault(`expected float as value, got ${quoteText(word)}`);
    }
    return value;
  }

  private takeTimestamp(): number {
    const { cursor } = this;
    const word = cursor.takeWord();
    const timestampMs = Number(word);
    if (!/^[+-]?\d+$/.test(word) || !Number.isSafeInteger(timestampMs)) {
      throw cursor.fault(`expected integer as timestamp, got ${quoteText(word)}`);
    }
    cursor.skipBlanks();
    if (cursor.peek() !== '\n') {
      throw cursor.fault(`spurious string after timestamp: ${quoteText(cursor.takeWord())}`);
    }
    return timestampMs;
  }
}
