import { ByteWriter } from '#bytes';
import type { Disk, DiskFile } from '#platform';

/** One write of the disk for so many bytes. */
const FLUSH_BYTES: number = 1 << 20;

/** Writes a new file from front to back in large pieces. */
export class FileWriter {
  /** To be written into; call `flushIfFull` now and then. */
  readonly out: ByteWriter = new ByteWriter(FLUSH_BYTES + 65_536);
  readonly #file: DiskFile;
  #flushed = 0;

  constructor(disk: Disk, path: string) {
    this.#file = disk.open(path, 'append');
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#flushed + this.out.length;
  }

  flushIfFull(): void {
    if (this.out.length >= FLUSH_BYTES) this.flush();
  }

  flush(): void {
    if (this.out.length === 0) return;
    this.#file.append(this.out.view());
    this.#flushed += this.out.length;
    this.out.clear();
  }

  /** The file survives a power failure then (its name when the directory is synced). */
  finish(): void {
    this.flush();
    this.#file.sync();
    this.#file.close();
  }

  /** As `finish`, without holding up the thread. */
  async finishLater(): Promise<void> {
    try {
      this.flush();
      await this.#file.syncLater();
    } finally {
      this.#file.close();
    }
  }

  abandon(): void {
    this.#file.close();
  }
}
