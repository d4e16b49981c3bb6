import type { FloatHistogram } from '#model';

/**
 * Samples of one series as columns, reused from series to series by the reader who owns them.
 * Rows 0..length-1 are sorted by timestamp, each timestamp once. The stale marker stands in `values`
 * with its exact bits. `histograms[i]`, where set, replaces `values[i]`.
 */
export class SampleColumns {
  length = 0;
  timestampsMs: Float64Array;
  values: Float64Array;
  /** Empty while the series has floats only. */
  histograms: (FloatHistogram | undefined)[] = [];
  /** Undefined while the storage keeps none; 0 in a row: not known. */
  startTimestampsMs: Float64Array | undefined = undefined;

  /** How far each row lies from the one before it, milliseconds; 0: not known, or not all equally far. */
  spacingMs = 0;
  /** Whether certainly none of the floats is the stale marker. */
  isFreeOfStale = false;
  /** Whether certainly none of the floats is less than the one in the row before. */
  isRising = false;

  constructor(capacity = 256) {
    this.timestampsMs = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  clear(): void {
    this.length = 0;
    if (this.histograms.length > 0) this.histograms = [];
    this.startTimestampsMs = undefined;
    this.spacingMs = 0;
    this.isFreeOfStale = false;
    this.isRising = false;
  }

  /** Makes room for `capacity` rows, keeping those there are. */
  reserve(capacity: number): void {
    if (capacity <= this.timestampsMs.length) return;
    const grown = Math.max(capacity, this.timestampsMs.length * 2);
    this.timestampsMs = copyInto(new Float64Array(grown), this.timestampsMs, this.length);
    this.values = copyInto(new Float64Array(grown), this.values, this.length);
    if (this.startTimestampsMs !== undefined) {
      this.startTimestampsMs = copyInto(
        new Float64Array(grown),
        this.startTimestampsMs,
        this.length,
      );
    }
  }

  push(timestampMs: number, value: number): void {
    if (this.length === this.timestampsMs.length) this.reserve(this.length + 1);
    this.spacingMs = 0;
    this.isFreeOfStale = false;
    this.isRising = false;
    this.timestampsMs[this.length] = timestampMs;
    this.values[this.length] = value;
    this.length++;
  }

  pushHistogram(timestampMs: number, histogram: FloatHistogram): void {
    this.histograms[this.length] = histogram;
    this.push(timestampMs, 0);
  }
}

/** Bytes, so that NaN bits survive. */
function copyInto(to: Float64Array, from: Float64Array, length: number): Float64Array {
  to.set(from.subarray(0, length));
  return to;
}

/** Samples of many series at one time, to be appended together. Owned and used again by the writer. */
export class SampleRow {
  count = 0;
  readonly refs: Float64Array;
  readonly values: Float64Array;
  /** What became of each; an AppendStatus. */
  readonly statuses: Uint8Array;

  constructor(capacity: number) {
    this.refs = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.statuses = new Uint8Array(capacity);
  }
}
