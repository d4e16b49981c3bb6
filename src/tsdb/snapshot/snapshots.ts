import { join } from 'node:path';
import { errorText } from '#platform';
import type { Clock, Disk, Log } from '#platform';
import type { ExemplarStore } from '../exemplars.ts';
import type { Head } from '../head.ts';
import type { MetadataTable } from '../metadata-table.ts';
import {
  RecordType,
  checkpointName,
  checkpointNumbers,
  segmentName,
  segmentNumbers,
} from '../wal/layout.ts';
import { readSegmentSteps } from '../wal/reader.ts';
import type { Replay, SeriesAlias } from '../wal/replay.ts';
import { HeadChunks } from './head-chunks.ts';
import {
  DAMAGED_SUFFIX,
  HEAD_CHUNKS_DIR,
  OLD_SUFFIX,
  STATE_FILE,
  TEMPORARY_SUFFIX,
  isSnapshotName,
  newestSnapshot,
  snapshotName,
  snapshotPlace,
} from './layout.ts';
import type { LogPlace } from './layout.ts';
import { SnapshotError, loadSnapshot } from './snapshot-loader.ts';
import { writeSnapshot } from './snapshot-writer.ts';

/** Loading gives way to other work after so long. Milliseconds. */
const STEP_MS = 50;

export interface SnapshotsOptions {
  readonly disk: Disk;
  /** The data directory; the log lies in `wal`. */
  readonly dir: string;
  readonly log: Log;
  readonly clock: Clock;
  /** A snapshot that is not written by then is given up. Milliseconds. */
  readonly limitMs: number;
}

export interface SnapshotContent {
  readonly head: Head;
  readonly exemplars: ExemplarStore;
  readonly metadata: MetadataTable;
  /** Further numbers that the log has for series. */
  readonly aliases: ReadonlyMap<number, SeriesAlias>;
}

/** The snapshots of a head on disk: the newest is read at a start, a new one written at a clean end. */
export class Snapshots {
  /** Snapshots that could not be read. */
  replayErrors = 0;
  chunkCorruptions = 0;
  bytesOnDisk = 0;
  readonly #options: SnapshotsOptions;
  readonly #walDir: string;
  readonly #chunksDir: string;
  /** Of Prometheus' chunks of late samples: its log of them says that they are there. */
  #lateCount = 0;
  /** Newest sample of what is on disk; undefined: nothing is. */
  #maxTimeMs: number | undefined;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
    this.#walDir = join(options.dir, 'wal');
    this.#chunksDir = join(options.dir, HEAD_CHUNKS_DIR);
  }

  /**
   * Gives a replay the closed chunks, and puts the newest snapshot into its head. The answer is where the log
   * goes on; undefined: all of it is to be replayed. Never throws for a snapshot's sake.
   */
  async load(replay: Replay): Promise<LogPlace | undefined> {
    this.#tryTo('remove what is left of a snapshot', () => this.#removeLeftovers());
    const { disk, dir, log } = this.#options;
    const name = newestSnapshot(disk.list(dir));
    if (replay.hasDamagedBlocks) {
      log.info('no snapshot is used: what the damaged blocks had is in the log alone');
      return undefined;
    }
    const chunks = await this.#readChunks();
    replay.chunks = chunks;
    const place = name === undefined ? undefined : snapshotPlace(name);
    if (name === undefined || place === undefined || !this.#isCurrent(name, place))
      return undefined;
    try {
      const started = this.#nowMs();
      const path = join(dir, name);
      // Prometheus' does not say which numbers older parts of the log gave to series.
      if (!disk.exists(join(path, STATE_FILE))) await this.#run(this.#nameSeries(replay, place));
      const seriesCount = await this.#run(loadSnapshot(disk, path, replay, chunks));
      const tookMs = Math.round(this.#nowMs() - started);
      log.info('snapshot loaded', { snapshot: name, series: seriesCount, tookMs });
      return place;
    } catch (error) {
      this.replayErrors++;
      log.error('a snapshot cannot be used and is set aside; the whole log is replayed', {
        snapshot: name,
        reason: errorText(error),
      });
      if (error instanceof SnapshotError && error.distrustsChunks) replay.chunks = undefined;
      this.#tryTo('set a snapshot aside', () => this.#setAside(name));
      return undefined;
    }
  }

  /** To be called after the replay. */
  noteReplayed(replay: Replay, head: Head): void {
    replay.chunks?.close();
    const { chunks } = replay;
    replay.chunks = undefined;
    if (replay.chunksError !== undefined) {
      this.chunkCorruptions++;
      const error = replay.chunksError;
      this.#options.log.error('closed chunks of the head cannot be read', { error });
    }
    const { disk, dir } = this.#options;
    const name = newestSnapshot(disk.list(dir));
    this.bytesOnDisk = disk.bytesIn(this.#chunksDir);
    if (name !== undefined) this.bytesOnDisk += disk.bytesIn(join(dir, name));
    if (name !== undefined || this.bytesOnDisk > 0) {
      this.#maxTimeMs = Math.max(head.maxTimeMs, chunks?.maxTimeMs ?? -Infinity);
    }
  }

  /** Removes what is on disk when all of it is older. Failures are logged and tried again. */
  trim(horizonMs: number): void {
    if (this.#maxTimeMs === undefined || this.#maxTimeMs >= horizonMs) return;
    this.#tryTo('remove an old snapshot', () => {
      const { disk, dir } = this.#options;
      this.#removeSnapshots();
      disk.remove(this.#chunksDir);
      disk.syncDir(dir);
      this.#maxTimeMs = undefined;
      this.bytesOnDisk = 0;
    });
  }

  /** Writes a new snapshot of what is in the log, which is closed; then the old ones go. Failures are logged. */
  async save(content: SnapshotContent): Promise<void> {
    const { disk, dir, log } = this.#options;
    if (this.#lateCount > 0 && disk.list(join(dir, 'wbl')).length > 0) {
      log.info('no snapshot is written: chunks of late samples, by Prometheus, are still needed');
      return;
    }
    const started = this.#nowMs();
    try {
      const stats = await this.#save(content);
      const tookMs = Math.round(this.#nowMs() - started);
      log.info('snapshot written', { ...stats, tookMs });
    } catch (error) {
      log.warn('cannot write a snapshot; the next start replays the log', {
        reason: errorText(error),
      });
      this.#tryTo('remove what is left of a snapshot', () => this.#removeLeftovers());
    }
  }

  async #save(content: SnapshotContent): Promise<object> {
    const { disk, dir } = this.#options;
    const name = snapshotName(this.#endOfLog());
    const path = join(dir, name);
    const newSnapshot = path + TEMPORARY_SUFFIX;
    const newChunks = this.#chunksDir + TEMPORARY_SUFFIX;
    this.#removeLeftovers();
    const source = { ...content, disk, pause: this.#limitedPause() };
    const stats = await writeSnapshot(source, newSnapshot, newChunks);
    // From here until the last name is there, the log alone is read.
    this.#removeSnapshots([name + TEMPORARY_SUFFIX]);
    const oldChunks = this.#chunksDir + OLD_SUFFIX;
    if (disk.exists(this.#chunksDir)) disk.rename(this.#chunksDir, oldChunks);
    if (disk.exists(newChunks)) disk.rename(newChunks, this.#chunksDir);
    disk.rename(newSnapshot, path);
    disk.syncDir(dir);
    disk.remove(oldChunks);
    const bytes = disk.bytesIn(path) + disk.bytesIn(this.#chunksDir);
    return { snapshot: name, series: stats.seriesCount, chunks: stats.chunkCount, bytes };
  }

  /** Another signal ends the process meanwhile; so does what looks after the clock. */
  #limitedPause(): () => Promise<void> {
    const { limitMs } = this.#options;
    const untilMs = this.#nowMs() + limitMs;
    return async () => {
      await pause();
      if (this.#nowMs() > untilMs) throw new SnapshotError(`it takes longer than ${limitMs} ms`);
    };
  }

  #endOfLog(): LogPlace {
    const { disk } = this.#options;
    const segment = segmentNumbers(disk.list(this.#walDir)).at(-1);
    if (segment === undefined) throw new SnapshotError('there is no log');
    const file = disk.open(join(this.#walDir, segmentName(segment)), 'read');
    try {
      return { segment, offset: file.bytes };
    } finally {
      file.close();
    }
  }

  /** False for one that the log has left behind, or that knows more than the log. */
  #isCurrent(name: string, place: LogPlace): boolean {
    const { disk, log } = this.#options;
    const names = disk.list(this.#walDir);
    if (place.segment <= (checkpointNumbers(names).at(-1) ?? -1)) {
      log.info('an old snapshot is not used', { snapshot: name });
      this.#tryTo('remove an old snapshot', () => this.#removeSnapshots());
      return false;
    }
    const path = join(this.#walDir, segmentName(place.segment));
    if (
      disk.exists(path) &&
      disk.bytesIn(this.#walDir) > 0 &&
      this.#bytesOf(path) >= place.offset
    ) {
      return true;
    }
    this.replayErrors++;
    log.error('a snapshot is newer than the log and is set aside', { snapshot: name });
    this.#tryTo('set a snapshot aside', () => this.#setAside(name));
    return false;
  }

  #bytesOf(path: string): number {
    const file = this.#options.disk.open(path, 'read');
    try {
      return file.bytes;
    } finally {
      file.close();
    }
  }

  async #readChunks(): Promise<HeadChunks | undefined> {
    const { disk, log } = this.#options;
    const chunks = new HeadChunks();
    try {
      await this.#run(chunks.read(disk, this.#chunksDir));
    } catch (error) {
      this.chunkCorruptions++;
      log.error('closed chunks of the head cannot be read', { error });
      chunks.close();
      return undefined;
    }
    this.#lateCount = chunks.lateCount;
    if (chunks.damage !== undefined) {
      this.chunkCorruptions++;
      log.warn('closed chunks of the head are damaged; from there on the log is read', {
        ...chunks.damage,
      });
    }
    return chunks;
  }

  *#nameSeries(replay: Replay, place: LogPlace): Generator<void> {
    for (const path of this.#segmentsUpTo(place)) {
      const steps = readSegmentSteps(this.#options.disk, path, (record) => {
        const isNeeded = record[0] === RecordType.series || record[0] === RecordType.metadata;
        if (isNeeded) replay.record(record);
      });
      const content = yield* steps;
      for (const { bytes } of content.corruptions) replay.skipRefs(bytes);
    }
  }

  #segmentsUpTo({ segment: end }: LogPlace): string[] {
    const { disk } = this.#options;
    const names = disk.list(this.#walDir);
    const checkpoint = checkpointNumbers(names).at(-1);
    const dirs = [{ dir: this.#walDir, last: end }];
    if (checkpoint !== undefined) {
      dirs.unshift({ dir: join(this.#walDir, checkpointName(checkpoint)), last: Infinity });
    }
    return dirs.flatMap(({ dir, last }) =>
      segmentNumbers(disk.list(dir))
        .filter((segment) => segment <= last)
        .map((segment) => join(dir, segmentName(segment))),
    );
  }

  async #run<T>(steps: Generator<void, T>): Promise<T> {
    let pausedMs = this.#nowMs();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (this.#nowMs() - pausedMs < STEP_MS) continue;
      await pause();
      pausedMs = this.#nowMs();
    }
  }

  #setAside(name: string): void {
    const { disk, dir } = this.#options;
    const path = join(dir, name);
    disk.remove(path + DAMAGED_SUFFIX);
    disk.rename(path, path + DAMAGED_SUFFIX);
    disk.syncDir(dir);
  }

  #removeSnapshots(except: readonly string[] = []): void {
    const { disk, dir } = this.#options;
    for (const name of disk.list(dir)) {
      if (isSnapshotName(name) && !except.includes(name)) disk.remove(join(dir, name));
    }
  }

  #removeLeftovers(): void {
    const { disk, dir } = this.#options;
    for (const name of disk.list(dir)) {
      if (isSnapshotName(name) && name.endsWith(TEMPORARY_SUFFIX)) disk.remove(join(dir, name));
    }
    disk.remove(this.#chunksDir + TEMPORARY_SUFFIX);
    const old = this.#chunksDir + OLD_SUFFIX;
    if (!disk.exists(old)) return;
    if (disk.exists(this.#chunksDir)) disk.remove(old);
    else disk.rename(old, this.#chunksDir);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #tryTo(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.log.error(`cannot ${what}`, { error });
    }
  }
}

/** Lets other work of the thread go on. */
function pause(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
