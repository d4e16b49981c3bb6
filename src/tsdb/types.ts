import type { Matcher } from '#model';
import type { Clock, Disk, Log } from '#platform';
import type { Registry } from '#instrument';
import type { CompactionAnswer, CompactionJob } from './block/compaction-job.ts';
import type { BlockList } from './block/announced-blocks.ts';
import type { HeadDeletions } from './head-deletions.ts';
import type {
  Appendable,
  ChangeSource,
  ExemplarQueryable,
  MetadataEntry,
  Queryable,
  SeriesSet,
  SharedSeries,
} from '#storage';

export interface DatabaseOptions {
  /** The data directory, in Prometheus' layout. Made if absent. */
  readonly dir: string;
  /** Samples older than this, counted from the newest one (or from now, if that is earlier), are given up. */
  readonly retentionMs: number;
  /** Blocks and log together at most, in bytes; beyond it the oldest blocks are given up. 0: no limit. Default 0. */
  readonly retentionBytes?: number;
  /** What a block that is cut from the head spans. Milliseconds, default two hours. */
  readonly blockRangeMs?: number;
  /** What a merged block spans at most. Milliseconds, default a tenth of the retention, but no more than 31 days. */
  readonly blockRangeMaxMs?: number;
  /** How much older than the newest of all a sample may be that is older than its series' newest. 0: none is taken. */
  readonly outOfOrderWindowMs: number;
  /**
   * Of the series in memory: beyond it stale ones go to blocks before their time. 0 to 1, 0: never.
   * Default 0.25.
   */
  readonly staleSeriesShare?: number | undefined;
  /** Fewer stale series than this stay. Default 10,000. */
  readonly staleSeriesMin?: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly registry: Registry;
  /** The system's disk unless given. */
  readonly disk?: Disk;
  readonly onReplayProgress?: (progress: ReplayProgress) => void;
  /** Series in the head at most; a new one beyond it is refused with StorageError `limit`. Default 10,000,000. */
  readonly seriesMax?: number;
  /** Bytes of sample chunks in memory at most; then samples are refused with `limit`. Default half of the memory. */
  readonly chunkBytesMax?: number;
  /** Exemplars kept, the oldest make room. 0: none. Default 100,000. */
  readonly exemplarsMax?: number;
  /** `snappy` halves the log on disk and costs time for each sample. Default `snappy`. */
  readonly walCompression?: 'none' | 'snappy';
  /** A power failure costs the samples of at most this long. Default 5,000. */
  readonly walSyncIntervalMs?: number;
  /** A snapshot of the head is written when the database is closed, so that the next start need not read the log. Default: no. */
  readonly snapshotOnClose?: boolean;
  /** A snapshot that takes longer is given up. Milliseconds, default 20,000. */
  readonly snapshotLimitMs?: number;
  /** Default 128 MiB, as Prometheus'. A whole number of 32 KiB pages. */
  readonly walSegmentBytes?: number;
}

/** What `/api/v1/status/walreplay` shows. Segment numbers. */
export interface ReplayProgress {
  readonly minSegment: number;
  readonly maxSegment: number;
  readonly current: number;
}

export interface HeadStats {
  readonly seriesCount: number;
  readonly labelPairCount: number;
  readonly chunkCount: number;
  /** Milliseconds since the epoch; undefined while there is no sample. */
  readonly minTimeMs: number | undefined;
  readonly maxTimeMs: number | undefined;
}

export interface NameCount {
  readonly name: string;
  readonly value: number;
}

/** The rest of `/api/v1/status/tsdb`, largest first. */
export interface Cardinality {
  readonly seriesCountByMetricName: readonly NameCount[];
  readonly labelValueCountByLabelName: readonly NameCount[];
  readonly memoryInBytesByLabelName: readonly NameCount[];
  /** Named `name=value`. */
  readonly seriesCountByLabelValuePair: readonly NameCount[];
}

/** Written by one thread, the one that opened it. */
export interface Database extends Appendable, ExemplarQueryable {
  /**
   * Lets another thread read in place. `post` hands each update to that thread's `Reader.apply`, in order,
   * and by the same port as the queries, so that a query finds all memory that was written before it was
   * sent. Call the answer when that thread has ended, however it ended. Throws StorageError `limit`
   * beyond 63 readers at once.
   */
  attachReader(post: (update: SharedUpdate) => void): () => void;
  /** Reads in the writing thread, for small things and tests. */
  readonly reader: Reader;
  /** Which samples have changed since a moment: what was computed before still holds for the others. */
  readonly changes: ChangeSource;
  stats(): HeadStats;
  /** Of all metrics or of one. The newest of each metric family and target. */
  metadata(metric?: string): readonly MetadataEntry[];
  /** Applies a changed configuration. */
  setExemplarsMax(count: number): void;
  /** The same, of `staleSeriesShare`. */
  setStaleSeriesShare(share: number | undefined): void;
  /** Applies a changed configuration. Milliseconds; what was taken before stays. */
  setOutOfOrderWindow(windowMs: number): void;
  /** Gives up what is beyond the retention, in memory and on disk. Runs by itself each minute. */
  trim(): void;
  /**
   * Begins to make blocks of what is older than some hours, to merge them and to keep to the retention on
   * disk; `run` does a job, in a thread of its own (see CompactionThread). Without it the head keeps all.
   */
  startCompaction(run: (job: CompactionJob) => Promise<CompactionAnswer>): void;
  /** Does what there is to do for blocks. Runs by itself each minute. Never rejects: failures are logged and counted. */
  compact(): Promise<void>;
  /**
   * Deletes what series have in a range (inclusive, milliseconds) from head and blocks; what comes later
   * stays. No query that is sent after the answer finds it, nor after the process died. Rejects with
   * StorageError `closed` or `log-write`, or because a block cannot be changed; a part may be deleted then.
   */
  deleteSeries(matchers: readonly Matcher[], startMs: number, endMs: number): Promise<void>;
  /** Writes blocks anew without what was deleted from them. Rejects as `deleteSeries`. */
  cleanTombstones(): Promise<void>;
  /** Makes a directory, which must not exist, of all blocks and, unless `skipHead`, of the head as one more. */
  snapshot(dir: string, skipHead: boolean): Promise<void>;
  /** Makes the log durable, frees the directory. Appenders and readers must not be used any more. */
  close(): Promise<void>;
}

/** Crosses threads by postMessage; opaque to all but `Reader.apply`. */
export type SharedUpdate =
  | {
      readonly kind: 'attach';
      /** Which epoch slot is this reader's. */
      readonly slot: number;
      readonly memory: SharedMemory;
    }
  | { readonly kind: 'region'; readonly index: number; readonly buffer: SharedArrayBuffer }
  | { readonly kind: 'blocks'; readonly list: BlockList }
  /** Replaces what was told before. */
  | { readonly kind: 'deletions'; readonly deletions: HeadDeletions };

/** The buffers of a head; see docs/formats/head.md. */
export interface SharedMemory {
  readonly control: SharedArrayBuffer;
  readonly arena: SharedArrayBuffer;
  readonly seriesLabels: SharedArrayBuffer;
  readonly seriesFirstChunk: SharedArrayBuffer;
  readonly seriesLastChunk: SharedArrayBuffer;
  readonly seriesMaxTime: SharedArrayBuffer;
  readonly seriesLate: SharedArrayBuffer;
  readonly seriesLastHigh: SharedArrayBuffer;
  readonly seriesLastLow: SharedArrayBuffer;
  readonly chunkRegions: readonly SharedArrayBuffer[];
}

/** Lives in a query thread. Synchronous. */
export interface Reader {
  apply(update: SharedUpdate): void;
  /** Throws StorageError `closed` before the first update. */
  readonly queryable: Queryable;
  cardinality(limit: number): Cardinality;
  /**
   * What a set of another reader of this database shared, while that set is valid. Undefined where not all
   * of it can be seen: that reader has moved on, or this one was not told yet of what it needs.
   */
  borrow(shared: SharedSeries): BorrowedSeries | undefined;
}

/** The same series and samples as in the set that was shared, even once that one is closed. Close it. */
export interface BorrowedSeries {
  readonly set: SeriesSet;
  close(): void;
}
