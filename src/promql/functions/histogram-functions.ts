import {
  formatFloatCompact,
  labelsKey,
  labelValue,
  withLabel,
  withoutLabel,
  type Labels,
} from '#model';
import {
  argumentPlace,
  type CallContext,
  scalarArgument,
  stringArgument,
  vectorArgument,
} from '../evaluate/call-context.ts';
import {
  FLOAT,
  HISTOGRAM,
  histogramAt,
  type Series,
  SeriesBuilder,
  stepTimeMs,
  type Value,
  withKinds,
} from '../evaluate/matrix.ts';
import {
  infoFractionNaN,
  infoQuantileNaN,
  type Place,
  warnBadBucket,
  warnInvalidQuantile,
  warnMixedClassicNative,
} from '../evaluate/messages.ts';
import {
  type ClassicBucket,
  classicFraction,
  classicQuantile,
  type ForcedMonotonicity,
} from './classic-histogram.ts';
import { nativeFraction, nativeQuantile, type NativeResult } from './native-quantile.ts';
import { parseBound } from './parse-bound.ts';
import { entryBytes } from '../evaluate/memory-account.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';

/** The series that together are one histogram: classic buckets, a native one, or (wrongly) both. */
interface HistogramGroup {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly buckets: { readonly upperBound: number; readonly series: Series }[];
  readonly native: Series[];
}

/** Computes one number out of a histogram at a step. */
interface Reduction {
  readonly classic: (buckets: readonly ClassicBucket[], step: number, labels: Labels) => number;
  readonly native: (series: Series, step: number) => number;
}

export function histogramQuantile(context: CallContext): Value {
  const quantiles = scalarArgument(context, 0);
  const series = vectorArgument(context, 1);
  warnQuantiles(context, 0, quantiles);
  const reduction = quantileReduction(context, quantiles, argumentPlace(context, 1));
  const groups = groupHistograms(context, series, argumentPlace(context, 1));
  return reduced(context, groups, [plainOutput(reduction)]);
}

/** One series for each quantile, the quantile in a label. */
export function histogramQuantiles(context: CallContext): Value {
  const series = vectorArgument(context, 0);
  const label = stringArgument(context, 1);
  const outputs = [];
  for (let i = 2; i < context.call.args.length; i++) {
    const quantiles = scalarArgument(context, i);
    warnQuantiles(context, i, quantiles);
    const reduction = quantileReduction(context, quantiles, argumentPlace(context, 0));
    for (const quantile of new Set(quantiles)) {
      const text = quantileText(quantile);
      outputs.push({
        reduction,
        isWanted: (step: number) => Object.is(quantiles[step], quantile),
        labels: (labels: Labels) => withLabel(labels, label, text),
      });
    }
  }
  const groups = groupHistograms(context, series, argumentPlace(context, 0));
  return reduced(context, groups, outputs);
}

/** As OpenMetrics writes floats: never like an integer. */
function quantileText(quantile: number): string {
  const text = formatFloatCompact(quantile);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

export function histogramFraction(context: CallContext): Value {
  const lower = scalarArgument(context, 0);
  const upper = scalarArgument(context, 1);
  const series = vectorArgument(context, 2);
  const place = argumentPlace(context, 2);
  const reduction: Reduction = {
    classic: (buckets, step) => classicFraction(lower[step], upper[step], buckets),
    native: (one, step) => {
      const result = nativeFraction(lower[step], upper[step], histogramAt(one, step));
      if (result.effect !== 'none') infoFractionNaN(place, nameOf(context, one.labels));
      return result.value;
    },
  };
  const groups = groupHistograms(context, series, argumentPlace(context, 2));
  return reduced(context, groups, [plainOutput(reduction)]);
}

function nameOf({ evaluation }: CallContext, labels: Labels): string {
  return evaluation.remainingName(labels);
}

function warnQuantiles(context: CallContext, argument: number, quantiles: Float64Array): void {
  const place = argumentPlace(context, argument);
  for (const quantile of quantiles) {
    if (!(quantile >= 0 && quantile <= 1)) warnInvalidQuantile(place, quantile);
  }
}

function quantileReduction(context: CallContext, quantiles: Float64Array, place: Place): Reduction {
  return {
    classic: (buckets, step, labels) => {
      const { value, forced } = classicQuantile(quantiles[step], buckets);
      if (forced !== undefined) {
        const timeMs = stepTimeMs(context.grid, step);
        adviseForced(place, nameOf(context, labels), { forced, timeMs });
      }
      return value;
    },
    native: (series, step) => {
      const result = nativeQuantile(quantiles[step], histogramAt(series, step));
      adviseNaN(place, nameOf(context, series.labels), result);
      return result.value;
    },
  };
}

function adviseNaN(place: Place, name: string, { effect }: NativeResult): void {
  if (effect === 'result' || effect === 'skew') infoQuantileNaN(place, name, effect === 'skew');
}

function adviseForced(
  { annotations, position }: Place,
  name: string,
  { forced, timeMs }: { readonly forced: ForcedMonotonicity; readonly timeMs: number },
): void {
  annotations.forcedMonotonicity(name, {
    ...forced,
    position,
    firstMs: timeMs,
    lastMs: timeMs,
    samples: 1,
  });
}

function groupHistograms(
  context: CallContext,
  series: readonly Series[],
  place: Place,
): HistogramGroup[] {
  const groups = new Map<string, HistogramGroup>();
  const groupOf = (labels: Labels, dropName: boolean): HistogramGroup => {
    const key = labelsKey(labels);
    let group = groups.get(key);
    if (group === undefined) {
      context.evaluation.memory.hold(entryBytes(key));
      group = { labels, dropName, buckets: [], native: [] };
      groups.set(key, group);
    }
    return group;
  };
  for (const one of series) {
    context.evaluation.passTurns(1);
    if (one.kinds.includes(FLOAT)) {
      const text = labelValue(one.labels, 'le');
      const upperBound = parseBound(text);
      if (upperBound === undefined) {
        warnBadBucket(place, nameOf(context, one.labels), text);
      } else {
        const group = groupOf(withoutLabel(one.labels, 'le'), one.dropName);
        group.buckets.push({ upperBound, series: one });
      }
    }
    // A native histogram may have an `le` label of its own, which is an ordinary one.
    if (one.histograms !== undefined) groupOf(one.labels, one.dropName).native.push(one);
  }
  return [...groups.values()].map((group) => withoutConflicts(context, group, place));
}

/** Where a classic and a native histogram have the same name and labels, nothing is computed. */
function withoutConflicts(
  context: CallContext,
  group: HistogramGroup,
  place: Place,
): HistogramGroup {
  if (group.native.length === 0 || group.buckets.length === 0) return group;
  const isConflict = new Uint8Array(context.grid.steps);
  for (let step = 0; step < isConflict.length; step++) {
    const hasNative = group.native.some((series) => series.kinds[step] === HISTOGRAM);
    const hasClassic = group.buckets.some(({ series }) => series.kinds[step] === FLOAT);
    if (!hasNative || !hasClassic) continue;
    isConflict[step] = 1;
    warnMixedClassicNative(place, nameOf(context, group.labels));
  }
  const cleared = (series: Series): Series =>
    withKinds(
      series,
      series.kinds.map((kind, step) => (isConflict[step] === 1 ? 0 : kind)),
    );
  return {
    ...group,
    buckets: group.buckets.map(({ upperBound, series }) => ({
      upperBound,
      series: cleared(series),
    })),
    native: group.native.map(cleared),
  };
}

interface Output {
  readonly reduction: Reduction;
  /** At other steps nothing comes out. */
  readonly isWanted: (step: number) => boolean;
  readonly labels: (labels: Labels) => Labels;
}

function plainOutput(reduction: Reduction): Output {
  return { reduction, isWanted: () => true, labels: (labels) => labels };
}

function reduced(
  context: CallContext,
  groups: readonly HistogramGroup[],
  outputs: readonly Output[],
): Value {
  const { evaluation, grid } = context;
  const result: Series[] = [];
  for (const output of outputs) {
    for (const group of groups) {
      evaluation.checkTime();
      const labels = output.labels(evaluation.namelessLabels(group.labels));
      const out = evaluation.newRow(labels, true, grid.steps);
      for (const native of group.native) reduceNative(evaluation, native, { output, out });
      if (group.buckets.length > 0) reduceClassic(evaluation, group, { output, out });
      if (!out.isEmpty) result.push(out);
    }
  }
  return { kind: 'vector', series: evaluation.unique(result, grid) };
}

interface Reducing {
  readonly output: Output;
  readonly out: SeriesBuilder;
}

function reduceNative(evaluation: Evaluation, series: Series, { output, out }: Reducing): void {
  for (let step = 0; step < series.kinds.length; step++) {
    evaluation.passTurns(10);
    if (series.kinds[step] !== HISTOGRAM || !output.isWanted(step)) continue;
    out.setFloat(step, output.reduction.native(series, step));
  }
}

function reduceClassic(
  evaluation: Evaluation,
  group: HistogramGroup,
  { output, out }: Reducing,
): void {
  for (let step = 0; step < out.kinds.length; step++) {
    if (!output.isWanted(step)) continue;
    evaluation.passTurns(group.buckets.length);
    const buckets: ClassicBucket[] = [];
    for (const { upperBound, series } of group.buckets) {
      if (series.kinds[step] === FLOAT) buckets.push({ upperBound, count: series.values[step] });
    }
    if (buckets.length > 0)
      out.setFloat(step, output.reduction.classic(buckets, step, group.labels));
  }
}
