import { writeSync } from 'node:fs';

/** Where a command writes to. */
export interface Output {
  write(text: string): void;
  writeError(text: string): void;
  /** Nothing written is held back then. */
  flush(): void;
}

/** The reader of the output went away, as `head` does; there is nothing left to do. */
export class OutputClosedError extends Error {
  constructor(options?: ErrorOptions) {
    super('cannot write to the output: nobody reads it', options);
    this.name = 'OutputClosedError';
  }
}

const FLUSH_LENGTH = 65_536;
const RETRY_MS = 5;
const STDOUT = 1;
const STDERR = 2;

/** Standard output and error. Waits for a slow reader, so that a large dump needs no memory. */
export function standardOutput(): Output {
  return new BufferedOutput((descriptor, bytes) => writeSync(descriptor, bytes));
}

/** `writeBytes` gives back how many bytes it took, and throws the system's errors. */
export class BufferedOutput implements Output {
  readonly #writeBytes: (descriptor: number, bytes: Uint8Array) => number;
  #pending: string[] = [];
  #pendingLength = 0;

  constructor(writeBytes: (descriptor: number, bytes: Uint8Array) => number) {
    this.#writeBytes = writeBytes;
  }

  write(text: string): void {
    this.#pending.push(text);
    this.#pendingLength += text.length;
    if (this.#pendingLength >= FLUSH_LENGTH) this.flush();
  }

  writeError(text: string): void {
    this.flush();
    this.#writeAll(STDERR, text);
  }

  flush(): void {
    if (this.#pendingLength === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingLength = 0;
    this.#writeAll(STDOUT, text);
  }

  #writeAll(descriptor: number, text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) {
      try {
        at += this.#writeBytes(descriptor, bytes.subarray(at));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // A socket in place of a pipe is reset where its reader leaves with bytes unread.
        if (code === 'EPIPE' || code === 'ECONNRESET')
          throw new OutputClosedError({ cause: error });
        if (code !== 'EAGAIN') throw error;
        // The pipe is full, and somebody made it one that does not wait.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }
}
