import { Random } from '../simulation/random.ts';
import type { StoredSeries } from '../twin/values.ts';
import { labelsKey } from '../twin/values.ts';
import { askTwin, type Grid } from './case.ts';
import { difference } from './outcome.ts';

const EXACT = { relative: 0, zerosAreEqual: false };
const NEAR = { relative: 1e-9, zerosAreEqual: true };

/** The same series in other orders. */
function reordered(stored: readonly StoredSeries[], random: Random): (readonly StoredSeries[])[] {
  return [
    stored.toReversed(),
    stored.toSorted(() => random.next() - 0.5),
    stored.toSorted((a, b) => (labelsKey(a.labels) < labelsKey(b.labels) ? -1 : 1)),
  ];
}

/** True if the twin says something else once series come in another order: ties, roundings. */
export function dependsOnOrder(stored: readonly StoredSeries[], text: string, grid: Grid): boolean {
  const twin = askTwin(stored, text, grid);
  return reordered(stored, new Random(text.length)).some(
    (series) => difference(twin, askTwin(series, text, grid, true), EXACT) !== undefined,
  );
}

/** True if the last digits of samples, or the order of series, decide about more than last digits. */
export function isUnstable(stored: readonly StoredSeries[], text: string, grid: Grid): boolean {
  const twin = askTwin(stored, text, grid);
  const random = new Random(text.length);
  const nudged = [1, 2, 3].map(() =>
    stored.map(({ labels, points }) => ({
      labels,
      points: points.map(({ timestampMs, value }) => ({
        timestampMs,
        value: typeof value === 'number' ? value * (1 + (random.next() - 0.5) * 1e-12) : value,
      })),
    })),
  );
  return [...reordered(stored, random), ...nudged].some(
    (series) => difference(twin, askTwin(series, text, grid, true), NEAR) !== undefined,
  );
}
