import type { Clock } from '#platform';
import type { BatchLog } from './batch-log.ts';
import { LEFT_HEAD_MS } from './head.ts';
import type { Head } from './head.ts';
import { findStaleRows, stillStale } from './stale-rows.ts';
import type { StaleRows } from './stale-rows.ts';

/** A quarter of the series: churn costs a third more memory than what lives, see docs/decisions. */
const SHARE: number = 0.25;
/** Fewer are not worth a block: they take some megabytes. */
const COUNT_MIN: number = 10_000;

/** Series that leave at once: some tens of milliseconds. */
const REMOVED_A_STEP = 10_000;

export interface StaleEvictionOptions {
  readonly head: Head;
  readonly clock: Clock;
  /** What a block spans. Milliseconds. */
  readonly rangeMs: number;
  readonly share: number | undefined;
  readonly countMin: number | undefined;
  /** Throws StorageError `closed`. */
  readonly log: () => BatchLog;
  /** The series that open batches have samples for. */
  readonly heldRows: () => Uint8Array;
  /** Called after series have left. */
  readonly onRemoved: () => void;
}

/** Which series leave the head before their time, and how they leave. */
export class StaleEviction {
  readonly #options: StaleEvictionOptions;
  #share: number;
  removedCount = 0;

  constructor(options: StaleEvictionOptions) {
    this.#options = options;
    this.#share = options.share ?? SHARE;
  }

  /** Of the series, 0 to 1; 0: never. The default unless given. */
  setShare(share: number | undefined): void {
    this.#share = share ?? SHARE;
  }

  /** Undefined where they are too few. What is older than `releasedMs` is in blocks. */
  find(releasedMs: number): StaleRows | undefined {
    const { head, clock, rangeMs, countMin = COUNT_MIN } = this.#options;
    const nowMs = clock.nowMs();
    return findStaleRows(head, { share: this.#share, countMin, releasedMs, nowMs, rangeMs });
  }

  /**
   * Takes out of the head what is in blocks now, in portions, so that no scrape is late. What came back stays
   * with all that it has. Rejects with StorageError `log-write` or `closed`; a part has left then.
   */
  async remove(found: StaleRows): Promise<number> {
    const { length } = found.rows;
    let count = 0;
    for (let start = 0; start < length; start += REMOVED_A_STEP) {
      if (start > 0) await new Promise((resolve) => void setImmediate(resolve));
      count += this.#removePart(found, start, Math.min(length, start + REMOVED_A_STEP));
    }
    return count;
  }

  /** First the log, so that a replay knows whatever memory knows. */
  #removePart(found: StaleRows, start: number, end: number): number {
    const { head, log, heldRows, onRemoved } = this.#options;
    const gone = stillStale(head, found, { start, end }, heldRows());
    if (gone.length === 0) return 0;
    const rows = Int32Array.from(gone);
    const startTimesMs = new Float64Array(gone.length).fill(LEFT_HEAD_MS);
    const endTimesMs = Float64Array.from(gone, (row) => head.series.encoder.lastTime[row]);
    log().writeDeletions({ rows, startTimesMs, endTimesMs }, 0, gone.length);
    head.remove(gone);
    this.removedCount += gone.length;
    onRemoved();
    return gone.length;
  }
}
