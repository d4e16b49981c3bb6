import { DecodeError } from '#bytes';
import type { SampleColumns } from '#storage';
import { decodeChunk } from '../chunk-decoder.ts';
import type { ChunkSource } from '../chunk-decoder.ts';
import { CHUNK_COUNT, CHUNK_DATA } from '../chunk-memory.ts';
import { decodeHistogramChunk } from './histogram-chunk.ts';
import { ChunkKind } from './layout.ts';

/** Decodes the chunks of blocks; the words of one chunk are kept and reused. */
export class ChunkValues {
  readonly #source: ChunkSource = {
    words: new Int32Array(512),
    base: 0,
    startMs: 0,
    endMs: 0,
    countMax: 65_535,
  };

  /**
   * Appends the samples of a chunk that lie within inclusive bounds. False where samples after the end
   * were left out. Throws DecodeError where the kind is not known or the content makes no sense.
   */
  decode(
    chunk: { readonly kind: number; readonly data: Uint8Array },
    bounds: { readonly startMs: number; readonly endMs: number },
    columns: SampleColumns,
  ): boolean {
    const { kind, data } = chunk;
    switch (kind) {
      case ChunkKind.xor:
        this.#fillWords(data);
        this.#source.startMs = bounds.startMs;
        this.#source.endMs = bounds.endMs;
        return decodeChunk(this.#source, columns);
      case ChunkKind.histogram:
      case ChunkKind.floatHistogram:
        return decodeHistogramChunk(chunk, bounds, columns);
      default:
        throw new DecodeError(`chunks of kind ${kind} are not known`, 0);
    }
  }

  #fillWords(data: Uint8Array): void {
    const wordCount = CHUNK_DATA + ((data.length + 1) >>> 2) + 3;
    if (wordCount > this.#source.words.length) this.#source.words = new Int32Array(wordCount * 2);
    const { words } = this.#source;
    words[CHUNK_COUNT] = data.length < 2 ? 0 : (data[0] << 8) | data[1];
    let at = 2;
    let word = CHUNK_DATA;
    for (const whole = data.length - 3; at < whole; at += 4) {
      words[word++] = (data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3];
    }
    let rest = 0;
    for (let shift = 24; at < data.length; shift -= 8) rest |= data[at++] << shift;
    words[word++] = rest;
    // What the chunk before left there must not look like samples.
    words[word++] = 0;
    words[word] = 0;
  }
}
