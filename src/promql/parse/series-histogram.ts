import {
  addHistograms,
  subtractHistograms,
  type CounterResetHint,
  type FloatHistogram,
  type Span,
} from '#model';
import type { SeriesValue } from './ast.ts';
import { quoteGo } from './quote.ts';
import type { SeriesCursor } from './series-cursor.ts';

const HINTS: ReadonlySet<string> = new Set(['unknown', 'reset', 'not_reset', 'gauge']);

/** What each key of `{{...}}` is followed by. */
const FORM_OF_KEY: ReadonlyMap<string, 'integer' | 'number' | 'list' | 'hint'> = new Map([
  ['schema', 'integer'],
  ['sum', 'number'],
  ['count', 'number'],
  ['z_bucket', 'number'],
  ['z_bucket_w', 'number'],
  ['buckets', 'list'],
  ['offset', 'integer'],
  ['n_buckets', 'list'],
  ['n_offset', 'integer'],
  ['custom_values', 'list'],
  ['counter_reset_hint', 'hint'],
]);

interface HistogramParts {
  readonly numbers: Map<string, number>;
  readonly lists: Map<string, readonly number[]>;
  hint: CounterResetHint | undefined;
}

type HistogramValue = Extract<SeriesValue, { kind: 'histogram' }>;

/** What follows `{{`: one histogram, or with `x3` or `+{{...}}x3` several. */
export function parseHistogramItem(cursor: SeriesCursor): readonly SeriesValue[] {
  const base = parseHistogram(cursor);
  if (cursor.takeIf('x')) return Array.from({ length: cursor.takeCount() + 1 }, () => base);
  const isSum = cursor.isNext('+');
  if (!isSum && !cursor.isNext('-')) return [base];
  cursor.takeIf(isSum ? '+' : '-');
  if (!cursor.takeIf('{{')) cursor.refuse(cursor.describe());
  const increment = parseHistogram(cursor);
  if (!cursor.takeIf('x')) cursor.refuse(`${cursor.describe()}, expected "x"`);
  const combine = isSum ? addHistograms : subtractHistograms;
  return combineRepeatedly(cursor, base, increment, (a, b) => combine(a, b).histogram);
}

function combineRepeatedly(
  cursor: SeriesCursor,
  base: HistogramValue,
  increment: HistogramValue,
  combine: (a: FloatHistogram, b: FloatHistogram) => FloatHistogram,
): SeriesValue[] {
  const count = cursor.takeCount();
  const { counterResetHintSet } = increment;
  const values: SeriesValue[] = [{ ...base, counterResetHintSet }];
  let current = base.histogram;
  for (let i = 0; i < count; i++) {
    if (current.schema > increment.histogram.schema) {
      const schemas = `from schema ${increment.histogram.schema} to ${current.schema}`;
      cursor.refuse(`error combining histograms: cannot merge ${schemas}`);
    }
    try {
      current = combine(current, increment.histogram);
    } catch (error) {
      cursor.refuse(error instanceof Error ? error.message : String(error));
    }
    values.push({ kind: 'histogram', histogram: current, counterResetHintSet });
  }
  return values;
}

function parseHistogram(cursor: SeriesCursor): HistogramValue {
  const parts: HistogramParts = { numbers: new Map(), lists: new Map(), hint: undefined };
  cursor.skipBlanks();
  while (!cursor.takeIf('}}')) {
    parsePart(cursor, parts);
    if (!cursor.skipBlanks() && !cursor.isNext('}}')) {
      cursor.refuse(
        'unexpected character in histogram description, expected histogram description key, e.g. buckets:[5 10 7]',
      );
    }
  }
  return {
    kind: 'histogram',
    histogram: buildHistogram(parts),
    counterResetHintSet: parts.hint !== undefined,
  };
}

function parsePart(cursor: SeriesCursor, parts: HistogramParts): void {
  const key = cursor.takeWord().toLowerCase();
  const form = FORM_OF_KEY.get(key);
  if (form === undefined) return cursor.refuse(`bad histogram descriptor found: ${quoteGo(key)}`);
  if (!cursor.takeIf(':')) cursor.refuse('missing `:` for histogram descriptor');
  if (parts.numbers.has(key) || parts.lists.has(key) || (form === 'hint' && parts.hint)) {
    cursor.refuse(`duplicate key "${key}" in histogram`);
  }
  switch (form) {
    case 'hint':
      parts.hint = takeHint(cursor);
      break;
    case 'list':
      parts.lists.set(key, takeList(cursor));
      break;
    case 'integer':
    case 'number': {
      const value = cursor.takeSignedNumber();
      if (form === 'integer' && !Number.isInteger(value)) {
        cursor.refuse(`error parsing ${key} number`);
      }
      parts.numbers.set(key, value);
    }
  }
}

function takeHint(cursor: SeriesCursor): CounterResetHint {
  const word = cursor.takeWord().toLowerCase();
  if (!HINTS.has(word)) cursor.refuse(`bad histogram descriptor found: ${quoteGo(word)}`);
  return word as CounterResetHint;
}

function takeList(cursor: SeriesCursor): number[] {
  if (!cursor.takeIf('[')) cursor.refuse(cursor.describe());
  const list: number[] = [];
  cursor.skipBlanks();
  while (!cursor.takeIf(']')) {
    list.push(cursor.takeSignedNumber());
    if (!cursor.skipBlanks() && !cursor.isNext(']')) cursor.refuse(cursor.describe());
  }
  return list;
}

function buildHistogram({ numbers, lists, hint }: HistogramParts): FloatHistogram {
  const number = (key: string): number => numbers.get(key) ?? 0;
  const positiveBuckets = lists.get('buckets') ?? [];
  const negativeBuckets = lists.get('n_buckets') ?? [];
  return {
    counterResetHint: hint ?? 'unknown',
    schema: number('schema'),
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    count: number('count'),
    sum: number('sum'),
    positiveSpans: oneSpan(number('offset'), positiveBuckets.length),
    negativeSpans: oneSpan(number('n_offset'), negativeBuckets.length),
    positiveBuckets,
    negativeBuckets,
    customValues: lists.get('custom_values') ?? [],
  };
}

function oneSpan(offset: number, length: number): readonly Span[] {
  return length > 0 ? [{ offset, length }] : [];
}
