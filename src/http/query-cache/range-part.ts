import { compareLabels, labelsKey } from '#model';
import type { Labels } from '#model';
import type { MatrixSeries } from '#promql';

/** The steps of a range: `startMs`, `startMs + stepMs`, ... */
export interface Steps {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** The result of a range query, or some of its steps; floats only. Never modified once made. */
export interface RangePart {
  readonly steps: Steps;
  readonly labels: readonly Labels[];
  /** Of all series, one after the other, a number for each step. */
  readonly values: Float64Array;
  /** 1 where there is a value; undefined: everywhere. */
  readonly presence: Uint8Array | undefined;
}

export function endMsOf({ startMs, stepMs, count }: Steps): number {
  return startMs + (count - 1) * stepMs;
}

/** Undefined where the result has histograms. */
export function partOf(series: readonly MatrixSeries[], steps: Steps): RangePart | undefined {
  const { startMs, stepMs, count } = steps;
  const isDense = series.every(({ values }) => values.length === count);
  const values = new Float64Array(series.length * count);
  const presence = isDense ? undefined : new Uint8Array(values.length);
  for (const [index, one] of series.entries()) {
    if (one.histograms !== undefined) return undefined;
    const first = index * count;
    if (presence === undefined) values.set(one.values, first);
    else scatter({ values, presence, first }, one, { startMs, stepMs });
  }
  return { steps, labels: series.map(({ labels }) => labels), values, presence };
}

interface Row {
  readonly values: Float64Array;
  readonly presence: Uint8Array;
  readonly first: number;
}

function scatter(
  { values, presence, first }: Row,
  series: MatrixSeries,
  { startMs, stepMs }: Pick<Steps, 'startMs' | 'stepMs'>,
): void {
  const { timestampsMs } = series;
  for (let i = 0; i < timestampsMs.length; i++) {
    const at = first + Math.round(((timestampsMs[i] as number) - startMs) / stepMs);
    values[at] = series.values[i] as number;
    presence[at] = 1;
  }
}

/** What an engine would have answered for some of the steps of a part, or for all. Sorted if the part is. */
export function matrixOf(part: RangePart, within: Steps): MatrixSeries[] {
  const { values, presence, labels } = part;
  const { count } = part.steps;
  const offset = Math.round((within.startMs - part.steps.startMs) / within.stepMs);
  const times = timesOf(within);
  const series: MatrixSeries[] = [];
  for (let index = 0; index < labels.length; index++) {
    const first = index * count + offset;
    const found = values.subarray(first, first + within.count);
    const present = presence?.subarray(first, first + within.count);
    const isDense = present === undefined || isFull(present);
    const timestampsMs = isDense ? times : pick(times, present);
    if (timestampsMs.length === 0) continue;
    const own = isDense ? found : pick(found, present);
    series.push({ labels: labels[index] as Labels, timestampsMs, values: own });
  }
  return series;
}

function timesOf({ startMs, stepMs, count }: Steps): Float64Array {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) times[i] = startMs + i * stepMs;
  return times;
}

function isFull(present: Uint8Array): boolean {
  return !present.includes(0);
}

function pick(from: Float64Array, present: Uint8Array): Float64Array {
  const picked = new Float64Array(present.length);
  let count = 0;
  for (let i = 0; i < present.length; i++) {
    if (present[i] === 1) picked[count++] = from[i] as number;
  }
  return picked.slice(0, count);
}

/** Some of the steps of a part, at least one. */
export interface Piece {
  readonly part: RangePart;
  readonly within: Steps;
}

/**
 * One part of pieces that do not overlap; of each only what lies within the steps asked for. Series are sorted,
 * and those without a value in any step are left out.
 */
export function joinParts(pieces: readonly Piece[], steps: Steps): RangePart {
  const rows = new Map<string, Labels>();
  const used = pieces.map((piece) => placeOf(piece, steps)).filter(({ count }) => count > 0);
  for (const place of used) noteSeries(rows, place);
  const sorted = [...rows].toSorted((a, b) => compareLabels(a[1], b[1]));
  const rowOf = new Map(sorted.map(([key], index) => [key, index]));
  const values = new Float64Array(sorted.length * steps.count);
  const presence = new Uint8Array(values.length);
  for (const place of used) copyRows(place, rowOf, { values, presence, count: steps.count });
  return {
    steps,
    labels: sorted.map(([, labels]) => labels),
    values,
    presence: isFull(presence) ? undefined : presence,
  };
}

/** Where steps of a part come to stand in another. */
interface Place {
  readonly part: RangePart;
  /** The first step of the part that is taken, and how many. */
  readonly from: number;
  readonly count: number;
  /** Where it comes to stand. */
  readonly to: number;
}

function placeOf({ part, within }: Piece, { startMs, stepMs, count }: Steps): Place {
  const shift = Math.round((part.steps.startMs - startMs) / stepMs);
  const first = Math.round((within.startMs - part.steps.startMs) / stepMs);
  const from = Math.max(0, -shift, first);
  const end = Math.min(part.steps.count, count - shift, first + within.count);
  return { part, from, count: Math.max(0, end - from), to: from + shift };
}

function noteSeries(rows: Map<string, Labels>, { part, from, count }: Place): void {
  const { presence, labels, steps } = part;
  for (let index = 0; index < labels.length; index++) {
    const first = index * steps.count + from;
    if (presence !== undefined && !presence.subarray(first, first + count).includes(1)) continue;
    const own = labels[index] as Labels;
    const key = labelsKey(own);
    if (!rows.has(key)) rows.set(key, own);
  }
}

function copyRows(
  { part, from, count, to }: Place,
  rowOf: ReadonlyMap<string, number>,
  into: { readonly values: Float64Array; readonly presence: Uint8Array; readonly count: number },
): void {
  const { labels, values, presence, steps } = part;
  for (let index = 0; index < labels.length; index++) {
    const row = rowOf.get(labelsKey(labels[index] as Labels));
    if (row === undefined) continue;
    const first = index * steps.count + from;
    const at = row * into.count + to;
    into.values.set(values.subarray(first, first + count), at);
    if (presence === undefined) into.presence.fill(1, at, at + count);
    else into.presence.set(presence.subarray(first, first + count), at);
  }
}
