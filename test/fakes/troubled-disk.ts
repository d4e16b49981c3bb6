import { MemoryDisk } from '#platform';
import type { DiskFile } from '#platform';
import { WatchedFile } from './watched-file.ts';

/** Fails where `failing` says so, and notes what is done: `create a/b`, `open a/b`, `sync a/b`, `syncDir a`, ... */
export class TroubledDisk extends MemoryDisk {
  readonly deeds: string[] = [];
  failing: (deed: string) => boolean = () => false;

  override open(path: string, mode: 'read' | 'append'): DiskFile {
    const isNew = mode === 'append' && !this.exists(path);
    this.#do(`${isNew ? 'create' : 'open'} ${path}`);
    return new WatchedFile(super.open(path, mode), (deed) => {
      if (deed !== 'append') this.#do(`${deed} ${path}`);
    });
  }

  override remove(path: string): void {
    this.#do(`remove ${path}`);
    super.remove(path);
  }

  override syncDir(dir?: string): void {
    this.#do(`syncDir ${dir}`);
  }

  /** As the death of the process leaves it. */
  after(): TroubledDisk {
    const after = new TroubledDisk();
    for (const path of this.#paths('data')) after.write(path, this.read(path).slice());
    after.remove('data/lock');
    return after;
  }

  #paths(dir: string): string[] {
    return this.list(dir).flatMap((name) => {
      const path = `${dir}/${name}`;
      return this.list(path).length > 0 ? this.#paths(path) : [path];
    });
  }

  #do(deed: string): void {
    this.deeds.push(deed);
    if (this.failing(deed)) throw Object.assign(new Error('EIO: simulated'), { code: 'EIO' });
  }
}
