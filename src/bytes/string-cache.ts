import { Buffer, isUtf8 as isUtf8Buffer } from 'node:buffer';

/** Slots of a cache. A request repeats some thousands of strings; 8,192 slots hold them with few clashes. */
const SLOTS = 8192;
/** Longer strings are seldom repeated and dear to compare. */
const CACHED_BYTES_MAX = 128;

/**
 * Decodes UTF-8, giving the same string again for the same bytes without making it anew: label names
 * and values come by the million, most of them seen before. Bounded; what clashes is replaced.
 */
export class StringCache {
  private readonly slots: (string | undefined)[] = Array.from({ length: SLOTS });

  decode(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return '';
    if (length > CACHED_BYTES_MAX) return decodeUtf8(bytes, start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.slots[slot];
    if (known !== undefined && isAsciiEqual(known, bytes, start, length)) return known;
    const decoded = decodeUtf8(bytes, start, end);
    // Only ASCII compares byte by unit; other strings are decoded each time.
    if (decoded.length === length) this.slots[slot] = decoded;
    return decoded;
  }
}

function isAsciiEqual(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

/** What is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++)
    if (bytes[i] > 0x7f) return isUtf8Buffer(bytes.subarray(i, end));
  return true;
}
