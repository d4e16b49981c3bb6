import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { GzipPieces } from './gzip-pieces.ts';

const texts = ['one ', 'two '.repeat(100_000), '', 'é測😀'.repeat(1000), 'end'];

it('makes one file of its pieces', () => {
  const gzip = new GzipPieces();
  const pieces = texts.map((text) => gzip.add(Buffer.from(text)));
  const file = Buffer.concat([...pieces, gzip.finish(Buffer.from('.'))]);
  expect(gunzipSync(file).toString()).toBe(`${texts.join('')}.`);
  expect(file.length).toBeLessThan(10_000);
});

it('makes a file of a single piece, if only an empty one', () => {
  expect(gunzipSync(new GzipPieces().finish(Buffer.from('all'))).toString()).toBe('all');
  expect(gunzipSync(new GzipPieces().finish(new Uint8Array(0)))).toHaveLength(0);
});
