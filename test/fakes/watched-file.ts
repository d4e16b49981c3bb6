import type { DiskFile } from '#platform';

export type FileDeed = 'read' | 'append' | 'truncate' | 'sync';

/** A file that tells what is about to be done with it, to one who may throw instead. */
export class WatchedFile implements DiskFile {
  readonly #file: DiskFile;
  readonly #before: (deed: FileDeed, data?: Uint8Array) => void;

  /** `data`: what is to be appended. */
  constructor(file: DiskFile, before: (deed: FileDeed, data?: Uint8Array) => void) {
    this.#file = file;
    this.#before = before;
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  append(data: Uint8Array): void {
    this.#before('append', data);
    this.#file.append(data);
  }

  readAt(position: number, into: Uint8Array): number {
    this.#before('read');
    return this.#file.readAt(position, into);
  }

  truncate(bytes: number): void {
    this.#before('truncate');
    this.#file.truncate(bytes);
  }

  sync(): void {
    this.#before('sync');
    this.#file.sync();
  }

  async syncLater(): Promise<void> {
    this.#before('sync');
    await this.#file.syncLater();
  }

  close(): void {
    this.#file.close();
  }
}
