import { dirname, join } from 'node:path';
import type { Clock, Disk, Log } from '#platform';
import type { Head } from '../head.ts';
import type { MetadataTable } from '../metadata-table.ts';
import type { LogPlace } from '../snapshot/layout.ts';
import type { Snapshots } from '../snapshot/snapshots.ts';
import type { StorageTimes } from '../storage-times.ts';
import type { ReplayProgress } from '../types.ts';
import { removeReplaced, writeCheckpoint } from './checkpoint.ts';
import { checkpointName, checkpointNumbers, segmentName, segmentNumbers } from './layout.ts';
import { readSegmentSteps } from './reader.ts';
import type { SegmentContent } from './reader.ts';
import { repairSegment } from './repair.ts';
import { Replay } from './replay.ts';
import type { ReplayTarget, SeriesAlias } from './replay.ts';
import { WalWriter } from './writer.ts';

export interface WalOptions {
  readonly disk: Disk;
  /** Of the log: `wal` in the data directory. */
  readonly dir: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly segmentBytes: number;
  readonly compression: 'none' | 'snappy';
  /** The first segment is made with the first batch. */
  readonly isLazy?: boolean;
  readonly onProgress: (progress: ReplayProgress) => void;
  /** Learns how long it takes. */
  readonly times?: StorageTimes;
  /** What may stand for a first part of the log. */
  readonly snapshots?: Snapshots;
}

/** What takes the records of a log. */
export interface LogReplay {
  readonly aliases: Map<number, SeriesAlias>;
  /** Newest sample of the segment. */
  readonly segmentMaxTimeMs: number;
  record(record: Uint8Array): void;
  beginSegment(segment: number): void;
  /** So much of the log is lost. */
  skipRefs(bytes: number): void;
  /** All records have come. */
  end(): void;
}

/** Replay gives way to other work after so long. Milliseconds. */
const STEP_MS = 50;

/** The log of a database: replays what is there, then writes. */
export class Wal {
  readonly #options: WalOptions;
  #writer: WalWriter | undefined;
  /** Newest sample of each closed segment. */
  readonly #maxTimes = new Map<number, number>();
  #aliases: Map<number, SeriesAlias> = new Map();
  #truncating: Promise<void> | undefined;
  /** Where the log goes on behind the snapshot that was loaded. */
  #loaded: LogPlace | undefined;
  #loadedMaxTimeMs = -Infinity;
  /** A segment could not be read: a checkpoint would leave out the series that only it has samples of. */
  isIncomplete = false;
  /** Memory has all that the log has: nothing was beyond its limits, and nothing could not be read. */
  isInMemory = true;
  corruptions = 0;
  syncsFailed = 0;
  /** Samples that belonged to no series at the start. */
  unknownRefs = 0;
  truncations = 0;
  truncationsFailed = 0;
  checkpointsFailed = 0;
  checkpointDeletions = 0;
  checkpointDeletionsFailed = 0;
  replayMs = 0;

  constructor(options: WalOptions) {
    this.#options = options;
  }

  get writer(): WalWriter {
    if (this.#writer === undefined) throw new Error('BUG: the log is written before its replay');
    return this.#writer;
  }

  bytesOnDisk(): number {
    return this.#options.disk.bytesIn(this.#options.dir);
  }

  /** Replays, repairs, and begins a new segment. Throws the disk's error where the directory cannot be used. */
  async open(target: ReplayTarget): Promise<Replay> {
    const { snapshots, clock } = this.#options;
    const startMs = clock.monotonicMs();
    const replay = new Replay(target);
    const loaded = await snapshots?.load(replay);
    await this.load(replay, loaded);
    snapshots?.noteReplayed(replay, target.head);
    this.replayMs = clock.monotonicMs() - startMs;
    if (!replay.isComplete) this.isInMemory = false;
    this.unknownRefs = replay.unknownRefs;
    this.#report(replay);
    return replay;
  }

  /** The same, into what takes the records. `loaded`: what comes before is known already. */
  async load(replay: LogReplay, loaded?: LogPlace): Promise<void> {
    const { disk, dir, clock } = this.#options;
    const startMs = clock.monotonicMs();
    disk.makeDir(dir);
    this.#tryTo('make the name of the log durable', () => disk.syncDir(dirname(dir)));
    const names = disk.list(dir);
    const checkpoint = checkpointNumbers(names).at(-1);
    this.#tryTo('remove what was half written', () => {
      for (const name of names) if (/\.(?:tmp|repair)$/.test(name)) disk.remove(join(dir, name));
    });
    if (checkpoint !== undefined) {
      if (loaded === undefined) await this.#replayCheckpoint(replay, checkpoint);
      this.#tryTo('remove segments that a checkpoint replaces', () =>
        removeReplaced(disk, dir, checkpoint),
      );
    }
    const segments = segmentNumbers(names).filter((segment) => segment > (checkpoint ?? -1));
    await this.#replaySegments(replay, this.#segmentsAfter(loaded, segments, replay));
    replay.end();
    this.#aliases = replay.aliases;
    const last = Math.max(checkpoint ?? -1, segments.at(-1) ?? -1);
    this.begin(last + 1);
    this.replayMs = clock.monotonicMs() - startMs;
  }

  /** Writes from a segment on, without a replay. */
  begin(segment: number): void {
    this.#writer = this.#makeWriter(segment);
    if (this.#options.isLazy !== true) this.#openWriter(this.#writer);
  }

  /** Further numbers that the log has for series. */
  get aliases(): ReadonlyMap<number, SeriesAlias> {
    return this.#aliases;
  }

  /** Notes the newest sample of the segment that is being written. */
  noteSegment(segment: number, maxTimeMs: number): void {
    this.#maxTimes.set(segment, maxTimeMs);
  }

  /** Gives up segments all of whose samples are older. Failures are logged. Does nothing while it runs. */
  truncate(horizonMs: number, head: Head, metadata: MetadataTable): void {
    if (this.#truncating !== undefined || this.isIncomplete) return;
    const last = this.#lastExpired(horizonMs);
    if (last === undefined) return;
    this.#truncating = this.#truncate(last, head, metadata).finally(() => {
      this.#truncating = undefined;
    });
  }

  async close(): Promise<void> {
    await this.#truncating;
    await this.#writer?.close();
  }

  async #truncate(last: number, head: Head, metadata: MetadataTable): Promise<void> {
    const { disk, dir, log, segmentBytes, compression, clock, times } = this.#options;
    const startedMs = clock.monotonicMs();
    this.truncations++;
    const aliases = this.#aliases;
    const source = { disk, dir, head, metadata, aliases, segmentBytes, compression, pause };
    try {
      await writeCheckpoint(source, last);
    } catch (error) {
      this.truncationsFailed++;
      this.checkpointsFailed++;
      log.error('cannot truncate the log', { error });
      return;
    }
    if (!this.#removeReplaced(last)) return;
    log.info('log truncated', { checkpoint: last });
    times?.walTruncation.observe((clock.monotonicMs() - startedMs) / 1000);
  }

  /** What stays is tried again, or removed at the next start. */
  #removeReplaced(last: number): boolean {
    const { disk, dir, log } = this.#options;
    this.checkpointDeletions++;
    try {
      removeReplaced(disk, dir, last);
    } catch (error) {
      this.truncationsFailed++;
      this.checkpointDeletionsFailed++;
      log.error('cannot remove what a checkpoint replaces', { error });
      return false;
    }
    for (const segment of this.#maxTimes.keys()) {
      if (segment <= last) this.#maxTimes.delete(segment);
    }
    return true;
  }

  /** The last of the closed segments at the front that hold nothing to keep. */
  #lastExpired(horizonMs: number): number | undefined {
    const { disk, dir } = this.#options;
    let last: number | undefined;
    for (const segment of segmentNumbers(disk.list(dir))) {
      if (segment >= this.writer.segment) break;
      // What is not known to be old stays.
      if ((this.#maxTimes.get(segment) ?? Infinity) >= horizonMs) break;
      last = segment;
    }
    return last;
  }

  /** What a snapshot stands for is given up as a whole when all that was in the snapshot is old. */
  #segmentsAfter(
    loaded: LogPlace | undefined,
    segments: readonly number[],
    replay: LogReplay,
  ): readonly number[] {
    if (loaded === undefined) return segments;
    this.#loaded = loaded;
    const covered = segments.filter((segment) => segment < loaded.segment);
    for (const segment of covered) this.#maxTimes.set(segment, replay.segmentMaxTimeMs);
    this.#loadedMaxTimeMs = replay.segmentMaxTimeMs;
    return segments.slice(covered.length);
  }

  async #replayCheckpoint(replay: LogReplay, checkpoint: number): Promise<void> {
    const { disk, dir } = this.#options;
    const path = join(dir, checkpointName(checkpoint));
    for (const segment of segmentNumbers(disk.list(path))) {
      replay.beginSegment(-1);
      await this.#replaySegment(replay, join(path, segmentName(segment)));
    }
  }

  async #replaySegments(replay: LogReplay, segments: readonly number[]): Promise<void> {
    const { dir, onProgress, log } = this.#options;
    const minSegment = segments[0] ?? 0;
    const maxSegment = segments.at(-1) ?? 0;
    if (segments.length > 0 && maxSegment - minSegment + 1 !== segments.length) {
      log.warn('segments of the log are missing', { minSegment, maxSegment });
    }
    for (const segment of segments) {
      onProgress({ minSegment, maxSegment, current: segment });
      replay.beginSegment(segment);
      const isLoaded = segment === this.#loaded?.segment;
      const path = join(dir, segmentName(segment));
      const isRead = await this.#replaySegment(replay, path, isLoaded ? this.#loaded?.offset : 0);
      const beforeMs = isLoaded ? this.#loadedMaxTimeMs : -Infinity;
      if (isRead) this.#maxTimes.set(segment, Math.max(beforeMs, replay.segmentMaxTimeMs));
    }
  }

  /** False where the disk does not give it; then it stays for the next start. */
  async #replaySegment(replay: LogReplay, path: string, offset = 0): Promise<boolean> {
    // Meanwhile, since a disk may be slow to take what the last process left.
    const synced = this.#sync(path);
    const isRead = await this.#readAndRepair(replay, path, offset);
    await synced;
    return isRead;
  }

  async #readAndRepair(replay: LogReplay, path: string, offset: number): Promise<boolean> {
    const { disk, log } = this.#options;
    try {
      const content = await this.#readSegment(replay, path, offset);
      for (const { bytes } of content.corruptions) replay.skipRefs(bytes);
      await this.#repair(path, content);
    } catch (error) {
      if (!isDiskError(error)) throw error;
      this.corruptions++;
      this.isIncomplete = true;
      this.isInMemory = false;
      log.error('cannot read a segment of the log; what it holds is missing', { path, error });
      replay.skipRefs(disk.bytesIn(dirname(path)));
      return false;
    }
    return true;
  }

  async #readSegment(replay: LogReplay, path: string, offset: number): Promise<SegmentContent> {
    const { disk, clock } = this.#options;
    const steps = readSegmentSteps(disk, path, (record) => replay.record(record), offset);
    let pausedMs = clock.monotonicMs();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (clock.monotonicMs() - pausedMs < STEP_MS) continue;
      await pause();
      pausedMs = clock.monotonicMs();
    }
  }

  async #repair(path: string, content: SegmentContent): Promise<void> {
    const { disk, log } = this.#options;
    if (content.unreadableCount > 0) {
      this.isInMemory = false;
      const records = content.unreadableCount;
      log.warn('records of the log cannot be decompressed', { path, records });
    }
    for (const { offset, bytes, reason } of content.corruptions) {
      this.corruptions++;
      log.warn('the log was damaged; the damage is cut out', { path, offset, bytes, reason });
    }
    try {
      await repairSegment(disk, path, content);
    } catch (error) {
      log.error('cannot repair a segment of the log; it stays as it is', { path, error });
    }
  }

  /** What was written before the last process died may still wait in the system's memory. */
  async #sync(path: string): Promise<void> {
    const { disk, log } = this.#options;
    try {
      const file = disk.open(path, 'read');
      await file.syncLater().finally(() => file.close());
    } catch (error) {
      this.syncsFailed++;
      log.error('cannot make a segment of the log durable', { path, error });
    }
  }

  /** What is not needed to start must not keep the server from it. */
  #tryTo(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.log.error(`cannot ${what}`, { error });
    }
  }

  /** A full disk must not keep what there is from being read: the first batch tries again. */
  #openWriter(writer: WalWriter): void {
    try {
      writer.open();
    } catch (error) {
      this.#options.log.error('cannot begin a segment of the log', { error });
    }
  }

  #makeWriter(segment: number): WalWriter {
    const { disk, dir, segmentBytes, compression, log, times } = this.#options;
    const onSyncError = (error: unknown): void => {
      this.syncsFailed++;
      log.error('cannot make the log durable', { error });
    };
    const onSynced = (seconds: number): void => times?.walSync.observe(seconds);
    const durability = { onSyncError, onSynced };
    return new WalWriter({ disk, dir, segment, segmentBytes, compression, ...durability });
  }

  #report(replay: Replay): void {
    const { log } = this.#options;
    const { sampleCount, unknownRefs, undecodable, seriesRefused, samplesRefused } = replay;
    const tookMs = Math.round(this.replayMs);
    const { chunkSampleCount: inChunks, storedCount: inBlocks } = replay;
    log.info('log replayed', { samples: sampleCount, inChunks, inBlocks, tookMs });
    if (unknownRefs > 0) {
      log.warn('samples of the log belong to series that it does not know', {
        samples: unknownRefs,
      });
    }
    if (undecodable > 0) log.warn('records of the log make no sense', { records: undecodable });
    if (seriesRefused + samplesRefused > 0) {
      const counts = { series: seriesRefused, samples: samplesRefused };
      log.warn('a part of the log is beyond the limits of memory and is left out', counts);
    }
    for (const [type, records] of replay.others) {
      log.warn('records of the log are of a type that is not read yet', { type, records });
    }
  }
}

/** As the system gives it: EIO, EACCES, ... */
function isDiskError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z]+$/.test(code);
}

/** Lets other work of the thread go on. */
function pause(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
