import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HttpClientError } from './http-client-error.ts';

/** No body is larger than this, whatever the configuration says: 512 MiB. */
export const BODY_BYTES_MAX: number = 2 ** 29;

const inflate = promisify(gunzip);

/** Memory that its owner lends for body after body; it grows as they need. */
export interface BodyBuffer {
  bytes: Uint8Array;
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

export function bodySizeError(): HttpClientError {
  return new HttpClientError('body-size-limit', 'body size limit exceeded');
}
