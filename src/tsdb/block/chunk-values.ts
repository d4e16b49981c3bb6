import { DecodeError } from '#bytes';
import type { SampleColumns } from '#storage';
import { decodeNextBytes, endSeries, startSeries } from '../chunk-decoder.ts';
import { decodeHistogramChunk } from './histogram-chunk.ts';
import { ChunkKind } from './layout.ts';

/** A chunk as it lies in a block. */
interface BlockChunk {
  readonly kind: number;
  readonly data: Uint8Array;
}

/**
 * Appends the samples of a chunk that lie within inclusive bounds. False where samples after the end
 * were left out. Throws DecodeError where the kind is not known or the content makes no sense.
 */
export function decodeBlockChunk(
  chunk: BlockChunk,
  bounds: { readonly startMs: number; readonly endMs: number },
  columns: SampleColumns,
): boolean {
  startSeries();
  const isWhole = decodeNextBlockChunk(chunk, bounds, columns);
  endSeries(columns);
  return isWhole;
}

/** The same of one of several; see chunk-decoder.ts. */
export function decodeNextBlockChunk(
  chunk: BlockChunk,
  bounds: { readonly startMs: number; readonly endMs: number },
  columns: SampleColumns,
): boolean {
  switch (chunk.kind) {
    case ChunkKind.xor:
      return decodeNextBytes(chunk.data, bounds, columns);
    case ChunkKind.histogram:
    case ChunkKind.floatHistogram:
      endSeries(columns);
      return decodeHistogramChunk(chunk, bounds, columns);
    default:
      throw new DecodeError(`chunks of kind ${chunk.kind} are not known`, 0);
  }
}
