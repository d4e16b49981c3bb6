import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

// RFC 3720 appendix B.4 and the customary check value.
test.each([
  ['nothing', new Uint8Array(0), 0],
  ['the check value', ascii('123456789'), 0xe3069283],
  ['32 zero bytes', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 rising bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 falling bytes', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
])('the checksum of %s', (_, data, want) => {
  expect(crc32c(data)).toBe(want);
});

test('a part of an array gives the checksum of that part alone', () => {
  expect(crc32c(ascii('xx123456789yy'), 2, 11)).toBe(0xe3069283);
});
