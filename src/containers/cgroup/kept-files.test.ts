import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptFile, KeptFiles } from './kept-files.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-kept-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function textOf(files: KeptFiles, file: ReturnType<typeof keptFile>): string {
  const length = files.read(file);
  return length < 0 ? file.failure : Buffer.from(files.bytes.subarray(0, length)).toString();
}

describe('KeptFiles', () => {
  it('reads a file again and again while it is open', () => {
    const path = join(dir, 'a');
    writeFileSync(path, 'one');
    const files = new KeptFiles(10);
    const file = keptFile(path);
    expect(textOf(files, file)).toBe('one');
    writeFileSync(path, 'another');
    expect(textOf(files, file)).toBe('another');
    expect(files.open).toBe(1);
    files.close(file);
    files.close(file);
    expect(files.open).toBe(0);
  });

  it('reads whole what is longer than a piece, and no more than a megabyte', () => {
    const path = join(dir, 'long');
    const files = new KeptFiles(10);
    for (const length of [3071, 3072, 16 << 10, (16 << 10) + 1, 200_000]) {
      writeFileSync(path, 'x'.repeat(length));
      expect(files.read(keptFile(path))).toBe(length);
    }
    writeFileSync(path, 'x'.repeat(3 << 20));
    expect(files.read(keptFile(path))).toBe(1 << 20);
  });

  it('keeps no more open than it may, and counts what it had to open again', () => {
    const paths = ['l1', 'l2', 'l3'].map((name) => join(dir, name));
    for (const path of paths) writeFileSync(path, path);
    const files = new KeptFiles(2);
    const kept = paths.map(keptFile);
    for (let round = 0; round < 2; round++) {
      expect(kept.map((file) => textOf(files, file))).toEqual(paths);
      expect(files.open).toBe(2);
    }
    expect(files.openedAgain).toBe(2);
    for (const file of kept) files.close(file);
    expect(files.open).toBe(0);
  });

  it('says why it cannot read, and keeps nothing open then', () => {
    const files = new KeptFiles(10);
    expect(textOf(files, keptFile(join(dir, 'none')))).toBe('ENOENT');
    expect(textOf(files, keptFile(dir))).toBe('EISDIR');
    expect(files.open).toBe(0);
  });
});
