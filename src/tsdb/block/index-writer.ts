import { ByteWriter, crc32c } from '#bytes';
import type { Disk } from '#platform';
import type { BlockSeries } from './block-series.ts';
import { FileWriter } from './file-writer.ts';
import { INDEX_MAGIC, INDEX_VERSION, SERIES_ALIGN } from './layout.ts';

/** Pairs of symbols as one number. */
const PAIR_FACTOR = 4_294_967_296;

/**
 * Writes the index of a block from front to back: symbols, series in the order of their labels, then
 * postings and the tables. See docs/formats/index.md.
 */
export class IndexWriter {
  readonly #writer: FileWriter;
  readonly #symbols: readonly string[];
  readonly #postings: PostingsCollector = new PostingsCollector();
  readonly #entry: ByteWriter = new ByteWriter(4096);
  #symbolsAt = 0;
  #seriesAt = 0;

  /** `symbols`: sorted by byte order, each once. */
  constructor(disk: Disk, path: string, symbols: readonly string[]) {
    this.#writer = new FileWriter(disk, path);
    this.#symbols = symbols;
    const { out } = this.#writer;
    out.writeUint32(INDEX_MAGIC);
    out.writeByte(INDEX_VERSION);
    this.#writeSymbols();
  }

  /** `chunkRefs`: by chunk of the series. */
  addSeries(series: BlockSeries, chunkRefs: Float64Array): void {
    const writer = this.#writer;
    const { out } = writer;
    padTo(writer, SERIES_ALIGN);
    this.#postings.add(writer.position / SERIES_ALIGN, series);
    const entry = this.#entry;
    entry.clear();
    encodeSeries(entry, series, chunkRefs);
    out.writeUvarint(entry.length);
    out.writeBytes(entry.view());
    out.writeUint32(crc32c(entry.buffer, 0, entry.length));
    writer.flushIfFull();
  }

  /** Writes the rest. Returns when the file survives a power failure. */
  finish(): void {
    const writer = this.#writer;
    const table = new ByteWriter(1 << 16);
    padTo(writer, 4);
    const postingsAt = writer.position;
    const count = this.#writePostings(table);
    const tableAt = writer.position;
    writeSection(writer, table, count);
    const { out } = writer;
    const start = out.length;
    // The two label index sections are of the past: no reader asks for them, and 0 says that there are none.
    for (const offset of [this.#symbolsAt, this.#seriesAt, 0, 0, postingsAt, tableAt]) {
      out.writeInt64(offset);
    }
    out.writeUint32(crc32c(out.buffer, start, out.length));
    writer.finish();
  }

  abandon(): void {
    this.#writer.abandon();
  }

  #writeSymbols(): void {
    this.#symbolsAt = this.#writer.position;
    const section = new ByteWriter(1 << 16);
    for (const symbol of this.#symbols) section.writeUvarintString(symbol);
    writeSection(this.#writer, section, this.#symbols.length);
    this.#seriesAt = this.#writer.position;
  }

  /** Fills the offset table. The answer is how many lists there are. */
  #writePostings(table: ByteWriter): number {
    const { pairs, starts, lists } = this.#postings.finish();
    this.#writeList(table, ['', ''], this.#postings.refs());
    for (let i = 0; i < pairs.length; i++) {
      const name = Math.floor(pairs[i] / PAIR_FACTOR);
      const value = pairs[i] - name * PAIR_FACTOR;
      const list = lists.subarray(starts[i], starts[i + 1]);
      this.#writeList(table, [this.#symbols[name], this.#symbols[value]], list);
    }
    return pairs.length + 1;
  }

  #writeList(table: ByteWriter, [name, value]: readonly [string, string], refs: Uint32Array): void {
    const writer = this.#writer;
    padTo(writer, 4);
    table.writeUvarint(2);
    table.writeUvarintString(name);
    table.writeUvarintString(value);
    table.writeUvarint(writer.position);
    const { out } = writer;
    out.reserve(refs.length * 4 + 12);
    out.writeUint32(4 + refs.length * 4);
    const start = out.length;
    out.writeUint32(refs.length);
    for (let i = 0; i < refs.length; i++) out.writeUint32(refs[i]);
    out.writeUint32(crc32c(out.buffer, start, out.length));
    writer.flushIfFull();
  }
}

function encodeSeries(entry: ByteWriter, series: BlockSeries, chunkRefs: Float64Array): void {
  const { symbols, symbolCount, chunks } = series;
  entry.writeUvarint(symbolCount / 2);
  for (let i = 0; i < symbolCount; i++) entry.writeUvarint(symbols[i]);
  entry.writeUvarint(chunks.count);
  const { minTimes, maxTimes } = chunks;
  for (let i = 0; i < chunks.count; i++) {
    if (i === 0) entry.writeVarint(minTimes[0]);
    else entry.writeUvarint(minTimes[i] - maxTimes[i - 1]);
    entry.writeUvarint(maxTimes[i] - minTimes[i]);
    if (i === 0) entry.writeUvarint(chunkRefs[0]);
    else entry.writeVarint(chunkRefs[i] - chunkRefs[i - 1]);
  }
}

/** Length, count, content, checksum of count and content. */
function writeSection(writer: FileWriter, content: ByteWriter, count: number): void {
  const { out } = writer;
  writer.flush();
  out.writeUint32(4 + content.length);
  const start = out.length;
  out.writeUint32(count);
  out.writeBytes(content.view());
  out.writeUint32(crc32c(out.buffer, start, out.length));
  writer.flushIfFull();
}

function padTo(writer: FileWriter, align: number): void {
  const over = writer.position % align;
  if (over > 0) writer.out.writeZeros(align - over);
}

interface Postings {
  /** Name symbol * 2^32 + value symbol, sorted. */
  readonly pairs: Float64Array;
  /** Where in `lists` each begins; one more at the end. */
  readonly starts: Float64Array;
  readonly lists: Uint32Array;
}

/** Notes which series have which pairs, and sorts that into lists at the end: 4 bytes for each label of each series. */
class PostingsCollector {
  readonly #ids = new Map<number, number>();
  #counts: Float64Array = new Float64Array(1024);
  /** Ids of pairs, series by series. */
  #items: Uint32Array = new Uint32Array(4096);
  #itemCount = 0;
  #refs: Uint32Array = new Uint32Array(1024);
  #labelCounts: Uint16Array = new Uint16Array(1024);
  #seriesCount = 0;

  add(ref: number, { symbols, symbolCount }: BlockSeries): void {
    if (this.#seriesCount === this.#refs.length) {
      this.#refs = copied(new Uint32Array(this.#seriesCount * 2), this.#refs);
      this.#labelCounts = copied(new Uint16Array(this.#seriesCount * 2), this.#labelCounts);
    }
    this.#refs[this.#seriesCount] = ref;
    this.#labelCounts[this.#seriesCount++] = symbolCount / 2;
    const needed = this.#itemCount + symbolCount;
    if (needed > this.#items.length) {
      this.#items = copied(new Uint32Array(Math.max(needed, this.#items.length * 2)), this.#items);
    }
    for (let i = 0; i < symbolCount; i += 2) {
      const id = this.#idOf(symbols[i] * PAIR_FACTOR + symbols[i + 1]);
      this.#counts[id]++;
      this.#items[this.#itemCount++] = id;
    }
  }

  refs(): Uint32Array {
    return this.#refs.subarray(0, this.#seriesCount);
  }

  /** Counting sort: the lists come out in the order of the series, which is that of their references. */
  finish(): Postings {
    const pairs = Float64Array.from(this.#ids.keys()).toSorted();
    const starts = new Float64Array(pairs.length + 1);
    const next = new Float64Array(pairs.length);
    for (let i = 0; i < pairs.length; i++) {
      const id = this.#ids.get(pairs[i]) ?? 0;
      next[id] = starts[i];
      starts[i + 1] = starts[i] + this.#counts[id];
    }
    const lists = new Uint32Array(this.#itemCount);
    let item = 0;
    for (let i = 0; i < this.#seriesCount; i++) {
      for (let k = this.#labelCounts[i]; k > 0; k--)
        lists[next[this.#items[item++]]++] = this.#refs[i];
    }
    return { pairs, starts, lists };
  }

  #idOf(pair: number): number {
    let id = this.#ids.get(pair);
    if (id !== undefined) return id;
    id = this.#ids.size;
    this.#ids.set(pair, id);
    if (id === this.#counts.length) this.#counts = copied(new Float64Array(id * 2), this.#counts);
    return id;
  }
}

function copied<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}
