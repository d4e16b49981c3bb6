import { DecodeError } from '#bytes';
import type { ByteReader } from '#bytes';
import type { FloatHistogram, Labels, Metadata } from '#model';
import { AppendStatus, StorageError } from '#storage';
import type { LabelSpans } from '#storage';
import type { StoredTimes } from '../block/block-keeper.ts';
import type { EncoderState } from '../chunk-encoder.ts';
import type { ExemplarStore } from '../exemplars.ts';
import { LEFT_HEAD_MS } from '../head.ts';
import type { Head } from '../head.ts';
import { deletionsOf } from '../head-deletions.ts';
import type { MetadataTable } from '../metadata-table.ts';
import { ChunkLoader } from '../snapshot/chunk-loader.ts';
import type { HeadChunks } from '../snapshot/head-chunks.ts';
import type { SeriesRecordReader } from '../snapshot/series-record.ts';
import { LoggedSamples } from './logged-samples.ts';
import { decodeExemplars, decodeRecord } from './records.ts';
import type { RecordSink } from './records.ts';

/** References below are looked up in an array, others in a map. 64 MiB of array. */
const DENSE_REF_MAX = 1 << 24;

/** Rows by the numbers of the log. */
class RowsByRef {
  #dense: Int32Array = new Int32Array(1 << 12);
  readonly #sparse = new Map<number, number>();

  get(ref: number): number {
    if (ref >= 0 && ref < this.#dense.length) return this.#dense[ref | 0];
    return this.#sparse.get(ref) ?? 0;
  }

  set(ref: number, row: number): void {
    if (ref >= DENSE_REF_MAX) {
      this.#sparse.set(ref, row);
      return;
    }
    if (ref >= this.#dense.length) {
      const grown = new Int32Array(Math.min(DENSE_REF_MAX, Math.max(ref + 1, ref * 2)));
      grown.set(this.#dense);
      this.#dense = grown;
    }
    this.#dense[ref] = row;
  }
}

/** A further number that a log has for a series. */
export interface SeriesAlias {
  readonly seriesRef: number;
  /** The last segment whose samples use it. */
  segment: number;
}

export interface ReplayTarget {
  readonly head: Head;
  readonly exemplars: ExemplarStore;
  readonly metadata: MetadataTable;
  /** What is not to be loaded; all is where it is left out. */
  readonly stored?: StoredTimes;
}

const NOTHING_STORED: StoredTimes = {
  endMs: -Infinity,
  isStored: () => false,
  isDamaged: () => false,
};

/** Series that leave at once: each time costs a look at all further numbers. */
const LEFT_A_STEP = 10_000;

/** Puts the records of a log into a head. */
export class Replay implements RecordSink {
  readonly #target: ReplayTarget;
  readonly #rows = new RowsByRef();
  /** By row: start, end, ...; as they come. */
  readonly #deleted = new Map<number, number[]>();
  readonly aliases: Map<number, SeriesAlias> = new Map();
  readonly samples: LoggedSamples = new LoggedSamples();
  segment = 0;
  /** Newest sample of the segment. */
  segmentMaxTimeMs: number = -Infinity;
  sampleCount = 0;
  /** Series that had left the head when the log was written. */
  leftCount = 0;
  seriesRefused = 0;
  samplesRefused = 0;
  undecodable = 0;
  /** Records of types that are not read yet, by type. */
  readonly others: Map<number, number> = new Map();

  /** Samples by a number without a series, as long as the series is not said to have left. */
  readonly #unknown = new Map<number, number>();
  /** References by row; see `returnedRows`. */
  readonly #returned = new Map<number, number>();
  /** Rows of series that left, with their numbers. They go together. */
  readonly #left = new Map<number, number>();
  readonly #stored: StoredTimes;
  /** In blocks already. */
  storedCount = 0;
  /** By pair of a metric's name, its last description. */
  readonly #described = new Map<number, number>();

  /** Closed chunks, to be taken where their series is named. */
  chunks: HeadChunks | undefined;
  /** Why they are not used any more. */
  chunksError: unknown;
  protected loader: ChunkLoader;

  constructor(target: ReplayTarget) {
    this.#target = target;
    this.#stored = target.stored ?? NOTHING_STORED;
    this.loader = new ChunkLoader(target.head, this.#stored);
  }

  /** Only the log has what they had. */
  get hasDamagedBlocks(): boolean {
    return this.#stored.isDamaged(-Infinity, Infinity);
  }

  /** All that was there is in memory now. */
  get isComplete(): boolean {
    const refused = this.seriesRefused + this.samplesRefused + this.loader.refusedCount;
    return refused === 0 && this.undecodable === 0 && this.others.size === 0;
  }

  /** In chunks that were taken as they are, or sample by sample. */
  get chunkSampleCount(): number {
    return this.loader.sampleCount;
  }

  /** Samples that belong to no series. */
  get unknownRefs(): number {
    let count = 0;
    for (const samples of this.#unknown.values()) count += samples;
    return count;
  }

  record(record: Uint8Array): void {
    try {
      decodeRecord(record, this);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.undecodable++;
    }
  }

  /** The row that a number names, 0: none. */
  rowOf(ref: number): number {
    return this.#rows.get(ref);
  }

  beginSegment(segment: number): void {
    this.segment = segment;
    this.segmentMaxTimeMs = -Infinity;
  }

  /** So much of the log is lost; the numbers that it may have given to series are not given again. */
  skipRefs(bytes: number): void {
    this.#target.head.series.skipWalRefs(bytes);
  }

  /** No number up to this one is given to a new series. */
  reserveRefs(ref: number): void {
    this.#target.head.series.reserveWalRef(ref);
  }

  series(ref: number, labels: LabelSpans): void {
    this.#noteRow(
      ref,
      this.#rowOf(() => this.#target.head.seriesRowOfSpans(labels)),
    );
    this.loader.settle();
  }

  /**
   * A series of a snapshot. `state`: how its open chunk goes on. Throws what keeps its closed chunks from being
   * read; it has a part of them then and nothing that is newer.
   */
  storedSeries({ ref, labels, chunk, last }: SeriesRecordReader, state?: EncoderState): void {
    const row = this.#rowOf(() => this.#target.head.seriesRowOfSpans(labels));
    this.#noteRow(ref, row);
    const hasAll = this.chunksError === undefined;
    if (hasAll && row !== 0 && chunk !== undefined) this.loader.addLast(row, chunk, last, state);
    this.loader.settle();
    if (!hasAll) throw this.chunksError;
    if (chunk === undefined) return;
    this.segmentMaxTimeMs = Math.max(this.segmentMaxTimeMs, chunk.maxTimeMs);
  }

  /** A further number, of a part of the log that is not read, for a series. */
  alias(ref: number, seriesRef: number): void {
    const { series } = this.#target.head;
    const row = this.#rows.get(seriesRef);
    if (row === 0) return;
    this.#rows.set(ref, row);
    // For as long as this process lives: the segments that use it are given up together.
    this.aliases.set(ref, { seriesRef: series.refOf(row), segment: Infinity });
  }

  /** What follows the type of a record of exemplars. */
  exemplars(reader: ByteReader): void {
    decodeExemplars(reader, this);
  }

  #noteRow(ref: number, row: number): void {
    const { series } = this.#target.head;
    series.reserveWalRef(ref);
    if (row === 0) return;
    this.#rows.set(ref, row);
    if (this.#left.delete(row)) this.#returned.set(row, series.refOf(row));
    if (series.logged[row] === 0) {
      series.logged[row] = 1;
      series.useWalRef(row, ref);
    } else if (series.walRef[row] !== ref) {
      this.aliases.set(ref, { seriesRef: series.refOf(row), segment: this.segment });
    }
    if (this.chunks !== undefined) this.#addChunks(ref, row, this.chunks);
  }

  /** Where one cannot be read, no further ones are used: the log has them too. */
  #addChunks(ref: number, row: number, chunks: HeadChunks): void {
    try {
      chunks.take(ref, (chunk) => this.loader.add(row, chunk));
    } catch (error) {
      this.chunksError = error ?? new Error('cannot read closed chunks');
      this.chunks = undefined;
      chunks.close();
    }
  }

  addSamples({ refs, times, words, count }: LoggedSamples): void {
    const { head } = this.#target;
    const { endMs } = this.#stored;
    for (let i = 0; i < count; i++) {
      const ref = refs[i];
      const timeMs = times[i];
      const row = this.#rows.get(ref);
      if (row === 0) {
        this.#noteUnknown(ref, timeMs);
        continue;
      }
      if (timeMs < endMs && this.#isStored(ref, timeMs)) continue;
      this.#noteSample(ref, timeMs, head.append(row, timeMs, words[i * 2 + 1], words[i * 2]));
    }
  }

  histogram(ref: number, timeMs: number, histogram: FloatHistogram): void {
    const row = this.#rows.get(ref);
    if (row === 0) {
      this.#noteUnknown(ref, timeMs);
      return;
    }
    if (timeMs < this.#stored.endMs && this.#isStored(ref, timeMs)) return;
    this.#noteSample(ref, timeMs, this.#target.head.appendHistogram(row, timeMs, histogram));
  }

  #isStored(ref: number, timeMs: number): boolean {
    if (!this.#stored.isStored(timeMs)) return false;
    this.storedCount++;
    this.#noteTime(ref, timeMs);
    return true;
  }

  #noteSample(ref: number, timeMs: number, status: AppendStatus): void {
    if (status === AppendStatus.ok) this.sampleCount++;
    else if (status === AppendStatus.limit) this.samplesRefused++;
    this.#noteTime(ref, timeMs);
  }

  exemplar(ref: number, timeMs: number, value: number, labels: Labels): void {
    const { head, exemplars } = this.#target;
    const row = this.#rows.get(ref);
    if (row === 0) return;
    const exemplar = { labels, value, timestampMs: timeMs };
    exemplars.add(head.series.refOf(row), () => head.series.labelsOf(row), exemplar);
    this.#noteTime(ref, timeMs);
  }

  metadata(ref: number, metadata: Metadata): void {
    const { head, metadata: table } = this.#target;
    const row = this.#rows.get(ref);
    const id = table.idOf(metadata);
    if (row === 0 || id === 0) return;
    const pair = head.series.metricPair(row);
    if (this.#described.get(pair) === id) return;
    this.#described.set(pair, id);
    table.describe(head.series.metricOf(row), id);
  }

  /** What a metric is described by, where the log need not say it. */
  recall(metric: string, metadata: Metadata): void {
    const { metadata: table } = this.#target;
    const id = table.idOf(metadata);
    if (id !== 0) table.recall(metric, id);
  }

  tombstone(ref: number, startMs: number, endMs: number): void {
    const row = this.#rows.get(ref);
    if (startMs <= LEFT_HEAD_MS) {
      this.#noteLeft(ref, row, endMs);
      return;
    }
    if (row === 0 || endMs < startMs) return;
    const intervals = this.#deleted.get(row);
    if (intervals === undefined) this.#deleted.set(row, [startMs, endMs]);
    else intervals.push(startMs, endMs);
  }

  /** To be called at the end: what was deleted has no effect before. */
  end(): void {
    const { head } = this.#target;
    this.#removeLeft();
    head.deletions = deletionsOf(this.#deleted);
    this.#deleted.clear();
  }

  other(type: number): void {
    this.others.set(type, (this.others.get(type) ?? 0) + 1);
  }

  /** A checkpoint may have left out the series already. Where its block is damaged it stays. */
  #noteLeft(ref: number, row: number, endMs: number): void {
    this.#unknown.delete(ref);
    if (row === 0) return;
    const { head } = this.#target;
    const lastMs = head.series.encoder.lastTime[row];
    const firstMs = head.firstTimeMs(row);
    const isEmpty = firstMs === Infinity;
    if (!isEmpty && (lastMs > endMs || this.#stored.isDamaged(firstMs, lastMs))) {
      this.#returned.set(row, head.series.refOf(row));
      return;
    }
    this.leftCount++;
    head.dropSamples(row);
    this.#deleted.delete(row);
    this.#left.set(row, ref);
    if (this.#left.size >= LEFT_A_STEP) this.#removeLeft();
  }

  /**
   * Rows of series that came back, or stay although the log says that they left. What follows by their numbers
   * is passed over in the next replay: they are to go on by others.
   */
  returnedRows(): number[] {
    const { series } = this.#target.head;
    const rows: number[] = [];
    for (const [row, seriesRef] of this.#returned) {
      if (series.rowOf(seriesRef) === row) rows.push(row);
    }
    return rows;
  }

  /** Those that did not come back. What else the log calls them names nothing any more. */
  #removeLeft(): void {
    if (this.#left.size === 0) return;
    const { head } = this.#target;
    for (const [row, ref] of this.#left) {
      this.#rows.set(ref, 0);
      this.#rows.set(head.series.walRef[row], 0);
    }
    for (const [ref, { seriesRef }] of this.aliases) {
      if (!this.#left.has(head.series.rowOf(seriesRef))) continue;
      this.#rows.set(ref, 0);
      this.aliases.delete(ref);
    }
    head.remove([...this.#left.keys()]);
    this.#left.clear();
  }

  #rowOf(makeRow: () => number): number {
    try {
      return makeRow();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.seriesRefused++;
      return 0;
    }
  }

  #noteTime(ref: number, timeMs: number): void {
    if (timeMs > this.segmentMaxTimeMs) this.segmentMaxTimeMs = timeMs;
    if (this.aliases.size === 0) return;
    const alias = this.aliases.get(ref);
    if (alias !== undefined) alias.segment = this.segment;
  }

  /**
   * The record of the series is lost, or a checkpoint left it out, since blocks have all that the series
   * had. A new series under its number would get its samples as soon as a checkpoint, which is read first,
   * names it.
   */
  #noteUnknown(ref: number, timeMs: number): void {
    this.#target.head.series.reserveWalRef(ref);
    if (timeMs < this.#stored.endMs && this.#isStored(ref, timeMs)) return;
    this.#unknown.set(ref, (this.#unknown.get(ref) ?? 0) + 1);
  }
}
