import { SLOTS } from './slots.ts';

/** Numbers of each interface, one after the other, as in /proc/net/dev. */
export const INTERFACE_NUMBERS = 8;
export const INTERFACE = {
  receivedBytes: 0,
  receivedPackets: 1,
  receiveErrors: 2,
  receiveDrops: 3,
  sentBytes: 4,
  sentPackets: 5,
  sendErrors: 6,
  sendDrops: 7,
} as const;

/** Numbers of each block device. */
export const DEVICE_NUMBERS = 4;
export const DEVICE = { readBytes: 0, writtenBytes: 1, reads: 2, writes: 3 } as const;

/** Interfaces or devices of one container that are told apart; what is beyond is left out. */
const NAMES_MAX = 64;

/**
 * Numbers by name, for names that are nearly always the same and in the same order: these are compared as bytes
 * with what stood there last time, and become strings only when they are new.
 */
export class NamedNumbers {
  readonly names: string[] = [];
  /** `numbersEach` for each of `names`. */
  values: Float64Array;
  readonly #numbersEach: number;
  readonly #nameBytes: Uint8Array[] = [];
  #expected = 0;
  /** Raised when a name is added or they begin anew: text that was made of them must be made again. */
  version = 0;

  constructor(numbersEach: number) {
    this.#numbersEach = numbersEach;
    this.values = new Float64Array(numbersEach * 2);
  }

  /** Values are set again from here on; names stay, those that do not come again as NaN. */
  begin(): void {
    // Names that have gone made room for no others: learn them anew.
    if (this.names.length >= NAMES_MAX) this.clear();
    this.#expected = 0;
    this.values.fill(Number.NaN);
  }

  /** Where the numbers of the name begin that stands from `start` to `end`; -1 where there are too many. */
  place(bytes: Uint8Array, start: number, end: number): number {
    for (let i = this.#expected; i < this.#nameBytes.length; i++) {
      if (isSame(this.#nameBytes[i] as Uint8Array, bytes, start, end)) return this.#take(i);
    }
    for (let i = 0; i < this.#expected && i < this.#nameBytes.length; i++) {
      if (isSame(this.#nameBytes[i] as Uint8Array, bytes, start, end)) return this.#take(i);
    }
    return this.#add(bytes.slice(start, end));
  }

  clear(): void {
    if (this.names.length === 0) return;
    this.names.length = 0;
    this.#nameBytes.length = 0;
    this.version++;
  }

  #take(index: number): number {
    this.#expected = index + 1;
    return index * this.#numbersEach;
  }

  #add(name: Uint8Array): number {
    if (this.names.length >= NAMES_MAX) return -1;
    const index = this.names.length;
    this.#nameBytes.push(name);
    this.names.push(new TextDecoder().decode(name));
    this.version++;
    const length = this.names.length * this.#numbersEach;
    if (length > this.values.length) {
      const grown = new Float64Array(length * 2).fill(Number.NaN);
      grown.set(this.values);
      this.values = grown;
    }
    return this.#take(index);
  }
}

function isSame(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}

/** The newest numbers of one container, or of the host. */
export class Measurement {
  /** See `SLOT`. */
  readonly values: Float64Array = new Float64Array(SLOTS).fill(Number.NaN);
  /** By interface; see `INTERFACE`. */
  readonly network: NamedNumbers = new NamedNumbers(INTERFACE_NUMBERS);
  /** By `major:minor`; see `DEVICE`. */
  readonly blockIo: NamedNumbers = new NamedNumbers(DEVICE_NUMBERS);
  /** Nanoseconds by CPU; empty where that is not wanted or not told. */
  cpus: Float64Array = new Float64Array(0);
  /** When it was taken, in milliseconds since the epoch; 0: never. */
  timeMs = 0;
}
