import { BODY_BYTES_MAX, bodySizeError } from './http-client-body.ts';
import type { BodyBuffer } from './http-client-body.ts';
import { HttpClientError } from './http-client-error.ts';

/** Status line and headers of one answer together may have so many bytes, as with Node's own client. */
const HEAD_BYTES_MAX = 16_384;

/** The size of a chunk with its extensions, and each trailer. Bytes. */
const LINE_BYTES_MAX = 4096;

/** Of an answer that is not 2xx only so much is read; it is shown to nobody but may free the connection. */
const REFUSAL_BYTES_MAX = 65_536;

const ANNOUNCED_BYTES_MAX = 2 ** 20;

const NO_BYTES = new Uint8Array(0);

/**
 * What comes next on the connection.
 *
 *   head -> fixed | chunk-size -> chunk -> chunk-end -> chunk-size ... -> trailers | until-close -> done
 */
type Phase =
  | 'head'
  | 'fixed'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailers'
  | 'until-close'
  | 'done';

export interface ResponseLimits {
  /** A 2xx body of as many bytes or more is refused; 0: BODY_BYTES_MAX. */
  readonly bodyBytesMax: number;
  /** Where the body is put. */
  readonly body: BodyBuffer;
  /** Status and headers of an answer of 2xx are there. */
  readonly onHead?: (() => void) | undefined;
  /** Gets a 2xx body instead, piece by piece and without limit; a piece is lent for the call. */
  readonly onBytes?: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Reads one HTTP/1.x answer (RFC 9112) from the pieces in which it comes. Strict where two readings are possible:
 * what it does not understand is an error, never a guess.
 */
export class ResponseReader {
  status = 0;
  statusMessage = '';
  /** Names in small letters; of a name given more than once all values, with commas. */
  headers: ReadonlyMap<string, string> = new Map();
  /** Whether the server may be asked again on this connection. */
  keepsAlive = false;
  /** Whether anything came at all. */
  hasBegun = false;

  readonly #limits: ResponseLimits;
  #phase: Phase = 'head';
  /** The beginning of a head or a line whose end has not come yet. */
  #kept: Uint8Array = NO_BYTES;
  #length = 0;
  /** Bytes to come, of the body or of the chunk. */
  #rest = 0;

  constructor(limits: ResponseLimits) {
    this.#limits = limits;
  }

  /** Status and headers are there. */
  get hasHead(): boolean {
    return this.#phase !== 'head';
  }

  get isDone(): boolean {
    return this.#phase === 'done';
  }

  /** The body as it was sent, so far. */
  get body(): Uint8Array {
    return this.#limits.body.bytes.subarray(0, this.#length);
  }

  get #isGood(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  /** Takes what came. Throws HttpClientError `connect` or `body`; nothing may be given to it then. */
  take(bytes: Uint8Array): void {
    this.hasBegun = true;
    let at = 0;
    while (at < bytes.length && this.#phase !== 'done') at = this.#step(bytes, at);
    // Nothing was asked that this could be the answer to.
    if (at < bytes.length) this.keepsAlive = false;
  }

  /** The server closed the connection. Throws HttpClientError `body` where something is missing. */
  end(): void {
    this.keepsAlive = false;
    if (this.#phase === 'until-close') this.#phase = 'done';
    else if (this.#phase !== 'done') throw new HttpClientError('body', 'unexpected EOF');
  }

  /** The answer is how far it came. */
  #step(bytes: Uint8Array, at: number): number {
    switch (this.#phase) {
      case 'head':
        return this.#takeHead(bytes, at);
      case 'fixed':
      case 'chunk':
        return this.#takeCounted(bytes, at);
      case 'until-close':
        this.#addBody(bytes, at, bytes.length);
        return bytes.length;
      case 'chunk-size':
      case 'chunk-end':
      case 'trailers':
        return this.#takeLine(bytes, at);
      case 'done':
        return at;
    }
  }

  #takeHead(bytes: Uint8Array, at: number): number {
    const before = this.#kept.length;
    const all = joined(this.#kept, bytes, at);
    // The blank line may have begun in the piece before.
    const end = headEnd(all, Math.max(0, before - 3));
    if (end < 0) {
      if (all.length > HEAD_BYTES_MAX) throw malformed('response: the head is too long');
      this.#kept = all.slice();
      return bytes.length;
    }
    this.#kept = NO_BYTES;
    this.#readHead(latin(all, 0, end));
    return at + end - before;
  }

  #readHead(head: string): void {
    const [first = '', ...lines] = head.replace(/(?:\r?\n)+$/, '').split(/\r?\n/);
    const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/.exec(first);
    if (match === null) throw malformed(`response ${JSON.stringify(first.slice(0, 100))}`);
    this.status = Number(match[2]);
    this.statusMessage = match[3] ?? '';
    this.headers = readHeaders(lines);
    const connection = (this.headers.get('connection') ?? '').toLowerCase();
    this.keepsAlive =
      match[1] === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
    this.#chooseBody();
    if (this.#isGood) this.#limits.onHead?.();
  }

  #chooseBody(): void {
    const { status, headers } = this;
    if (status === 101) throw malformed('response: the protocol changes');
    // Others of the kind only announce the answer.
    if (status < 200) return;
    const encoding = headers.get('transfer-encoding');
    const length = headers.get('content-length');
    if (status === 204 || status === 304) this.#finish();
    else if (encoding !== undefined) {
      if (encoding.toLowerCase() !== 'chunked') {
        throw malformed(`response: transfer encoding ${JSON.stringify(encoding)}`);
      }
      // Who sends both may mean either; what comes after it is not trusted.
      if (length !== undefined) this.keepsAlive = false;
      this.#phase = 'chunk-size';
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw malformed(`response: content length ${length}`);
      this.#rest = Number(length);
      this.#phase = 'fixed';
      if (this.#rest === 0) this.#finish();
    } else {
      this.keepsAlive = false;
      this.#phase = 'until-close';
    }
  }

  #takeCounted(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#rest);
    this.#rest -= end - at;
    this.#addBody(bytes, at, end);
    if (this.#rest === 0 && !this.isDone) {
      if (this.#phase === 'fixed') this.#finish();
      else this.#phase = 'chunk-end';
    }
    return end;
  }

  /** Lines of a chunked body, up to their line end. */
  #takeLine(bytes: Uint8Array, at: number): number {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (this.#kept.length + end - at > LINE_BYTES_MAX) throw chunkError();
    const all = joined(this.#kept, bytes.subarray(0, end), at);
    if (newline < 0) {
      this.#kept = all.slice();
      return end;
    }
    this.#kept = NO_BYTES;
    this.#readLine(latin(all, 0, all.length - 1).replace(/\r$/, ''));
    return end;
  }

  #readLine(line: string): void {
    if (this.#phase === 'chunk-end') {
      if (line !== '') throw chunkError();
      this.#phase = 'chunk-size';
    } else if (this.#phase === 'trailers') {
      if (line === '') this.#finish();
    } else {
      const match = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line);
      if (match === null) throw chunkError();
      this.#rest = Number.parseInt(match[1] ?? '', 16);
      this.#phase = this.#rest === 0 ? 'trailers' : 'chunk';
    }
  }

  #addBody(bytes: Uint8Array, start: number, end: number): void {
    const { body, bodyBytesMax, onBytes } = this.#limits;
    if (onBytes !== undefined && this.#isGood) {
      onBytes(bytes.subarray(start, end));
      return;
    }
    const length = this.#length + end - start;
    const bytesMax = bodyBytesMax > 0 ? bodyBytesMax : BODY_BYTES_MAX;
    if (this.#isGood && length >= bytesMax) throw bodySizeError();
    if (length > body.bytes.length) reserve(body, this.#length, length + this.#announced(length));
    body.bytes.set(bytes.subarray(start, end), this.#length);
    this.#length = length;
    if (this.#isGood || length < REFUSAL_BYTES_MAX) return;
    this.keepsAlive = false;
    this.#finish();
  }

  /** What is to come is made room for at once, but a mere announcement gets little. */
  #announced(length: number): number {
    return this.#phase === 'fixed'
      ? Math.min(this.#rest, Math.max(length, ANNOUNCED_BYTES_MAX))
      : 0;
  }

  #finish(): void {
    this.#phase = 'done';
  }
}

/** Room for `capacity` bytes, of which `length` are there already. */
function reserve(buffer: BodyBuffer, length: number, capacity: number): void {
  const grown = new Uint8Array(Math.max(16_384, Math.ceil(capacity * 1.25)));
  grown.set(buffer.bytes.subarray(0, length));
  buffer.bytes = grown;
}

/** What was kept, and the bytes from `at` on. */
function joined(kept: Uint8Array, bytes: Uint8Array, at: number): Uint8Array {
  return kept.length === 0 ? bytes.subarray(at) : Buffer.concat([kept, bytes.subarray(at)]);
}

/** The index after the blank line, -1 where there is none. Lines may lack their carriage return. */
function headEnd(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(0x0a, start); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return -1;
}

function latin({ buffer, byteOffset }: Uint8Array, start: number, end: number): string {
  return Buffer.from(buffer, byteOffset + start, end - start).toString('latin1');
}

function readHeaders(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const name = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?=:)/.exec(line)?.[0].toLowerCase();
    if (name === undefined) {
      throw malformed(`MIME header line: ${JSON.stringify(line.slice(0, 100))}`);
    }
    const value = line.slice(name.length + 1).trim();
    const before = headers.get(name);
    if (before !== undefined && name === 'content-length') {
      if (before !== value) throw malformed('response: two content lengths');
    } else headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** In Go's words. */
function malformed(what: string): HttpClientError {
  const message = `net/http: HTTP/1.x transport connection broken: malformed HTTP ${what}`;
  return new HttpClientError('connect', message);
}

function chunkError(): HttpClientError {
  return new HttpClientError('body', 'malformed chunked encoding');
}
