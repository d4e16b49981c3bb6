import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** 48 bits of time and 80 random bits as 26 characters, sorted by time (github.com/ulid/spec). */
export function createUlid(timeMs: number, random: Uint8Array = randomBytes(16)): string {
  let text = '';
  let rest = timeMs;
  for (let i = 0; i < 10; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  for (let i = 0; i < 16; i++) text += ALPHABET.charAt(random[i] & 31);
  return text;
}

export function isUlid(text: string): boolean {
  return PATTERN.test(text);
}
