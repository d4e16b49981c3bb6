import { Decompress } from 'fzstd';

/** Input that is no sound zstd frame, or is longer than allowed once decompressed. */
export class ZstdError extends Error {
  override readonly name = 'ZstdError';
  readonly code = 'zstd';
}

/** What a frame says that it takes is not believed: memory is taken as content comes. Throws ZstdError beyond `bytesMax`. */
export function zstdDecompress(data: Uint8Array, bytesMax: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((part) => {
    length += part.length;
    if (length > bytesMax) throw new ZstdError(`cannot decompress more than ${bytesMax} bytes`);
    parts.push(part.slice());
  });
  try {
    stream.push(data, true);
  } catch (error) {
    if (error instanceof ZstdError) throw error;
    throw new ZstdError('cannot decompress: no sound zstd frame', { cause: error });
  }
  return Buffer.concat(parts, length);
}
