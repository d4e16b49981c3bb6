import { describe, expect, it } from 'vitest';
import { hashLabels, xxHash64 } from './labels-hash.ts';

function bytesOf(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

describe('xxHash64', () => {
  it.each([
    ['', 0xef46db3751d8e999n],
    ['a', 0xd24ec4f1a98c6e5bn],
    ['abc', 0x44bc2cf5ad770999n],
    ['Nobody inspects the spammish repetition', 0xfbcea83c8a378bf1n],
  ])('hashes %j as the reference does', (text, hash) => {
    expect(xxHash64(bytesOf(text))).toBe(hash);
  });
});

describe('the hash of labels', () => {
  it('is that of lengths and texts one after the other', () => {
    const bytes = [1, ...bytesOf('a'), 2, 0xc3, 0xa9];
    expect(hashLabels(['a', 'é'])).toBe(xxHash64(bytes));
  });

  it('writes long lengths in four bytes', () => {
    const long = 'x'.repeat(300);
    expect(hashLabels(['a', long])).toBe(
      xxHash64([1, 97, 255, 300 & 255, 300 >> 8, 0, ...bytesOf(long)]),
    );
  });
});
