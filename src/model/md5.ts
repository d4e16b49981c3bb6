import { pushUtf8 } from './utf8.ts';

/** Rotation of each step, four to a round (RFC 1321). */
const SHIFTS: readonly number[] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

const SINES = new Int32Array(64);
for (let i = 0; i < 64; i++) SINES[i] = Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32);

/** The state of the digest, four little-endian words; hashmod calls this for every target and series. */
const state = new Int32Array(4);
const block = new Int32Array(16);

/** Two halves of a 64-bit number, each an unsigned 32-bit integer. */
export interface Uint64Halves {
  readonly high: number;
  readonly low: number;
}

/** The last 8 bytes of the MD5 of the text in UTF-8, big-endian, as Prometheus' hashmod takes them. */
export function md5Tail(text: string): Uint64Halves {
  digest(text);
  return { high: swapBytes(state[2] ?? 0), low: swapBytes(state[3] ?? 0) };
}

function digest(text: string): void {
  const bytes: number[] = [];
  pushUtf8(bytes, text);
  state.set([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  const blockCount = ((bytes.length + 8) >> 6) + 1;
  for (let i = 0; i < blockCount; i++) {
    readBlock(bytes, i * 64);
    if (i === blockCount - 1) {
      block[14] = bytes.length << 3;
      block[15] = Math.floor(bytes.length / 2 ** 29);
    }
    mixBlock();
  }
}

/** Fills `block` from an offset, with the 0x80 that ends the message and zeros behind it. */
function readBlock(bytes: readonly number[], offset: number): void {
  block.fill(0);
  for (let i = 0; i < 64; i++) {
    const at = offset + i;
    if (at > bytes.length) return;
    const byte = at === bytes.length ? 0x80 : (bytes[at] ?? 0);
    block[i >> 2] = (block[i >> 2] ?? 0) | (byte << ((i & 3) * 8));
  }
}

function mixBlock(): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const sum = (a + mixWords(round, b, c, d) + (SINES[i] ?? 0) + (block[wordOf(i)] ?? 0)) | 0;
    const shift = SHIFTS[round * 4 + (i & 3)] ?? 0;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] = ((state[0] ?? 0) + a) | 0;
  state[1] = ((state[1] ?? 0) + b) | 0;
  state[2] = ((state[2] ?? 0) + c) | 0;
  state[3] = ((state[3] ?? 0) + d) | 0;
}

function mixWords(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (d & b) | (~d & c);
  if (round === 2) return b ^ c ^ d;
  return c ^ (b | ~d);
}

function wordOf(step: number): number {
  const round = step >> 4;
  if (round === 0) return step;
  if (round === 1) return (5 * step + 1) & 15;
  if (round === 2) return (3 * step + 5) & 15;
  return (7 * step) & 15;
}

function swapBytes(word: number): number {
  return (
    (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
  );
}
