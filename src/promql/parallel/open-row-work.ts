import type { Querier, SeriesSet } from '#storage';
import { Evaluation, type Settings } from '../evaluate/evaluation.ts';
import type { Prepared } from '../evaluate/prepare.ts';
import { rangeArgument, streamOfWork } from '../evaluate/range-call.ts';
import { streamInstants } from '../evaluate/selectors.ts';
import type { SeriesStream } from '../evaluate/series-stream.ts';
import type { VectorSelector } from '../parse/ast.ts';
import { buildPlan } from '../plan/build.ts';
import { QueryError } from '../result.ts';
import { PortionMaker } from './portion-rows.ts';
import type { RowWork } from './row-work.ts';

/**
 * Begins to make rows for another thread. `set` is what that one shared; `isStopped` is asked every few
 * series. Throws QueryError.
 */
export function openRowWork(work: RowWork, set: SeriesSet, isStopped: () => boolean): PortionMaker {
  const evaluation = evaluationOf(work, set, isStopped);
  const { steps } = work.grid;
  return new PortionMaker(streamOf(work, evaluation), evaluation, { steps, isStopped });
}

function evaluationOf(work: RowWork, set: SeriesSet, isStopped: () => boolean): Evaluation {
  const settings: Settings = {
    ...work.settings,
    grid: work.grid,
    isCancelled: isStopped,
    // Who asked looks at the clock.
    isTimedOut: () => false,
    sharesOperators: false,
    defaultSubqueryStepMs: () => 0,
    helpers: undefined,
  };
  const prepared: Prepared = {
    expr: work.expr,
    originals: new Map(),
    invariant: new Set(),
    statistics: new Set(work.detectsResets ? [selectorOf(work)] : []),
    surroundings: new Map(),
  };
  const plan = buildPlan(prepared, settings);
  return new Evaluation(settings, querierOf(set), { prepared, plan, meter: undefined });
}

function selectorOf({ expr }: RowWork): VectorSelector {
  if (expr.kind === 'vectorSelector') return expr;
  const argument = rangeArgument(expr);
  if (argument?.expr.kind === 'matrixSelector') return argument.expr.selector;
  throw new QueryError('internal', `cannot share the arguments of ${expr.func}`);
}

function streamOf(work: RowWork, evaluation: Evaluation): SeriesStream {
  const { expr, grid } = work;
  if (expr.kind === 'vectorSelector') return streamInstants(evaluation, grid, expr);
  return streamOfWork({ evaluation, grid, call: expr, evaluate: refuse }, work);
}

function refuse(): never {
  throw new QueryError('internal', 'cannot evaluate what was not shared');
}

/** Has this one set, whatever is asked. */
function querierOf(set: SeriesSet): Querier {
  const none = { names: [], warnings: [] };
  return {
    select: () => set,
    labelNames: () => none,
    labelValues: () => none,
    close: () => {},
  };
}
