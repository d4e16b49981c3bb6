import { QueryError } from '../result.ts';
import type { BinaryContext } from './arithmetic.ts';
import { ABSENT, type Series, SeriesBuilder } from './matrix.ts';
import { signatureOf } from './signature.ts';
import { entryBytes } from './memory-account.ts';

export interface VectorOperation extends BinaryContext {
  readonly left: readonly Series[];
  readonly right: readonly Series[];
}

/** `and`, `or`, `unless`: whole samples are kept or left out, step by step. */
export function evaluateSetOperator(operation: VectorOperation): readonly Series[] {
  const { binary, evaluation, grid } = operation;
  switch (binary.operator) {
    case 'and':
      return keepWhere(operation, operation.left, operation.right, true);
    case 'unless':
      return keepWhere(operation, operation.left, operation.right, false);
    case 'or': {
      const added = keepWhere(operation, operation.right, operation.left, false);
      return evaluation.unique([...operation.left, ...added], grid);
    }
    default:
      throw new QueryError('internal', `cannot use ${binary.operator} as a set operator`);
  }
}

/** The samples of `series` at whose step the other side has (or has not) one of the same signature. */
function keepWhere(
  operation: VectorOperation,
  series: readonly Series[],
  others: readonly Series[],
  present: boolean,
): Series[] {
  const presence = presenceBySignature(operation, others);
  const signature = signatureFunction(operation);
  const result: Series[] = [];
  for (const one of series) {
    operation.evaluation.passTurns(1 + operation.grid.steps);
    const steps = presence.get(signature(one));
    if (steps === undefined) {
      if (!present) result.push(one);
      continue;
    }
    operation.evaluation.holdRow(steps.length);
    const kept = masked(one, steps, present ? 1 : 0);
    if (!kept.isEmpty) result.push(kept);
  }
  return result;
}

function signatureFunction({ binary }: VectorOperation): (series: Series) => string {
  if (binary.matching === undefined) throw new QueryError('internal', 'cannot match vectors');
  const signature = signatureOf(binary.matching);
  return (series) => signature(series.labels);
}

function presenceBySignature(
  operation: VectorOperation,
  series: readonly Series[],
): Map<string, Uint8Array> {
  const signature = signatureFunction(operation);
  const presence = new Map<string, Uint8Array>();
  for (const one of series) {
    operation.evaluation.passTurns(1 + operation.grid.steps);
    const key = signature(one);
    let steps = presence.get(key);
    if (steps === undefined) {
      operation.evaluation.memory.hold(entryBytes(key) + operation.grid.steps);
      steps = new Uint8Array(operation.grid.steps);
      presence.set(key, steps);
    }
    for (let step = 0; step < steps.length; step++) {
      if (one.kinds[step] !== ABSENT) steps[step] = 1;
    }
  }
  return presence;
}

function masked(series: Series, steps: Uint8Array, wanted: 0 | 1): SeriesBuilder {
  const out = new SeriesBuilder(series.labels, series.dropName, steps.length);
  for (let step = 0; step < steps.length; step++) {
    if (series.kinds[step] !== ABSENT && steps[step] === wanted) out.copy(step, series);
  }
  return out;
}
