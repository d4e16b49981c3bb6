import type { Binary, BinaryOperator, VectorMatching } from '#promql';
import {
  added,
  compacted,
  divided,
  equalHistograms,
  Incompatible,
  scaled,
  subtracted,
} from './histogram.ts';
import type { Notes } from './query.ts';
import {
  distinct,
  type Labels,
  labelsKey,
  nameless,
  pickLabels,
  putLabel,
  type Sample,
  TwinError,
  type Value,
} from './values.ts';

const ARITHMETIC: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  // Go's math.Pow says 1 where JavaScript says NaN.
  '^': (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  atan2: Math.atan2,
};

const COMPARISONS: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => boolean>>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

export function scalarOperation(operator: BinaryOperator, left: number, right: number): number {
  const compare = COMPARISONS[operator];
  if (compare !== undefined) return Number(compare(left, right));
  const compute = ARITHMETIC[operator];
  if (compute === undefined) throw new TwinError(`operator ${operator} not allowed for scalars`);
  return compute(left, right);
}

/** What an operator makes of two samples. */
interface Outcome {
  readonly value: Value;
  /** False where a comparison without `bool` filters. */
  readonly isKept: boolean;
}

interface Operation {
  readonly binary: Binary;
  readonly notes: Notes;
}

/** Undefined where the operator has no meaning for the samples, which is told. */
function operate(operation: Operation, left: Value, right: Value): Outcome | undefined {
  const { binary } = operation;
  const { operator } = binary;
  if (typeof left === 'number' && typeof right === 'number') {
    const compare = COMPARISONS[operator];
    const compute = ARITHMETIC[operator];
    if (compare !== undefined) return comparison(binary, left, compare(left, right));
    if (compute !== undefined) return { value: compute(left, right), isKept: true };
  } else if (typeof left !== 'number' && typeof right === 'number') {
    if (operator === '*') return { value: compacted(scaled(left, right)), isKept: true };
    if (operator === '/') return { value: compacted(divided(left, right)), isKept: true };
  } else if (typeof left === 'number' && typeof right !== 'number') {
    if (operator === '*') return { value: compacted(scaled(right, left)), isKept: true };
  } else if (typeof left !== 'number' && typeof right !== 'number') {
    if (operator === '+' || operator === '-') return sum(operation, left, right);
    const isEqual = equalHistograms(left, right);
    if (operator === '==') return comparison(binary, left, isEqual);
    if (operator === '!=') return comparison(binary, left, !isEqual);
  }
  const [a, b] = [left, right].map((value) => (typeof value === 'number' ? 'float' : 'histogram'));
  operation.notes.info(
    `incompatible sample types encountered for binary operator ${JSON.stringify(operator)}: ${a} ${operator} ${b}`,
    binary.position,
  );
  return undefined;
}

function comparison({ returnBool }: Binary, left: Value, isTrue: boolean): Outcome {
  return returnBool ? { value: Number(isTrue), isKept: true } : { value: left, isKept: isTrue };
}

function sum(
  { binary, notes }: Operation,
  left: Exclude<Value, number>,
  right: Exclude<Value, number>,
): Outcome | undefined {
  const isSum = binary.operator === '+';
  const name = isSum ? 'addition' : 'subtraction';
  try {
    const result = isSum ? added(left, right) : subtracted(left, right);
    if (result.collides) {
      notes.warn(`conflicting counter resets during histogram ${name}`, binary.position);
    }
    if (result.reconciled) {
      notes.info(`mismatched custom buckets were reconciled during ${name}`, binary.position);
    }
    const histogram = compacted(result.histogram);
    return { value: isSum ? histogram : { ...histogram, hint: 'gauge' }, isKept: true };
  } catch (error) {
    if (!(error instanceof Incompatible)) throw error;
    notes.warn(
      `incompatible bucket layout encountered for binary operator ${binary.operator}`,
      binary.position,
    );
    return undefined;
  }
}

export interface ScalarSide {
  readonly scalar: number;
  readonly isLeft: boolean;
}

export function vectorScalar(
  operation: Operation,
  samples: readonly Sample[],
  { scalar, isLeft }: ScalarSide,
): readonly Sample[] {
  const { operator, returnBool } = operation.binary;
  const isFilter = COMPARISONS[operator] !== undefined && !returnBool;
  const keepsName = isFilter || operator === '</' || operator === '>/';
  const result = samples.flatMap((sample) => {
    const { value, labels } = sample;
    const outcome = isLeft ? operate(operation, scalar, value) : operate(operation, value, scalar);
    if (outcome === undefined || !outcome.isKept) return [];
    return [
      {
        labels: keepsName ? labels : nameless(labels),
        value: isFilter ? value : outcome.value,
      },
    ];
  });
  return distinct(result);
}

function matchedLabels({ on, labels: names }: VectorMatching, labels: Labels): Labels {
  if (on) return pickLabels(labels, (name) => names.includes(name));
  return pickLabels(labels, (name) => name !== '__name__' && !names.includes(name));
}

/** `and`, `or`, `unless`. */
export function setOperation(
  { operator }: Binary,
  matching: VectorMatching,
  [left, right]: readonly [readonly Sample[], readonly Sample[]],
): readonly Sample[] {
  const signature = ({ labels }: Sample): string => labelsKey(matchedLabels(matching, labels));
  const isIn = (samples: readonly Sample[]): ((sample: Sample) => boolean) => {
    const signatures = new Set(samples.map(signature));
    return (sample) => signatures.has(signature(sample));
  };
  const inRight = isIn(right);
  const inLeft = isIn(left);
  if (operator === 'and') return left.filter(inRight);
  if (operator === 'unless') return left.filter((sample) => !inRight(sample));
  return [...left, ...right.filter((sample) => !inLeft(sample))];
}

/** Each sample of the "many" side with that of the "one" side which has the same matching labels. */
export function vectorVector(
  operation: Operation,
  matching: VectorMatching,
  [left, right]: readonly [readonly Sample[], readonly Sample[]],
): readonly Sample[] {
  const { fillLeft, fillRight, card } = matching;
  const hasFill = fillLeft !== undefined || fillRight !== undefined;
  if (left.length + right.length === 0) return [];
  if ((left.length === 0 || right.length === 0) && !hasFill) return [];
  const isSwapped = card === 'one-to-many';
  const [many, one] = isSwapped ? [right, left] : [left, right];
  const signature = ({ labels }: Sample): string => labelsKey(matchedLabels(matching, labels));
  const oneSide = new Map(one.map((sample) => [signature(sample), sample]));
  if (oneSide.size < one.length) throw new TwinError('found duplicate series for the match group');
  const filled = (partner: Sample, value: number): Sample => ({
    labels: matchedLabels(matching, partner.labels),
    value,
  });
  const matched = new Map<string, Set<string>>();
  const result: Sample[] = [];
  const pair = (fromMany: Sample, fromOne: Sample, group: string): void => {
    const outcome = isSwapped
      ? operate(operation, fromOne.value, fromMany.value)
      : operate(operation, fromMany.value, fromOne.value);
    if (outcome === undefined) return;
    const labels = resultLabels(operation.binary, matching, [fromMany.labels, fromOne.labels]);
    const seen = matched.get(group) ?? new Set();
    const isTaken = card === 'one-to-one' ? seen.size > 0 : seen.has(labelsKey(labels));
    if (isTaken) throw new TwinError('multiple matches for labels');
    matched.set(group, seen.add(labelsKey(labels)));
    if (outcome.isKept) result.push({ labels, value: outcome.value });
  };
  for (const sample of many) {
    const partner = oneSide.get(signature(sample));
    if (partner !== undefined) pair(sample, partner, signature(sample));
    else if (fillRight !== undefined) pair(sample, filled(sample, fillRight), signature(sample));
  }
  for (const [group, sample] of oneSide) {
    if (fillLeft === undefined || matched.has(group)) continue;
    pair(filled(sample, fillLeft), sample, group);
  }
  return distinct(result);
}

function resultLabels(
  { operator, returnBool }: Binary,
  matching: VectorMatching,
  [many, one]: readonly [Labels, Labels],
): Labels {
  let labels = ARITHMETIC[operator] === undefined ? many : nameless(many);
  if (matching.card === 'one-to-one') {
    labels = pickLabels(labels, (name) => matching.labels.includes(name) === matching.on);
  }
  for (const name of matching.include) labels = putLabel(labels, name, one[name] ?? '');
  return returnBool ? nameless(labels) : labels;
}
