import { ByteWriter } from '#bytes';

/** A series on its way into a block: its labels by symbol, its chunks as columns and their bytes one after the other. */
export class BlockSeries {
  /** Symbol of a name, symbol of its value, ... */
  symbols: Int32Array = new Int32Array(64);
  symbolCount = 0;
  readonly chunks: ChunkColumns = new ChunkColumns();

  clear(): void {
    this.symbolCount = 0;
    this.chunks.clear();
  }

  addSymbol(symbol: number): void {
    if (this.symbolCount === this.symbols.length) {
      const grown = new Int32Array(this.symbols.length * 2);
      grown.set(this.symbols);
      this.symbols = grown;
    }
    this.symbols[this.symbolCount++] = symbol;
  }
}

/** Chunks of one series, in time order. */
export class ChunkColumns {
  count = 0;
  /** Of the first and the last sample, milliseconds. */
  minTimes: Float64Array = new Float64Array(64);
  maxTimes: Float64Array = new Float64Array(64);
  kinds: Uint8Array = new Uint8Array(64);
  /** Where in `bytes` it begins. */
  starts: Float64Array = new Float64Array(64);
  lengths: Int32Array = new Int32Array(64);
  readonly bytes: ByteWriter = new ByteWriter(1 << 16);

  clear(): void {
    this.count = 0;
    this.bytes.clear();
  }

  /** Begins a chunk; its bytes are then written to `bytes`, and `end` is called. */
  begin(kind: number): void {
    if (this.count === this.kinds.length) this.#grow();
    this.kinds[this.count] = kind;
    this.starts[this.count] = this.bytes.length;
  }

  end(minTimeMs: number, maxTimeMs: number): void {
    this.minTimes[this.count] = minTimeMs;
    this.maxTimes[this.count] = maxTimeMs;
    this.lengths[this.count] = this.bytes.length - this.starts[this.count];
    this.count++;
  }

  /** Every kind of chunk begins with it, two bytes. */
  sampleCount(index: number): number {
    const { buffer } = this.bytes;
    const at = this.starts[index];
    return (buffer[at] << 8) | buffer[at + 1];
  }

  #grow(): void {
    const length = this.kinds.length * 2;
    this.minTimes = copied(new Float64Array(length), this.minTimes);
    this.maxTimes = copied(new Float64Array(length), this.maxTimes);
    this.kinds = copied(new Uint8Array(length), this.kinds);
    this.starts = copied(new Float64Array(length), this.starts);
    this.lengths = copied(new Int32Array(length), this.lengths);
  }
}

function copied<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}

/** Where a block's content comes from. */
export interface SeriesSource {
  /** Every symbol of every series, sorted by byte order, each once. */
  readonly symbols: readonly string[];
  /** Fills in the next series in the order of labels. False at the end. A series without chunks is skipped by the writer. */
  next(series: BlockSeries): boolean;
}
