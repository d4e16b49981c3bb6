import { parseGoFloat } from './go-text.ts';

export interface SampleFacts {
  readonly suffix: string;
  /** The bucket's bound as written, '' where there is none. */
  readonly le: string;
  readonly value: number;
}

/** Whether one sample of a histogram can be, by itself. */
export function bucketProblem({ suffix, le, value }: SampleFacts): string | undefined {
  switch (suffix) {
    case '_bucket': {
      const bound = bucketBound(le);
      if (bound === undefined) return 'a bucket without a float as bound';
      return countProblem(value);
    }
    case '_count':
    case '_gcount':
      return countProblem(value);
    case '_sum':
      return value >= 0 ? undefined : 'a sum below zero or NaN';
    case '_gsum':
      return Number.isNaN(value) ? 'a sum that is NaN' : undefined;
    default:
      return undefined;
  }
}

function countProblem(value: number): string | undefined {
  return value >= 0 && Number.isInteger(value) ? undefined : 'a count that is not a whole number';
}

function bucketBound(le: string): number | undefined {
  if (le === '+Inf') return Infinity;
  const bound = parseGoFloat(le);
  return typeof bound === 'number' && Number.isFinite(bound) ? bound : undefined;
}

/** Whether the samples of one histogram fit together. */
export class HistogramCheck {
  private bound = -Infinity;
  private bucketCount = 0;
  private hasNegativeBucket = false;
  private count: number | undefined = undefined;
  private sum: number | undefined = undefined;
  private isGauge = false;

  add({ suffix, le, value }: SampleFacts): string | undefined {
    if (suffix === '_count' || suffix === '_gcount') this.count = value;
    if (suffix === '_sum' || suffix === '_gsum') {
      this.sum = value;
      this.isGauge = suffix === '_gsum';
    }
    if (suffix !== '_bucket') return undefined;
    const bound = bucketBound(le) ?? Number.NaN;
    if (!(bound > this.bound)) return 'buckets that do not ascend';
    if (value < this.bucketCount) return 'bucket counts that go down';
    this.bound = bound;
    this.bucketCount = value;
    if (bound < 0) this.hasNegativeBucket = true;
    return undefined;
  }

  end(): string | undefined {
    const { sum, count } = this;
    if (this.bound !== Infinity) return 'a histogram without bucket +Inf';
    if (count !== undefined && count !== this.bucketCount) {
      return 'a count that differs from bucket +Inf';
    }
    if (sum === undefined) return undefined;
    if (count === undefined) return 'a sum without a count';
    // Observations below zero make the sum of a histogram go down, which it must not.
    if (this.hasNegativeBucket && !this.isGauge) return 'a sum beside buckets below zero';
    if (sum < 0 && !this.hasNegativeBucket) return 'a sum below zero without buckets below zero';
    return undefined;
  }
}
