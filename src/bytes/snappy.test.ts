import { assert as check, oneof, property, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import {
  snappyBlockBytesMax,
  snappyCompress,
  snappyCompressInto,
  snappyDecompress,
  snappyDecompressInto,
  SnappyError,
} from './snappy.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

function codeOf(block: readonly number[], limit = 1000): string {
  try {
    snappyDecompress(Uint8Array.from(block), limit);
    return 'none';
  } catch (error) {
    return error instanceof SnappyError ? error.code : String(error);
  }
}

describe('snappy blocks', () => {
  test.each([
    ['nothing', text('')],
    ['one byte', text('a')],
    ['fourteen bytes', text('fourteen bytes')],
    ['a run', text('a'.repeat(1000))],
    ['repeats', text('up{job="node"} 1\n'.repeat(20_000))],
    ['more than one piece', Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) >>> 5)],
    [
      'long literals',
      Uint8Array.from({ length: 70_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24),
    ],
  ])('%s comes back as it was', (_, content) => {
    const block = snappyCompress(content);
    expect(block.length).toBeLessThanOrEqual(snappyBlockBytesMax(content.length));
    expect(Buffer.compare(snappyDecompress(block, content.length), content)).toBe(0);
  });

  test('repeating content becomes much smaller', () => {
    expect(snappyCompress(text('a="b",'.repeat(5000))).length).toBeLessThan(2000);
  });

  test('any content comes back as it was', () => {
    const few = uint8Array({ max: 3, maxLength: 3000 });
    check(
      property(oneof(few, uint8Array({ maxLength: 500 })), (content) => {
        expect(snappyDecompress(snappyCompress(content), 3000)).toEqual(content);
      }),
    );
  });

  test('a known block of another writer is read', () => {
    // Literal "ab", then a copy of 6 from 2 back: abababab.
    const block = Uint8Array.from([8, 1 << 2, 0x61, 0x62, (2 << 2) | 1, 2]);
    expect(new TextDecoder().decode(snappyDecompress(block, 8))).toBe('abababab');
  });

  test('memory that is used again holds the last block only', () => {
    const out = new ByteWriter(4);
    const contents = ['abc'.repeat(100), 'd', 'ef'.repeat(40), ''].map(text);
    for (const content of contents) {
      expect(snappyDecompressInto(snappyCompress(content), 300, out)).toEqual(content);
    }
    out.clear();
    for (const content of contents) snappyCompressInto(content, out);
    expect(out.view()).toEqual(
      new Uint8Array(Buffer.concat(contents.map((content) => snappyCompress(content)))),
    );
  });

  test.each<[string, number[], string]>([
    ['an empty block', [], 'corrupt'],
    ['an endless length', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 'corrupt'],
    ['a length beyond 32 bits', [0xff, 0xff, 0xff, 0xff, 0x7f], 'corrupt'],
    ['more content than the limit', [0xe9, 0x07, 0], 'too-large'],
    ['a bomb within the limit', [0xe8, 0x07, 0], 'corrupt'],
    ['a literal that is cut off', [3, 2 << 2, 0x61], 'corrupt'],
    ['a literal longer than announced', [1, 2 << 2, 0x61, 0x62, 0x63], 'corrupt'],
    ['less content than announced', [3, 0, 0x61], 'corrupt'],
    ['a copy from before the start', [6, 0, 0x61, (1 << 2) | 1, 2], 'corrupt'],
    ['a copy with offset 0', [6, 0, 0x61, (1 << 2) | 1, 0], 'corrupt'],
    ['a copy without its offset', [6, 0, 0x61, (1 << 2) | 1], 'corrupt'],
    ['a copy that runs over', [3, 0, 0x61, (1 << 2) | 1, 1], 'corrupt'],
  ])('%s is refused', (_, block, code) => {
    expect(codeOf(block)).toBe(code);
  });

  test('noise never ends in another error', () => {
    check(
      property(uint8Array({ maxLength: 200 }), (noise) => {
        expect(['none', 'corrupt', 'too-large']).toContain(codeOf([...noise], 5000));
      }),
    );
  });
});
