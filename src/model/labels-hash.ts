import type { Labels } from './labels.ts';
import { pushUtf8 } from './utf8.ts';

const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return wrap((value << bits) | (value >> (64n - bits)));
}

function mix(accumulator: bigint, lane: bigint): bigint {
  return wrap(rotateLeft(wrap(accumulator + lane * PRIME_2), 31n) * PRIME_1);
}

function mergeLane(hash: bigint, lane: bigint): bigint {
  return wrap((hash ^ mix(0n, lane)) * PRIME_1 + PRIME_4);
}

function readWord(bytes: readonly number[], at: number, length: number): bigint {
  let word = 0n;
  for (let i = length - 1; i >= 0; i--) word = (word << 8n) | BigInt(bytes[at + i] ?? 0);
  return word;
}

/** xxHash of 64 bits with the seed 0, unsigned. Not for the sample path: it computes with BigInt. */
export function xxHash64(bytes: readonly number[]): bigint {
  const { hash, at } = hashStripes(bytes);
  return avalanche(hashRest(bytes, wrap(hash + BigInt(bytes.length)), at));
}

function hashStripes(bytes: readonly number[]): { hash: bigint; at: number } {
  if (bytes.length < 32) return { hash: PRIME_5, at: 0 };
  const lanes = [wrap(PRIME_1 + PRIME_2), PRIME_2, 0n, wrap(-PRIME_1)];
  let at = 0;
  for (; at + 32 <= bytes.length; at += 32) {
    for (const [i, lane] of lanes.entries()) lanes[i] = mix(lane, readWord(bytes, at + i * 8, 8));
  }
  let hash = 0n;
  for (const [i, bits] of [1n, 7n, 12n, 18n].entries()) hash += rotateLeft(lanes[i] ?? 0n, bits);
  hash = wrap(hash);
  for (const lane of lanes) hash = mergeLane(hash, lane);
  return { hash, at };
}

function hashRest(bytes: readonly number[], start: bigint, from: number): bigint {
  let hash = start;
  let at = from;
  for (; at + 8 <= bytes.length; at += 8) {
    hash ^= mix(0n, readWord(bytes, at, 8));
    hash = wrap(rotateLeft(hash, 27n) * PRIME_1 + PRIME_4);
  }
  if (at + 4 <= bytes.length) {
    hash ^= wrap(readWord(bytes, at, 4) * PRIME_1);
    hash = wrap(rotateLeft(hash, 23n) * PRIME_2 + PRIME_3);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    hash ^= wrap(BigInt(bytes[at] ?? 0) * PRIME_5);
    hash = wrap(rotateLeft(hash, 11n) * PRIME_1);
  }
  return hash;
}

function avalanche(hash: bigint): bigint {
  let mixed = hash ^ (hash >> 33n);
  mixed = wrap(mixed * PRIME_2);
  mixed ^= mixed >> 29n;
  mixed = wrap(mixed * PRIME_3);
  return mixed ^ (mixed >> 32n);
}

/** The hash that Prometheus' builds give a label set (model/labels/labels_stringlabels.go). */
export function hashLabels(labels: Labels): bigint {
  const bytes: number[] = [];
  for (const text of labels) pushText(bytes, text);
  return xxHash64(bytes);
}

/** The length in one byte, from 255 on in three more, then the text in UTF-8. */
function pushText(bytes: number[], text: string): void {
  const encoded: number[] = [];
  pushUtf8(encoded, text);
  const { length } = encoded;
  if (length < 255) bytes.push(length);
  else bytes.push(255, length & 255, (length >> 8) & 255, (length >> 16) & 255);
  for (const byte of encoded) bytes.push(byte);
}
