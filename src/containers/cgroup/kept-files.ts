import { closeSync, openSync, readSync } from 'node:fs';

/** A file that is read again and again. `path` is told to errors alone after it was opened. */
export interface KeptFile {
  readonly path: string;
  /** -1: not open. */
  descriptor: number;
  /** The system's word for why the last reading failed; '' where it did not. */
  failure: string;
}

export function keptFile(path: string): KeptFile {
  return { path, descriptor: -1, failure: '' };
}

const FIRST_BYTES = 16 << 10;
/** What one file may hold; what is beyond is not read. The longest are io.stat of hosts with many disks. */
const FILE_BYTES_MAX = 1 << 20;
/** The kernel gives such files in pieces of a page at most; a piece that is so much shorter is the last. */
const LAST_PIECE_BYTES_MAX = 3072;

/**
 * Reads small files of the kernel again and again into one buffer, keeping them open up to a limit. Reading them
 * never waits for a device, so that it is done at once and not in another thread, which would cost ten times more.
 */
export class KeptFiles {
  /** What the last `read` read; valid until the next. */
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  #open = 0;
  #openedAgain = 0;
  readonly #openMax: number;

  /** `openMax`: files that are kept open; further ones are opened for each reading. */
  constructor(openMax: number) {
    this.#openMax = openMax;
  }

  /** Files that are open now. */
  get open(): number {
    return this.#open;
  }

  /** How often a file was read that could not be kept open, because of the limit. */
  get openedAgain(): number {
    return this.#openedAgain;
  }

  /** Fills `bytes`; yields how many there are, -1 where it failed (`file.failure` says why). Never throws. */
  read(file: KeptFile): number {
    file.failure = '';
    try {
      if (file.descriptor >= 0) return this.#readAll(file.descriptor);
      if (this.#open < this.#openMax) {
        file.descriptor = openSync(file.path, 'r');
        this.#open++;
        return this.#readAll(file.descriptor);
      }
      this.#openedAgain++;
      return this.#readOnce(file.path);
    } catch (error) {
      file.failure = (error as NodeJS.ErrnoException).code ?? String(error);
      this.close(file);
      return -1;
    }
  }

  close(file: KeptFile): void {
    if (file.descriptor < 0) return;
    closeSync(file.descriptor);
    file.descriptor = -1;
    this.#open--;
  }

  #readOnce(path: string): number {
    const descriptor = openSync(path, 'r');
    try {
      return this.#readAll(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #readAll(descriptor: number): number {
    let length = 0;
    for (;;) {
      if (length === this.bytes.length && !this.#grow()) return length;
      const got = readSync(descriptor, this.bytes, length, this.bytes.length - length, length);
      length += got;
      if (got < LAST_PIECE_BYTES_MAX) return length;
    }
  }

  #grow(): boolean {
    if (this.bytes.length >= FILE_BYTES_MAX) return false;
    const grown = new Uint8Array(this.bytes.length * 2);
    grown.set(this.bytes);
    this.bytes = grown;
    return true;
  }
}
