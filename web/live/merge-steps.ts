import type { SeriesColumns } from '#dashboards';

/** Steps that have been computed anew, in milliseconds, inclusive. */
export interface FreshSteps {
  readonly startMs: number;
  readonly endMs: number;
  readonly series: readonly SeriesColumns[];
}

/**
 * Fresh steps take the place of those that were there, and what is older than `oldestMs` goes. Series that are there
 * stay in their place, new ones follow; those without a point go.
 */
export function mergeSteps(
  before: readonly SeriesColumns[],
  fresh: FreshSteps,
  oldestMs: number,
): SeriesColumns[] {
  const found = new Map(fresh.series.map((one) => [JSON.stringify(one.metric), one]));
  const joinTimes = sharedJoin();
  const merged: SeriesColumns[] = [];
  for (const one of before) {
    const key = JSON.stringify(one.metric);
    const added = found.get(key);
    found.delete(key);
    merged.push(joinedSeries(one, added, fresh, { oldestMs, joinTimes }));
  }
  merged.push(...found.values());
  return merged.filter(({ values, histograms }) => values.length > 0 || histograms.length > 0);
}

type JoinTimes = (before: Float64Array, added: Float64Array, kept: Kept) => Float64Array;

function joinedSeries(
  before: SeriesColumns,
  added: SeriesColumns | undefined,
  fresh: FreshSteps,
  { oldestMs, joinTimes }: { readonly oldestMs: number; readonly joinTimes: JoinTimes },
): SeriesColumns {
  const { metric, timesMs, values, histograms } = before;
  const kept = keptOf(timesMs.length, (i) => timesMs[i] ?? 0, fresh, oldestMs);
  const secondsOf = (i: number): number => (histograms[i]?.[0] ?? 0) * 1000;
  const keptHistograms = keptOf(histograms.length, secondsOf, fresh, oldestMs);
  return {
    metric,
    timesMs: joinTimes(timesMs, added?.timesMs ?? NONE, kept),
    values: joined(values, added?.values ?? NONE, kept),
    histograms: [
      ...histograms.slice(keptHistograms.first, keptHistograms.cut),
      ...(added?.histograms ?? []),
      ...histograms.slice(keptHistograms.later),
    ],
  };
}

const NONE = new Float64Array(0);

/** Series that share their times go on sharing them. */
function sharedJoin(): JoinTimes {
  let last: { before: Float64Array; added: Float64Array; times: Float64Array } | undefined;
  return (before, added, kept) => {
    if (last?.before !== before || last.added !== added) {
      last = { before, added, times: joined(before, added, kept) };
    }
    return last.times;
  };
}

/** Of what was there: from `first` to before `cut`, and from `later` on. */
interface Kept {
  readonly first: number;
  readonly cut: number;
  readonly later: number;
}

// oxlint-disable-next-line max-params -- a list, and what is kept of it
function keptOf(
  length: number,
  timeMsAt: (index: number) => number,
  { startMs, endMs }: FreshSteps,
  oldestMs: number,
): Kept {
  const first = firstFrom(length, timeMsAt, oldestMs);
  const cut = Math.max(first, firstFrom(length, timeMsAt, startMs));
  return { first, cut, later: Math.max(cut, firstFrom(length, timeMsAt, endMs + 1)) };
}

function joined(
  before: Float64Array,
  added: Float64Array,
  { first, cut, later }: Kept,
): Float64Array {
  const result = new Float64Array(cut - first + added.length + before.length - later);
  result.set(before.subarray(first, cut));
  result.set(added, cut - first);
  result.set(before.subarray(later), cut - first + added.length);
  return result;
}

/** Points are in the order of their times, whole milliseconds. */
function firstFrom(length: number, timeMsAt: (index: number) => number, timeMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Math.round(timeMsAt(middle)) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
