import type { Labels } from '#model';
import type { RangePart } from './range-part.ts';

/*
 * An entry of the cache, as it lies in shared memory. Numbers in the machine's own order; begins at a multiple of 8.
 *
 *   5 doubles   startMs, stepMs, steps, series, bytes of the text
 *   doubles     values, series by series
 *   bytes       presence, likewise; left out where every step has a value
 *   text        UTF-8, JSON: labels, warnings, infos
 */

const HEADER_WORDS = 5;

/** A part of a result with what the engine had to say about it. */
export interface CachedRange {
  readonly part: RangePart;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

interface EntryText {
  readonly labels: readonly Labels[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly isDense: boolean;
}

/** Undefined where it would be larger than allowed. */
export function encodeEntry(
  { part, warnings, infos }: CachedRange,
  bytesMax: number,
): Uint8Array<ArrayBuffer> | undefined {
  const { values, presence, labels, steps } = part;
  const numberBytes = HEADER_WORDS * 8 + values.byteLength + (presence?.length ?? 0);
  // Labels take as many bytes at least.
  if (numberBytes + labels.length * 2 > bytesMax) return undefined;
  const content: EntryText = { labels, warnings, infos, isDense: presence === undefined };
  const text = Buffer.from(JSON.stringify(content));
  if (numberBytes + text.length > bytesMax) return undefined;
  const bytes = new Uint8Array(numberBytes + text.length);
  const header = new Float64Array(bytes.buffer, 0, HEADER_WORDS);
  header.set([steps.startMs, steps.stepMs, steps.count, labels.length, text.length]);
  new Float64Array(bytes.buffer, HEADER_WORDS * 8, values.length).set(values);
  if (presence !== undefined) bytes.set(presence, HEADER_WORDS * 8 + values.byteLength);
  bytes.set(text, numberBytes);
  return bytes;
}

/** Where an entry lies. */
export interface EntryPlace {
  readonly memory: SharedArrayBuffer;
  /** Bytes; a multiple of 8. */
  readonly offset: number;
  readonly length: number;
}

/**
 * Copies an entry out of shared memory. Throws where the bytes are none: they may be another's by now if nobody
 * waits for the answer any more.
 */
export function decodeEntry({ memory, offset, length }: EntryPlace): CachedRange {
  const bytes = new Uint8Array(length);
  bytes.set(new Uint8Array(memory, offset, length));
  const header = new Float64Array(bytes.buffer, 0, HEADER_WORDS);
  const [startMs, stepMs, count, series, textBytes] = Array.from(header) as HeaderWords;
  const values = new Float64Array(bytes.buffer, HEADER_WORDS * 8, series * count);
  const textStart = length - textBytes;
  const text = Buffer.from(bytes.buffer, textStart, textBytes).toString('utf8');
  const { labels, warnings, infos, isDense } = JSON.parse(text) as EntryText;
  const presenceStart = HEADER_WORDS * 8 + values.byteLength;
  const presence = isDense ? undefined : new Uint8Array(bytes.buffer, presenceStart, values.length);
  return { part: { steps: { startMs, stepMs, count }, labels, values, presence }, warnings, infos };
}

type HeaderWords = [number, number, number, number, number];
