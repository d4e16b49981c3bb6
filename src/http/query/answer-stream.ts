import type { SendPiece } from '#platform';
import { ApiError } from './api-error.ts';
import { GzipPieces } from './gzip-pieces.ts';
import type { ByteSink } from './json-bytes.ts';
import type { AnswerPiece, QueryAnswer } from './request.ts';

/**
 * Sends what a large answer has so far while the rest is being written. Once it has begun, the answer is a
 * success as far as the client was told; what fails later can only end it before its end.
 */
export class AnswerStream implements ByteSink {
  readonly #send: SendPiece;
  readonly #gzip: GzipPieces | undefined;
  #hasBegun = false;

  constructor(send: SendPiece, gzip: boolean) {
    this.#send = send;
    this.#gzip = gzip ? new GzipPieces() : undefined;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Throws an ApiError where nobody takes it. */
  take(bytes: Uint8Array<ArrayBuffer>): void {
    const body = this.#gzip === undefined ? bytes : ownBytes(this.#gzip.add(bytes));
    const piece: AnswerPiece = this.#hasBegun ? { body } : { ...this.#head(), body };
    const sent = this.#send(piece, [body.buffer]);
    if (sent === 'cancelled') throw new ApiError('canceled', 'query was canceled');
    if (sent === 'no-room') throw new ApiError('timeout', 'the answer is not read in time');
    this.#hasBegun = true;
  }

  /** The answer, with what was not sent yet. */
  finish(rest: QueryAnswer): QueryAnswer {
    const body = this.#gzip === undefined ? rest.body : this.#gzip.finish(rest.body);
    return { ...rest, body };
  }

  #head(): Required<Pick<AnswerPiece, 'head'>> {
    const headers = {
      'content-type': 'application/json',
      ...(this.#gzip !== undefined && { 'content-encoding': 'gzip' }),
    };
    return { head: { status: 200, headers } };
  }
}

/** Copying so little costs nothing, and Node's small buffers share memory that cannot be given away. */
const COPIED_BYTES_MAX = 64 << 10;

/** The same in a buffer of their own, which may be transferred. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = bytes.length === bytes.buffer.byteLength;
  if (isWhole || bytes.length > COPIED_BYTES_MAX) return bytes as Uint8Array<ArrayBuffer>;
  return new Uint8Array(bytes);
}
