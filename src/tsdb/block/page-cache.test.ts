import { expect, test } from 'vitest';
import { MemoryDisk } from '#platform';
import { PageCache, PagedFile } from './page-cache.ts';

const PAGE_BYTES = 32_768;

/** Of seven pages, the last of them short; four fit into the cache. */
function open(): PagedFile {
  const disk = new MemoryDisk();
  disk.write('file', new Uint8Array(6 * PAGE_BYTES + 100));
  return new PagedFile(disk.open('file', 'read'), new PageCache(1));
}

test('what was found sound stays so until its page is read anew', () => {
  const file = open();
  file.read(8, 20);
  expect(file.isSound(8)).toBe(false);
  file.setSound(8);
  expect([file.isSound(8), file.isSound(0), file.isSound(16)]).toEqual([true, false, false]);
  file.read(PAGE_BYTES + 8, 20);
  expect([file.isSound(8), file.isSound(PAGE_BYTES + 8)]).toEqual([false, false]);
  file.read(8, 20);
  expect(file.isSound(8)).toBe(true);
  for (let page = 1; page < 7; page++) file.read(page * PAGE_BYTES, 20);
  file.read(8, 20);
  expect(file.isSound(8)).toBe(false);
});

test('what reaches into the next page is never known to be sound', () => {
  const file = open();
  const offset = PAGE_BYTES - 8;
  file.read(offset, 20);
  file.setSound(offset);
  file.read(offset, 20);
  expect(file.isSound(offset)).toBe(false);
});

test('the last page, which is short, has places of its own', () => {
  const file = open();
  const offset = 6 * PAGE_BYTES + 72;
  expect(file.read(offset, 28)).toEqual(new Uint8Array(28));
  file.setSound(offset);
  expect([file.isSound(offset), file.isSound(offset - 8)]).toEqual([true, false]);
  expect(file.read(offset, 28)).toEqual(new Uint8Array(28));
});
