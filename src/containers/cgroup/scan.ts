/** Reads numbers out of the kernel's text files, byte by byte: no strings are made. */

const NEWLINE = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

/** Where the number that `scanNumber` read ends. One for all: readers run one after the other. */
export let scanEnd = 0;

/**
 * The whole number at `from` (spaces before it are passed over); `max`, as limits say it, is Infinity, whatever
 * else is no number NaN. Beyond 2^53 it is rounded.
 */
export function scanNumber(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at++;
  const first = at;
  let value = 0;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) break;
    value = value * 10 + (byte - ZERO);
  }
  scanEnd = at;
  if (at > first) return value;
  return startsWith(bytes, first, end, MAX_WORD) ? Infinity : Number.NaN;
}

const MAX_WORD = asciiBytes('max');

/** Where the next line begins; `end` where there is none. */
export function nextLine(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === NEWLINE) return at + 1;
  return end;
}

export function startsWith(
  bytes: Uint8Array,
  from: number,
  end: number,
  word: Uint8Array,
): boolean {
  if (end - from < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false;
  return true;
}

export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Which keys of a file of `key value` lines are wanted, and in which slot each value goes. */
export class KeyTable {
  /** Open addressing: -1, or an index into `keys` and `slots`. */
  readonly places: Int16Array;
  readonly keys: readonly Uint8Array[];
  readonly slots: readonly number[];
  readonly scales: readonly number[];

  /** `scale`: the value is multiplied by it. */
  constructor(entries: readonly (readonly [key: string, slot: number, scale?: number])[]) {
    this.keys = entries.map(([key]) => asciiBytes(key));
    this.slots = entries.map(([, slot]) => slot);
    this.scales = entries.map(([, , scale]) => scale ?? 1);
    let size = 16;
    while (size < entries.length * 4) size *= 2;
    this.places = new Int16Array(size).fill(-1);
    for (const [index, key] of this.keys.entries()) {
      let place = hashOf(key) & (size - 1);
      while (this.places[place] !== -1) place = (place + 1) & (size - 1);
      this.places[place] = index;
    }
  }
}

function hashOf(key: Uint8Array): number {
  let hash = 0;
  for (const byte of key) hash = (Math.imul(hash, 31) + byte) | 0;
  return hash;
}

/** Puts the values of the wanted keys of `key value` lines into their slots. Other lines are passed over. */
export function scanKeyed(
  bytes: Uint8Array,
  end: number,
  { places, keys, slots, scales }: KeyTable,
  values: Float64Array,
): void {
  const mask = places.length - 1;
  let at = 0;
  while (at < end) {
    const start = at;
    let hash = 0;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === SPACE || byte === NEWLINE) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    let place = hash & mask;
    for (let index = places[place] as number; index >= 0; index = places[place] as number) {
      const key = keys[index] as Uint8Array;
      if (key.length === at - start && startsWith(bytes, start, at, key)) {
        const value = scanNumber(bytes, at, end);
        values[slots[index] as number] = value * (scales[index] as number);
        at = scanEnd;
        break;
      }
      place = (place + 1) & mask;
    }
    at = nextLine(bytes, at, end);
  }
}
