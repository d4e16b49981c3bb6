import type { Head } from './head.ts';

/** Series that can leave the head before their time, once blocks have what they hold. */
export interface StaleRows {
  /** Ascending; in shared memory. */
  readonly rows: Int32Array;
  /** A row may name another series by now. */
  readonly refs: Float64Array;
  /** Of the newest samples. A series that has a newer one by now lives. */
  readonly lastTimesMs: Float64Array;
  /** Of all their samples that are not in blocks; milliseconds. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

export interface StaleBounds {
  /** Of the series in the head, 0 to 1: fewer stale ones are left alone. 0: all are. */
  readonly share: number;
  /** So are fewer than this. */
  readonly countMin: number;
  /** What is older is in blocks. Milliseconds. */
  readonly releasedMs: number;
  readonly nowMs: number;
  /** What a block spans. */
  readonly rangeMs: number;
}

/**
 * Of the range of a block: five minutes of two hours. A target that is restarted comes back sooner, and
 * queries for what is now do not look further back, so they need not look into the blocks that are made.
 */
const QUIET_SHARE = 1 / 24;
/** The same without a stale marker: an hour. */
const IDLE_SHARE = 1 / 2;

/** Undefined where they are too few. Costs a look at each series. */
export function findStaleRows(head: Head, bounds: StaleBounds): StaleRows | undefined {
  const { share, countMin } = bounds;
  if (share === 0) return undefined;
  const horizons = horizonsOf(head, bounds);
  const end = head.series.rowEnd;
  let count = 0;
  for (let row = 1; row < end; row++) if (isGone(head, row, horizons)) count++;
  if (count < Math.max(1, countMin, share * head.series.count)) return undefined;
  return collect(head, horizons, count);
}

interface Horizons {
  readonly releasedMs: number;
  /** No newer sample, the newest being a stale marker. */
  readonly quietMs: number;
  /** No newer sample. */
  readonly idleMs: number;
}

function horizonsOf(head: Head, { releasedMs, nowMs, rangeMs }: StaleBounds): Horizons {
  const newestMs = Math.min(head.maxTimeMs, nowMs);
  const quietMs = newestMs - rangeMs * QUIET_SHARE;
  return { releasedMs, quietMs, idleMs: newestMs - rangeMs * IDLE_SHARE };
}

/** What has nothing but samples that are in blocks leaves anyway. */
function isGone(head: Head, row: number, { releasedMs, quietMs, idleMs }: Horizons): boolean {
  // Late samples stay until they are in a block of their own.
  if (head.views.seriesLastChunk[row] === 0 || head.views.seriesLate[row] !== 0) return false;
  const lastMs = head.series.encoder.lastTime[row];
  if (lastMs > quietMs || lastMs < releasedMs) return false;
  return lastMs <= idleMs || head.isStale(row);
}

function collect(head: Head, horizons: Horizons, count: number): StaleRows {
  const rows = new Int32Array(new SharedArrayBuffer(count * 4));
  const refs = new Float64Array(count);
  const lastTimesMs = new Float64Array(count);
  const end = head.series.rowEnd;
  let startMs = Infinity;
  let endMs = -Infinity;
  for (let row = 1, at = 0; row < end && at < count; row++) {
    if (!isGone(head, row, horizons)) continue;
    const lastMs = head.series.encoder.lastTime[row];
    rows[at] = row;
    refs[at] = head.series.refOf(row);
    lastTimesMs[at++] = lastMs;
    startMs = Math.min(startMs, head.firstTimeMs(row));
    endMs = Math.max(endMs, lastMs + 1);
  }
  return { rows, refs, lastTimesMs, startMs: Math.max(startMs, horizons.releasedMs), endMs };
}

/** The rows from an index up to another that got nothing since, and that nobody is about to write to. */
export function stillStale(
  head: Head,
  { rows, refs, lastTimesMs }: StaleRows,
  range: { readonly start: number; readonly end: number },
  held: Uint8Array,
): number[] {
  const gone: number[] = [];
  for (let i = range.start; i < range.end; i++) {
    const row = rows[i];
    if (head.series.rowOf(refs[i]) !== row || held[row] === 1) continue;
    const hasSamples = head.views.seriesLastChunk[row] !== 0;
    if (head.views.seriesLate[row] !== 0) continue;
    if (hasSamples && head.series.encoder.lastTime[row] === lastTimesMs[i]) gone.push(row);
  }
  return gone;
}
