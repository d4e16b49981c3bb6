import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HttpClientError } from './http-client-error.ts';

/** No body is larger than this, whatever the configuration says: 512 MiB. */
export const BODY_BYTES_MAX: number = 2 ** 29;

/** Of an answer that is not 2xx only so much is read; it is shown to nobody but may free the connection. */
const REFUSAL_BYTES_MAX = 65_536;

const inflate = promisify(gunzip);

interface BodyLimit {
  /** As many bytes or more are refused; 0: BODY_BYTES_MAX. */
  readonly bytesMax: number;
  readonly isGood: boolean;
}

/** The body as it was sent. */
export function readBody(message: IncomingMessage, limit: BodyLimit): Promise<Uint8Array> {
  const bytesMax = limit.bytesMax > 0 ? limit.bytesMax : BODY_BYTES_MAX;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (!limit.isGood && bytes >= REFUSAL_BYTES_MAX) {
        resolve(join(chunks, bytes));
        message.destroy();
      } else if (limit.isGood && bytes >= bytesMax) {
        reject(bodySizeError());
        message.destroy();
      }
    });
    message.once('end', () => resolve(join(chunks, bytes)));
    message.once('error', reject);
    message.once('close', () => {
      if (!message.complete) reject(new HttpClientError('body', 'unexpected EOF'));
    });
  });
}

function join(chunks: readonly Buffer[], bytes: number): Uint8Array {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
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
