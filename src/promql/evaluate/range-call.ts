import { EMPTY_LABELS, type Labels, labelsKey, labelValue, METRIC_NAME } from '#model';
import type { LabelChoice, SeriesGroups, SeriesSet } from '#storage';
import { rangeFunctions } from '../functions/range-functions.ts';
import { type RowFunction, rowFunctions } from '../functions/row-functions.ts';
import { closeStream, helpedStream } from '../parallel/helped-stream.ts';
import {
  metricNameOf,
  type RowWork,
  sharedSelector,
  type WorkStream,
} from '../parallel/row-work.ts';
import type { Call, Expr, MatrixSelector, Subquery } from '../parse/ast.ts';
import { absentOverTime } from './absent.ts';
import { argumentPlace, type CallContext, scalarArgument } from './call-context.ts';
import { type Evaluation, execution } from './evaluation.ts';
import {
  type Grid,
  isMetadataLabel,
  METADATA_LABELS,
  namesAgree,
  sampleCount,
  SeriesBuilder,
  stepTimeMs,
  type Value,
  withoutMetadata,
} from './matrix.ts';
import { infoPossibleNonCounter, infoPossibleNonCounterType } from './messages.ts';
import { entryBytes } from './memory-account.ts';
import { RangeColumns } from './range-columns.ts';
import { matrixSource, type RangeSource } from './selectors.ts';
import { type SeriesStream, type SeriesVisitor, seriesOf } from './series-stream.ts';
import { StepWindows } from './step-windows.ts';
import { subquerySource } from './subquery.ts';
import { type RangeFunction, Window } from './window.ts';

export interface RangeArgument {
  readonly index: number;
  readonly expr: MatrixSelector | Subquery;
}

/** The argument that is a range vector, if any. */
export function rangeArgument(call: Call): RangeArgument | undefined {
  for (const [index, expr] of call.args.entries()) {
    if (expr.kind === 'matrixSelector' || expr.kind === 'subquery') return { index, expr };
  }
  return undefined;
}

const ANCHORED_FUNCTIONS = ['changes', 'delta', 'increase', 'rate', 'resets'];
const SMOOTHED_FUNCTIONS = ['delta', 'increase', 'rate'];
/** They pick a sample as it is, so it keeps its name. */
const NAME_KEEPING: ReadonlySet<string> = new Set(['first_over_time', 'last_over_time']);

export function evaluateRangeCall(context: CallContext, argument: RangeArgument): Value {
  const { evaluation, grid, call } = context;
  const run = prepareRun(context, argument, false);
  const series = seriesOf(helpedStream(run, evaluation, false));
  if (call.func === 'absent_over_time') {
    return { kind: 'vector', series: absentOverTime(context, argument.index, series) };
  }
  const merged =
    evaluation.settings.delayedNameRemoval || run.hasUniqueLabels()
      ? series
      : evaluation.unique(series, grid);
  return { kind: 'vector', series: merged };
}

/**
 * The results of a call one by one, for a consumer that need not hold them. Undefined where they must be
 * seen together: two may turn out to have the same labels.
 */
export function streamRangeCall(
  context: CallContext,
  argument: RangeArgument,
): SeriesStream | undefined {
  if (context.call.func === 'absent_over_time') return undefined;
  const run = prepareRun(context, argument, true);
  // Others begin while labels are looked at.
  const stream = helpedStream(run, context.evaluation, true);
  if (run.hasUniqueLabels()) return stream;
  closeStream(stream);
  return undefined;
}

/** The results for another thread, which has the values of the other arguments. Throws QueryError. */
export function streamOfWork(
  context: CallContext,
  { scalars, metricName }: Pick<RowWork, 'scalars' | 'metricName'>,
): SeriesStream {
  const { evaluation, grid, call } = context;
  const argument = rangeArgument(call);
  if (argument?.expr.kind !== 'matrixSelector') throw execution(`cannot share ${call.func}`);
  const known = { set: undefined, metricName };
  const source = matrixSource(evaluation, grid, argument.expr, known);
  return new RangeRun(context, argument, { source, scalars, reuses: true });
}

function prepareRun(context: CallContext, argument: RangeArgument, reuses: boolean): RangeRun {
  checkExtension(context.call, argument);
  const scalars = scalarArguments(context, argument.index);
  const source =
    argument.expr.kind === 'subquery'
      ? subquerySource(context, argument.expr)
      : matrixSource(context.evaluation, context.grid, argument.expr);
  return new RangeRun(context, argument, { source, scalars, reuses });
}

function checkExtension(call: Call, { expr }: RangeArgument): void {
  if (expr.kind === 'subquery') return;
  const { anchored, smoothed } = expr.selector;
  const allowed = anchored ? ANCHORED_FUNCTIONS : SMOOTHED_FUNCTIONS;
  if ((!anchored && !smoothed) || allowed.includes(call.func)) return;
  const modifier = anchored ? 'anchored' : 'smoothed';
  throw execution(
    `${modifier} modifier can only be used with: ${allowed.join(', ')} - not with ${call.func}`,
  );
}

function scalarArguments(context: CallContext, rangeIndex: number): Float64Array[] {
  const scalars: Float64Array[] = [];
  for (let i = 0; i < context.call.args.length; i++) {
    if (i !== rangeIndex) scalars.push(scalarArgument(context, i));
  }
  return scalars;
}

/** One series with long windows alone may take minutes: so many samples, some milliseconds, go by at once. */
const SAMPLES_UNCHECKED_MAX = 1_000_000;

interface RunParts {
  readonly source: RangeSource;
  readonly scalars: readonly Float64Array[];
  /** Rows without histograms are filled anew for the next series. */
  readonly reuses: boolean;
}

/** One range function going over series after series, window after window. */
class RangeRun implements WorkStream {
  readonly #context: CallContext;
  readonly #argument: RangeArgument;
  readonly #source: RangeSource;
  readonly #scalars: readonly Float64Array[];
  readonly #window: Window;
  readonly #function: RangeFunction;
  readonly #keepsName: boolean;
  readonly #reuses: boolean;
  readonly #windows: StepWindows;
  /** For series of floats alone, where the function has such a form. */
  readonly #rowFunction: RowFunction | undefined;
  readonly #passTurns: (turns: number) => void;
  #spare: SeriesBuilder | undefined = undefined;
  #advisedName = '';
  #knownMetrics: SeriesGroups | undefined = undefined;
  /** By number of the metric. */
  readonly #isAdvised: boolean[] = [];

  constructor(
    context: CallContext,
    argument: RangeArgument,
    { source, scalars, reuses }: RunParts,
  ) {
    const { func } = context.call;
    this.#scalars = scalars;
    this.#reuses = reuses;
    const rangeFunction = rangeFunctions[func];
    if (rangeFunction === undefined) throw execution(`unknown function ${func}`);
    this.#context = context;
    this.#argument = argument;
    this.#passTurns = (turns) => context.evaluation.passTurns(turns);
    this.#source = source;
    this.#function = rangeFunction;
    this.#keepsName = NAME_KEEPING.has(func);
    const { expr } = argument;
    this.#window = new Window(
      new RangeColumns([], false, 0),
      source.rangeMs,
      // As in Prometheus, the first argument even where the range is another one.
      argumentPlace(context, 0),
      expr.kind === 'subquery' ? { anchored: false, smoothed: false } : expr.selector,
    );
    this.#windows = new StepWindows(context.grid, source);
    this.#rowFunction = rowFunctions[func]?.();
  }

  get count(): number {
    return this.#source.count;
  }

  get grid(): Grid {
    return this.#context.grid;
  }

  get set(): SeriesSet | undefined {
    return this.#source.set;
  }

  get spanMs(): number {
    return this.#source.spanMs;
  }

  get dropName(): boolean {
    return !this.#keepsName;
  }

  labels(index: number): Labels {
    const labels = this.#source.labels(index);
    return this.#keepsName ? labels : this.#context.evaluation.namelessLabels(labels);
  }

  again(evaluation: Evaluation): SeriesStream {
    const { grid } = this.#context;
    const matrix = this.#matrix();
    const { set } = this.#source;
    const metricName = metricNameOf(matrix.selector, evaluation.settings);
    const known = { set, metricName };
    return new RangeRun({ ...this.#context, evaluation }, this.#argument, {
      source: matrixSource(evaluation, grid, matrix, known),
      scalars: this.#scalars,
      reuses: true,
    });
  }

  describe(): Omit<RowWork, 'series' | 'settings' | 'grid'> {
    const { evaluation, call } = this.#context;
    const matrix = this.#matrix();
    const shared = { ...matrix, selector: sharedSelector(matrix.selector) };
    const args = call.args.map((arg, index) =>
      index === this.#argument.index ? shared : withoutValue(arg),
    );
    return {
      expr: { ...call, args },
      scalars: this.#scalars,
      detectsResets: evaluation.prepared.statistics.has(matrix.selector),
      metricName: metricNameOf(matrix.selector, evaluation.settings),
    };
  }

  #matrix(): MatrixSelector {
    const { expr } = this.#argument;
    if (expr.kind === 'matrixSelector') return expr;
    throw execution(`cannot share ${this.#context.call.func} of a subquery`);
  }

  visit(from: number, to: number, visitor: SeriesVisitor): void {
    const { evaluation, grid } = this.#context;
    for (let i = from; i < to; i++) {
      evaluation.checkTime();
      const result = this.#run(this.#source.read(i), i);
      if (result.isEmpty) evaluation.releaseRow(grid.steps);
      else visitor(result, i);
      if (result.isEmpty || (this.#reuses && result.histograms === undefined)) this.#spare = result;
    }
    this.#windows.flush(evaluation);
  }

  /** False if two results get the same labels once names are gone. */
  hasUniqueLabels(): boolean {
    if (this.#keepsName || this.#context.evaluation.settings.delayedNameRemoval) return true;
    const source = this.#source;
    const metrics = this.#metrics();
    if (metrics !== undefined) {
      if (metrics.count < 2) return true;
      const others = source.set?.groups?.({ names: METADATA_LABELS, without: true });
      return others?.count === source.count;
    }
    if (namesAgree(source.count, (index) => source.labels(index))) return true;
    const { evaluation } = this.#context;
    const before = evaluation.memory.operatorBytes;
    const seen = new Set<string>();
    for (let i = 0; i < this.#source.count; i++) {
      const key = labelsKey(withoutMetadata(this.#source.labels(i)));
      evaluation.passTurns(1);
      evaluation.memory.hold(entryBytes(key));
      seen.add(key);
    }
    evaluation.memory.releaseTo(before);
    return seen.size === this.#source.count;
  }

  groups({ names, without }: LabelChoice): SeriesGroups | undefined {
    const { set } = this.#source;
    if (this.#keepsName || this.#context.evaluation.settings.delayedNameRemoval) {
      return set?.groups?.({ names, without });
    }
    return set?.groups?.({
      names: without
        ? [...names, ...METADATA_LABELS]
        : names.filter((name) => !isMetadataLabel(name)),
      without,
    });
  }

  /** The series by the metric that they are of, where that is known. */
  #metrics(): SeriesGroups | undefined {
    const { set } = this.#source;
    this.#knownMetrics ??= set?.groups?.({ names: METADATA_LABELS, without: false });
    return this.#knownMetrics;
  }

  #run(columns: RangeColumns, index: number): SeriesBuilder {
    const { evaluation } = this.#context;
    const out = this.#builder(columns, index);
    const isPlain = columns.histogramCount === 0 && columns.floatStartsMs === undefined;
    const { anchored, smoothed } = this.#window;
    if (!isPlain || anchored || smoothed) this.#runWindows(columns, out);
    else this.#runRow(columns, out);
    evaluation.hold(sampleCount(out));
    this.#adviseCounter(out, columns, index);
    return out;
  }

  #runRow(columns: RangeColumns, out: SeriesBuilder): void {
    const { evaluation } = this.#context;
    const windows = this.#windows;
    const { floatTimesMs: timesMs, floatValues: values, floatCount: count } = columns;
    const times = { timesMs, count, spacingMs: columns.floatSpacingMs };
    windows.fitCounted(times, evaluation);
    const held = windows.samplesMax;
    evaluation.hold(held);
    const row = {
      windows,
      timesMs,
      values,
      count,
      isRising: columns.floatsRise,
      scalars: this.#scalars,
      passTurns: this.#passTurns,
    };
    if (this.#rowFunction === undefined || !this.#rowFunction(row, out)) {
      this.#runFitted(columns, out);
    }
    evaluation.release(held);
  }

  /** Window by window, where it is known already which rows they have. */
  #runFitted(columns: RangeColumns, out: SeriesBuilder): void {
    const { evaluation, grid } = this.#context;
    const scalars = this.#scalars;
    const window = this.#window;
    const { from, to, endsMs, rangeMs } = this.#windows;
    window.reset(columns);
    let unchecked = 0;
    for (let step = 0; step < grid.steps; step++) {
      if (to[step] === from[step]) continue;
      window.timeMs = stepTimeMs(grid, step);
      window.endMs = endsMs[step];
      window.startMs = window.endMs - rangeMs;
      window.from = from[step];
      window.to = to[step];
      unchecked += to[step] - from[step];
      if (unchecked > SAMPLES_UNCHECKED_MAX) {
        evaluation.checkTime();
        unchecked = 0;
      }
      for (let i = 0; i < scalars.length; i++) window.scalars[i] = scalars[i][step];
      this.#function(window, out, step);
    }
  }

  #runWindows(columns: RangeColumns, out: SeriesBuilder): void {
    const { evaluation, grid } = this.#context;
    const scalars = this.#scalars;
    const window = this.#window;
    const source = this.#source;
    window.reset(columns);
    let held = 0;
    let unchecked = 0;
    for (let step = 0; step < grid.steps; step++) {
      window.timeMs = stepTimeMs(grid, step);
      window.endMs = source.endMs(window.timeMs);
      window.startMs = window.endMs - source.rangeMs;
      window.moveTo(window.startMs - source.beforeMs, window.endMs + source.afterMs);
      const samples = window.floatCount + histogramSamples(window);
      if (samples === 0) continue;
      unchecked += samples;
      if (unchecked > SAMPLES_UNCHECKED_MAX) {
        evaluation.checkTime();
        unchecked = 0;
      }
      evaluation.hold(samples - held);
      held = samples;
      evaluation.countAtStep(step, samples);
      for (let i = 0; i < scalars.length; i++) window.scalars[i] = scalars[i][step];
      this.#function(window, out, step);
    }
    evaluation.release(held);
  }

  #builder(columns: RangeColumns, index: number): SeriesBuilder {
    const { evaluation, grid } = this.#context;
    evaluation.holdRow(grid.steps);
    const dropName = this.#keepsName ? columns.dropName : true;
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) spare.reuse(EMPTY_LABELS, dropName);
    const builder = spare ?? new SeriesBuilder(EMPTY_LABELS, dropName, grid.steps);
    builder.labelLater(this, index);
    return builder;
  }

  /** `rate` of what does not look like a counter deserves a hint. */
  #adviseCounter(out: SeriesBuilder, columns: RangeColumns, index: number): void {
    const { call, evaluation } = this.#context;
    if (call.func !== 'rate' && call.func !== 'increase') return;
    const metric = this.#metrics()?.ids[index];
    if (metric !== undefined) {
      if (this.#isAdvised[metric] || out.isEmpty || !out.kinds.includes(1)) return;
      this.#isAdvised[metric] = true;
    }
    const name = labelValue(columns.labels, METRIC_NAME);
    if (name === '' || name === this.#advisedName || out.isEmpty || !out.kinds.includes(1)) return;
    if (!evaluation.settings.typeAndUnitLabels) this.#advisedName = name;
    if (evaluation.settings.typeAndUnitLabels) {
      const type = labelValue(columns.labels, '__type__');
      if (type !== 'counter' && type !== 'histogram') {
        infoPossibleNonCounterType(this.#window.place, name, type);
      }
    } else if (!/(_total|_sum|_count|_bucket)$/.test(name)) {
      infoPossibleNonCounter(this.#window.place, name);
    }
  }
}

function histogramSamples(window: Window): number {
  if (window.histogramTo === 0) return 0;
  return window.series.histogramSize(window.histogramFrom, window.histogramTo);
}

/** Stands for an argument whose value is known. */
function withoutValue({ position }: Expr): Expr {
  return { kind: 'number', value: 0, isDuration: false, position };
}
