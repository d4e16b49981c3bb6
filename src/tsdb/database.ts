import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Matcher } from '#model';
import { systemDisk } from '#platform';
import type { Disk, Timer } from '#platform';
import { StorageError } from '#storage';
import type { Appender, ExemplarSeries, MetadataEntry } from '#storage';
import { Batch, BatchColumns } from './batch.ts';
import type { AppendCounters, BatchTarget } from './batch.ts';
import { BatchLog } from './batch-log.ts';
import { BlockKeeper } from './block/block-keeper.ts';
import { registerBlockMetrics } from './block/block-metrics.ts';
import type { CompactionAnswer, CompactionJob, Deleted } from './block/compaction-job.ts';
import type { ChangeLog } from './change-log.ts';
import { runCompaction } from './block/compactor.ts';
import { BLOCK_RANGE_MS, EARLY_FULLNESS } from './block/plan.ts';
import { lockDirectory } from './directory-lock.ts';
import { leaveEpoch } from './epochs.ts';
import { ExemplarStore } from './exemplars.ts';
import { Head } from './head.ts';
import type { DeletedRows } from './head-deletions.ts';
import { LateFinder } from './late-finder.ts';
import { LateKeeping } from './late-keeping.ts';
import { lateDelays, registerLateMetrics } from './late-metrics.ts';
import { Control, READERS_MAX } from './memory.ts';
import { OpenBatches } from './open-batches.ts';
import { StaleEviction } from './stale-eviction.ts';
import { MetadataTable } from './metadata-table.ts';
import { registerMetrics } from './metrics.ts';
import { HeadReader } from './reader.ts';
import { StorageTimes } from './storage-times.ts';
import { Snapshots } from './snapshot/snapshots.ts';
import type { Database, DatabaseOptions, HeadStats, SharedUpdate } from './types.ts';
import { SEGMENT_BYTES } from './wal/layout.ts';
import { LateLog } from './wal/late-log.ts';
import { Wal } from './wal/log.ts';
import type { Replay } from './wal/replay.ts';
import type { WalOptions } from './wal/log.ts';

const SERIES_MAX = 10_000_000;
const EXEMPLARS_MAX = 100_000;
const SYNC_INTERVAL_MS = 5000;
/** Service managers wait for half a minute before they kill a process. */
const SNAPSHOT_LIMIT_MS = 20_000;
const TIDY_INTERVAL_MS = 60_000;
/** Where blocks are short there is something to do more often: so many times in their range, and every second at most. */
const TIDIES_IN_RANGE = 6;
const TIDY_INTERVAL_MS_MIN = 1000;
/** Where one trim was not enough. */
const TRIM_PAUSE_MS = 500;

/** Logged without a pause: some milliseconds. */
const DELETIONS_A_STEP = 10_000;
/** Between two looks at blocks because memory is short. */
const RELIEF_PAUSE_MS = 10_000;

/** Opens a data directory: locks it, replays its log. Throws DirectoryLockedError, or the disk's error. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const disk = options.disk ?? systemDisk;
  disk.makeDir(options.dir);
  makeNameDurable(disk, options);
  let isClean = true;
  const unlock = lockDirectory(disk, options.dir, options.log, () => (isClean = false));
  try {
    const database = new HeadDatabase(options, unlock, isClean);
    await database.open();
    return database;
  } catch (error) {
    unlock();
    throw error;
  }
}

/** At each start: the process that made the directory may have died before this. */
function makeNameDurable(disk: Disk, { dir, log }: DatabaseOptions): void {
  try {
    disk.syncDir(dirname(dir));
  } catch (error) {
    // The directory above may be closed to us; then it was made by others.
    log.debug('cannot make the name of the data directory durable', { dir, error });
  }
}

class HeadDatabase implements Database {
  readonly reader: HeadReader;
  readonly #options: DatabaseOptions;
  readonly #unlock: () => void;
  /** No lock was left by another process. */
  readonly #isCleanStart: boolean;
  readonly #posts = new Map<number, (update: SharedUpdate) => void>();
  readonly #head: Head;
  readonly #exemplars: ExemplarStore;
  readonly #metadata: MetadataTable = new MetadataTable();
  readonly #times: StorageTimes;
  readonly #snapshots: Snapshots;
  readonly #wal: Wal;
  readonly #lateLog: LateLog;
  readonly #late: LateKeeping;
  readonly #keeper: BlockKeeper;
  readonly #stale: StaleEviction;
  readonly #batches: OpenBatches = new OpenBatches();
  readonly #columns: BatchColumns[] = [];
  readonly #counters: AppendCounters = {
    outOfOrder: 0,
    notFound: 0,
    outOfBounds: 0,
    duplicate: 0,
    tooOld: 0,
    refused: 0,
  };
  #log: BatchLog | undefined;
  #target: BatchTarget | undefined;
  #timers: Timer[] = [];
  #soon: Timer | undefined;
  #relief: Timer | undefined;
  #segmentSinceMs = 0;
  #isOpen = false;
  #unregister: () => void = () => {};

  constructor(options: DatabaseOptions, unlock: () => void, isCleanStart: boolean) {
    this.#options = options;
    this.#isCleanStart = isCleanStart;
    this.#unlock = unlock;
    this.reader = new HeadReader(options.disk ?? systemDisk);
    this.#exemplars = new ExemplarStore(options.exemplarsMax ?? EXEMPLARS_MAX);
    this.#head = new Head({
      seriesMax: options.seriesMax ?? SERIES_MAX,
      chunkBytesMax: options.chunkBytesMax ?? Math.floor(memoryBytes() / 2),
      announce: (update) => this.#announce(update),
    });
    this.#stale = this.#makeStaleEviction();
    this.#head.lateWindowMs = options.outOfOrderWindowMs;
    this.#times = new StorageTimes(options.registry);
    this.#snapshots = new Snapshots({
      disk: options.disk ?? systemDisk,
      dir: options.dir,
      log: options.log,
      clock: options.clock,
      limitMs: options.snapshotLimitMs ?? SNAPSHOT_LIMIT_MS,
    });
    this.#wal = new Wal({
      ...logOptions(options, 'wal'),
      snapshots: this.#snapshots,
      times: this.#times,
    });
    const lateOptions = { ...logOptions(options, 'wbl'), onProgress: () => {} };
    this.#lateLog = new LateLog(lateOptions, this.#head);
    this.#late = new LateKeeping(this.#head, this.#lateLog, options.log);
    this.#keeper = this.#makeKeeper();
  }

  async open(): Promise<void> {
    const target = { head: this.#head, exemplars: this.#exemplars, metadata: this.#metadata };
    const stored = this.#keeper.open();
    this.#head.isBounded = false;
    const replay = await this.#wal.open({ ...target, stored });
    await this.#lateLog.open(replay);
    this.#head.isBounded = true;
    this.#keeper.noteReplayed();
    this.#head.countFromHere();
    const log = new BatchLog(this.#head, this.#metadata, this.#wal, this.#lateLog);
    this.#log = log;
    this.#renameReturned(replay, log);
    this.#target = { ...target, log, ...this.#batchServices() };
    this.#isOpen = true;
    this.attachReader((update) => this.reader.apply(update));
    this.#segmentSinceMs = this.#options.clock.nowMs();
    this.#registerMetrics();
    this.trim();
    this.#every(tidyIntervalMs(this.#keeper.rangeMs), () => {
      this.trim();
      void this.compact();
    });
    const { walSyncIntervalMs } = this.#options;
    this.#every(walSyncIntervalMs ?? SYNC_INTERVAL_MS, () => {
      this.#wal.writer.sync();
      this.#lateLog.sync();
    });
  }

  /** See Replay.returnedRows. */
  #renameReturned(replay: Replay, log: BatchLog): void {
    const { series } = this.#head;
    const rows = replay.returnedRows();
    if (rows.length === 0) return;
    const before = rows.map((row) => series.walRef[row]);
    try {
      log.renameSeries(rows);
    } catch (error) {
      const fields = { series: rows.length, error };
      this.#options.log.error('cannot give series that came back other numbers in the log', fields);
      return;
    }
    for (const [i, row] of rows.entries()) {
      // Checkpoints name it for as long as this process lives.
      replay.aliases.set(before[i], { seriesRef: series.refOf(row), segment: Infinity });
    }
  }

  appender(): Appender {
    return new Batch(this.#openTarget());
  }

  attachReader(post: (update: SharedUpdate) => void): () => void {
    const slot = this.#freeSlot();
    Atomics.store(this.#head.views.control, Control.lists + slot, 0);
    this.#posts.set(slot, post);
    post({ kind: 'attach', slot, memory: this.#head.memory() });
    post({ kind: 'deletions', deletions: this.#head.deletions });
    post({ kind: 'blocks', list: this.#keeper.list });
    return () => {
      if (this.#posts.get(slot) !== post) return;
      this.#posts.delete(slot);
      leaveEpoch(this.#head.views.control, slot);
    };
  }

  get changes(): ChangeLog {
    return this.#head.changes;
  }

  stats(): HeadStats {
    const stats = this.#head.stats();
    // A chunk that began before stays until it ends; what it holds twice is not looked at.
    const minTimeMs = stats.minTimeMs && Math.max(stats.minTimeMs, this.#keeper.releasedMs);
    return { ...stats, minTimeMs: minTimeMs && Math.min(minTimeMs, this.#head.late.minTimeMs) };
  }

  metadata(metric?: string): readonly MetadataEntry[] {
    return this.#metadata.list(metric);
  }

  selectExemplars(
    startMs: number,
    endMs: number,
    matcherSets: readonly (readonly Matcher[])[],
  ): readonly ExemplarSeries[] {
    return this.#exemplars.select(startMs, endMs, matcherSets);
  }

  setExemplarsMax(count: number): void {
    this.#exemplars.setMax(count);
  }

  setOutOfOrderWindow(windowMs: number): void {
    this.#head.lateWindowMs = windowMs;
  }

  setStaleSeriesShare(share: number | undefined): void {
    this.#stale.setShare(share);
  }

  trim(): void {
    const head = this.#head;
    const { clock } = this.#options;
    const horizonMs = this.#horizonMs();
    if (horizonMs > head.minValidMs) head.minValidMs = horizonMs;
    if (horizonMs > head.horizonMs) head.horizonMs = horizonMs;
    const oldestMs = Math.min(head.minTimeMs, head.late.minTimeMs);
    if (oldestMs < horizonMs) head.changes.noteDropped(horizonMs);
    // What is on its way into a block is not taken any more, but stays until readers find it there.
    const keptFromMs = Math.max(horizonMs, this.#keeper.releasedMs);
    const startedMs = clock.monotonicMs();
    if (!head.trim(keptFromMs, this.#heldRows())) this.#trimSoon();
    this.#times.headTrim.observe((clock.monotonicMs() - startedMs) / 1000);
    if (head.trimDeletions()) this.#announceDeletions();
    if (head.isFull) {
      this.#options.log.error('memory for samples is used up: new samples are refused');
    }
    if (head.late.sampleCount === 0 && this.#lateLog.wal.bytesOnDisk() > 0) this.#lateLog.dropAll();
    this.#rollByAge();
    const { writer } = this.#wal;
    this.#wal.noteSegment(writer.segment, this.#log?.segmentMaxTimeMs ?? -Infinity);
    this.#wal.truncate(keptFromMs, head, this.#metadata);
    this.#snapshots.trim(keptFromMs);
  }

  startCompaction(run: (job: CompactionJob) => Promise<CompactionAnswer>): void {
    this.#keeper.start(run);
    void this.compact();
  }

  compact(): Promise<void> {
    return this.#keeper.compact();
  }

  async deleteSeries(matchers: readonly Matcher[], startMs: number, endMs: number): Promise<void> {
    this.#openTarget();
    const texts = matchers.map(({ type, name, value }) => ({ type, name, value }));
    const deletion = { matchers: texts, startMs, endMs };
    const done = this.#keeper.deleteSeries(deletion, async (deleted) => {
      // First, while the rows are those of the same series.
      if (deleted.headRows.rows.length > 0) await this.#deleteFromHead(deleted);
      await this.#late.delete(deleted.lateRows, startMs, endMs);
    });
    // What was read meanwhile may be of before or of after.
    await done.finally(() => this.changes.noteDeletion());
  }

  async #deleteFromHead({ headRows, headDeletions }: Deleted): Promise<void> {
    await this.#logDeletions(headRows);
    this.#wal.writer.sync();
    this.#head.deletions = headDeletions;
    this.#announceDeletions();
  }

  /** In portions, so that no scrape is late. */
  async #logDeletions(deleted: DeletedRows): Promise<void> {
    const { length } = deleted.rows;
    for (let start = 0; start < length; start += DELETIONS_A_STEP) {
      if (start > 0) await new Promise((resolve) => void setImmediate(resolve));
      const end = Math.min(length, start + DELETIONS_A_STEP);
      this.#openTarget().log.writeDeletions(deleted, start, end);
    }
  }

  async cleanTombstones(): Promise<void> {
    this.#openTarget();
    await this.#keeper.cleanTombstones();
  }

  async snapshot(dir: string, skipHead: boolean): Promise<void> {
    this.#openTarget();
    await this.#keeper.snapshot(dir, skipHead);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const timer of this.#timers) timer.cancel();
    this.#soon?.cancel();
    this.#relief?.cancel();
    this.#unregister();
    await this.#keeper.close();
    await this.#wal.close();
    await this.#lateLog.close();
    if (this.#options.snapshotOnClose === true && this.#wal.isInMemory) await this.#saveSnapshot();
    this.#unlock();
  }

  async #saveSnapshot(): Promise<void> {
    const { aliases } = this.#wal;
    const [head, exemplars, metadata] = [this.#head, this.#exemplars, this.#metadata];
    await this.#snapshots.save({ head, exemplars, metadata, aliases });
  }

  /** A crowd of series that end together leaves in portions, so that no scrape is late. */
  #trimSoon(): void {
    this.#soon?.cancel();
    this.#soon = this.#options.clock.setTimer(TRIM_PAUSE_MS, () => {
      if (this.#isOpen) this.trim();
    });
  }

  #makeKeeper(): BlockKeeper {
    const { dir, log, clock, retentionMs, retentionBytes } = this.#options;
    const { blockRangeMs, blockRangeMaxMs } = this.#options;
    return new BlockKeeper({
      disk: this.#options.disk ?? systemDisk,
      dir,
      log,
      clock,
      retentionMs,
      retentionBytes: retentionBytes ?? 0,
      ...(blockRangeMs !== undefined && { blockRangeMs }),
      ...(blockRangeMaxMs !== undefined && { blockRangeMaxMs }),
      head: this.#head,
      announce: (list) => this.#announce({ kind: 'blocks', list }),
      oldestListInUse: () => this.#oldestListInUse(),
      watchBatches: () => this.#batches.watch(),
      stale: this.#stale,
      late: this.#late,
      onRelease: () => this.trim(),
      onDrop: (beforeMs) => this.changes.noteDropped(beforeMs),
      times: this.#times,
      walBytes: () => this.#wal.bytesOnDisk() + this.#snapshots.bytesOnDisk,
      runHere: (job) => this.#runHere(job),
    });
  }

  #makeStaleEviction(): StaleEviction {
    const { clock, blockRangeMs, staleSeriesShare, staleSeriesMin } = this.#options;
    return new StaleEviction({
      head: this.#head,
      clock,
      rangeMs: blockRangeMs ?? BLOCK_RANGE_MS,
      share: staleSeriesShare,
      countMin: staleSeriesMin,
      log: () => this.#openTarget().log,
      heldRows: () => this.#heldRows(),
      onRemoved: () => {
        if (this.#head.trimDeletions()) this.#announceDeletions();
      },
    });
  }

  #heldRows(): Uint8Array {
    return this.#batches.heldRows(this.#head.series.rowEnd);
  }

  #registerMetrics(): void {
    const { registry, retentionMs, retentionBytes } = this.#options;
    const forgetHead = registerMetrics(registry, {
      head: this.#head,
      stats: () => this.stats(),
      wal: this.#wal,
      lateWal: this.#lateLog.wal,
      exemplars: this.#exemplars,
      counters: this.#counters,
      snapshots: this.#snapshots,
      openBatches: () => this.#batches.count,
      isCleanStart: this.#isCleanStart,
      blocks: this.#keeper,
      retentionMs,
    });
    const forgetLate = registerLateMetrics(registry, {
      head: this.#head,
      log: this.#lateLog,
      counters: this.#counters,
    });
    const forgetBlocks = registerBlockMetrics(registry, this.#keeper, retentionBytes ?? 0);
    this.#unregister = () => {
      forgetHead();
      forgetLate();
      forgetBlocks();
    };
  }

  #runHere(job: CompactionJob): CompactionAnswer {
    const disk = this.#options.disk ?? systemDisk;
    const nowMs = (): number => this.#options.clock.nowMs();
    return runCompaction(job, { disk, nowMs, head: () => this.reader.reading() });
  }

  #announceDeletions(): void {
    this.#announce({ kind: 'deletions', deletions: this.#head.deletions });
  }

  #oldestListInUse(): number {
    const { control } = this.#head.views;
    let oldest = Infinity;
    for (const slot of this.#posts.keys()) {
      oldest = Math.min(oldest, Atomics.load(control, Control.lists + slot));
    }
    return oldest;
  }

  /** What the retention gives up. Where no blocks are made the head keeps the whole of it. */
  #horizonMs(): number {
    const { maxTimeMs } = this.#head;
    if (maxTimeMs === -Infinity) return -Infinity;
    return Math.min(maxTimeMs, this.#options.clock.nowMs()) - this.#options.retentionMs;
  }

  /** Memory may be used up before the minute is over. */
  #relieveSoon(): void {
    if (this.#relief !== undefined) return;
    void this.compact();
    this.#relief = this.#options.clock.setTimer(RELIEF_PAUSE_MS, () => (this.#relief = undefined));
  }

  /** So that a quiet log, too, is cut into pieces that can be given up one by one. */
  #rollByAge(): void {
    const nowMs = this.#options.clock.nowMs();
    const { writer } = this.#wal;
    const ageMs = nowMs - this.#segmentSinceMs;
    const rollAfterMs = this.#keeper.isStarted ? this.#keeper.rangeMs / 2 : Infinity;
    const isDue = ageMs >= Math.min(rollAfterMs, this.#options.retentionMs / 4);
    if (writer.segmentBytesUsed === 0 || !isDue) return;
    this.#wal.noteSegment(writer.segment, this.#log?.segmentMaxTimeMs ?? -Infinity);
    writer.roll();
    this.#segmentSinceMs = nowMs;
    if (this.#log !== undefined) this.#log.segmentMaxTimeMs = -Infinity;
  }

  #batchServices(): Omit<BatchTarget, 'head' | 'exemplars' | 'metadata' | 'log'> {
    return {
      counters: this.#counters,
      lateFinder: new LateFinder(this.#head),
      lateDelays: lateDelays(this.#options.registry),
      assertOpen: () => void this.#openTarget(),
      takeColumns: (batch) => {
        this.#batches.add(batch);
        return this.#columns.pop() ?? new BatchColumns();
      },
      giveBack: (batch, columns) => {
        this.#batches.remove(batch);
        this.#columns.push(columns);
        if (this.#head.fullness >= EARLY_FULLNESS) this.#relieveSoon();
      },
    };
  }

  #openTarget(): BatchTarget {
    if (this.#target === undefined || !this.#isOpen) {
      throw new StorageError('closed', 'cannot write to a database that is closed');
    }
    return this.#target;
  }

  #freeSlot(): number {
    for (let slot = 0; slot < READERS_MAX; slot++) if (!this.#posts.has(slot)) return slot;
    throw new StorageError('limit', `cannot attach more than ${READERS_MAX - 1} readers`);
  }

  #announce(update: SharedUpdate): void {
    for (const post of this.#posts.values()) post(update);
  }

  #every(intervalMs: number, run: () => void): void {
    const slot = this.#timers.length;
    const arm = (): void => {
      this.#timers[slot] = this.#options.clock.setTimer(intervalMs, () => {
        try {
          run();
        } catch (error) {
          this.#options.log.error('cannot tidy up the database', { error });
        }
        if (this.#isOpen) arm();
      });
    };
    arm();
  }
}

function tidyIntervalMs(rangeMs: number): number {
  return Math.min(TIDY_INTERVAL_MS, Math.max(TIDY_INTERVAL_MS_MIN, rangeMs / TIDIES_IN_RANGE));
}

function logOptions(options: DatabaseOptions, name: 'wal' | 'wbl'): WalOptions {
  return {
    disk: options.disk ?? systemDisk,
    dir: join(options.dir, name),
    log: options.log,
    clock: options.clock,
    segmentBytes: options.walSegmentBytes ?? SEGMENT_BYTES,
    compression: options.walCompression ?? 'snappy',
    onProgress: options.onReplayProgress ?? (() => {}),
  };
}

/** Of the machine, or what the container may use of it. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
