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
  /** Since `before`. */
  readonly passedMs: number;
  /** From `before` to `after`. */
  readonly distanceMs: number;
}

/** A counter that was reset on the way is taken to have started from zero at the first sample. */
export function interpolateFloats(between: Between<number>, isCounter: boolean): number {
  const { before, after, passedMs, distanceMs } = between;
  const from = isCounter && after < before ? 0 : before;
  // In Prometheus' order of operations, which rounds otherwise than a share would.
  return from + ((after - from) * passedMs) / distanceMs;
}

/** The same for histograms. Throws IncompatibleHistogramsError. */
export function interpolateHistograms(
  between: Between<FloatHistogram>,
  isCounter: boolean,
  place: Place,
): FloatHistogram {
  const { before, after, passedMs, distanceMs } = between;
  const share = passedMs / distanceMs;
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
