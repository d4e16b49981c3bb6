import type { MemoryViews } from './memory.ts';

/*
 * A string in the arena:  header: length in UTF-16 units << 1 | wide | then the units,
 * one byte each (Latin-1) or, where `wide`, two (UTF-16LE). Lossless for every JavaScript string.
 */

/** Any 32 bits, the same in each thread. FNV-1a over UTF-16 units. */
export function hashText(text: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** Spreads a hash's bits into its low ones (the finalizer of MurmurHash3). */
export function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function isWide(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) return true;
  }
  return false;
}

/** Words that a string takes, its header included. */
export function textWords(text: string): number {
  return 1 + (((isWide(text) ? text.length * 2 : text.length) + 3) >>> 2);
}

/** Words of the string that stands at an offset. */
export function textWordsAt(arena: Int32Array, offset: number): number {
  const header = arena[offset];
  const length = header >>> 1;
  return 1 + (((header & 1 ? length * 2 : length) + 3) >>> 2);
}

export function writeText(views: MemoryViews, offset: number, text: string): void {
  const wide = isWide(text);
  views.arena[offset] = (text.length << 1) | (wide ? 1 : 0);
  const at = (offset + 1) * 4;
  if (wide) views.arenaBytes.write(text, at, 'utf16le');
  else writeLatin1(views.arenaBytes, at, text);
}

/** By hand: for strings as short as labels are, the call into the engine costs more than the loop. */
function writeLatin1(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

export function readText(views: MemoryViews, offset: number): string {
  const header = views.arena[offset];
  const at = (offset + 1) * 4;
  const length = header >>> 1;
  if (header & 1) return views.arenaBytes.toString('utf16le', at, at + length * 2);
  return views.arenaBytes.toString('latin1', at, at + length);
}

export function textEquals(views: MemoryViews, offset: number, text: string): boolean {
  const header = views.arena[offset];
  if (header >>> 1 !== text.length) return false;
  if (header & 1) return readText(views, offset) === text;
  const bytes = views.arenaBytes;
  const at = (offset + 1) * 4;
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
