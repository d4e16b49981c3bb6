import { Random } from '../simulation/random.ts';
import type { StoredSeries } from '../twin/values.ts';
import { labelsKey } from '../twin/values.ts';
import { askTwin, type Grid } from './case.ts';
import { difference, type Outcome } from './outcome.ts';

const EXACT = { relative: 0, zerosAreEqual: false };
const NEAR = { relative: 1e-9, zerosAreEqual: true };

/** What the twin says of series in other orders, and where subqueries and ties are the other way round. */
function inOtherOrders(
  stored: readonly StoredSeries[],
  random: Random,
  { text, grid }: { readonly text: string; readonly grid: Grid },
): Outcome[] {
  const orders = [
    stored,
    stored.toReversed(),
    stored.toSorted(() => random.next() - 0.5),
    stored.toSorted((a, b) => (labelsKey(a.labels) < labelsKey(b.labels) ? -1 : 1)),
  ];
  const ways = [false, true];
  return orders.flatMap((series) =>
    ways.flatMap((subqueries) =>
      ways.map((ties) => askTwin(series, text, grid, { subqueries, ties })),
    ),
  );
}

/** True if the twin says something else once series come in another order: ties, roundings. */
export function dependsOnOrder(stored: readonly StoredSeries[], text: string, grid: Grid): boolean {
  const [twin, ...others] = inOtherOrders(stored, new Random(text.length), { text, grid });
  return others.some((other) => difference(twin, other, EXACT) !== undefined);
}

/** True if the last digits of samples, or the order of series, decide about more than last digits. */
export function isUnstable(stored: readonly StoredSeries[], text: string, grid: Grid): boolean {
  const random = new Random(text.length);
  const [twin, ...others] = inOtherOrders(stored, random, { text, grid });
  const nudged = [1, 2, 3].map(() =>
    stored.map(({ labels, points }) => ({
      labels,
      points: points.map(({ timestampMs, value }) => ({
        timestampMs,
        value: typeof value === 'number' ? value * (1 + (random.next() - 0.5) * 1e-12) : value,
      })),
    })),
  );
  const all = [...others, ...nudged.map((series) => askTwin(series, text, grid))];
  return all.some((other) => difference(twin, other, NEAR) !== undefined);
}
