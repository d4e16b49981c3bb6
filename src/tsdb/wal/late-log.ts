import { dirname, join } from 'node:path';
import type { FloatHistogram } from '#model';
import { StorageError } from '#storage';
import { BatchColumns } from '../batch.ts';
import type { LateContent } from '../batch.ts';
import type { Head } from '../head.ts';
import type { LateSink } from '../late-samples.ts';
import { SEGMENT_BYTES, PAGE_BYTES, segmentName, segmentNumbers } from './layout.ts';
import { LateReplay } from './late-replay.ts';
import { Wal } from './log.ts';
import type { WalOptions } from './log.ts';
import type { Replay } from './replay.ts';
import { SampleRecords } from './sample-records.ts';
import type { RowHistogram } from './sample-records.ts';
import { WalWriter } from './writer.ts';

/** Samples of one batch while what is left is written anew. */
const KEPT_A_STEP = 16_384;
const ROWS_A_STEP = 10_000;

/**
 * The log of what came out of order (`wbl`): the samples by the numbers that the other log gives to series. It
 * holds what is in memory; what went into blocks, or was deleted, is taken out.
 */
export class LateLog {
  readonly wal: Wal;
  readonly #options: WalOptions;
  readonly #head: Head;
  readonly #records: SampleRecords = new SampleRecords();
  #hasDir = false;
  rewrites = 0;
  rewritesFailed = 0;

  constructor(options: WalOptions, head: Head) {
    this.#options = options;
    this.#head = head;
    this.wal = new Wal({ ...options, isLazy: true });
  }

  /** Where there is such a log. */
  get exists(): boolean {
    return this.#hasDir;
  }

  /** Puts what there is into the head, after the other log. Throws the disk's error where the directory cannot be used. */
  async open(named: Replay): Promise<void> {
    const { disk, dir, log } = this.#options;
    if (!disk.exists(dir)) return;
    this.#hasDir = true;
    const replay = new LateReplay(this.#head, named);
    await this.wal.load(replay);
    const { sampleCount, samplesRefused, unknownRefs, undecodable } = replay;
    log.info('log of samples out of order replayed', { samples: sampleCount });
    if (unknownRefs > 0) {
      log.warn('samples out of order belong to series that the log does not know', {
        samples: unknownRefs,
      });
    }
    if (undecodable > 0) {
      log.warn('records of samples out of order make no sense', { records: undecodable });
    }
    if (samplesRefused > 0) {
      // What memory does not have must stay here.
      this.wal.isIncomplete = true;
      log.warn('samples out of order are beyond the limits of memory and are left out', {
        samples: samplesRefused,
      });
    }
  }

  /** Throws StorageError `log-write`; then the log is as before. */
  write({ columns, histograms }: LateContent): void {
    this.#begin();
    const { writer } = this.wal;
    const { walRef } = this.#head.series;
    try {
      this.#records.addSamples(writer, walRef, columns, 0, columns.count);
      this.#records.addHistograms(writer, walRef, histograms);
      writer.commit();
    } catch (error) {
      writer.discard();
      throw error;
    }
  }

  /** Begins to make durable what was written. */
  sync(): void {
    if (this.#hasDir) this.wal.writer.sync();
  }

  /**
   * Begins a new segment. The answer is the last one before it; -1 where there is none. Throws StorageError
   * `log-write`.
   */
  endSegment(): number {
    if (!this.#hasDir) return -1;
    const { writer } = this.wal;
    if (writer.segmentBytesUsed > 0) writer.roll();
    if (writer.segmentBytesUsed > 0) {
      throw new StorageError('log-write', 'cannot end a segment of the out-of-order log');
    }
    return writer.segment - 1;
  }

  /**
   * Puts what memory has up to a generation in the place of the segments up to one: those that had it when that
   * generation ended. Throws the disk's error, or StorageError `log-write`; then the log has too much.
   */
  async replace(lastSegment: number, generation: number): Promise<void> {
    const { disk, dir } = this.#options;
    if (!this.#hasDir || lastSegment < 0) return;
    if (this.wal.isIncomplete) {
      throw new StorageError('log-write', 'cannot give up segments while one cannot be read');
    }
    this.rewrites++;
    const path = join(dir, segmentName(lastSegment));
    const temporary = `${path}.tmp`;
    disk.remove(temporary);
    disk.makeDir(temporary);
    try {
      const count = await this.#writeKept(temporary, generation);
      const old = segmentNumbers(disk.list(dir)).filter((segment) => segment <= lastSegment);
      if (count > 0) {
        disk.rename(join(temporary, segmentName(0)), path);
        disk.syncDir(dir);
      }
      // The oldest first: no number is ever missing between others.
      for (const segment of old) {
        if (count === 0 || segment < lastSegment) disk.remove(join(dir, segmentName(segment)));
      }
      disk.syncDir(dir);
    } finally {
      disk.remove(temporary);
    }
  }

  /** Where memory has nothing any more. Failures are logged and counted. */
  dropAll(): void {
    const { disk, dir, log } = this.#options;
    if (!this.#hasDir || this.wal.isIncomplete) return;
    this.rewrites++;
    try {
      const last = this.endSegment();
      for (const segment of segmentNumbers(disk.list(dir))) {
        if (segment <= last) disk.remove(join(dir, segmentName(segment)));
      }
    } catch (error) {
      this.rewritesFailed++;
      log.error('cannot truncate the out-of-order log', { error });
    }
  }

  async close(): Promise<void> {
    await this.wal.close();
  }

  #begin(): void {
    if (this.#hasDir) return;
    const { disk, dir } = this.#options;
    try {
      disk.makeDir(dir);
      disk.syncDir(dirname(dir));
    } catch (error) {
      throw new StorageError('log-write', `cannot make ${dir}`, { cause: error });
    }
    this.wal.begin(0);
    this.#hasDir = true;
  }

  /** The answer is how many samples stay. */
  async #writeKept(dir: string, generation: number): Promise<number> {
    const { disk, compression } = this.#options;
    const errors: unknown[] = [];
    const writer = new WalWriter({
      disk,
      dir,
      segment: 0,
      // All of it stays one segment.
      segmentBytes: SEGMENT_BYTES * PAGE_BYTES,
      compression,
      onSyncError: (error) => errors.push(error),
    });
    writer.open();
    let count = 0;
    const kept = new KeptSamples(() => {
      count += this.#flush(writer, kept);
    });
    const { rowEnd } = this.#head.series;
    for (let row = 1; row < rowEnd; row += ROWS_A_STEP) {
      const end = Math.min(rowEnd, row + ROWS_A_STEP);
      for (let at = row; at < end; at++) {
        if (this.#head.views.seriesLate[at] === 0) continue;
        this.#head.late.read(at, generation, kept);
        if (kept.count >= KEPT_A_STEP) kept.flush();
      }
      kept.flush();
      await new Promise((resolve) => void setImmediate(resolve));
    }
    await writer.close();
    if (errors.length > 0) throw errors[0];
    return count;
  }

  #flush(writer: WalWriter, kept: KeptSamples): number {
    const { count } = kept;
    const { walRef } = this.#head.series;
    this.#records.addSamples(writer, walRef, kept.columns, 0, kept.columns.count);
    this.#records.addHistograms(writer, walRef, kept.histograms);
    writer.commit();
    kept.clear();
    return count;
  }
}

class KeptSamples implements LateSink {
  readonly columns: BatchColumns = new BatchColumns();
  readonly histograms: RowHistogram[] = [];
  readonly flush: () => void;
  /** Of the newest sample of each kind. */
  #sampleRow = 0;
  #histogramRow = 0;

  constructor(flush: () => void) {
    this.flush = flush;
  }

  get count(): number {
    return this.columns.count + this.histograms.length;
  }

  clear(): void {
    this.columns.count = 0;
    this.histograms.length = 0;
    this.#sampleRow = 0;
    this.#histogramRow = 0;
  }

  // eslint-disable-next-line max-params -- as the sink has it
  sample(row: number, timeMs: number, high: number, low: number): void {
    // What came first of a series stays first.
    if (this.#histogramRow === row) this.flush();
    this.#sampleRow = row;
    const { columns } = this;
    if (columns.count === columns.rows.length) columns.grow();
    const at = columns.count++;
    columns.rows[at] = row;
    columns.times[at] = timeMs;
    columns.words[at * 2] = low;
    columns.words[at * 2 + 1] = high;
  }

  histogram(row: number, timeMs: number, histogram: FloatHistogram): void {
    if (this.#sampleRow === row) this.flush();
    this.#histogramRow = row;
    this.histograms.push({ row, timeMs, histogram });
  }
}
