import { DecodeError } from '#bytes';
import type { SampleColumns } from '#storage';
import { decodeChunkBytes } from '../chunk-decoder.ts';
import { decodeHistogramChunk } from './histogram-chunk.ts';
import { ChunkKind } from './layout.ts';

/**
 * Appends the samples of a chunk that lie within inclusive bounds. False where samples after the end
 * were left out. Throws DecodeError where the kind is not known or the content makes no sense.
 */
export function decodeBlockChunk(
  chunk: { readonly kind: number; readonly data: Uint8Array },
  bounds: { readonly startMs: number; readonly endMs: number },
  columns: SampleColumns,
): boolean {
  switch (chunk.kind) {
    case ChunkKind.xor:
      return decodeChunkBytes(chunk.data, bounds, columns);
    case ChunkKind.histogram:
    case ChunkKind.floatHistogram:
      return decodeHistogramChunk(chunk, bounds, columns);
    default:
      throw new DecodeError(`chunks of kind ${chunk.kind} are not known`, 0);
  }
}
