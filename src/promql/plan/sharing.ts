import { canFold } from '../evaluate/aggregate-groups.ts';
import { aggregateOf, type Operator, type OperatorKind, type Plan } from './operator.ts';

/** Read by the operator around them, as part of it: they have no value that could be kept. */
const WITHOUT_VALUE: ReadonlySet<OperatorKind> = new Set([
  'constant',
  'infoSeries',
  'string',
  'subquery',
  'timestamps',
  'windows',
]);

/**
 * Decides what is evaluated once though several need it:
 * - Does it feed folding aggregations alone, one pass over its series feeds all of them, and no row is held.
 * - Otherwise somebody holds all of its rows anyway; they are kept until the last one has used them.
 * What reads nothing from the storage is made anew each time: that costs nothing.
 */
export function decideSharing({ root, operators }: Plan): void {
  const users = usersOf(operators);
  /** How many times an operator runs. */
  const runs = new Map<Operator, number>([[root, 1]]);
  const readers = readersOf(operators);
  for (const operator of operators.toReversed()) {
    const own = users.get(operator) ?? [];
    const uses = own.reduce((sum, user) => sum + (runs.get(user) ?? 0), operator === root ? 1 : 0);
    const isShared = uses > 1 && !WITHOUT_VALUE.has(operator.kind) && readers.has(operator);
    if (isShared) {
      operator.sharing = own.every((user) => folds(user, operator))
        ? { how: 'together', readers: own.toReversed() }
        : { how: 'kept', uses };
    }
    runs.set(operator, isShared ? 1 : uses);
  }
}

/** For each operator those that have it as an input, the last ones first; twice if it is so twice. */
function usersOf(operators: readonly Operator[]): Map<Operator, Operator[]> {
  const users = new Map<Operator, Operator[]>();
  for (const operator of operators.toReversed()) {
    for (const input of operator.inputs) {
      const known = users.get(input);
      if (known === undefined) users.set(input, [operator]);
      else known.push(operator);
    }
  }
  return users;
}

/** Operators that read from the storage, themselves or through their inputs. */
function readersOf(operators: readonly Operator[]): Set<Operator> {
  const readers = new Set<Operator>();
  for (const operator of operators) {
    if (operator.reads !== undefined || operator.inputs.some((input) => readers.has(input))) {
      readers.add(operator);
    }
  }
  return readers;
}

/** True if the operator takes the series of the input one by one, at the same instants. */
function folds(operator: Operator, input: Operator): boolean {
  if (operator.kind !== 'aggregation' || operator.isOnce) return false;
  if (operator.inputs[0] !== input) return false;
  const aggregate = aggregateOf(operator);
  return canFold(aggregate) && aggregate.param === undefined;
}
