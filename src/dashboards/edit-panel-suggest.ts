import type { PanelKind } from './dashboard.ts';
import type { Field, Frame, NumberField } from './frame.ts';

/** A kind of panel that fits what the queries answer. */
export interface KindSuggestion {
  readonly kind: PanelKind;
  /** `one series over time` */
  readonly because: string;
}

/** Values that are looked at to tell states from measurements. */
const valuesMax = 2000;
const statesMax = 6;
const slicesMax = 12;
const barsMax = 40;
const linesMax = 200;

/** Kinds that fit the data, the best first; empty where there is none. */
export function suggestKinds(frames: readonly Frame[]): readonly KindSuggestion[] {
  const filled = frames.filter(({ length }) => length > 0);
  const facts = factsOf(filled);
  if (facts.numbers === 0 && facts.texts === 0) return [];
  if (filled.some(({ kind }) => kind === 'heatmap') || facts.hasBuckets) {
    return list(facts.words, ['heatmap', 'timeseries', 'histogram']);
  }
  if (filled.some(({ kind, length }) => kind === 'timeseries' && length > 1)) {
    return list(facts.words, overTime(facts));
  }
  return list(facts.words, atOnce(facts, filled));
}

interface Facts {
  /** Series, or columns of numbers. */
  readonly numbers: number;
  readonly texts: number;
  readonly rows: number;
  readonly hasBuckets: boolean;
  /** Few whole numbers: more likely states than measurements. */
  readonly areStates: boolean;
  readonly hasNegative: boolean;
  readonly words: string;
}

function factsOf(frames: readonly Frame[]): Facts {
  const fields = frames.flatMap((frame) => frame.fields);
  const numbers = fields.filter(isNumber);
  const texts = fields.filter(({ type }) => type === 'text').length;
  const rows = frames.reduce((max, { length }) => Math.max(max, length), 0);
  const isOverTime = frames.some(({ kind, length }) => kind === 'timeseries' && length > 1);
  const hasBuckets = numbers.length > 1 && numbers.every(({ labels }) => 'le' in labels);
  const words = isOverTime
    ? `${numbers.length === 1 ? 'one series' : `${numbers.length} series`} over time`
    : `${rows === 1 ? 'one row' : `${rows} rows`}, ${plural(numbers.length, 'number')}${texts > 0 ? ` and ${plural(texts, 'text')}` : ''} in each`;
  return {
    numbers: numbers.length,
    texts,
    rows,
    hasBuckets,
    areStates: isOverTime && numbers.every(isOfStates),
    hasNegative: numbers.some(({ values }) => values.some((value) => value < 0)),
    words: hasBuckets ? `${numbers.length} buckets over time` : words,
  };
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function isNumber(field: Field): field is NumberField {
  return field.type === 'number';
}

function isOfStates({ values }: NumberField): boolean {
  const seen = new Set<number>();
  for (const value of values.subarray(0, valuesMax)) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return false;
    seen.add(value);
    if (seen.size > statesMax) return false;
  }
  return seen.size > 0;
}

function overTime({ numbers, areStates }: Facts): PanelKind[] {
  const states: PanelKind[] = ['state-timeline', 'status-history'];
  return [
    ...(areStates ? states : []),
    'timeseries',
    'stat',
    ...(numbers > 1 ? (['bargauge'] as const) : (['gauge'] as const)),
    ...(numbers > linesMax ? (['heatmap'] as const) : []),
    'table',
    'histogram',
  ];
}

function atOnce(
  { numbers, texts, rows, hasNegative }: Facts,
  frames: readonly Frame[],
): PanelKind[] {
  const values = frames.length > 1 ? frames.length : rows * Math.max(1, numbers);
  if (numbers === 0) return ['table', 'stat'];
  if (texts > 0 && rows > 1) {
    const bars: PanelKind[] = rows <= barsMax ? ['barchart', 'bargauge'] : [];
    const slices: PanelKind[] = rows <= slicesMax && !hasNegative ? ['piechart'] : [];
    return ['table', ...bars, ...slices, 'stat'];
  }
  if (values === 1) return ['stat', 'gauge', 'bargauge', 'table'];
  const slices: PanelKind[] = values <= slicesMax && !hasNegative ? ['piechart'] : [];
  return values <= barsMax
    ? ['bargauge', 'stat', ...slices, 'table', 'gauge']
    : ['table', 'histogram', 'bargauge'];
}

function list(because: string, kinds: readonly PanelKind[]): KindSuggestion[] {
  return kinds.map((kind) => ({ kind, because }));
}
