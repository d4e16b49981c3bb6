import { expect, test } from 'vitest';
import { ZstdError, zstdDecompress } from './zstd.ts';

/** By the zstd program: a record of the log with 60 samples. */
const FRAME = Buffer.from(
  '28b52ffd606901950800c40b0200050003e800000040000202010404020606030808040a0a050c0c060e0e0710100812120914140a16160b18180c1a1a0d1c1c0e1e1e0f2020102222112424122626132828142a2a152c2c162e2e1730301832321934341a36361b38381c3a3a1d3c3c1e3e3e1f4040204242214444224646234848244a4a254c4c264e4e2750502852522954542a56562b58582c5a5a2d5c5c2e5e5e2f6060306262316464326666336868346a6a356c6c366e6e3770703872723974743a76763b3e20e0d779e491471e79e491471e79e491471e79e491471e79e491873cf2c8238f3cf2c8238f3cf2c8238f3cf2c8238f3cf2c8230f79e491471e79e491471e79e491471e79e491471e79e4a1f368e266041e1e16',
  'hex',
);

/** What was compressed. */
function content(): Buffer {
  const record = Buffer.alloc(17 + 60 * 10);
  record[0] = 2;
  record[8] = 5;
  record.writeUInt16BE(1000, 15);
  for (let i = 0; i < 60; i++) {
    record[17 + i * 10] = i * 2;
    record[18 + i * 10] = i * 2;
    record[20 + i * 10] = 0x40;
    record[26 + i * 10] = i;
  }
  return record;
}

test('a frame of the zstd program is decompressed', () => {
  expect(Buffer.from(zstdDecompress(FRAME, 1000)).equals(content())).toBe(true);
});

test('no more is decompressed than is allowed', () => {
  expect(() => zstdDecompress(FRAME, 600)).toThrow(ZstdError);
});

test.each([
  ['nothing of it is zstd', Buffer.from('this is no frame')],
  ['its end is missing', FRAME.subarray(0, 200)],
])('%s: an error', (_, data) => {
  expect(() => zstdDecompress(data, 1000)).toThrow(ZstdError);
});
