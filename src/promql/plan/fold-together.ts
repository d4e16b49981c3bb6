import type { AggregateBase } from '../evaluate/aggregate-context.ts';
import { groupIds, type SeriesFold, startFold } from '../evaluate/aggregate-groups.ts';
import { Annotations } from '../evaluate/annotations.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Series } from '../evaluate/matrix.ts';
import type { SeriesStream } from '../evaluate/series-stream.ts';
import type { Aggregate } from '../parse/ast.ts';
import { aggregateOf, type Operator } from './operator.ts';
import type { SideEffects } from './shared-values.ts';

interface Reader {
  readonly operator: Operator;
  readonly fold: SeriesFold;
  readonly aggregate: Aggregate;
  /** What it has to tell is told where it stands in the query. */
  readonly annotations: Annotations;
}

/**
 * Feeds several aggregations by one pass over the series that they have in common. Gives the result of the one
 * that is due, and keeps those of the others. Undefined where all of them at once are too much.
 */
export function foldTogether(
  context: AggregateBase,
  operators: readonly Operator[],
  open: () => SeriesStream,
): readonly Series[] | undefined {
  return context.evaluation.attempt(() => foldAll(context, operators, open));
}

function foldAll(
  context: AggregateBase,
  operators: readonly Operator[],
  open: () => SeriesStream,
): readonly Series[] {
  const { evaluation, grid } = context;
  const readers = operators.map((operator) => {
    const aggregate = aggregateOf(operator);
    const fold = startFold({ evaluation, grid, aggregate });
    return { operator, aggregate, fold, annotations: new Annotations() };
  });
  const input = evaluation.record(() => feed(context, readers, open()));
  const own = evaluation.plan.operatorOf.get(context.aggregate);
  let due: readonly Series[] = [];
  const told = new Annotations();
  for (const reader of readers) {
    const series = asReader(evaluation, reader, () => reader.fold.finish());
    if (reader.operator === own) {
      due = series;
      told.absorb(reader.annotations);
    } else keepResult(evaluation, reader, { input, series });
  }
  // Nothing can fail any more.
  evaluation.tell(input);
  evaluation.annotations.absorb(told);
  return due;
}

function feed(
  { evaluation, grid }: AggregateBase,
  readers: readonly Reader[],
  stream: SeriesStream,
): void {
  const ids = readers.map(({ aggregate }) => groupIds(aggregate, stream));
  stream.visit(0, stream.count, (series, index) => {
    for (const [i, reader] of readers.entries()) {
      asReader(evaluation, reader, () => reader.fold.add(series, ids[i]?.[index]));
    }
    evaluation.releaseRow(grid.steps);
  });
}

function asReader<T>(evaluation: Evaluation, { operator, annotations }: Reader, run: () => T): T {
  const before = evaluation.annotations;
  evaluation.annotations = annotations;
  evaluation.meter?.enter(operator);
  const result = run();
  evaluation.meter?.leave();
  evaluation.annotations = before;
  return result;
}

function keepResult(
  evaluation: Evaluation,
  { operator, annotations }: Reader,
  { input, series }: { readonly input: SideEffects; readonly series: readonly Series[] },
): void {
  const all = new Annotations();
  all.absorb(input.annotations);
  all.absorb(annotations);
  const shared = {
    value: { kind: 'vector', series } as const,
    stepSamples: input.stepSamples,
    annotations: all,
    weight: evaluation.holdSeries(series),
  };
  const { sharing } = operator;
  const usesLeft = sharing.how === 'kept' ? sharing.uses : 1;
  evaluation.shared.begin(operator);
  evaluation.shared.keep(operator, shared, { usesLeft, isInUse: false });
}
