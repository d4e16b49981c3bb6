import { describe, expect, it } from 'vitest';
import { parseMediaType } from './content-type.ts';

describe('a media type', () => {
  it.each([
    ['text/plain', 'text/plain', {}],
    [
      'Text/Plain; Version=0.0.4 ; charset=utf-8;',
      'text/plain',
      { version: '0.0.4', charset: 'utf-8' },
    ],
    ['a/b;x="1;2\\"3";y=z', 'a/b', { x: '1;2"3', y: 'z' }],
    ['a/b;;x=1', 'a/b', { x: '1' }],
    ['a/b; x = 1 ', 'a/b', { x: '1' }],
  ])('%j is read', (header, mediaType, parameters) => {
    const parsed = parseMediaType(header);
    if (typeof parsed === 'string') throw new Error(parsed);
    expect(parsed.mediaType).toBe(mediaType);
    expect(Object.fromEntries(parsed.parameters)).toEqual(parameters);
  });

  it.each([
    ['', 'mime: no media type'],
    [';a=b', 'mime: no media type'],
    ['text/plain; version', 'mime: invalid media parameter'],
    ['text/plain; =1', 'mime: invalid media parameter'],
    ['text/plain; a=1; A=2', 'mime: duplicate parameter name'],
  ])('%j is refused', (header, message) => expect(parseMediaType(header)).toBe(message));

  it.each([
    ['spaces', `a/b;c=y${' '.repeat(200_000)}x`],
    ['quotes', `a/b;c="${'\\"'.repeat(100_000)}`],
    ['leading spaces', `a/b;${' '.repeat(200_000)}x`],
  ])('of many %s takes no time', (_, header) => expect(parseMediaType(header)).toBeDefined());
});
