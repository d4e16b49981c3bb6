import { DecodeError } from '#bytes';
import type { ByteReader, ByteWriter } from '#bytes';
import type { FloatHistogram } from '#model';
import { LabelSpans } from '#storage';
import { ChunkKind } from '../block/layout.ts';
import { PAIR_NAME, PAIR_TEXT, NAME_TEXT } from '../label-index.ts';
import type { MemoryViews } from '../memory.ts';
import { decodeHistogram, encodeHistogram } from '../wal/histogram-records.ts';
import type { ValueBits } from './chunk-loader.ts';
import type { StoredChunk } from './head-chunks.ts';
import { SnapshotRecord } from './layout.ts';

/*
 * The record of a series in a snapshot:
 *
 *   1 | ref int64 | labels | 0 int64 | 0 where it has no open chunk, else
 *   1 | first time int64 | last time int64 | kind | length uvarint | chunk | last value
 *
 * The last value of floats: 56 bytes that say nothing any more, then the value; of histograms: one as in the log.
 */

/** Once the last four samples; Prometheus writes zeros but for the last value. */
const UNUSED_BYTES = 56;

/** Of label sets; it grows. */
const LABEL_BYTES_START = 4096;

export function encodeSeriesStart(
  out: ByteWriter,
  ref: number,
  views: MemoryViews,
  labels: number,
): void {
  out.writeByte(SnapshotRecord.series);
  out.writeInt64(ref);
  const { arena } = views;
  const count = arena[labels];
  out.writeUvarint(count);
  for (let i = 1; i <= count; i++) {
    const pair = arena[labels + i];
    encodeText(out, views, arena[pair + PAIR_NAME] + NAME_TEXT);
    encodeText(out, views, pair + PAIR_TEXT);
  }
  out.writeInt64(0);
}

/** Word by word: for texts as short as these a call into the engine costs more than the loop. */
function encodeText(out: ByteWriter, { arena }: MemoryViews, offset: number): void {
  const length = arena[offset] >>> 1;
  out.writeUvarint(length);
  out.reserve(length + 4);
  const view = viewOf(out.buffer);
  const start = out.length;
  let word = offset + 1;
  for (let at = start; at < start + length; at += 4) view.setInt32(at, arena[word++], true);
  out.length = start + length;
}

let viewed: Uint8Array = new Uint8Array(0);
let viewOfIt = new DataView(viewed.buffer);

function viewOf(buffer: Uint8Array): DataView {
  if (buffer !== viewed) {
    viewed = buffer;
    viewOfIt = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
  return viewOfIt;
}

export function encodeNoChunk(out: ByteWriter): void {
  out.writeByte(0);
}

export function encodeOpenChunk(
  out: ByteWriter,
  { kind, minTimeMs, maxTimeMs, data }: StoredChunk,
  last: ValueBits | FloatHistogram,
): void {
  out.writeByte(1);
  out.writeInt64(minTimeMs);
  out.writeInt64(maxTimeMs);
  out.writeByte(kind);
  out.writeUvarint(data.length);
  out.writeBytes(data);
  if ('high' in last) {
    out.writeZeros(UNUSED_BYTES);
    out.writeFloat64Bits(last.high, last.low);
  } else encodeHistogram(out, last, kind === ChunkKind.floatHistogram);
}

/** Reads the records of series; what it read last stands in it. */
export class SeriesRecordReader {
  ref = 0;
  labels: LabelSpans = new LabelSpans(new Uint8Array(LABEL_BYTES_START));
  /** Undefined where the series has no open chunk. */
  chunk: StoredChunk | undefined;
  /** Of floats. */
  last: ValueBits = { high: 0, low: 0 };

  /** What follows the type. Throws DecodeError. */
  read(reader: ByteReader): void {
    this.chunk = undefined;
    this.ref = reader.readInt64();
    this.#readLabels(reader);
    reader.readInt64();
    if (reader.readUvarint() === 0) return;
    const minTimeMs = reader.readInt64();
    const maxTimeMs = reader.readInt64();
    const kind = reader.readByte();
    const data = reader.readBytes(reader.readUvarint());
    if (data.length < 2) throw new DecodeError('a chunk is too short', reader.position);
    this.chunk = { kind, minTimeMs, maxTimeMs, data };
    this.#readLast(reader, kind);
  }

  #readLast(reader: ByteReader, kind: number): void {
    switch (kind) {
      case ChunkKind.xor:
        reader.position += UNUSED_BYTES;
        reader.readFloat64Bits();
        this.last = { high: reader.high, low: reader.low };
        break;
      case ChunkKind.histogram:
      case ChunkKind.floatHistogram:
        decodeHistogram(reader, kind === ChunkKind.floatHistogram);
        break;
      default:
        throw new DecodeError(`chunks of kind ${kind} are not known`, reader.position);
    }
  }

  #readLabels(reader: ByteReader): void {
    const count = reader.readUvarint();
    const start = reader.position;
    if (count * 2 > reader.end - start) {
      throw new DecodeError('cannot read more labels than there are bytes', start);
    }
    const { labels } = this;
    labels.clear();
    for (let i = 0; i < count; i++) {
      const nameStart = textStart(reader);
      const nameEnd = reader.position;
      const valueStart = textStart(reader);
      labels.add(nameStart - start, nameEnd - start, valueStart - start, reader.position - start);
    }
    if (reader.position > reader.end) {
      throw new DecodeError('cannot read labels beyond the end of a record', start);
    }
    this.#copyLabels(reader.bytes, start, reader.position);
    this.labels.select(0, count);
  }

  /** So that they lie where `labels` looks for them. */
  #copyLabels(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > this.labels.bytes.length) {
      const larger = new LabelSpans(new Uint8Array(length * 2));
      larger.spans = this.labels.spans;
      larger.length = this.labels.length;
      this.labels = larger;
    }
    const to = this.labels.bytes;
    for (let i = 0; i < length; i++) to[i] = bytes[start + i];
  }
}

/** Where a text begins; goes to its end, which may lie beyond the input. */
function textStart(reader: ByteReader): number {
  const length = reader.readUvarint();
  const start = reader.position;
  reader.position = start + length;
  return start;
}
