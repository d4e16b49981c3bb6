import {
  addHistograms,
  detectReset,
  type FloatHistogram,
  IncompatibleHistogramsError,
  scaleHistogram,
  subtractHistograms,
  usesCustomBuckets,
} from '#model';
import { infoBoundsReconciled, type Place } from '../evaluate/messages.ts';

/** A point on the line between two samples. */
export interface Between<T> {
  readonly before: T;
  readonly after: T;
  /** 0 at `before`, 1 at `after`. */
  readonly share: number;
}

/** A counter that was reset on the way is taken to have started from zero at the first sample. */
export function interpolateFloats(between: Between<number>, isCounter: boolean): number {
  const { before, after, share } = between;
  const from = isCounter && after < before ? 0 : before;
  return from + (after - from) * share;
}

/** The same for histograms. Throws IncompatibleHistogramsError. */
export function interpolateHistograms(
  between: Between<FloatHistogram>,
  isCounter: boolean,
  place: Place,
): FloatHistogram {
  const { before, after, share } = between;
  if (usesCustomBuckets(before) !== usesCustomBuckets(after)) {
    throw new IncompatibleHistogramsError('histograms have incompatible schemas');
  }
  if (isCounter && detectReset(after, before)) return scaleHistogram(after, share);
  const difference = subtractHistograms(after, before);
  if (difference.boundsReconciled) infoBoundsReconciled(place, 'subtraction');
  const sum = addHistograms(before, scaleHistogram(difference.histogram, share));
  if (sum.boundsReconciled) infoBoundsReconciled(place, 'addition');
  return sum.histogram;
}
