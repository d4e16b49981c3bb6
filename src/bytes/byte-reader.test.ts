import { expect, test } from 'vitest';
import { ByteReader, DecodeError } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

const WHOLE = [0, 1, 63, 64, 127, 128, 16383, 16384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 52 - 1];

test('whole numbers come back from varints, both signs', () => {
  const writer = new ByteWriter(1);
  for (const value of WHOLE) {
    writer.writeUvarint(value);
    writer.writeVarint(value);
    writer.writeVarint(-value);
  }
  const reader = new ByteReader(writer.view());
  for (const value of WHOLE) {
    expect(reader.readUvarint()).toBe(value);
    expect(reader.readVarint()).toBe(value);
    expect(reader.readVarint() + value).toBe(0);
  }
  expect(reader.hasMore).toBe(false);
});

test.each([
  [300, [0xac, 0x02]],
  [2 ** 32, [0x80, 0x80, 0x80, 0x80, 0x10]],
])('the varint of %d has the bytes that Go writes', (value, want) => {
  const writer = new ByteWriter();
  writer.writeUvarint(value);
  expect([...writer.view()]).toEqual(want);
});

test('fixed numbers and strings come back', () => {
  const writer = new ByteWriter(1);
  writer.writeInt64(-5);
  writer.writeInt64(2 ** 50 + 1);
  writer.writeUint32(0xfedcba98);
  writer.writeFloat64Bits(0x7ff00000, 2);
  writer.writeFloat64(-0.1);
  writer.writeUvarintString('grün 🙂');
  writer.writeUvarintString('');
  const reader = new ByteReader(writer.view());
  expect(reader.readInt64()).toBe(-5);
  expect(reader.readInt64()).toBe(2 ** 50 + 1);
  expect(reader.readUint32()).toBe(0xfedcba98);
  reader.readFloat64Bits();
  expect([reader.high, reader.low]).toEqual([0x7ff00000, 2]);
  expect(reader.readFloat64()).toBe(-0.1);
  expect(reader.readUvarintString()).toBe('grün 🙂');
  expect(reader.readUvarintString()).toBe('');
});

test.each<[string, (reader: ByteReader) => unknown]>([
  ['a byte', (reader) => reader.readBytes(3)],
  ['an int64', (reader) => reader.readInt64()],
  ['a varint', (reader) => reader.readUvarint()],
  ['a string', (reader) => reader.readUvarintString()],
])('%s beyond the end is an error with a position', (_, read) => {
  expect(() => read(new ByteReader(Uint8Array.of(0xff, 0xff)))).toThrow(DecodeError);
});
