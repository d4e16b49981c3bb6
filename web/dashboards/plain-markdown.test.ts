import { describe, expect, it } from 'vitest';
import { plainMarkdown } from './plain-markdown.ts';

describe('a description without its marks', () => {
  it.each([
    ['Requests per second', 'Requests per second'],
    ['A **bold** word and an *other* one', 'A bold word and an other one'],
    [
      'See [the docs](https://a.example/x_(y) "t") or [b](/c)',
      'See [the docs](https://a.example/x_(y) "t") or b',
    ],
    ['![picture](a.png) of `rate(x[5m])`', 'picture of rate(x[5m])'],
    ['# Head\n\n\n\n- one\n* two\n+ three', 'Head\n\n• one\n• two\n• three'],
    ['a<br>b <b>c</b>', 'a\nb c'],
    ['rate * 100 * 2, a*b*c, __name__, a < b > c', 'rate * 100 * 2, a*b*c, __name__, a < b > c'],
    ['#1 of 3', '#1 of 3'],
  ])('%j', (text, plain) => {
    expect(plainMarkdown(text)).toBe(plain);
  });

  it.each(['[', '**', '*a', '`', '<a', ']('])('leaves %j alone, which nobody closes', (mark) => {
    const text = `x${mark.repeat(1000)}`;
    expect(plainMarkdown(text)).toBe(text);
  });

  it('is cut where nobody reads on', () => {
    expect(plainMarkdown('a'.repeat(10_000))).toHaveLength(5000);
  });
});
