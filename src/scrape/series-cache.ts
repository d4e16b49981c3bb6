import { KNOWN_LINES_MAX } from '#exposition';
import type { KnownLines, KnownSeries, PageFormat, SeriesGuess } from '#exposition';
import { SampleRow } from '#storage';
import type { SeriesRef } from '#storage';
import { hashBytes, RowIndex } from './row-index.ts';

/** Stands for a series that relabelling drops. Storage names no series so. */
export const DROPPED: SeriesRef = 0;

/** `find` knows no entry for the line. */
export const UNKNOWN = -1;

/** Names an entry; stays the same while its series is on the target's page. */
export type EntryIndex = number;

/**
 * What one target's page was last time, so that the next one need not be parsed again.
 *
 *     page   | up 1 \n http_requests{code="200"} 7 \n ... |   the bytes of the last good page
 *     rows   |  0        1                                |   where each series stood in it, in order
 *     entries|  ref, seen in which round, tracked or not  |   one for each distinct text
 *
 * The parser compares a line with the row that followed the last line found (`guess`). Only where they
 * differ an index of the last page's rows is made and asked. Rows and entries live in typed arrays that only grow.
 */
export class SeriesCache {
  /** For the parser. */
  readonly guess: { -readonly [K in keyof SeriesGuess]: SeriesGuess[K] } = {
    view: new DataView(new ArrayBuffer(0)),
    start: 0,
    length: 0,
  };
  /** Counts pages, good and bad. */
  round = 1;
  /** SeriesRef or DROPPED, by entry. */
  refs: Float64Array = new Float64Array(0);
  /** In which round the entry was last on a page, by entry. */
  seenIn: Float64Array = new Float64Array(0);

  /** For the parser: the series of the last good page; none where that was of another format. */
  readonly known: { -readonly [K in keyof KnownSeries]: KnownSeries[K] } = {
    view: this.guess.view,
    starts: new Int32Array(0),
    ends: new Int32Array(0),
    count: 0,
  };

  #entryCount = 0;
  readonly #free: EntryIndex[] = [];
  /** Entries whose series ends when they are missing next time: as of the last page, and of this one. */
  #trackedBefore = new Uint8Array(0);
  #trackedNow = new Uint8Array(0);
  /** Tracked series of before `forgetLines`. */
  #orphans: SeriesRef[] = [];

  /** The last good page, and the one that is being read. */
  #page: Page = pageOf(new Uint8Array(0), 'text');
  #nextPage: Page = this.#page;
  #rows = new Rows();
  #nextRows = new Rows();
  /** The row that is likely next. */
  #cursor = 0;
  /** The last page's rows by their bytes; filled when first needed. */
  readonly #rowIndex = new RowIndex();
  /** Rows that are new on this page. */
  readonly #newIndex = new RowIndex();
  #newEntries: EntryIndex[] = [];
  /** Of the line that `find` was asked for last. */
  #foundHash = 0;

  /** How many distinct series texts are known. */
  get size(): number {
    return this.#entryCount - this.#free.length;
  }

  /** The offsets of `find` and `add` are in these bytes, which belong to the cache from now on. */
  startPage(bytes: Uint8Array, format: PageFormat): void {
    this.#nextPage = pageOf(bytes, format);
    this.guess.view = this.#page.view;
    this.guessNext();
    const { known } = this;
    const { starts, ends, count } = this.#rows;
    known.view = this.#page.view;
    known.starts = starts;
    known.ends = ends;
    // What is a series in one format may be an error in the other.
    known.count = this.#page.format === format ? count : 0;
  }

  /** The row of `known` that is likely next. */
  get nextRow(): number {
    return this.#cursor;
  }

  /** Takes lines that the parser found as known from `nextRow` on. */
  takeKnown({ starts, ends, values }: KnownLines, count: number, into: KnownSamples): void {
    const { entries } = this.#rows;
    const { refs, seenIn, round } = this;
    const first = this.#cursor;
    let kept = 0;
    into.duplicates = 0;
    for (let i = 0; i < count; i++) {
      const entry = entries[first + i] as number;
      this.#nextRows.push(starts[i] as number, ends[i] as number, entry);
      const ref = refs[entry] as number;
      if (ref === DROPPED) seenIn[entry] = round;
      else if (seenIn[entry] === round) into.duplicates++;
      else {
        seenIn[entry] = round;
        into.entries[kept] = entry;
        into.lines[kept] = i;
        into.row.refs[kept] = ref;
        into.row.values[kept++] = values[i] as number;
      }
    }
    into.row.count = kept;
    this.#cursor = first + count;
  }

  /** Whether the last good page lies in this memory, so that it must not be written to. */
  holds({ buffer }: Uint8Array): boolean {
    return this.#page.view.buffer === buffer;
  }

  /** Makes `guess` the series that stood after the last one found. */
  guessNext(): void {
    const row = this.#cursor;
    const rows = this.#rows;
    const { guess } = this;
    // What is a series in one format may be an error in the other.
    if (row >= rows.count || this.#page.format !== this.#nextPage.format) {
      guess.length = 0;
      return;
    }
    guess.start = rows.starts[row] as number;
    guess.length = (rows.ends[row] as number) - guess.start;
  }

  /** The entry of a series that the parser found as guessed. */
  takeGuessed(start: number, end: number): EntryIndex {
    const entry = this.#rows.entries[this.#cursor] as number;
    this.#cursor++;
    this.#nextRows.push(start, end, entry);
    return entry;
  }

  /** The entry of another series, or UNKNOWN: then `add` it or leave it. */
  find(start: number, end: number): EntryIndex {
    const { view } = this.#nextPage;
    const text = { view, start, end };
    const hash = hashBytes(view, start, end);
    this.#foundHash = hash;
    if (this.#rowIndex.isEmpty) this.#indexRows();
    const row = this.#rowIndex.find(text, hash, this.#page.view, this.#rows);
    if (row >= 0) {
      this.#cursor = row + 1;
      return this.#again(start, end, this.#rows.entries[row] as number);
    }
    const newRow = this.#newIndex.find(text, hash, view, this.#nextRows);
    if (newRow < 0) return UNKNOWN;
    return this.#again(start, end, this.#nextRows.entries[newRow] as number);
  }

  #again(start: number, end: number, entry: EntryIndex): EntryIndex {
    this.#nextRows.push(start, end, entry);
    return entry;
  }

  #indexRows(): void {
    const { starts, ends, count } = this.#rows;
    const { view } = this.#page;
    this.#rowIndex.reserve(count);
    for (let row = 0; row < count; row++) {
      this.#rowIndex.add(row, hashBytes(view, starts[row] as number, ends[row] as number));
    }
  }

  /** Remembers the line that `find` did not know, which was asked for last. Seen in this round. */
  add(start: number, end: number, ref: SeriesRef): EntryIndex {
    const entry = this.#free.pop() ?? this.#entryCount++;
    if (entry >= this.refs.length) this.#grow(entry + 1);
    this.refs[entry] = ref;
    this.seenIn[entry] = this.round;
    this.#trackedBefore[entry] = 0;
    this.#trackedNow[entry] = 0;
    this.#newEntries.push(entry);
    this.#newIndex.add(this.#nextRows.count, this.#foundHash);
    this.#nextRows.push(start, end, entry);
    return entry;
  }

  #grow(count: number): void {
    const capacity = Math.max(64, count * 2);
    this.refs = filled(new Float64Array(capacity), this.refs);
    this.seenIn = filled(new Float64Array(capacity), this.seenIn);
    this.#trackedBefore = filled(new Uint8Array(capacity), this.#trackedBefore);
    this.#trackedNow = filled(new Uint8Array(capacity), this.#trackedNow);
  }

  /** The series of the entry ends when it is missing from the next page. */
  track(entry: EntryIndex): void {
    this.#trackedNow[entry] = 1;
  }

  /** Series that were tracked on the page before and are not on this one. */
  staleRefs(): SeriesRef[] {
    const stale: SeriesRef[] = this.#orphans;
    for (let entry = 0; entry < this.#entryCount; entry++) {
      if (this.#trackedBefore[entry] === 1 && this.#trackedNow[entry] === 0) {
        stale.push(this.refs[entry] as number);
      }
    }
    this.#orphans = [];
    if (stale.length === 0) return stale;
    // Two texts can be one series: `a{b="1",c="2"}` and `a{c="2",b="1"}`.
    const gone = new Set(stale);
    for (let entry = 0; entry < this.#entryCount; entry++) {
      if (this.#trackedNow[entry] === 1) gone.delete(this.refs[entry] as number);
    }
    return gone.size === stale.length ? stale : stale.filter((ref) => gone.has(ref));
  }

  /** The page was good: it is what the next one is compared with. */
  finishPage(): void {
    const isSame = this.#cursor === this.#rows.count && this.#nextRows.count === this.#rows.count;
    const before = this.#rows;
    this.#rows = this.#nextRows;
    this.#nextRows = before;
    this.#page = this.#nextPage;
    if (!isSame || this.#newEntries.length > 0) this.#freeUnseen();
    this.#nextRound();
  }

  #freeUnseen(): void {
    const isFree = new Uint8Array(this.#entryCount);
    for (const entry of this.#free) isFree[entry] = 1;
    for (let entry = 0; entry < this.#entryCount; entry++) {
      if (isFree[entry] === 0 && this.seenIn[entry] !== this.round) this.#release(entry);
    }
  }

  #release(entry: EntryIndex): void {
    this.#trackedBefore[entry] = 0;
    this.#trackedNow[entry] = 0;
    this.#free.push(entry);
  }

  /** There was no page, or a bad one: nothing on it counts, and every tracked series is now stale. */
  abandonPage(): void {
    for (const entry of this.#newEntries) this.#release(entry);
    this.#trackedNow.fill(0);
    this.#restart();
  }

  /** Ends the round of a scrape without a page, after its stale series were asked for. */
  finishWithoutPage(): void {
    this.abandonPage();
    this.#nextRound();
  }

  #nextRound(): void {
    const before = this.#trackedBefore;
    this.#trackedBefore = this.#trackedNow;
    this.#trackedNow = before;
    this.#trackedNow.fill(0);
    this.round++;
    this.#restart();
  }

  #restart(): void {
    this.#nextRows.count = 0;
    this.#cursor = 0;
    this.#rowIndex.clear();
    this.#newIndex.clear();
    this.#newEntries = [];
  }

  /** For when labels come out differently from now on. Series that do not come again still end. */
  forgetLines(): void {
    for (let entry = 0; entry < this.#entryCount; entry++) {
      if (this.#trackedBefore[entry] === 1) this.#orphans.push(this.refs[entry] as number);
    }
    this.#trackedBefore.fill(0);
    this.#trackedNow.fill(0);
    this.#free.length = 0;
    this.#entryCount = 0;
    this.#rows.count = 0;
    this.#page = pageOf(new Uint8Array(0), 'text');
    this.#restart();
  }
}

/** Samples of known lines, but for those of series that are dropped or stand twice on the page. */
export class KnownSamples {
  readonly row: SampleRow = new SampleRow(KNOWN_LINES_MAX);
  /** Of the cache, for each sample. */
  readonly entries: Int32Array = new Int32Array(KNOWN_LINES_MAX);
  /** Which line each sample is from. */
  readonly lines: Int32Array = new Int32Array(KNOWN_LINES_MAX);
  duplicates = 0;
}

/** A larger array that begins as the one before. */
function filled<T extends Float64Array | Uint8Array | Int32Array>(larger: T, before: T): T {
  larger.set(before);
  return larger;
}

/** Where the series of a page stand. */
class Rows {
  count = 0;
  starts: Int32Array = new Int32Array(64);
  ends: Int32Array = new Int32Array(64);
  entries: Int32Array = new Int32Array(64);

  push(start: number, end: number, entry: EntryIndex): void {
    const row = this.count;
    if (row === this.starts.length) this.#grow();
    this.starts[row] = start;
    this.ends[row] = end;
    this.entries[row] = entry;
    this.count = row + 1;
  }

  #grow(): void {
    const capacity = this.starts.length * 2;
    this.starts = filled(new Int32Array(capacity), this.starts);
    this.ends = filled(new Int32Array(capacity), this.ends);
    this.entries = filled(new Int32Array(capacity), this.entries);
  }
}

interface Page {
  readonly view: DataView;
  readonly format: PageFormat;
}

function pageOf({ buffer, byteOffset, byteLength }: Uint8Array, format: PageFormat): Page {
  return {
    view: new DataView(buffer, byteOffset, byteLength),
    format,
  };
}
