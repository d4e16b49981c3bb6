import type { ByteWriter } from '#bytes';
import type { Labels } from '#model';
import { LabelSpans } from '#storage';
import type { MemoryViews } from './memory.ts';

/*
 * A string in the arena:  header: length in bytes << 1 | 1 where a byte is above 0x7f | then UTF-8, the
 * last word filled up with zeros. So texts compare word by word, with each other and with bytes that
 * came from outside. Half a surrogate pair, which UTF-8 cannot say, becomes U+FFFD.
 */

/**
 * Hash of the text between two numbers of `spans`, from `at` on; the same in each thread. Goes on from
 * `seed`, which may be another hash (the rounds of MurmurHash3). Not mixed: see `mix`.
 */
export function hashText(labels: LabelSpans, at: number, seed: number): number {
  const { view, spans } = labels;
  const end = spans[at + 1];
  let from = spans[at];
  let hash = seed ^ Math.imul(end - from, 0x9e3779b1);
  for (; from + 4 <= end; from += 4) hash = hashWord(hash, view.getInt32(from, true));
  return from === end ? hash : hashWord(hash, lastWord(labels, from, end));
}

/** Takes another word, or another hash, into a hash. */
export function hashWord(hash: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Spreads a hash's bits (the finalizer of MurmurHash3). One to one. */
export function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Fewer than four bytes, zeros behind them. */
function lastWord({ bytes, view }: LabelSpans, start: number, end: number): number {
  // The engine knows a typed array's length, and asks for a view's.
  if (start + 4 <= bytes.length) {
    return view.getInt32(start, true) & ((1 << ((end - start) * 8)) - 1);
  }
  let word = 0;
  for (let at = end - 1; at >= start; at--) word = (word << 8) | view.getUint8(at);
  return word;
}

/** Words that a text of so many bytes takes, its header included. */
export function textWords(bytes: number): number {
  return 1 + ((bytes + 3) >>> 2);
}

/** Words of the text that stands at an offset. */
export function textWordsAt(arena: Int32Array, offset: number): number {
  return textWords(arena[offset] >>> 1);
}

export function writeText(arena: Int32Array, offset: number, labels: LabelSpans, at: number): void {
  const { view, spans } = labels;
  const end = spans[at + 1];
  let from = spans[at];
  let to = offset + 1;
  let seen = 0;
  for (; from + 4 <= end; from += 4) {
    const word = view.getInt32(from, true);
    seen |= word;
    arena[to++] = word;
  }
  if (from < end) {
    const word = lastWord(labels, from, end);
    seen |= word;
    arena[to] = word;
  }
  arena[offset] = ((end - spans[at]) << 1) | ((seen & 0x80808080) === 0 ? 0 : 1);
}

/** As the log has texts: the length in bytes as a varint, then the bytes. */
export function copyText(
  arena: Int32Array,
  arenaBytes: Uint8Array,
  offset: number,
  out: ByteWriter,
): void {
  const length = arena[offset] >>> 1;
  out.reserve(length + 5);
  if (length > 0x7f) out.writeUvarint(length);
  else out.buffer[out.length++] = length;
  const { buffer, length: to } = out;
  const start = (offset + 1) * 4;
  // Nearly all are short.
  if (length > 64) buffer.set(arenaBytes.subarray(start, start + length), to);
  else for (let i = 0; i < length; i++) buffer[to + i] = arenaBytes[start + i];
  out.length = to + length;
}

export function readText(views: MemoryViews, offset: number): string {
  if (offset >= views.arena.length) views.refresh();
  const header = views.arena[offset];
  const at = (offset + 1) * 4;
  const end = at + (header >>> 1);
  if (end > views.arenaBytes.length) views.refresh();
  return views.arenaBytes.toString(header & 1 ? 'utf8' : 'latin1', at, end);
}

/** Whether the text at an offset is that between two numbers of `spans`. */
export function textEquals(
  arena: Int32Array,
  offset: number,
  labels: LabelSpans,
  at: number,
): boolean {
  const { view, spans } = labels;
  const end = spans[at + 1];
  let from = spans[at];
  if (arena[offset] >>> 1 !== end - from) return false;
  let other = offset + 1;
  for (; from + 4 <= end; from += 4) {
    if (arena[other++] !== view.getInt32(from, true)) return false;
  }
  return from === end || arena[other] === lastWord(labels, from, end);
}

const encoder = new TextEncoder();

/** Brings strings into bytes, for what is asked by string. What `encode` gives holds until the next call. */
export class TextEncoding {
  #spans: LabelSpans = new LabelSpans(new Uint8Array(1024));

  encode(labels: Labels): LabelSpans {
    let bytesMax = 0;
    for (const text of labels) bytesMax += text.length * 3;
    if (bytesMax > this.#spans.bytes.length) this.#spans = new LabelSpans(new Uint8Array(bytesMax));
    const spans = this.#spans;
    spans.clear();
    let end = 0;
    for (let i = 0; i < labels.length; i += 2) {
      const nameEnd = writeUtf8(spans.bytes, end, labels[i]);
      const valueEnd = writeUtf8(spans.bytes, nameEnd, labels[i + 1]);
      spans.add(end, nameEnd, nameEnd, valueEnd);
      end = valueEnd;
    }
    spans.select(0, spans.length);
    return spans;
  }
}

/** Where the text ends. Nearly all are short and plain: a call into the encoder costs more than the loop. */
function writeUtf8(bytes: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return start + encoder.encodeInto(text, bytes.subarray(start)).written;
    bytes[start + i] = unit;
  }
  return start + text.length;
}
