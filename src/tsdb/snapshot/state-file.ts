import { join } from 'node:path';
import { ByteReader, ByteWriter, DecodeError, crc32c } from '#bytes';
import type { Metadata, MetricType } from '#model';
import type { Disk } from '#platform';
import type { MetadataEntry } from '#storage';
import type { EncoderState } from '../chunk-encoder.ts';
import { STATE_FILE, STATE_MAGIC, STATE_VERSION } from './layout.ts';

/*
 * What Prometheus' snapshot has no place for (drawn in docs/formats/chunk-snapshot.md). By it a snapshot also
 * proves that it is whole, and that the closed chunks beside it are its own.
 */

/** The whole snapshot in numbers. */
export interface SnapshotCounts {
  readonly seriesCount: number;
  /** Of closed chunks. */
  readonly chunkCount: number;
  readonly chunkBytes: number;
  /** No number of the log up to it may be given to a new series. */
  readonly walRefLast: number;
}

/** A further number that the log has for a series. */
export interface RefAlias {
  readonly ref: number;
  /** The number that the snapshot gives it. */
  readonly seriesRef: number;
}

/** One row for each series, in the order of their records. */
export class StateWriter {
  readonly #rows: ByteWriter = new ByteWriter(1 << 16);
  readonly #descriptions: ByteWriter = new ByteWriter(1024);
  #descriptionCount = 0;

  /** Of the next series. */
  add(state: EncoderState | undefined): void {
    const rows = this.#rows;
    rows.writeUvarint(state?.bits ?? 0);
    if (state === undefined) return;
    rows.writeByte(state.leading);
    rows.writeByte(state.trailing);
    rows.writeVarint(state.lastDeltaMs);
  }

  describe(metric: string, { type, unit, help }: Metadata): void {
    for (const text of [metric, type, unit, help]) this.#descriptions.writeUvarintString(text);
    this.#descriptionCount++;
  }

  /** Makes the file and closes it. Rejects with the disk's error. */
  async finish(
    disk: Disk,
    dir: string,
    counts: SnapshotCounts,
    aliases: readonly RefAlias[],
  ): Promise<void> {
    const out = new ByteWriter(this.#rows.length + this.#descriptions.length + 256);
    out.writeUint32(STATE_MAGIC);
    out.writeByte(STATE_VERSION);
    out.writeUvarint(counts.seriesCount);
    out.writeUvarint(counts.chunkCount);
    out.writeUvarint(counts.chunkBytes);
    out.writeUvarint(counts.walRefLast);
    out.writeUvarint(aliases.length);
    for (const { ref, seriesRef } of aliases) {
      out.writeUvarint(ref);
      out.writeUvarint(seriesRef);
    }
    out.writeUvarint(this.#descriptionCount);
    out.writeBytes(this.#descriptions.view());
    out.writeBytes(this.#rows.view());
    out.writeUint32(crc32c(out.buffer, 0, out.length));
    const file = disk.open(join(dir, STATE_FILE), 'append');
    try {
      file.append(out.view());
      await file.syncLater();
    } finally {
      file.close();
    }
  }
}

/** Reads the file row by row. */
export class StateReader {
  readonly counts: SnapshotCounts;
  readonly aliases: RefAlias[] = [];
  /** Those of a metric in their order. */
  readonly descriptions: MetadataEntry[] = [];
  readonly #reader: ByteReader;

  /** Throws DecodeError. */
  constructor(bytes: Uint8Array) {
    const end = bytes.length - 4;
    const reader = new ByteReader(bytes, 0, Math.max(0, end));
    if (reader.readUint32() !== STATE_MAGIC) throw new DecodeError('it begins as none', 0);
    if (reader.readByte() !== STATE_VERSION) throw new DecodeError('its version is unknown', 4);
    if (new ByteReader(bytes, end).readUint32() !== crc32c(bytes, 0, end)) {
      throw new DecodeError('it has a wrong checksum', end);
    }
    this.#reader = reader;
    this.counts = {
      seriesCount: reader.readUvarint(),
      chunkCount: reader.readUvarint(),
      chunkBytes: reader.readUvarint(),
      walRefLast: reader.readUvarint(),
    };
    for (let count = reader.readUvarint(); count > 0; count--) {
      this.aliases.push({ ref: reader.readUvarint(), seriesRef: reader.readUvarint() });
    }
    for (let count = reader.readUvarint(); count > 0; count--) {
      const metric = reader.readUvarintString();
      const type = reader.readUvarintString() as MetricType;
      const unit = reader.readUvarintString();
      const help = reader.readUvarintString();
      this.descriptions.push({ metric, metadata: { type, unit, help } });
    }
  }

  /** Of the next series. Throws DecodeError. */
  next(): EncoderState | undefined {
    const reader = this.#reader;
    const bits = reader.readUvarint();
    if (bits === 0) return undefined;
    const leading = reader.readByte();
    const trailing = reader.readByte();
    const lastDeltaMs = reader.readVarint();
    return { bits, leading, trailing, lastDeltaMs };
  }
}

/** Undefined where there is none: the snapshot is Prometheus'. Throws DecodeError, or the disk's error. */
export function readState(disk: Disk, dir: string): StateReader | undefined {
  const path = join(dir, STATE_FILE);
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(file.bytes);
    file.readAt(0, bytes);
    return new StateReader(bytes);
  } finally {
    file.close();
  }
}
