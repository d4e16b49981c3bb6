import { join } from 'node:path';
import { ByteReader, DecodeError } from '#bytes';
import type { Disk } from '#platform';
import { segmentName, segmentNumbers } from '../wal/layout.ts';
import { readSegmentSteps } from '../wal/reader.ts';
import type { Replay } from '../wal/replay.ts';
import type { HeadChunks } from './head-chunks.ts';
import { SnapshotRecord } from './layout.ts';
import { decodeTombstoneRecord } from './other-records.ts';
import { SeriesRecordReader } from './series-record.ts';
import { readState } from './state-file.ts';
import type { StateReader } from './state-file.ts';

/** Why a snapshot is not used. What was loaded before is true all the same. */
export class SnapshotError extends Error {
  readonly code = 'snapshot';
  /** The closed chunks must not be used either. */
  readonly distrustsChunks: boolean;

  constructor(message: string, options: ErrorOptions & { distrustsChunks?: boolean } = {}) {
    super(message, options);
    this.name = 'SnapshotError';
    this.distrustsChunks = options.distrustsChunks ?? false;
  }
}

/**
 * Puts a snapshot into the head of a replay, some milliseconds a step. Each series gets all that it has or
 * nothing, so that the whole log can be replayed behind a part of it. The answer is how many there are. Throws
 * SnapshotError, DecodeError or the disk's error.
 */
export function* loadSnapshot(
  disk: Disk,
  dir: string,
  replay: Replay,
  chunks: HeadChunks | undefined,
): Generator<void, number> {
  const state = readState(disk, dir);
  if (state !== undefined) checkChunks(state, chunks);
  const loader = new Loader(replay, state);
  const segments = segmentNumbers(disk.list(dir));
  for (const [index, segment] of segments.entries()) {
    if (segment !== index) throw new SnapshotError(`cannot find ${segmentName(index)}`);
    const path = join(dir, segmentName(segment));
    const steps = readSegmentSteps(disk, path, (record) => loader.record(record));
    const content = yield* steps;
    const [damage] = content.corruptions;
    if (damage !== undefined) {
      throw new SnapshotError(`${segmentName(segment)} at ${damage.offset}: ${damage.reason}`);
    }
    if (content.unreadableCount > 0) throw new SnapshotError('its compression is not known');
  }
  return loader.end();
}

function checkChunks({ counts }: StateReader, chunks: HeadChunks | undefined): void {
  const { chunkCount = 0, byteCount = 0, lateCount = 0 } = chunks ?? {};
  const isSame = chunkCount === counts.chunkCount && byteCount === counts.chunkBytes;
  if (isSame && lateCount === 0) return;
  throw new SnapshotError('the closed chunks beside it are not its own', { distrustsChunks: true });
}

/** Puts the records of a snapshot into the head. */
class Loader {
  readonly #replay: Replay;
  readonly #state: StateReader | undefined;
  readonly #series: SeriesRecordReader = new SeriesRecordReader();
  readonly #exemplars: Uint8Array[] = [];
  #seriesCount = 0;
  #isWhole = false;

  constructor(replay: Replay, state: StateReader | undefined) {
    this.#replay = replay;
    this.#state = state;
  }

  record(record: Uint8Array): void {
    const reader = new ByteReader(record);
    const type = reader.readByte();
    switch (type) {
      case SnapshotRecord.series:
        this.#readSeries(reader);
        break;
      case SnapshotRecord.tombstones:
        this.#readTombstones(reader);
        break;
      case SnapshotRecord.exemplars:
        // Behind a part of them the log could not bring those before.
        this.#exemplars.push(record.slice());
        break;
      default:
        throw new SnapshotError(`records of type ${type} are not known`);
    }
  }

  end(): number {
    if (!this.#isWhole) throw new SnapshotError('its end is missing');
    const counts = this.#state?.counts;
    if (counts !== undefined && counts.seriesCount !== this.#seriesCount) {
      throw new SnapshotError(`it has ${this.#seriesCount} of ${counts.seriesCount} series`);
    }
    for (const record of this.#exemplars) this.#replay.exemplars(new ByteReader(record, 1));
    if (counts !== undefined) this.#replay.reserveRefs(counts.walRefLast);
    for (const { ref, seriesRef } of this.#state?.aliases ?? []) this.#replay.alias(ref, seriesRef);
    for (const { metric, metadata } of this.#state?.descriptions ?? []) {
      this.#replay.recall(metric, metadata);
    }
    return this.#seriesCount;
  }

  #readSeries(reader: ByteReader): void {
    const series = this.#series;
    series.read(reader);
    if (!series.labels.isSorted()) throw new DecodeError('labels are not sorted', 0);
    this.#replay.storedSeries(series, this.#state?.next());
    this.#seriesCount++;
  }

  #readTombstones(reader: ByteReader): void {
    for (const [ref, intervals] of decodeTombstoneRecord(reader)) {
      for (let i = 0; i < intervals.length; i += 2) {
        this.#replay.tombstone(ref, intervals[i], intervals[i + 1]);
      }
    }
    this.#isWhole = true;
  }
}
