import type { FloatHistogram } from './histogram.ts';
import type { Exemplar, MetricType } from './sample.ts';

/** Metrics of one name as a page shows them; what a registry gathers and the exposition writes. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly unit?: string;
  readonly metrics: readonly FamilyMetric[];
}

export interface FamilyMetric {
  /** In the order in which they are to be written. */
  readonly labels: readonly (readonly [string, string])[];
  readonly timestampMs?: number;
  /** counter, gauge, unknown. */
  readonly value?: number;
  readonly exemplar?: Exemplar;
  readonly createdMs?: number;
  readonly histogram?: ClassicHistogram;
  /** Stands on pages of protobuf alone. */
  readonly nativeHistogram?: FloatHistogram;
  readonly summary?: Summary;
}

export interface ClassicHistogram {
  readonly count: number;
  readonly sum: number;
  /** Cumulative counts by ascending upper bound; the +Inf bucket may be left out. */
  readonly buckets: readonly { upperBound: number; cumulativeCount: number; exemplar?: Exemplar }[];
  /** The counts may have fractions; OpenMetrics cannot say that. */
  readonly hasFloatCounts?: boolean;
}

export interface Summary {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { quantile: number; value: number }[];
}
