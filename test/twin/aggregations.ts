import type { Aggregate } from '#promql';
import {
  formatHistogram,
  hashLabels,
  labelsFromObject,
  type FloatHistogram,
  type Span,
} from '#model';
import { combined, compacted, Incompatible, isCustom, type TwinHistogram } from './histogram.ts';
import type { Notes } from './query.ts';
import {
  Compensated,
  type Labels,
  labelsKey,
  meanOf,
  pickLabels,
  putLabel,
  quantileOf,
  type Sample,
  TwinError,
  type Value,
} from './values.ts';

export interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}

export interface AggregateCall {
  /** Where whole series are the result, the samples of one instant are in no order of their own. */
  readonly isRange: boolean;
  /** Of samples with the same value, the last is the best. */
  readonly isReversed: boolean;
  readonly aggregate: Aggregate;
  readonly samples: readonly Sample[];
  readonly notes: Notes;
}

function groupLabels(
  { grouping, without }: Pick<Aggregate, 'grouping' | 'without'>,
  of: Labels,
): Labels {
  if (without) return pickLabels(of, (name) => name !== '__name__' && !grouping.includes(name));
  return pickLabels(of, (name) => grouping.includes(name));
}

function groupsOf(
  aggregate: Pick<Aggregate, 'grouping' | 'without'>,
  samples: readonly Sample[],
): Group[] {
  const groups = new Map<string, Group>();
  for (const sample of samples) {
    const labels = groupLabels(aggregate, sample.labels);
    const group = groups.get(labelsKey(labels)) ?? { labels, samples: [] };
    groups.set(labelsKey(labels), group);
    group.samples.push(sample);
  }
  return [...groups.values()];
}

/** An aggregation without the choice of whole series. */
export function aggregated(call: AggregateCall, param: number): Sample[] {
  const { aggregate, samples, notes } = call;
  if (aggregate.operator === 'quantile' && !(param >= 0 && param <= 1)) {
    notes.warn(
      `quantile value should be between 0 and 1, got ${goNumber(param)}`,
      (aggregate.param ?? aggregate).position,
    );
  }
  return groupsOf(aggregate, samples).flatMap(({ labels, samples: members }) => {
    const value = valueOfGroup(call, members, param);
    return value === undefined ? [] : [{ labels, value }];
  });
}

/** As Go writes numbers in texts. */
export function goNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Math.abs(value) === Infinity) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

function valueOfGroup(
  call: AggregateCall,
  members: readonly Sample[],
  param: number,
): Value | undefined {
  const { operator } = call.aggregate;
  if (operator === 'count') return members.length;
  if (operator === 'group') return 1;
  const floats = members.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  if (operator === 'sum' || operator === 'avg') return sumOrMean(call, members, floats);
  if (floats.length < members.length) {
    call.notes.info(`ignored histogram in ${operator} aggregation`, call.aggregate.expr.position);
  }
  if (floats.length === 0) return undefined;
  switch (operator) {
    case 'min':
      return floats.reduce((held, one) => (held > one || Number.isNaN(held) ? one : held));
    case 'max':
      return floats.reduce((held, one) => (held < one || Number.isNaN(held) ? one : held));
    case 'stdvar':
      return variance(floats);
    case 'stddev':
      return Math.sqrt(variance(floats));
    case 'quantile':
      return quantileOf(param, floats);
    default:
      throw new TwinError(`unknown aggregation ${operator}`);
  }
}

function sumOrMean(
  { aggregate, notes }: AggregateCall,
  members: readonly Sample[],
  floats: readonly number[],
): Value | undefined {
  const { position } = aggregate.expr;
  const isMean = aggregate.operator === 'avg';
  if (floats.length === members.length) return isMean ? meanOf(floats) : plainSum(floats);
  if (floats.length > 0) {
    notes.warn('encountered a mix of histograms and floats for aggregation', position);
    return undefined;
  }
  let name = '';
  try {
    const histograms = members.map(({ value }) => value as TwinHistogram);
    name = firstOfOtherKind(members);
    const { histogram, collides } = combined(histograms, isMean, () =>
      notes.info('mismatched custom buckets were reconciled during aggregation', position),
    );
    if (collides) notes.warn('conflicting counter resets during histogram aggregation', position);
    return compacted(histogram);
  } catch (error) {
    if (!(error instanceof Incompatible)) throw error;
    notes.warn(
      `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(name)}`,
      position,
    );
    return undefined;
  }
}

function hasCustom({ value }: Sample): boolean {
  return typeof value !== 'number' && isCustom(value);
}

function firstOfOtherKind(members: readonly Sample[]): string {
  const other = members.find((member) => hasCustom(member) !== hasCustom(members[0]));
  return other?.labels['__name__'] ?? '';
}

function plainSum(values: readonly number[]): number {
  let sum = new Compensated(values[0]);
  for (const value of values.slice(1)) sum = sum.plus(value);
  return sum.sum + sum.lost;
}

function variance(values: readonly number[]): number {
  if (!Number.isFinite(values[0])) return NaN;
  let [mean] = values;
  let squares = 0;
  for (let i = 1; i < values.length; i++) {
    const delta = values[i] - mean;
    mean += delta / (i + 1);
    squares += delta * (values[i] - mean);
  }
  return squares / values.length;
}

export function countValues({ aggregate, samples }: AggregateCall, label: string): Sample[] {
  if (label === '') throw new TwinError('invalid label name');
  const { without } = aggregate;
  const grouping = without ? aggregate.grouping : [...aggregate.grouping, label];
  const labelled = samples.map((sample) => ({
    ...sample,
    labels: putLabel(sample.labels, label, valueText(sample.value)),
  }));
  return groupsOf({ grouping, without }, labelled).map(({ labels, samples: members }) => ({
    labels,
    value: members.length,
  }));
}

function valueText(value: Value): string {
  if (typeof value !== 'number') return formatHistogram(asModel(value));
  if (!Number.isFinite(value)) return goNumber(value);
  return plainDecimal(value);
}

/** All digits, no exponent. */
function plainDecimal(value: number): string {
  const [digits, exponent] = String(value).split('e');
  if (exponent === undefined) return Object.is(value, -0) ? '-0' : digits;
  const sign = value < 0 ? '-' : '';
  const [whole, fraction = ''] = digits.replace('-', '').split('.');
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return sign + all.padEnd(point, '0');
}

function spansOf(counts: ReadonlyMap<number, number>): { spans: Span[]; buckets: number[] } {
  const sorted = [...counts].filter(([, count]) => count !== 0).toSorted(([a], [b]) => a - b);
  let end = 0;
  const spans = sorted.map(([index]) => {
    const offset = index - end;
    end = index + 1;
    return { offset, length: 1 };
  });
  return { spans, buckets: sorted.map(([, count]) => count) };
}

/** For its text only. */
function asModel(histogram: TwinHistogram): FloatHistogram {
  const positive = spansOf(histogram.positive);
  const negative = spansOf(histogram.negative);
  return {
    counterResetHint: histogram.hint,
    schema: histogram.schema ?? -53,
    zeroThreshold: histogram.zeroThreshold,
    zeroCount: histogram.zeroCount,
    count: histogram.count,
    sum: histogram.sum,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
    customValues: histogram.bounds,
  };
}

const INTEGER_MAX = 2 ** 63 - 1024;

function integerParam(param: number): number {
  if (Number.isNaN(param)) throw new TwinError('Parameter value is NaN');
  if (param >= INTEGER_MAX || param <= -(2 ** 63))
    throw new TwinError('Scalar value overflows int64');
  return Math.trunc(param);
}

/** `topk`, `bottomk`, `limitk`, `limit_ratio`: some of the samples as they are. */
export function chosen(call: AggregateCall, param: number): readonly Sample[] {
  const { aggregate, samples } = call;
  if (aggregate.operator === 'limit_ratio') return ofRatio(call, param);
  if (param < 1) return [];
  const count = integerParam(param);
  const groups = groupsOf(aggregate, samples);
  if (aggregate.operator === 'limitk') {
    return groups.flatMap((group) => group.samples.slice(0, count));
  }
  if (samples.some(({ value }) => typeof value !== 'number')) {
    call.notes.info(`ignored histogram in ${aggregate.operator} aggregation`, aggregate.position);
  }
  const best = groups.flatMap((group) => bestOf(call, group).slice(0, count));
  return call.isRange ? samples.filter((sample) => best.includes(sample)) : best;
}

/** NaN is the worst either way. */
function bestOf({ aggregate, isReversed }: AggregateCall, { samples }: Group): Sample[] {
  const sign = aggregate.operator === 'topk' ? -1 : 1;
  return (isReversed ? samples.toReversed() : samples)
    .filter(({ value }) => typeof value === 'number')
    .toSorted((a, b) => {
      const [x, y] = [Number(a.value), Number(b.value)];
      if (Number.isNaN(x) || Number.isNaN(y))
        return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return sign * (x - y || 0);
    });
}

function ofRatio({ aggregate, samples, notes }: AggregateCall, ratio: number): Sample[] {
  if (ratio === 0) return [];
  if (Number.isNaN(ratio)) throw new TwinError('Ratio value is NaN');
  if (Math.abs(ratio) > 1) {
    notes.warn(
      `ratio value should be between -1 and 1, got ${goNumber(ratio)}, capping to ${Math.sign(ratio)}`,
      (aggregate.param ?? aggregate).position,
    );
  }
  const capped = Math.max(-1, Math.min(1, ratio));
  return samples.filter(({ labels }) => {
    const offset = Number(hashLabels(labelsFromObject(labels))) / 2 ** 64;
    return capped > 0 ? offset < capped : offset >= 1 + capped;
  });
}
