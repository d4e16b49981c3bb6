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
  const contentBytes = snappyContentBytes(block);
  if (contentBytes > contentBytesMax) {
    const message = `snappy: decoded block is too large: ${contentBytes} bytes, limit ${contentBytesMax}`;
    throw new SnappyError('too-large', message);
  }
  // An element gives at most 64 bytes for 3, so a short block cannot announce gigabytes.
  if (contentBytes > block.length * 32) throw corrupt();
  const content = new Uint8Array(contentBytes);
  if (decodeElements(block, headerBytes(block), content) !== contentBytes) throw corrupt();
  return content;
}

function headerBytes(block: Uint8Array): number {
  let at = 0;
  while (block[at] >= 0x80) at++;
  return at + 1;
}

/** Returns the bytes written, or -1 where the elements make no sense. */
function decodeElements(block: Uint8Array, start: number, content: Uint8Array): number {
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
      if (at + length > end || to + length > content.length) return -1;
      copyLiteral(block, at, content, { to, length });
      at += length;
      to += length;
      continue;
    }
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const offsetBytes = kind === 3 ? 4 : kind;
    if (at + offsetBytes > end) return -1;
    const high = kind === 1 ? (tag >>> 5) << 8 : 0;
    const offset = high + littleEndian(block, at, offsetBytes);
    at += offsetBytes;
    if (offset === 0 || offset > to || to + length > content.length) return -1;
    // Byte by byte forwards: source and target overlap where the offset is below the length.
    for (let i = to - offset, until = i + length; i < until; i++) content[to++] = content[i];
  }
  return to;
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
  const block = new Uint8Array(snappyBlockBytesMax(content.length));
  let to = 0;
  let rest = content.length;
  while (rest >= 0x80) {
    block[to++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  block[to++] = rest;
  for (let start = 0; start < content.length; start += PIECE_BYTES) {
    to = encodePiece(content.subarray(start, start + PIECE_BYTES), block, to);
  }
  return block.slice(0, to);
}

function encodePiece(piece: Uint8Array, block: Uint8Array, start: number): number {
  if (piece.length < TAIL_BYTES) return writeLiteral(piece, 0, block, start);
  hashTable.fill(0);
  const limit = piece.length - TAIL_BYTES;
  let to = start;
  let literalStart = 0;
  let at = 1;
  // Where nothing repeats the step grows, so that incompressible content costs little.
  let misses = 32;
  while (at <= limit) {
    const word = wordAt(piece, at);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = hashTable[slot];
    hashTable[slot] = at;
    if (wordAt(piece, candidate) !== word || candidate >= at) {
      at += misses++ >>> 5;
      continue;
    }
    misses = 32;
    if (at > literalStart) {
      to = writeLiteral(piece.subarray(0, at), literalStart, block, to);
    }
    let length = 4;
    while (at + length < piece.length && piece[candidate + length] === piece[at + length]) length++;
    to = writeCopy(block, to, at - candidate, length);
    at += length;
    literalStart = at;
  }
  return writeLiteral(piece, literalStart, block, to);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** Writes `piece` from `start` to its end. */
function writeLiteral(piece: Uint8Array, start: number, block: Uint8Array, at: number): number {
  const length = piece.length - start;
  if (length === 0) return at;
  let to = at;
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
  copyLiteral(piece, start, block, { to, length });
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
