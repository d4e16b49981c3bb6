import { property, assert as check, maxSafeInteger, string, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtobufError, ProtobufReader, ProtobufWriter } from './protobuf.ts';
import { decodeUtf8, StringCache } from './string-cache.ts';

describe('protobuf', () => {
  test('whole numbers come back as they were', () => {
    check(
      property(maxSafeInteger(), (value) => {
        const bytes = new ProtobufWriter().int64(1, value).sint(2, value).finish();
        const reader = new ProtobufReader(bytes);
        expect(reader.next()).toBe(true);
        expect(reader.int64()).toBe(value);
        expect(reader.next()).toBe(true);
        // Zigzag doubles: beyond 2^52 the low bit is lost.
        if (Math.abs(value) < 2 ** 52) expect(reader.sint()).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  test('doubles, strings and nested messages come back as they were', () => {
    const inner = new ProtobufWriter().field(1, 'höhe').double(2, -0.1);
    const bytes = new ProtobufWriter().field(3, inner).uint(4, 300).finish();
    const reader = new ProtobufReader(bytes);
    reader.next();
    const outerEnd = reader.enter();
    reader.next();
    const start = reader.range();
    expect(decodeUtf8(bytes, start, reader.at)).toBe('höhe');
    reader.next();
    expect(reader.double()).toBe(-0.1);
    expect(reader.next()).toBe(false);
    reader.leave(outerEnd);
    expect([reader.next(), reader.field, reader.varint()]).toEqual([true, 4, 300]);
  });

  test('the stale marker keeps its bits', () => {
    const bytes = Uint8Array.from([9, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);
    const reader = new ProtobufReader(bytes);
    const values = new Float64Array(2);
    reader.next();
    reader.doubleInto(values, 1);
    expect([...new Uint32Array(values.buffer, 8)]).toEqual([2, 0x7ff00000]);
  });

  test.each<[string, number[]]>([
    ['field number 0', [0]],
    ['a varint without end', [8, 0x80]],
    ['a varint of eleven bytes', [8, ...Array.from({ length: 10 }, () => 0x80), 1]],
    ['a field longer than the message', [10, 5, 1]],
    ['a group', [11]],
    ['half a double', [9, 1, 2]],
  ])('%s is refused', (_, bytes) => {
    const reader = new ProtobufReader(Uint8Array.from(bytes));
    expect(() => {
      while (reader.next()) reader.skip();
    }).toThrow(ProtobufError);
  });

  test('noise ends in ProtobufError or in nothing', () => {
    check(
      property(uint8Array({ maxLength: 60 }), (noise) => {
        const reader = new ProtobufReader(noise);
        try {
          while (reader.next()) reader.skip();
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
      }),
    );
  });
});

test('a string cache decodes as if it were not there', () => {
  const cache = new StringCache();
  check(
    property(string({ unit: 'binary', maxLength: 20 }), (text) => {
      const bytes = new TextEncoder().encode(`x${text}`);
      const plain = decodeUtf8(bytes, 1, bytes.length);
      expect(cache.decode(bytes, 1, bytes.length)).toBe(plain);
      expect(cache.decode(bytes, 1, bytes.length)).toBe(plain);
    }),
  );
});
