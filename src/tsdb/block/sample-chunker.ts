import type { ByteWriter } from '#bytes';
import type { SampleColumns } from '#storage';
import { ChunkEncoder, EncoderColumns } from '../chunk-encoder.ts';
import { CHUNK_DATA } from '../chunk-memory.ts';
import type { ChunkColumns } from './block-series.ts';
import { encodeHistograms } from './histogram-chunker.ts';
import { ChunkKind } from './layout.ts';

/** A chunk is read as a whole for a single sample of it, so it stays small: bytes of its data. */
const CHUNK_BYTES_MAX = 1000;
/** For the same reason; a quarter of it is what Prometheus takes. */
const CHUNK_SAMPLES_MAX = 480;

const WORDS = CHUNK_DATA + CHUNK_BYTES_MAX / 4 + 1;

/** Encodes columns of samples into chunks. */
export class SampleChunker {
  readonly #columns: EncoderColumns = new EncoderColumns();
  readonly #encoder: ChunkEncoder;
  readonly #words: Int32Array = new Int32Array(WORDS);

  constructor() {
    this.#columns.resize(1);
    this.#encoder = new ChunkEncoder(this.#columns, CHUNK_BYTES_MAX * 8);
    this.#encoder.words = this.#words;
    this.#encoder.base = 0;
  }

  /** Encodes rows `start` to `end` (exclusive). */
  encode(columns: SampleColumns, start: number, end: number, chunks: ChunkColumns): void {
    const { histograms } = columns;
    if (histograms.length === 0) {
      this.#encodeFloats(columns, start, end, chunks);
      return;
    }
    for (let row = start; row < end;) {
      const isFloat = histograms[row] === undefined;
      let next = row + 1;
      while (next < end && (histograms[next] === undefined) === isFloat) next++;
      if (isFloat) this.#encodeFloats(columns, row, next, chunks);
      else encodeHistograms(columns, row, next, chunks);
      row = next;
    }
  }

  // eslint-disable-next-line max-params -- as `encode`
  #encodeFloats(columns: SampleColumns, start: number, end: number, chunks: ChunkColumns): void {
    const { timestampsMs, values } = columns;
    const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let row = start; row < end;) {
      const count = this.#encodeOne(timestampsMs, words, { row, end });
      chunks.begin(ChunkKind.xor);
      chunks.bytes.writeUint16(count);
      this.#copyOut(chunks);
      chunks.end(timestampsMs[row], timestampsMs[row + count - 1]);
      row += count;
    }
  }

  /** The answer is how many rows the chunk took, at least one. */
  #encodeOne(
    times: Float64Array,
    values: Int32Array,
    { row, end }: { readonly row: number; readonly end: number },
  ): number {
    const encoder = this.#encoder;
    this.#words.fill(0);
    encoder.first(0, times[row], values[row * 2 + 1], values[row * 2]);
    const last = Math.min(end, row + CHUNK_SAMPLES_MAX);
    let at = row + 1;
    while (at < last && encoder.next(0, times[at], values[at * 2 + 1], values[at * 2])) at++;
    return at - row;
  }

  #copyOut(chunks: ChunkColumns): void {
    copyWords(this.#words, CHUNK_DATA, this.#columns.bits[0], chunks.bytes);
  }
}

/** Appends `bits` bits of words, from their high ends on, as bytes. */
export function copyWords(words: Int32Array, start: number, bits: number, bytes: ByteWriter): void {
  const count = (bits + 7) >>> 3;
  bytes.reserve(count + 4);
  const view = viewOf(bytes.buffer);
  let at = bytes.length;
  const end = at + count;
  for (let i = start; at < end; i++, at += 4) view.setInt32(at, words[i]);
  bytes.length = end;
}

let viewed: Uint8Array = new Uint8Array(0);
let view = new DataView(viewed.buffer);

/** The buffer that is written to is nearly always the one of the time before. */
function viewOf(buffer: Uint8Array): DataView {
  if (buffer !== viewed) {
    viewed = buffer;
    view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
  return view;
}
