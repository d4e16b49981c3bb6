import { describe, expect, it } from 'vitest';
import { nearestText } from './nearest-text.ts';

describe('the nearest text', () => {
  it.each([
    ['kitten', ['sitting', 'smitten', 'mitten'], 3, 'mitten'],
    ['kitten', ['sitting'], 3, 'sitting'],
    ['kitten', ['sitting'], 2, undefined],
    ['abc', ['abd', 'abe'], 1, 'abd'],
    ['abc', ['abc'], 0, 'abc'],
    ['abc', [], 3, undefined],
    ['', ['a', 'ab'], 1, 'a'],
  ])('%j among %j with %i changes is %j', (text, others, changes, expected) => {
    expect(nearestText(text, others, () => changes)).toBe(expected);
  });

  it('is allowed more changes the longer the other is', () => {
    const nearest = nearestText('abcd', ['xyz', 'abcdxy'], (other) => other.length / 3);
    expect(nearest).toBe('abcdxy');
  });

  it('is not looked for beyond the limits', () => {
    const far = Array.from({ length: 2000 }, () => 'xyz');
    expect(nearestText('abc', [...far, 'abc'], () => 1)).toBeUndefined();
    expect(nearestText('abc', [...far.slice(1), 'abc'], () => 1)).toBe('abc');
    const long = 'a'.repeat(257);
    expect(nearestText(long, [long], () => 1)).toBeUndefined();
  });
});
