import { formatFloatCompact } from '#model';
import type { PositionRange } from '../parse/ast.ts';
import { type Annotations, forMetric } from './annotations.ts';

/** Which arithmetic a text about histograms is about. */
export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation';

export interface Place {
  readonly annotations: Annotations;
  readonly position: PositionRange;
}

export function warnMixedSamples({ annotations, position }: Place, metricName: string): void {
  annotations.warn(
    `encountered a mix of histograms and floats for metric name ${JSON.stringify(metricName)}`,
    position,
  );
}

export function warnMixedAggregation({ annotations, position }: Place): void {
  annotations.warn('encountered a mix of histograms and floats for aggregation', position);
}

export function warnMixedSchemas({ annotations, position }: Place, metricName: string): void {
  annotations.warn(
    `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metricName)}`,
    position,
  );
}

export function warnNotCounter({ annotations, position }: Place, metricName: string): void {
  annotations.warn(
    `this native histogram metric is not a counter: ${JSON.stringify(metricName)}`,
    position,
  );
}

export function warnNotGauge({ annotations, position }: Place, metricName: string): void {
  annotations.warn(
    `this native histogram metric is not a gauge: ${JSON.stringify(metricName)}`,
    position,
  );
}

export function warnResetCollision(
  { annotations, position }: Place,
  operation: HistogramOperation,
): void {
  annotations.warn(`conflicting counter resets during histogram ${operation}`, position);
}

export function infoBoundsReconciled(
  { annotations, position }: Place,
  operation: HistogramOperation,
): void {
  annotations.info(`mismatched custom buckets were reconciled during ${operation}`, position);
}

export function infoIgnoredInRange({ annotations, position }: Place, metricName: string): void {
  annotations.info(
    `ignored histograms in a range containing both floats and histograms for metric name ${JSON.stringify(metricName)}`,
    position,
  );
}

export function infoIgnoredInAggregation(
  { annotations, position }: Place,
  aggregation: string,
): void {
  annotations.info(`ignored histogram in ${aggregation} aggregation`, position);
}

export function warnInvalidQuantile({ annotations, position }: Place, quantile: number): void {
  annotations.warn(
    `quantile value should be between 0 and 1, got ${formatFloatCompact(quantile)}`,
    position,
  );
}

export function warnInvalidRatio({ annotations, position }: Place, ratio: number): void {
  const capped = ratio > 0 ? 1 : -1;
  annotations.warn(
    `ratio value should be between -1 and 1, got ${formatFloatCompact(ratio)}, capping to ${capped}`,
    position,
  );
}

export function warnBadBucket(place: Place, metricName: string, label: string): void {
  place.annotations.warn(
    `bucket label "le" is missing or has a malformed value of ${JSON.stringify(label)}${forMetric(metricName)}`,
    place.position,
  );
}

export function warnMixedClassicNative(place: Place, metricName: string): void {
  place.annotations.warn(
    `vector contains a mix of classic and native histograms${forMetric(metricName)}`,
    place.position,
  );
}

export function infoPossibleNonCounter(place: Place, metricName: string): void {
  place.annotations.info(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metricName)}`,
    place.position,
  );
}

export function infoPossibleNonCounterType(place: Place, metricName: string, type: string): void {
  place.annotations.info(
    `metric might not be a counter, __type__ label is not set to "counter" or "histogram", got ${JSON.stringify(type)}: ${JSON.stringify(metricName)}`,
    place.position,
  );
}

export function warnSortInRange({ annotations, position }: Place): void {
  annotations.warn(
    'sort is ineffective for range queries since results are always ordered by labels',
    position,
  );
}

export function warnStartOverlap({ annotations, position }: Place, metricName: string): void {
  annotations.warn(
    `sample has start time that overlaps with previous sample timestamp for metric ${JSON.stringify(metricName)}`,
    position,
  );
}

export function infoQuantileNaN(place: Place, metricName: string, skewed: boolean): void {
  const effect = skewed ? 'result is skewed higher' : 'result is NaN';
  place.annotations.info(
    `input to histogram_quantile has NaN observations, ${effect}${forMetric(metricName)}`,
    place.position,
  );
}

export function infoFractionNaN(place: Place, metricName: string): void {
  place.annotations.info(
    `input to histogram_fraction has NaN observations, which are excluded from all fractions${forMetric(metricName)}`,
    place.position,
  );
}
