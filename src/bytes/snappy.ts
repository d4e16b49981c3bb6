import { ByteWriter } from './byte-writer.ts';

/**
 * Snappy's block format (google/snappy: format_description.txt), as remote write and the write-ahead
 * log use it:
 *
 *     length of the content, varint | element ...
 *     element = tag byte: low two bits
 *       00 literal: length-1 in the upper six bits; 60..63: it follows in 1..4 bytes | the bytes
 *       01 copy: length 4..11, offset of 11 bits
 *       10 copy: length 1..64, offset of 16 bits
 *       11 copy: length 1..64, offset of 32 bits
 */

export type SnappyErrorCode = 'corrupt' | 'too-large';

/** The one error of this file. `corrupt`: not a snappy block; `too-large`: the content exceeds the limit. */
export class SnappyError extends Error {
  readonly code: SnappyErrorCode;
  constructor(code: SnappyErrorCode, message: string) {
    super(message);
    this.name = 'SnappyError';
    this.code = code;
  }
}

function corrupt(): SnappyError {
  return new SnappyError('corrupt', 'snappy: corrupt input');
}

/**
 * Reads the length of the content that a block announces, without decoding it.
 * Throws SnappyError `corrupt` where there is none.
 */
export function snappyContentBytes(block: Uint8Array): number {
  let length = 0;
  let factor = 1;
  for (let i = 0; i < 5 && i < block.length; i++) {
    const byte = block[i];
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      if (length > 0xffffffff) throw corrupt();
      return length;
    }
    factor *= 128;
  }
  throw corrupt();
}

/**
 * Decodes one block. Refuses, before it reserves memory, a block that announces more than `contentBytesMax`.
 * Throws SnappyError.
 */
export function snappyDecompress(block: Uint8Array, contentBytesMax: number): Uint8Array {
  return snappyDecompressInto(block, contentBytesMax, new ByteWriter(0));
}

/** As `snappyDecompress`, in memory that is used again: the result is a view, valid until the next write to `out`. */
export function snappyDecompressInto(
  block: Uint8Array,
  contentBytesMax: number,
  out: ByteWriter,
): Uint8Array {
  const contentBytes = snappyContentBytes(block);
  if (contentBytes > contentBytesMax) {
    const message = `snappy: decoded block is too large: ${contentBytes} bytes, limit ${contentBytesMax}`;
    throw new SnappyError('too-large', message);
  }
  // An element gives at most 64 bytes for 3, so a short block cannot announce gigabytes.
  if (contentBytes > block.length * 32) throw corrupt();
  out.clear();
  out.reserve(contentBytes + SLACK_BYTES);
  if (decodeElements(block, headerBytes(block), out.buffer, contentBytes) !== contentBytes) {
    throw corrupt();
  }
  out.length = contentBytes;
  return out.view();
}

function headerBytes(block: Uint8Array): number {
  let at = 0;
  while (block[at] >= 0x80) at++;
  return at + 1;
}

/** Short pieces are copied as words; what is written behind their end is written over by the next. */
const SLACK_BYTES = 16;

/** Returns the bytes written, or -1 where the elements make no sense. `content` has slack behind `contentBytes`. */
function decodeElements(
  block: Uint8Array,
  start: number,
  content: Uint8Array,
  contentBytes: number,
): number {
  const from = viewOf(block);
  const out = viewOf(content);
  let at = start;
  let to = 0;
  const end = block.length;
  while (at < end) {
    const tag = block[at++];
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >>> 2) + 1;
      if (length > 60) {
        const lengthBytes = length - 60;
        if (at + lengthBytes > end) return -1;
        length = littleEndian(block, at, lengthBytes) + 1;
        at += lengthBytes;
      }
      if (at + length > end || to + length > contentBytes) return -1;
      if (length <= 16 && at + 16 <= end) {
        out.setInt32(to, from.getInt32(at));
        out.setInt32(to + 4, from.getInt32(at + 4));
        if (length > 8) {
          out.setInt32(to + 8, from.getInt32(at + 8));
          out.setInt32(to + 12, from.getInt32(at + 12));
        }
      } else copyLiteral(block, at, content, { to, length });
      at += length;
      to += length;
      continue;
    }
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const offsetBytes = kind === 3 ? 4 : kind;
    if (at + offsetBytes > end) return -1;
    const offset =
      kind === 1
        ? ((tag >>> 5) << 8) | block[at]
        : kind === 2
          ? block[at] | (block[at + 1] << 8)
          : littleEndian(block, at, 4);
    at += offsetBytes;
    if (offset === 0 || offset > to || to + length > contentBytes) return -1;
    const until = to + length;
    if (offset >= 4) {
      // Each word that is read was written whole.
      for (; to < until; to += 4) out.setInt32(to, out.getInt32(to - offset));
    } else {
      for (; to < until; to++) content[to] = content[to - offset];
    }
    to = until;
  }
  return to;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i];
  return value;
}

interface Target {
  readonly to: number;
  readonly length: number;
}

function copyLiteral(from: Uint8Array, at: number, content: Uint8Array, target: Target): void {
  const { to, length } = target;
  if (length > 64) {
    content.set(from.subarray(at, at + length), to);
    return;
  }
  for (let i = 0; i < length; i++) content[to + i] = from[at + i];
}

/** Content is encoded in pieces of this many bytes, so that every offset fits into 16 bits. */
const PIECE_BYTES = 65_536;
const HASH_BITS = 14;
/** A match is looked for only while this many bytes are left; the rest goes out as it is. */
const TAIL_BYTES = 15;

const hashTable = new Uint16Array(1 << HASH_BITS);

/** The most bytes that `snappyCompress` can need (google/snappy: MaxCompressedLength). */
export function snappyBlockBytesMax(contentBytes: number): number {
  return 32 + contentBytes + Math.ceil(contentBytes / 6);
}

/** Encodes a block. The result is a new array of its own. */
export function snappyCompress(content: Uint8Array): Uint8Array {
  const out = new ByteWriter(0);
  snappyCompressInto(content, out);
  return out.buffer.slice(0, out.length);
}

/** Encodes a block behind what was written already. */
export function snappyCompressInto(content: Uint8Array, out: ByteWriter): void {
  out.reserve(snappyBlockBytesMax(content.length));
  out.writeUvarint(content.length);
  const encoder = { content, view: viewOf(content), block: out.buffer };
  let to = out.length;
  for (let start = 0; start < content.length; start += PIECE_BYTES) {
    to = encodePiece(encoder, start, Math.min(content.length, start + PIECE_BYTES), to);
  }
  out.length = to;
}

interface Encoding {
  readonly content: Uint8Array;
  readonly view: DataView;
  readonly block: Uint8Array;
}

/** Encodes content[start..end) to `block` from `to` on. Returns where it ends there. */
function encodePiece(
  { content, view, block }: Encoding,
  start: number,
  end: number,
  blockStart: number,
): number {
  let to = blockStart;
  let literalStart = start;
  if (end - start >= TAIL_BYTES) {
    hashTable.fill(0);
    const limit = end - TAIL_BYTES;
    let at = start + 1;
    // Where nothing repeats the step grows, so that incompressible content costs little.
    let misses = 32;
    while (at <= limit) {
      const word = view.getInt32(at, true);
      const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
      const candidate = start + hashTable[slot];
      hashTable[slot] = at - start;
      if (view.getInt32(candidate, true) !== word || candidate >= at) {
        at += misses++ >>> 5;
        continue;
      }
      misses = 32;
      if (at > literalStart) to = writeLiteral(content, literalStart, at, { block, to });
      const matchEnd = endOfMatch(view, candidate + 4, at + 4, end);
      to = writeCopy(block, to, at - candidate, matchEnd - at);
      at = matchEnd;
      literalStart = at;
    }
  }
  return writeLiteral(content, literalStart, end, { block, to });
}

/** How far the bytes from `at` on are those from `before` on. */
function endOfMatch(view: DataView, before: number, at: number, end: number): number {
  let i = at;
  let k = before;
  for (; i + 4 <= end; i += 4, k += 4) {
    const different = view.getInt32(i, true) ^ view.getInt32(k, true);
    if (different !== 0) return i + ((31 - Math.clz32(different & -different)) >>> 3);
  }
  while (i < end && view.getUint8(i) === view.getUint8(k)) {
    i++;
    k++;
  }
  return i;
}

interface BlockEnd {
  readonly block: Uint8Array;
  readonly to: number;
}

/** Writes content[start..end). */
function writeLiteral(
  content: Uint8Array,
  start: number,
  end: number,
  { block, to: blockEnd }: BlockEnd,
): number {
  const length = end - start;
  if (length === 0) return blockEnd;
  let to = blockEnd;
  const less = length - 1;
  if (less < 60) {
    block[to++] = less << 2;
  } else if (less < 256) {
    block[to++] = 60 << 2;
    block[to++] = less;
  } else {
    block[to++] = 61 << 2;
    block[to++] = less & 0xff;
    block[to++] = less >>> 8;
  }
  copyLiteral(content, start, block, { to, length });
  return to + length;
}

function writeCopy(block: Uint8Array, at: number, offset: number, length: number): number {
  let to = at;
  let rest = length;
  // Leaves at least 4 at the end, so that the last element may be the short form.
  while (rest >= 68) {
    to = writeLongCopy(block, to, offset, 64);
    rest -= 64;
  }
  if (rest > 64) {
    to = writeLongCopy(block, to, offset, 60);
    rest -= 60;
  }
  if (rest >= 12 || offset >= 2048) return writeLongCopy(block, to, offset, rest);
  block[to++] = ((offset >>> 8) << 5) | ((rest - 4) << 2) | 1;
  block[to++] = offset & 0xff;
  return to;
}

function writeLongCopy(block: Uint8Array, at: number, offset: number, length: number): number {
  block[at] = ((length - 1) << 2) | 2;
  block[at + 1] = offset & 0xff;
  block[at + 2] = offset >>> 8;
  return at + 3;
}
