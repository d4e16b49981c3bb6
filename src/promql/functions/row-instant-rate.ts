import { FLOAT } from '../evaluate/matrix.ts';
import type { RowFunction } from './row-functions.ts';

/** `irate` and `idelta`: the last two samples of each window. */
export function instantRateRow(isRate: boolean): RowFunction {
  return ({ windows, timesMs, values }, out) => {
    const { from, to, steps } = windows;
    for (let step = 0; step < steps; step++) {
      const last = to[step] - 1;
      if (last <= from[step]) continue;
      const seconds = (timesMs[last] - timesMs[last - 1]) / 1000;
      const isReset = isRate && values[last] < values[last - 1];
      const difference = isReset ? values[last] : values[last] - values[last - 1];
      out.kinds[step] = FLOAT;
      out.values[step] = isRate ? difference / seconds : difference;
      out.isEmpty = false;
    }
    return true;
  };
}
