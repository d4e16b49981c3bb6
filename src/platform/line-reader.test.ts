import { expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function linesOf(pieces: readonly Uint8Array[], lineBytesMax = 10): string[] {
  const lines: string[] = [];
  const reader = new LineReader(lineBytesMax, (line) => lines.push(line));
  for (const piece of pieces) {
    const lent = piece.slice();
    reader.take(lent);
    // Pieces are lent for the call.
    lent.fill(0x2a);
  }
  reader.end();
  return lines;
}

it.each([
  ['one piece', ['a\nbc\n'], ['a', 'bc']],
  ['many pieces', ['a', 'b\n', 'c', '', 'd', 'e\nf\n'], ['ab', 'cde', 'f']],
  ['carriage returns and blank lines', ['a\r', '\n\r\n\n', 'b\r\n'], ['a', 'b']],
  ['a last line without an end', ['a\nb'], ['a', 'b']],
  ['the longest that may be', ['0123456789\n'], ['0123456789']],
  ['nothing', [], []],
])('lines come as they are: %s', (_, pieces, lines) => {
  expect(linesOf(pieces.map(bytes))).toEqual(lines);
});

it('a letter may be cut in two', () => {
  const word = bytes('aé\n');
  expect(linesOf([word.subarray(0, 2), word.subarray(2)])).toEqual(['aé']);
});

it.each([[['0123456789a\n']], [['012345', '6789a']]])(
  'a line of more bytes is refused',
  (pieces) => {
    expect(() => linesOf(pieces.map(bytes))).toThrow('cannot read a line of more than 10 bytes');
  },
);

it.each([[['a\n0123456789a\nb\n']], [['a\n012345', '6789a', '0123456789', '\nb\n']]])(
  'a line of more bytes is left out where somebody counts it',
  (pieces) => {
    const lines: string[] = [];
    let count = 0;
    const reader = new LineReader(
      10,
      (line) => lines.push(line),
      () => count++,
    );
    for (const piece of pieces) reader.take(bytes(piece));
    expect([lines, count]).toEqual([['a', 'b'], 1]);
  },
);
