import { absentSeries } from '../evaluate/absent.ts';
import { type CallContext, scalarArgument, vectorArgument } from '../evaluate/call-context.ts';
import {
  FLOAT,
  type Series,
  SeriesBuilder,
  stepTimeMs,
  type Value,
  withKinds,
} from '../evaluate/matrix.ts';
import { selectStartTimestamps, selectTimestamps } from '../evaluate/selectors.ts';
import { dateFunctions } from './date-functions.ts';
import { largerOf, smallerOf } from './extremes.ts';
import { histogramFraction, histogramQuantile, histogramQuantiles } from './histogram-functions.ts';
import { histogramValueFunctions } from './histogram-values.ts';
import { info } from './info.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { mathFunctions } from './math-functions.ts';
import { sortByLabels, sortByValue } from './sort-functions.ts';

type InstantFunction = (context: CallContext) => Value;

function vector(series: readonly Series[]): Value {
  return { kind: 'vector', series };
}

/** Float samples through a function of one number; histograms are left out. */
export function mapFloats(
  context: CallContext,
  series: readonly Series[],
  map: (value: number, step: number) => number,
): Value {
  const { evaluation, grid } = context;
  const result: Series[] = [];
  for (const one of series) {
    evaluation.checkTime();
    const out = evaluation.newRow(evaluation.namelessLabels(one.labels), true, grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      if (one.kinds[step] === FLOAT) out.setFloat(step, map(one.values[step], step));
    }
    if (!out.isEmpty) result.push(out);
  }
  return vector(evaluation.unique(result, grid));
}

function scalarOfSteps({ grid }: CallContext, value: (timeMs: number) => number): Value {
  const values = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step++) values[step] = value(stepTimeMs(grid, step));
  return { kind: 'scalar', values };
}

function mathCall(map: (value: number) => number): InstantFunction {
  return (context) => mapFloats(context, vectorArgument(context, 0), map);
}

/** Date functions without an argument speak of the step's own time. */
function dateCall(map: (seconds: number) => number): InstantFunction {
  return (context) => {
    if (context.call.args.length > 0) {
      return mapFloats(context, vectorArgument(context, 0), map);
    }
    const { grid } = context;
    const out = new SeriesBuilder([], false, grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      out.setFloat(step, map(Math.trunc(stepTimeMs(grid, step) / 1000)));
    }
    return vector([out]);
  };
}

function clamp(context: CallContext): Value {
  const series = vectorArgument(context, 0);
  const least = scalarArgument(context, 1);
  const most = scalarArgument(context, 2);
  const kept = series.map((one) => withoutSteps(one, (step) => most[step] < least[step]));
  return mapFloats(context, kept, (value, step) =>
    largerOf(least[step], smallerOf(most[step], value)),
  );
}

function withoutSteps(series: Series, isGone: (step: number) => boolean): Series {
  const kinds = series.kinds.map((kind, step) => (isGone(step) ? 0 : kind));
  return withKinds(series, kinds);
}

function clampTo(context: CallContext, choose: (a: number, b: number) => number): Value {
  const series = vectorArgument(context, 0);
  const bound = scalarArgument(context, 1);
  return mapFloats(context, series, (value, step) => choose(bound[step], value));
}

function round(context: CallContext): Value {
  const series = vectorArgument(context, 0);
  const nearest = context.call.args.length > 1 ? scalarArgument(context, 1) : undefined;
  return mapFloats(context, series, (value, step) => {
    // Multiplying by the inverse is less inexact than dividing.
    const inverse = nearest === undefined ? 1 : 1 / nearest[step];
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}

/** The one float of a vector; NaN where there is none, or more. */
function scalar(context: CallContext): Value {
  const series = vectorArgument(context, 0);
  const { steps } = context.grid;
  const values = new Float64Array(steps).fill(NaN);
  for (let step = 0; step < steps; step++) {
    let found = 0;
    for (const one of series) {
      if (one.kinds[step] !== FLOAT) continue;
      found++;
      values[step] = found === 1 ? one.values[step] : NaN;
    }
  }
  return { kind: 'scalar', values };
}

function vectorOfScalar(context: CallContext): Value {
  const values = scalarArgument(context, 0);
  const out = new SeriesBuilder([], false, values.length);
  for (const [step, value] of values.entries()) out.setFloat(step, value);
  return vector([out]);
}

/** Of a selector, the samples' own time; of anything else, that of the step. */
function timestamp(context: CallContext): Value {
  const { evaluation, grid, call } = context;
  const [arg] = call.args;
  if (arg.kind === 'vectorSelector' && !arg.smoothed) {
    return mapFloats(context, selectTimestamps(evaluation, grid, arg), (seconds) => seconds);
  }
  return timesOf(context, vectorArgument(context, 0));
}

function timesOf(context: CallContext, series: readonly Series[]): Value {
  const { grid } = context;
  const present = series.map((one) =>
    withKinds(
      one,
      one.kinds.map((kind) => (kind === 0 ? 0 : FLOAT)),
    ),
  );
  return mapFloats(context, present, (_, step) => stepTimeMs(grid, step) / 1000);
}

function startTimestamp(context: CallContext): Value {
  const { evaluation, grid, call } = context;
  const [arg] = call.args;
  if (arg.kind !== 'vectorSelector') return vector([]);
  const series = selectStartTimestamps(evaluation, grid, arg);
  return mapFloats(context, series, (seconds) => seconds);
}

function pick(context: CallContext, choose: (a: number, b: number) => number): Value {
  const values = scalarArgument(context, 0).slice();
  for (let i = 1; i < context.call.args.length; i++) {
    const others = scalarArgument(context, i);
    for (let step = 0; step < values.length; step++) {
      values[step] = choose(values[step], others[step]);
    }
  }
  return { kind: 'scalar', values };
}

/** `start()`, `end()`, `range()`, `step()`: of the whole query, in seconds. */
function ofQuery(context: CallContext): Value {
  const { grid, stepMs } = context.evaluation.settings;
  const lastMs = grid.startMs + (grid.steps - 1) * grid.stepMs;
  switch (context.call.func) {
    case 'start':
      return scalarOfSteps(context, () => grid.startMs / 1000);
    case 'end':
      return scalarOfSteps(context, () => lastMs / 1000);
    case 'range':
      return scalarOfSteps(context, () => (lastMs - grid.startMs) / 1000);
    default:
      return scalarOfSteps(context, () => stepMs / 1000);
  }
}

function entriesOf<T>(
  table: Readonly<Record<string, T>>,
  make: (entry: T) => InstantFunction,
): Record<string, InstantFunction> {
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, make(entry)]));
}

/** All functions that take no range vector, by name. */
export const instantFunctions: Readonly<Record<string, InstantFunction | undefined>> = {
  ...entriesOf(mathFunctions, mathCall),
  ...entriesOf(dateFunctions, dateCall),
  ...histogramValueFunctions,
  absent: (context) => vector(absentSeries(context, vectorArgument(context, 0))),
  clamp,
  clamp_max: (context) => clampTo(context, smallerOf),
  clamp_min: (context) => clampTo(context, largerOf),
  end: ofQuery,
  histogram_fraction: histogramFraction,
  histogram_quantile: histogramQuantile,
  histogram_quantiles: histogramQuantiles,
  info,
  label_join: labelJoin,
  label_replace: labelReplace,
  max_of: (context) => pick(context, largerOf),
  min_of: (context) => pick(context, smallerOf),
  pi: (context) => scalarOfSteps(context, () => Math.PI),
  range: ofQuery,
  round,
  scalar,
  sort: (context) => sortByValue(context, 1),
  sort_desc: (context) => sortByValue(context, -1),
  sort_by_label: (context) => sortByLabels(context, 1),
  sort_by_label_desc: (context) => sortByLabels(context, -1),
  start: ofQuery,
  start_timestamp: startTimestamp,
  step: ofQuery,
  time: (context) => scalarOfSteps(context, (timeMs) => timeMs / 1000),
  timestamp,
  vector: vectorOfScalar,
};
