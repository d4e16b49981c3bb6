import type { SeriesBuilder } from '../evaluate/matrix.ts';

/** How `rate`, `increase` and `delta` differ. */
export interface RateKind {
  readonly isCounter: boolean;
  readonly perSecond: boolean;
}

export interface RateTarget {
  readonly out: SeriesBuilder;
  readonly step: number;
}
