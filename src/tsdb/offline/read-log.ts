import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { FloatHistogram } from '#model';
import type { Disk } from '#platform';
import { ExemplarStore } from '../exemplars.ts';
import { Head } from '../head.ts';
import { MetadataTable } from '../metadata-table.ts';
import { ChunkLoader } from '../snapshot/chunk-loader.ts';
import { HeadChunks } from '../snapshot/head-chunks.ts';
import { HEAD_CHUNKS_DIR } from '../snapshot/layout.ts';
import { checkpointName, checkpointNumbers, segmentName, segmentNumbers } from '../wal/layout.ts';
import { readSegment } from '../wal/reader.ts';
import type { LoggedSamples } from '../wal/logged-samples.ts';
import { LateReplay } from '../wal/late-replay.ts';
import { Replay } from '../wal/replay.ts';

const SERIES_MAX = 10_000_000;

/** Inclusive, milliseconds; what lies outside is not kept in memory. */
export interface LogBounds {
  /** Of samples in order. */
  readonly startMs: number;
  /** Of samples out of order. */
  readonly lateStartMs: number;
  readonly endMs: number;
}

/** What the logs hold within the bounds, put into a head of its own. */
export interface ReadLog {
  readonly head: Head;
  readonly warnings: readonly string[];
}

/**
 * Reads the logs of a data directory as they are: nothing is repaired and nothing removed, a record that is
 * being written is left out. Throws the disk's error: ENOENT where a server truncates the log meanwhile.
 */
export function readLog(disk: Disk, dir: string, bounds: LogBounds): ReadLog {
  const head = new Head({
    seriesMax: SERIES_MAX,
    chunkBytesMax: Math.floor(totalmem() / 2),
    announce: () => {},
  });
  const target = { head, exemplars: new ExemplarStore(0), metadata: new MetadataTable() };
  const replay = new BoundedReplay(target, bounds);
  const chunks = new HeadChunks();
  replay.chunks = chunks;
  const damage: string[] = [];
  try {
    readAll(chunks.read(disk, join(dir, HEAD_CHUNKS_DIR)));
    if (chunks.damage !== undefined) {
      const { path, offset, reason } = chunks.damage;
      damage.push(`${path}: ${reason}, what follows ${offset} is read from the log`);
    }
    damage.push(...readSegments(disk, join(dir, 'wal'), replay));
  } finally {
    chunks.close();
  }
  replay.end();
  const late = new BoundedLateReplay(head, replay, bounds);
  damage.push(...readSegments(disk, join(dir, 'wbl'), late));
  return { head, warnings: [...damage, ...replay.warnings(), ...late.warnings()] };
}

function readAll(steps: Generator<void>): void {
  while (steps.next().done !== true);
}

/** The answer is what was left out, and why. */
function readSegments(
  disk: Disk,
  dir: string,
  sink: { record(record: Uint8Array): void },
): string[] {
  const damage: string[] = [];
  const paths = segmentPaths(disk, dir);
  for (const [index, path] of paths.entries()) {
    const content = readSegment(disk, path, (record) => sink.record(record));
    if (content.unreadableCount > 0) {
      damage.push(`${path}: ${content.unreadableCount} records cannot be decompressed`);
    }
    for (const { reason, offset, bytes, isTail } of content.corruptions) {
      // The newest segment may end in what is just being written.
      if (isTail && index === paths.length - 1) continue;
      damage.push(`${path}: ${reason}, ${bytes} bytes from ${offset} are left out`);
    }
  }
  return damage;
}

/** The newest checkpoint's, then those after it. */
function segmentPaths(disk: Disk, dir: string): string[] {
  const names = disk.list(dir);
  const checkpoint = checkpointNumbers(names).at(-1);
  const segments = segmentNumbers(names).filter((segment) => segment > (checkpoint ?? -1));
  const paths = segments.map((segment) => join(dir, segmentName(segment)));
  if (checkpoint === undefined) return paths;
  const checkpointDir = join(dir, checkpointName(checkpoint));
  const first = segmentNumbers(disk.list(checkpointDir));
  return [...first.map((segment) => join(checkpointDir, segmentName(segment))), ...paths];
}

class BoundedReplay extends Replay {
  readonly #bounds: LogBounds;

  constructor(target: ConstructorParameters<typeof Replay>[0], bounds: LogBounds) {
    super(target);
    this.#bounds = bounds;
    // As if a block had what is older, so that no chunk brings more than is wanted.
    this.loader = new ChunkLoader(target.head, {
      endMs: bounds.startMs,
      isStored: () => true,
      isDamaged: () => true,
    });
  }

  override addSamples(samples: LoggedSamples): void {
    samples.filter((timeMs) => this.#has(timeMs));
    super.addSamples(samples);
  }

  override histogram(ref: number, timeMs: number, histogram: FloatHistogram): void {
    if (this.#has(timeMs)) super.histogram(ref, timeMs, histogram);
  }

  override exemplar(): void {
    // Nobody asks for them.
  }

  warnings(): string[] {
    const warnings: string[] = [];
    const lost = this.samplesRefused + this.unknownRefs;
    if (lost > 0) warnings.push(`${lost} samples of the log cannot be kept`);
    if (this.undecodable > 0) warnings.push(`${this.undecodable} records of the log make no sense`);
    if (this.chunksError !== undefined) warnings.push('closed chunks of the head cannot be read');
    return warnings;
  }

  #has(timeMs: number): boolean {
    return timeMs >= this.#bounds.startMs && timeMs <= this.#bounds.endMs;
  }
}

class BoundedLateReplay extends LateReplay {
  readonly #bounds: LogBounds;

  constructor(head: Head, named: Replay, bounds: LogBounds) {
    super(head, named);
    this.#bounds = bounds;
  }

  override addSamples(samples: LoggedSamples): void {
    samples.filter((timeMs) => this.#has(timeMs));
    super.addSamples(samples);
  }

  override histogram(ref: number, timeMs: number, histogram: FloatHistogram): void {
    if (this.#has(timeMs)) super.histogram(ref, timeMs, histogram);
  }

  warnings(): string[] {
    const lost = this.samplesRefused + this.unknownRefs;
    return lost > 0 ? [`${lost} samples out of order cannot be kept`] : [];
  }

  #has(timeMs: number): boolean {
    return timeMs >= this.#bounds.lateStartMs && timeMs <= this.#bounds.endMs;
  }
}
