import { FLOAT } from '../evaluate/matrix.ts';
import type { RowFunction } from './row-functions.ts';

/** Counts pairs of neighbours: by how many there are up to each row. */
function pairsRow(
  countUpTo: (values: Float64Array, counts: Float64Array, count: number) => void,
): () => RowFunction {
  return () => {
    let counts = new Float64Array(256);
    return ({ windows, values, count }, out) => {
      if (counts.length < count) counts = new Float64Array(count * 2);
      countUpTo(values, counts, count);
      const { from, to, steps } = windows;
      for (let step = 0; step < steps; step++) {
        if (to[step] === from[step]) continue;
        out.kinds[step] = FLOAT;
        out.values[step] = counts[to[step] - 1] - counts[from[step]];
        out.isEmpty = false;
      }
      return true;
    };
  };
}

export const changesRow: () => RowFunction = pairsRow((values, counts, count) => {
  for (let row = 1; row < count; row++) {
    const value = values[row];
    const before = values[row - 1];
    const areNaN = value !== value && before !== before;
    counts[row] = counts[row - 1] + (value !== before && !areNaN ? 1 : 0);
  }
});

export const resetsRow: () => RowFunction = pairsRow((values, counts, count) => {
  for (let row = 1; row < count; row++) {
    counts[row] = counts[row - 1] + (values[row] < values[row - 1] ? 1 : 0);
  }
});
