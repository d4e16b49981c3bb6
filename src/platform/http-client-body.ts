import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HttpClientError } from './http-client-error.ts';

/** No body is larger than this, whatever the configuration says: 512 MiB. */
export const BODY_BYTES_MAX: number = 2 ** 29;

/** Of an answer that is not 2xx only so much is read; it is shown to nobody but may free the connection. */
const REFUSAL_BYTES_MAX = 65_536;

const inflate = promisify(gunzip);

/** Memory that its owner lends for body after body; it grows as they need. */
export interface BodyBuffer {
  bytes: Uint8Array;
}

interface BodyLimit {
  /** As many bytes or more are refused; 0: BODY_BYTES_MAX. */
  readonly bytesMax: number;
  readonly isGood: boolean;
}

/** The body as it was sent; it lies in `into`, and is good until that is lent again. */
export function readBody(
  message: IncomingMessage,
  limit: BodyLimit,
  into: BodyBuffer,
): Promise<Uint8Array> {
  const bytesMax = limit.bytesMax > 0 ? limit.bytesMax : BODY_BYTES_MAX;
  return new Promise((resolve, reject) => {
    let length = 0;
    // Whatever may still come after the end, by error or timeout, must not reach the lent memory.
    let isDone = false;
    const end = (error?: Error): void => {
      if (isDone) return;
      isDone = true;
      if (error === undefined) resolve(into.bytes.subarray(0, length));
      else reject(error);
    };
    message.on('data', (chunk: Buffer) => {
      if (isDone) return;
      reserve(into, length, length + chunk.length);
      into.bytes.set(chunk, length);
      length += chunk.length;
      if (limit.isGood && length >= bytesMax) end(bodySizeError());
      else if (!limit.isGood && length >= REFUSAL_BYTES_MAX) end();
      if (isDone) message.destroy();
    });
    message.once('end', () => end());
    message.once('error', end);
    message.once('close', () => {
      if (!message.complete) end(new HttpClientError('body', 'unexpected EOF'));
    });
  });
}

/** Room for `capacity` bytes, of which `length` are there already. */
function reserve(buffer: BodyBuffer, length: number, capacity: number): void {
  if (capacity <= buffer.bytes.length) return;
  const grown = new Uint8Array(Math.max(16_384, Math.ceil(capacity * 1.5)));
  grown.set(buffer.bytes.subarray(0, length));
  buffer.bytes = grown;
}

/** Decompresses where the server compressed, within the limit, so that a small body cannot fill the memory. */
export async function decodeBody(
  raw: Uint8Array,
  encoding: string,
  bytesMax: number,
): Promise<Uint8Array> {
  if (encoding.toLowerCase() !== 'gzip') return raw;
  const maxOutputLength = (bytesMax > 0 ? bytesMax : BODY_BYTES_MAX) - 1;
  try {
    return await inflate(raw, { maxOutputLength });
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === 'ERR_BUFFER_TOO_LARGE') throw bodySizeError();
    if (code === 'Z_BUF_ERROR') throw new HttpClientError('body', 'unexpected EOF', { cause });
    const message = code === 'Z_DATA_ERROR' ? 'gzip: invalid header' : 'gzip: cannot read body';
    throw new HttpClientError('body', message, { cause });
  }
}

function bodySizeError(): HttpClientError {
  return new HttpClientError('body-size-limit', 'body size limit exceeded');
}
