import { allBuckets, type Bucket, type FloatHistogram, usesCustomBuckets } from '#model';
import { type CallContext, vectorArgument } from '../evaluate/call-context.ts';
import { KahanSum } from '../evaluate/kahan.ts';
import { HISTOGRAM, histogramAt, type Series, type Value } from '../evaluate/matrix.ts';

type HistogramFunction = (histogram: FloatHistogram) => number;

/** Native histograms through a function that gives a number; floats are left out. */
function mapHistograms(map: HistogramFunction): (context: CallContext) => Value {
  return (context) => {
    const { evaluation, grid } = context;
    const result: Series[] = [];
    for (const one of vectorArgument(context, 0)) {
      if (one.histograms === undefined) continue;
      evaluation.passTurns(100 * grid.steps);
      const out = evaluation.newRow(evaluation.namelessLabels(one.labels), true, grid.steps);
      for (let step = 0; step < grid.steps; step++) {
        if (one.kinds[step] === HISTOGRAM) out.setFloat(step, map(histogramAt(one, step)));
      }
      if (!out.isEmpty) result.push(out);
    }
    return { kind: 'vector', series: evaluation.unique(result, grid) };
  };
}

function variance(histogram: FloatHistogram): number {
  const mean = histogram.sum / histogram.count;
  const sum = new KahanSum();
  for (const bucket of allBuckets(histogram)) {
    if (bucket.count === 0) continue;
    const delta = middle(histogram, bucket) - mean;
    sum.add(bucket.count * delta * delta);
  }
  return sum.total / histogram.count;
}

/** Where the observations of a bucket are taken to be. */
function middle(histogram: FloatHistogram, bucket: Bucket): number {
  if (usesCustomBuckets(histogram)) return (bucket.upper + bucket.lower) / 2;
  if (bucket.lower <= 0 && bucket.upper >= 0) return 0;
  const geometric = Math.sqrt(bucket.upper * bucket.lower);
  return bucket.upper < 0 ? -geometric : geometric;
}

export const histogramValueFunctions: Readonly<Record<string, (context: CallContext) => Value>> = {
  histogram_avg: mapHistograms((histogram) => histogram.sum / histogram.count),
  histogram_count: mapHistograms((histogram) => histogram.count),
  histogram_stddev: mapHistograms((histogram) => Math.sqrt(variance(histogram))),
  histogram_stdvar: mapHistograms(variance),
  histogram_sum: mapHistograms((histogram) => histogram.sum),
};
