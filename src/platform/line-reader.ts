import { HttpClientError } from './http-client-error.ts';

const NO_BYTES = new Uint8Array(0);

/**
 * Cuts a stream of bytes into lines of UTF-8, as event streams, logs and watches send them. Blank lines are left out.
 * At a line of more than `lineBytesMax` bytes `take` throws HttpClientError `body-size-limit`; where `onTooLong` is
 * given, it leaves out the line and calls that instead.
 */
export class LineReader {
  readonly #lineBytesMax: number;
  readonly #onLine: (line: string) => void;
  readonly #onTooLong: (() => void) | undefined;
  readonly #decoder = new TextDecoder();
  /** The beginning of a line whose end has not come, in the first `#length` bytes. */
  #kept: Uint8Array = NO_BYTES;
  #length = 0;
  /** Until the end of the line nothing is kept. */
  #isSkipping = false;

  constructor(lineBytesMax: number, onLine: (line: string) => void, onTooLong?: () => void) {
    this.#lineBytesMax = lineBytesMax;
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
  }

  readonly take = (bytes: Uint8Array): void => {
    let start = 0;
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, start)) {
      this.#finish(bytes.subarray(start, at));
      start = at + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  };

  /** A last line without an end is a line. */
  end(): void {
    this.#finish(NO_BYTES);
  }

  #finish(rest: Uint8Array): void {
    let line = rest;
    if (this.#length > 0 || this.#isSkipping) {
      this.#keep(rest);
      line = this.#kept.subarray(0, this.#length);
      this.#length = 0;
    } else if (!this.#fits(rest.length)) line = NO_BYTES;
    this.#isSkipping = false;
    const text = this.#decoder.decode(line).trimEnd();
    if (text !== '') this.#onLine(text);
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (this.#isSkipping || !this.#fits(length)) return;
    if (length > this.#kept.length) {
      const grown = new Uint8Array(Math.max(1024, length * 2));
      grown.set(this.#kept.subarray(0, this.#length));
      this.#kept = grown;
    }
    this.#kept.set(bytes, this.#length);
    this.#length = length;
  }

  #fits(length: number): boolean {
    if (length <= this.#lineBytesMax) return true;
    if (this.#onTooLong === undefined) {
      throw new HttpClientError(
        'body-size-limit',
        `cannot read a line of more than ${this.#lineBytesMax} bytes`,
      );
    }
    this.#isSkipping = true;
    this.#length = 0;
    this.#onTooLong();
    return false;
  }
}
