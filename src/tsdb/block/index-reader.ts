import { ByteReader, DecodeError, crc32c, decodeUtf8 } from '#bytes';
import { compareStrings } from '#model';
import type { Disk } from '#platform';
import { BlockDamagedError } from './block-meta.ts';
import {
  INDEX_HEADER_BYTES,
  INDEX_MAGIC,
  INDEX_VERSION,
  SERIES_ALIGN,
  TOC_BYTES,
} from './layout.ts';
import { PagedFile } from './page-cache.ts';
import type { PageCache } from './page-cache.ts';

/** One of so many strings of a table is kept in memory; the rest is read when it is asked for. */
const GROUP = 32;
/** Before the length of a series' entry is known. */
const READ_AHEAD_BYTES = 256;

/** One entry of the index, reused. */
export class SeriesEntry {
  /** Symbol of a name, symbol of its value, ... */
  symbols: Int32Array = new Int32Array(64);
  symbolCount = 0;
  chunkCount = 0;
  /** Inclusive, milliseconds. */
  minTimes: Float64Array = new Float64Array(64);
  maxTimes: Float64Array = new Float64Array(64);
  refs: Float64Array = new Float64Array(64);

  reserveSymbols(count: number): void {
    if (count > this.symbols.length) this.symbols = new Int32Array(count * 2);
  }

  reserveChunks(count: number): void {
    if (count <= this.refs.length) return;
    this.minTimes = new Float64Array(count * 2);
    this.maxTimes = new Float64Array(count * 2);
    this.refs = new Float64Array(count * 2);
  }
}

/** The values of one label name: every 32nd in memory, and where each group of 32 lies in the file. */
interface NameValues {
  readonly count: number;
  readonly firsts: readonly string[];
  /** Of each group; one more at the end. */
  readonly offsets: Float64Array;
}

/** Reads the index of a block piece by piece; what it keeps grows with a 32nd of the distinct strings. */
export class IndexReader {
  readonly #file: PagedFile;
  readonly #symbolOffsets: Float64Array;
  readonly symbolCount: number;
  readonly #names = new Map<string, NameValues>();
  readonly #allPostings: number;
  readonly #cache: PageCache;

  /** Checks header, tables and their checksums. Throws BlockDamagedError, or the disk's error. */
  constructor(disk: Disk, path: string, cache: PageCache) {
    this.#cache = cache;
    this.#file = new PagedFile(disk.open(path, 'read'), cache);
    try {
      const toc = readToc(this.#file);
      const symbols = this.#readSymbols(toc.symbols);
      this.#symbolOffsets = symbols.offsets;
      this.symbolCount = symbols.count;
      this.#allPostings = this.#readNames(toc.postingsTable);
    } catch (error) {
      this.#file.close();
      if (!(error instanceof DecodeError)) throw error;
      throw new BlockDamagedError(`cannot read index: ${error.message}`, { cause: error });
    }
  }

  close(): void {
    this.#file.close();
  }

  /** Sorted by byte order. */
  names(): string[] {
    return [...this.#names.keys()].toSorted(compareStrings);
  }

  /** Sorted by byte order. Throws DecodeError. */
  values(name: string): string[] {
    const values: string[] = [];
    this.eachValue(name, (value) => void values.push(value));
    return values;
  }

  /** Calls for each value of a name, in order, with what `postingsAt` takes. Throws DecodeError. */
  eachValue(name: string, visit: (value: string, postings: number) => void): void {
    const known = this.#names.get(name);
    if (known === undefined) return;
    for (let group = 0; group < known.firsts.length; group++) this.#readGroup(known, group, visit);
  }

  /** The series that have a pair, ascending; none where there is no such pair. Throws DecodeError. */
  postings(name: string, value: string): Uint32Array {
    const known = this.#names.get(name);
    const group = known === undefined ? -1 : lastNotAbove(known.firsts, value);
    if (known === undefined || group < 0) return new Uint32Array(0);
    let found = 0;
    this.#readGroup(known, group, (other, postings) => {
      if (other === value) found = postings;
    });
    return found === 0 ? new Uint32Array(0) : this.postingsAt(found);
  }

  allPostings(): Uint32Array {
    return this.#allPostings === 0 ? new Uint32Array(0) : this.postingsAt(this.#allPostings);
  }

  /** Throws DecodeError. */
  postingsAt(offset: number): Uint32Array {
    const length = uint32At(this.#file.read(offset, 4), 0);
    const content = this.#checked(offset + 4, length);
    const count = uint32At(content, 0);
    if (count * 4 + 4 > length) throw new DecodeError('a list of series is too short', offset);
    const refs = new Uint32Array(count);
    for (let i = 0; i < count; i++) refs[i] = uint32At(content, 4 + i * 4);
    return refs;
  }

  /** Decodes the entry of a series. Throws DecodeError. */
  series(ref: number, into: SeriesEntry): void {
    const offset = ref * SERIES_ALIGN;
    let bytes = this.#file.readUpTo(offset, READ_AHEAD_BYTES);
    const header = new ByteReader(bytes);
    const length = header.readUvarint();
    const start = header.position;
    if (start + length + 4 > bytes.length) bytes = this.#file.read(offset, start + length + 4);
    const end = start + length;
    if (crc32c(bytes, start, end) !== uint32At(bytes, end)) {
      throw new DecodeError('a series of the index has a wrong checksum', offset);
    }
    decodeSeries(new ByteReader(bytes, start, end), into);
  }

  /** Throws DecodeError. */
  symbol(index: number): string {
    const known = this.#cache.text(this.#file.number, index);
    if (known !== undefined) return known;
    if (index >= this.symbolCount) throw new DecodeError('there is no such symbol', index);
    const group = Math.floor(index / GROUP);
    const start = this.#symbolOffsets[group];
    const bytes = this.#file.read(start, this.#symbolOffsets[group + 1] - start);
    const reader = new ByteReader(bytes);
    for (let i = group * GROUP; i < index; i++) reader.readBytes(reader.readUvarint());
    const text = readText(reader);
    this.#cache.addText(this.#file.number, index, text);
    return text;
  }

  /** All of them, for a merge. Throws DecodeError. */
  allSymbols(): string[] {
    const symbols: string[] = [];
    for (let group = 0; group * GROUP < this.symbolCount; group++) {
      const start = this.#symbolOffsets[group];
      const bytes = this.#file.read(start, this.#symbolOffsets[group + 1] - start);
      const reader = new ByteReader(bytes);
      while (reader.hasMore && symbols.length < this.symbolCount) symbols.push(readText(reader));
    }
    return symbols;
  }

  #readGroup(
    values: NameValues,
    group: number,
    visit: (value: string, postings: number) => void,
  ): void {
    const start = values.offsets[group];
    // A copy of the view's place: `visit` may read the file too.
    const bytes = this.#file.read(start, values.offsets[group + 1] - start).slice();
    const reader = new ByteReader(bytes);
    while (reader.hasMore) {
      reader.readUvarint();
      reader.readBytes(reader.readUvarint());
      const value = readText(reader);
      visit(value, reader.readUvarint());
    }
  }

  /** A section's content, its checksum behind it compared. A copy where it is large. */
  #checked(offset: number, length: number): Uint8Array {
    const isLarge = length > 65_536;
    const bytes = isLarge
      ? this.#file.readOnce(offset, length + 4)
      : this.#file.read(offset, length + 4);
    if (crc32c(bytes, 0, length) !== uint32At(bytes, length)) {
      throw new DecodeError('a section of the index has a wrong checksum', offset);
    }
    return bytes.subarray(0, length);
  }

  #section(offset: number): { content: Uint8Array; start: number } {
    const length = uint32At(this.#file.read(offset, 4), 0);
    return { content: this.#checked(offset + 4, length).slice(), start: offset + 4 };
  }

  #readSymbols(offset: number): { offsets: Float64Array; count: number } {
    const { content, start } = this.#section(offset);
    const reader = new ByteReader(content);
    const count = reader.readUint32();
    if (count > content.length) throw new DecodeError('there are more symbols than bytes', offset);
    const offsets = new Float64Array(Math.ceil(count / GROUP) + 1);
    for (let i = 0; i < count; i++) {
      if (i % GROUP === 0) offsets[i / GROUP] = start + reader.position;
      reader.readBytes(reader.readUvarint());
    }
    offsets[offsets.length - 1] = start + reader.position;
    return { offsets, count };
  }

  /** Fills `names`; the answer is where the list of all series lies, 0: there is none. */
  #readNames(offset: number): number {
    const { content, start } = this.#section(offset);
    const reader = new ByteReader(content);
    const count = reader.readUint32();
    let allPostings = 0;
    let builder: NameBuilder | undefined;
    let lastName: Uint8Array = content.subarray(0, 0);
    for (let i = 0; i < count; i++) {
      const at = start + reader.position;
      if (reader.readUvarint() !== 2) throw new DecodeError('a pair has not two parts', at);
      const name = reader.readBytes(reader.readUvarint());
      const value = reader.readBytes(reader.readUvarint());
      const postings = reader.readUvarint();
      if (name.length === 0 && value.length === 0) {
        allPostings = postings;
        continue;
      }
      if (builder === undefined || !bytesEqual(name, lastName)) {
        this.#keepName(builder, at);
        builder = { name: textOf(name), count: 0, firsts: [], offsets: [] };
        lastName = name;
      }
      if (builder.count++ % GROUP === 0) {
        builder.firsts.push(textOf(value));
        builder.offsets.push(at);
      }
    }
    this.#keepName(builder, start + reader.position);
    return allPostings;
  }

  #keepName(builder: NameBuilder | undefined, end: number): void {
    if (builder === undefined) return;
    const { name, count, firsts, offsets } = builder;
    this.#names.set(name, { count, firsts, offsets: Float64Array.from([...offsets, end]) });
  }
}

interface NameBuilder {
  readonly name: string;
  count: number;
  readonly firsts: string[];
  readonly offsets: number[];
}

function readToc(file: PagedFile): { symbols: number; postingsTable: number } {
  const header = file.read(0, INDEX_HEADER_BYTES);
  if (uint32At(header, 0) !== INDEX_MAGIC) {
    throw new BlockDamagedError('cannot read index: it does not begin as one');
  }
  if (header[4] !== INDEX_VERSION) {
    throw new BlockDamagedError(`cannot read index: its version is ${header[4]}`);
  }
  const toc = file.read(file.bytes - TOC_BYTES, TOC_BYTES);
  if (crc32c(toc, 0, TOC_BYTES - 4) !== uint32At(toc, TOC_BYTES - 4)) {
    throw new BlockDamagedError('cannot read index: its table of contents has a wrong checksum');
  }
  const reader = new ByteReader(toc);
  const symbols = reader.readInt64();
  for (let i = 0; i < 4; i++) reader.readInt64();
  return { symbols, postingsTable: reader.readInt64() };
}

function decodeSeries(reader: ByteReader, into: SeriesEntry): void {
  const symbolCount = reader.readUvarint() * 2;
  if (symbolCount > reader.end - reader.position) {
    throw new DecodeError('a series has more labels than bytes', reader.position);
  }
  into.reserveSymbols(symbolCount);
  into.symbolCount = symbolCount;
  for (let i = 0; i < symbolCount; i++) into.symbols[i] = reader.readUvarint();
  const chunkCount = reader.readUvarint();
  if (chunkCount > reader.end - reader.position) {
    throw new DecodeError('a series has more chunks than bytes', reader.position);
  }
  into.reserveChunks(chunkCount);
  into.chunkCount = chunkCount;
  const { minTimes, maxTimes, refs } = into;
  for (let i = 0; i < chunkCount; i++) {
    minTimes[i] = i === 0 ? reader.readVarint() : maxTimes[i - 1] + reader.readUvarint();
    maxTimes[i] = minTimes[i] + reader.readUvarint();
    refs[i] = i === 0 ? reader.readUvarint() : refs[i - 1] + reader.readVarint();
  }
}

function readText(reader: ByteReader): string {
  const length = reader.readUvarint();
  const start = reader.position;
  reader.readBytes(length);
  return decodeUtf8(reader.bytes, start, start + length);
}

function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes, 0, bytes.length);
}

function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The last of sorted texts that is not above one; -1 where all are. */
function lastNotAbove(texts: readonly string[], text: string): number {
  let low = 0;
  let high = texts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareStrings(texts[middle], text) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function uint32At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
