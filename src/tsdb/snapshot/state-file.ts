import { join } from 'node:path';
import { ByteReader, ByteWriter, DecodeError, crc32c } from '#bytes';
import type { Metadata, MetricType } from '#model';
import type { Disk } from '#platform';
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
  /** From ids of the metadata table to indexes here, from 1. */
  readonly #indexes = new Map<number, number>();

  /** `metadataId` 0: none; `metadata` is called where it is new. */
  add(state: EncoderState | undefined, metadataId: number, metadata: () => Metadata): void {
    const rows = this.#rows;
    rows.writeUvarint(this.#indexOf(metadataId, metadata));
    rows.writeUvarint(state?.bits ?? 0);
    if (state === undefined) return;
    rows.writeByte(state.leading);
    rows.writeByte(state.trailing);
    rows.writeVarint(state.lastDeltaMs);
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

  #indexOf(metadataId: number, metadata: () => Metadata): number {
    if (metadataId === 0) return 0;
    const known = this.#indexes.get(metadataId);
    if (known !== undefined) return known;
    const { type, unit, help } = metadata();
    const index = ++this.#descriptionCount;
    for (const text of [type, unit, help]) this.#descriptions.writeUvarintString(text);
    this.#indexes.set(metadataId, index);
    return index;
  }
}

/** Reads the file row by row. */
export class StateReader {
  readonly counts: SnapshotCounts;
  readonly aliases: RefAlias[] = [];
  readonly #reader: ByteReader;
  readonly #descriptions: Metadata[] = [];

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
      const type = reader.readUvarintString() as MetricType;
      const unit = reader.readUvarintString();
      this.#descriptions.push({ type, unit, help: reader.readUvarintString() });
    }
  }

  /** Of the next series. Throws DecodeError. */
  next(): { readonly metadata: Metadata | undefined; readonly state: EncoderState | undefined } {
    const reader = this.#reader;
    const metadata = this.#descriptions[reader.readUvarint() - 1];
    const bits = reader.readUvarint();
    if (bits === 0) return { metadata, state: undefined };
    const leading = reader.readByte();
    const trailing = reader.readByte();
    const lastDeltaMs = reader.readVarint();
    return { metadata, state: { bits, leading, trailing, lastDeltaMs } };
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
