import { array, assert, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { hashBytes, RowIndex } from './row-index.ts';

interface Lines {
  readonly view: DataView;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

function linesOf(texts: readonly string[]): Lines {
  const all = texts.map((text) => Buffer.from(text));
  const starts = new Int32Array(texts.length);
  const ends = new Int32Array(texts.length);
  let at = 0;
  for (const [i, bytes] of all.entries()) {
    starts[i] = at;
    at += bytes.length;
    ends[i] = at;
  }
  const joined = Uint8Array.from(Buffer.concat(all));
  return { view: new DataView(joined.buffer), starts, ends };
}

function look(index: RowIndex, page: Lines, text: string): number {
  const { view } = linesOf([text]);
  const end = view.byteLength;
  return index.find({ view, start: 0, end }, hashBytes(view, 0, end), page.view, page);
}

function fill(index: RowIndex, { view, starts, ends }: Lines): void {
  for (let row = 0; row < starts.length; row++) {
    index.add(row, hashBytes(view, starts[row] ?? 0, ends[row] ?? 0));
  }
}

it('rows are found by their bytes, and others are not', () => {
  assert(
    property(array(string({ maxLength: 9 })), array(string({ maxLength: 9 })), (texts, others) => {
      const index = new RowIndex();
      const page = linesOf(texts);
      fill(index, page);
      for (const text of [...texts, ...others]) {
        const row = look(index, page, text);
        if (texts.includes(text)) expect(texts[row]).toBe(text);
        else expect(row).toBe(-1);
      }
    }),
  );
});

it('it grows with its rows, keeps its memory when it is cleared, and tells the same hashes apart', () => {
  const index = new RowIndex();
  const texts = Array.from({ length: 5000 }, (_, i) => `series{number="${i}"}`);
  const page = linesOf(texts);
  for (let round = 0; round < 2; round++) {
    expect(look(index, page, 'series{number="7"}')).toBe(-1);
    fill(index, page);
    expect(look(index, page, 'series{number="7"}')).toBe(7);
    expect(look(index, page, 'series{number="4999"}')).toBe(4999);
    expect(look(index, page, 'series{number="5000"}')).toBe(-1);
    index.clear();
    expect(index.isEmpty).toBe(true);
  }
  for (let row = 0; row < 10; row++) index.add(row, 42);
  const { view } = linesOf([texts[3] ?? '']);
  const text = { view, start: 0, end: view.byteLength };
  expect(index.find(text, 42, page.view, page)).toBe(3);
});
