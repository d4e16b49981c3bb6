import { compareLabels, compareStrings, labelValue } from '#model';
import { type CallContext, stringArgument, vectorArgument } from '../evaluate/call-context.ts';
import { FLOAT, HISTOGRAM, type Series, type Value, withKinds } from '../evaluate/matrix.ts';
import { warnSortInRange } from '../evaluate/messages.ts';

/** `sign` 1: ascending. NaN comes last either way. Histograms have no value to sort by and are left out. */
export function sortByValue(context: CallContext, sign: number): Value {
  const series = vectorArgument(context, 0)
    .map(floatsOnly)
    .filter((one) => one.kinds.includes(FLOAT));
  if (context.grid.steps > 1) return unsorted(context, series);
  return {
    kind: 'vector',
    series: series.toSorted((a, b) => {
      context.evaluation.passTurns(1);
      const [x] = a.values;
      const [y] = b.values;
      if (Number.isNaN(x) || Number.isNaN(y)) {
        return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      }
      return sign * (x - y || 0);
    }),
  };
}

function floatsOnly(series: Series): Series {
  if (series.histograms === undefined) return series;
  return withKinds(
    series,
    series.kinds.map((kind) => (kind === HISTOGRAM ? 0 : kind)),
  );
}

export function sortByLabels(context: CallContext, sign: number): Value {
  const series = vectorArgument(context, 0);
  const names = context.call.args.slice(1).map((_, i) => stringArgument(context, i + 1));
  if (context.grid.steps > 1) return unsorted(context, series);
  return {
    kind: 'vector',
    series: series.toSorted((a, b) => {
      context.evaluation.passTurns(10);
      for (const name of names) {
        const order = compareNatural(labelValue(a.labels, name), labelValue(b.labels, name));
        if (order !== 0) return sign * order;
      }
      return sign * compareLabels(a.labels, b.labels);
    }),
  };
}

function unsorted(context: CallContext, series: readonly Series[]): Value {
  const { evaluation, call } = context;
  warnSortInRange({ annotations: evaluation.annotations, position: call.position });
  return { kind: 'vector', series };
}

const CHUNKS = /(\d+|\D+)/g;

/** Numbers inside texts count as numbers: `a2` before `a10` (the order of github.com/facette/natsort). */
export function compareNatural(a: string, b: string): number {
  const left = a.match(CHUNKS) ?? [];
  const right = b.match(CHUNKS) ?? [];
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    if (left[i] === right[i]) continue;
    const x = Number(left[i]);
    const y = Number(right[i]);
    const areNumbers = /^\d/.test(left[i]) && /^\d/.test(right[i]);
    if (!areNumbers) return compareStrings(left[i], right[i]);
    return x === y ? left[i].length - right[i].length : x - y;
  }
  return left.length - right.length;
}
