import type { Log } from '#platform';
import { StorageError } from '#storage';
import type { Head } from './head.ts';
import type { LateLog } from './wal/late-log.ts';

/** Names the samples out of order that there are at a moment, in memory and in the log. */
export interface LateMark {
  readonly generation: number;
  /** The last segment that has some of them; -1: not known. */
  readonly segment: number;
}

/** Samples out of order as they leave memory and their log: always both. */
export class LateKeeping {
  readonly #head: Head;
  readonly #lateLog: LateLog;
  readonly #log: Log;
  /** What left memory may still be in the log. */
  #hasExcess = false;

  constructor(head: Head, lateLog: LateLog, log: Log) {
    this.#head = head;
    this.#lateLog = lateLog;
    this.#log = log;
  }

  /** Of what is in memory; Infinity while there is none. May be earlier than the earliest. */
  get minTimeMs(): number {
    return this.#head.late.minTimeMs;
  }

  /** How much of the memory for samples they use, 0 to 1. */
  get fullness(): number {
    return this.#head.lateFullness;
  }

  /** What comes after it is not of the mark. */
  mark(): LateMark {
    let segment = -1;
    try {
      segment = this.#lateLog.endSegment();
    } catch (error) {
      this.#log.warn('cannot end a segment of the out-of-order log: it stays for now', { error });
    }
    return { generation: this.#head.late.beginCut(), segment };
  }

  /**
   * Gives up what is in blocks now, of an inclusive range. What cannot be taken out of the log is logged and
   * counted: it comes back at a start, and reads the same twice.
   */
  async release(mark: LateMark, startMs: number, endMs: number): Promise<void> {
    this.#head.late.release({ generation: mark.generation, startMs, endMs });
    try {
      await this.#rewrite(mark);
    } catch (error) {
      this.#lateLog.rewritesFailed++;
      this.#log.error('cannot truncate the out-of-order log', { error });
    }
  }

  /**
   * Deletes what some series have in an inclusive range, for good when it has resolved. Rejects with
   * StorageError `log-write` or `limit`, or the disk's error; a part may be deleted then.
   */
  async delete(rows: Int32Array, startMs: number, endMs: number): Promise<void> {
    if (rows.length === 0 && !this.#hasExcess) return;
    const mark = this.mark();
    const { late } = this.#head;
    if (!late.release({ generation: mark.generation, startMs, endMs }, rows)) {
      throw new StorageError('limit', 'cannot delete samples out of order: memory is used up');
    }
    if (mark.segment < 0 && this.#lateLog.exists && this.#lateLog.wal.bytesOnDisk() > 0) {
      throw new StorageError('log-write', 'cannot delete from the out-of-order log');
    }
    await this.#rewrite(mark);
  }

  async #rewrite(mark: LateMark): Promise<void> {
    this.#hasExcess = true;
    if (mark.segment < 0) return;
    await this.#lateLog.replace(mark.segment, mark.generation);
    this.#hasExcess = false;
  }
}
