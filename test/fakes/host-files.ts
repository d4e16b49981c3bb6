import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileSystemUse, HostFiles, TextFile } from '../../src/host/host-files.ts';

/** Contents by path; `-> target` and `! CODE` as in the recorded trees. */
export type RecordedTree = Map<string, string>;

const FIXTURES = fileURLToPath(new URL('../fixtures/host', import.meta.url));

/** Reads test/fixtures/host/<name>.txt. Paths begin with a slash. */
export function readRecordedTree(name: string): RecordedTree {
  const text = readFileSync(join(FIXTURES, `${name}.txt`), 'utf8');
  const tree: RecordedTree = new Map();
  for (const block of text.split(/^== /m).slice(1)) {
    const end = block.indexOf('\n');
    const [, path = '', special = ''] = /^(.*?)( (?:->|!) .*)?$/.exec(block.slice(0, end)) ?? [];
    tree.set(`/${path}`, special === '' ? block.slice(end + 1) : special.trim());
  }
  return tree;
}

/** Makes the files of a recorded tree, for programs that read real ones. */
export function writeRecordedTree(tree: RecordedTree, dir: string): void {
  for (const [path, content] of tree) {
    if (content.startsWith('! ')) continue;
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), join(dir, path));
    else writeFileSync(join(dir, path), content);
  }
}

const USE: FileSystemUse = {
  blockBytes: 4096,
  blocks: 1000,
  blocksFree: 500,
  blocksAvailable: 400,
  files: 100,
  filesFree: 50,
};

/** Files in memory, which a test may change. */
export class FakeHostFiles implements HostFiles {
  readonly tree: RecordedTree;
  /** Read so far, in their order. */
  readonly reads: string[] = [];
  /** What statfs says of a mount point; USE for others. */
  readonly answers = new Map<string, () => Promise<FileSystemUse>>();
  readonly modifiedMs = 1_700_000_000_500;

  constructor(tree: RecordedTree) {
    this.tree = tree;
  }

  readKeptText(path: string): string {
    this.reads.push(path);
    const content = this.tree.get(this.#follow(path));
    if (content === undefined) throw systemError('ENOENT', path);
    if (content.startsWith('! ')) throw systemError(content.slice(2), path);
    return content;
  }

  readAttribute(path: string): string {
    return this.readKeptText(path);
  }

  async readAttributeLater(path: string): Promise<string> {
    return this.readKeptText(path);
  }

  async readFileLater(path: string, bytesMax: number): Promise<TextFile> {
    const bytes = Buffer.from(this.readKeptText(path));
    if (bytes.length > bytesMax) throw new Error(`cannot read ${path}: too large`);
    return { bytes, modifiedMs: this.modifiedMs };
  }

  list(path: string): string[] {
    const folder = `${this.#follow(path).replace(/\/+$/, '')}/`;
    const names = new Set<string>();
    for (const one of this.tree.keys()) {
      if (one.startsWith(folder)) names.add(one.slice(folder.length).split('/')[0] ?? '');
    }
    if (names.size === 0) throw systemError('ENOENT', path);
    return [...names].toSorted();
  }

  async listLater(path: string): Promise<string[]> {
    return this.list(path);
  }

  resolve(path: string): string {
    const followed = this.#follow(path);
    if (!this.tree.has(followed)) this.list(followed);
    return followed;
  }

  async statfs(path: string): Promise<FileSystemUse> {
    return await (this.answers.get(path)?.() ?? Promise.resolve(USE));
  }

  close(): void {}

  /** The path without symbolic links. */
  #follow(path: string): string {
    let done = '';
    for (const part of path.split('/').filter((one) => one !== '')) {
      const next = `${done}/${part}`;
      const content = this.tree.get(next);
      done = content?.startsWith('-> ') ? posix.join(done, content.slice(3)) : next;
    }
    return done;
  }
}

export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
