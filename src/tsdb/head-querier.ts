import { EMPTY_LABELS, compareStrings } from '#model';
import type { Labels, Matcher } from '#model';
import { KnownLabels, sharedInt32 } from '#storage';
import type {
  LabelChoice,
  NamesResult,
  Querier,
  SampleColumns,
  SelectHints,
  SeriesGroups,
  SeriesSet,
  SharedSeries,
} from '#storage';
import { decodeNextChunk, endSeries, startSeries } from './chunk-decoder.ts';
import type { ChunkSource } from './chunk-decoder.ts';
import {
  CHUNK_NEXT,
  CHUNK_PREVIOUS,
  baseOf,
  isMapped,
  minTimeOf,
  wordsOf,
} from './chunk-memory.ts';
import { removeDeleted } from './block/deleted-samples.ts';
import { enterEpoch, joinEpoch, leaveEpoch } from './epochs.ts';
import type { Lender } from './epochs.ts';
import { NO_DELETIONS, deletedOf, isRowDeleted } from './head-deletions.ts';
import type { HeadDeletions } from './head-deletions.ts';
import { isHistogramChunk, readHistogramChunk } from './histogram-chunk.ts';
import { LateReader, hasLate, lateEnd, mayHaveLate } from './late-chunk.ts';
import type { LateEnd } from './late-chunk.ts';
import {
  LIST_ITEMS,
  NAME_LIST,
  PAIR_NAME,
  findName,
  listCount,
  nameText,
  pairOfName,
  pairValue,
  wordAt,
} from './label-index.ts';
import { Control } from './memory.ts';
import type { MemoryViews } from './memory.ts';
import { groupSelection } from './label-groups.ts';
import { NewestSamples } from './newest-samples.ts';
import { selectSeries } from './selection.ts';
import type { Selection, SelectionBounds } from './selection.ts';

/** Strings kept decoded in one thread; beyond it all are forgotten. Some 100 bytes each. */
const TEXTS_MAX = 200_000;

/** The same of label sets: what a dashboard asks for again and again. Some 200 bytes each, twice that where series are merged. */
const LABELS_MAX = 50_000;

/** More than any chunk holds. */
const COUNT_MAX = 65_535;

const NO_WARNINGS: readonly string[] = [];

/** A thread's reading of a head: views, epoch slot, and the label strings that it has decoded. */
export class HeadReading {
  readonly views: MemoryViews;
  readonly #slot: number;
  readonly #texts = new Map<number, string>();
  readonly #labels = new Map<number, KnownLabels>();
  #reuse = -1;
  #open = 0;
  readonly source: ChunkSource = {
    words: new Int32Array(0),
    base: 0,
    startMs: 0,
    endMs: 0,
    countMax: 0,
  };
  deletions: HeadDeletions = NO_DELETIONS;
  readonly late: LateReader = new LateReader();
  /** Chunks to read of one series, newest first. Reused. */
  chunks: number[] = [];

  constructor(views: MemoryViews, slot: number) {
    this.views = views;
    this.#slot = slot;
  }

  enter(): void {
    if (this.#open++ > 0) return;
    enterEpoch(this.views.control, this.#slot);
    this.views.refresh();
    if (this.#texts.size > TEXTS_MAX) this.#texts.clear();
    if (this.#labels.size >= LABELS_MAX) this.#labels.clear();
  }

  /** Reads what another thread reads. False where that one has stopped, or while this one reads by itself. */
  join(lender: Lender): boolean {
    if (this.#open > 0 || !joinEpoch(this.views.control, this.#slot, lender)) return false;
    this.#open = 1;
    this.views.refresh();
    return true;
  }

  leave(): void {
    if (--this.#open === 0) leaveEpoch(this.views.control, this.#slot);
  }

  /** While it reads, for others that join it. */
  get lender(): Lender {
    const slot = this.#slot;
    return { slot, epoch: Atomics.load(this.views.control, Control.slots + slot) };
  }

  name(offset: number): string {
    this.#forgetReused();
    return this.#nameAt(offset);
  }

  value(pair: number): string {
    this.#forgetReused();
    return this.#valueAt(pair);
  }

  labels(offset: number): KnownLabels {
    this.#forgetReused();
    const known = this.#labels.get(offset);
    if (known !== undefined) return known;
    const labels = new KnownLabels(this.#labelsAt(offset));
    if (this.#labels.size < LABELS_MAX) this.#labels.set(offset, labels);
    return labels;
  }

  #labelsAt(offset: number): Labels {
    const count = wordAt(this.views, offset);
    if (count === 0) return EMPTY_LABELS;
    const labels: string[] = [];
    for (let i = 1; i <= count; i++) {
      const pair = wordAt(this.views, offset + i);
      labels.push(this.#nameAt(wordAt(this.views, pair + PAIR_NAME)), this.#valueAt(pair));
    }
    return labels;
  }

  #nameAt(offset: number): string {
    return this.#texts.get(offset) ?? this.#keep(offset, nameText(this.views, offset));
  }

  #valueAt(pair: number): string {
    return this.#texts.get(pair) ?? this.#keep(pair, pairValue(this.views, pair));
  }

  /** Since an offset was decoded it may have come to name something else. */
  #forgetReused(): void {
    const reuse = Atomics.load(this.views.control, Control.reuse);
    if (reuse === this.#reuse) return;
    this.#texts.clear();
    this.#labels.clear();
    this.#reuse = reuse;
  }

  #keep(offset: number, text: string): string {
    this.#texts.set(offset, text);
    return text;
  }
}

/** What a querier looks at: inclusive, milliseconds. */
export interface HeadBounds {
  /** Of samples in order; what is older is in blocks. */
  readonly startMs: number;
  /** Of samples out of order. */
  readonly lateStartMs: number;
  readonly endMs: number;
}

/** Reads a head in place. Open queriers hold freed memory back: close them. */
export class HeadQuerier implements Querier {
  readonly #reading: HeadReading;
  readonly #bounds: HeadBounds;
  #isOpen = true;

  constructor(reading: HeadReading, bounds: HeadBounds) {
    this.#reading = reading;
    this.#bounds = bounds;
    reading.enter();
  }

  select(matchers: readonly Matcher[], hints: SelectHints): SeriesSet {
    const { startMs, lateStartMs, endMs } = this.#bounds;
    const bounds = {
      startMs: Math.max(hints.startMs, startMs),
      lateStartMs: Math.max(hints.startMs, lateStartMs),
      endMs: Math.min(hints.endMs, endMs),
      limit: hints.limit ?? 0,
    };
    const selection = selectUndeleted(this.#reading, matchers, bounds);
    const newest = hints.newestOnly === true ? new NewestSamples(selection.count) : undefined;
    return new HeadSeriesSet(this.#reading, selection, { ...this.#bounds, newest });
  }

  labelNames(matchers: readonly Matcher[], limit = 0): NamesResult {
    const { views } = this.#reading;
    const names = new Set<number>();
    const { labels, count } = this.#selection(matchers);
    const pairs = new Set<number>();
    for (let i = 0; i < count; i++) {
      const end = labels[i] + wordAt(views, labels[i]);
      for (let at = labels[i] + 1; at <= end; at++) pairs.add(wordAt(views, at));
    }
    for (const pair of pairs) names.add(wordAt(views, pair + PAIR_NAME));
    return sorted(
      Array.from(names, (name) => this.#reading.name(name)),
      limit,
    );
  }

  labelValues(name: string, matchers: readonly Matcher[], limit = 0): NamesResult {
    const { views } = this.#reading;
    const offset = findName(views, name);
    if (offset === 0) return { names: [], warnings: NO_WARNINGS };
    const pairs = new Set<number>();
    const { labels, count } = this.#selection(matchers);
    for (let i = 0; i < count; i++) pairs.add(pairOfName(views, labels[i], offset));
    pairs.delete(0);
    return sorted(
      Array.from(pairs, (pair) => this.#reading.value(pair)),
      limit,
    );
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#reading.leave();
  }

  #selection(matchers: readonly Matcher[]): Selection {
    return selectSeries(this.#reading.views, matchers, { ...this.#bounds, limit: 0 });
  }
}

/** Without the series all of whose samples between the bounds were deleted. */
function selectUndeleted(
  { views, deletions }: HeadReading,
  matchers: readonly Matcher[],
  bounds: SelectionBounds,
): Selection {
  if (deletions.rows.length === 0) return selectSeries(views, matchers, bounds);
  const { rows, labels, count } = selectSeries(views, matchers, { ...bounds, limit: 0 });
  const countMax = bounds.limit > 0 ? bounds.limit : count;
  let kept = 0;
  for (let i = 0; i < count && kept < countMax; i++) {
    const startMs = Math.max(bounds.startMs, firstTimeOf(views, rows[i]));
    const endMs = Math.min(bounds.endMs, views.seriesMaxTime[rows[i]]);
    const isDeleted = isRowDeleted(deletions, rows[i], startMs, endMs);
    if (isDeleted && !mayHaveLate(views, rows[i], bounds.lateStartMs, bounds.endMs)) continue;
    rows[kept] = rows[i];
    labels[kept++] = labels[i];
  }
  return { rows, labels, count: kept };
}

/** -Infinity where it is not known. */
function firstTimeOf(views: MemoryViews, row: number): number {
  const chunk = Atomics.load(views.seriesFirstChunk, row);
  return chunk !== 0 && isMapped(views, chunk) ? minTimeOf(views, chunk) : -Infinity;
}

function sorted(names: string[], limit: number): NamesResult {
  const ordered = names.toSorted(compareStrings);
  if (limit === 0 || ordered.length <= limit) return { names: ordered, warnings: NO_WARNINGS };
  return { names: ordered.slice(0, limit), warnings: ['results truncated due to limit'] };
}

/** Series of a head for another thread. */
export interface SharedHeadSeries extends SharedSeries, HeadBounds {
  readonly kind: 'head';
  readonly lender: Lender;
  /** How many regions must be known to see all that the ends name. */
  readonly regionCount: number;
  readonly deletions: HeadDeletions;
  readonly selection: Selection;
  readonly ends: ChunkEnds;
}

/** What another thread shared, as long as it is held; undefined where this one cannot see all of it. */
export function borrowHeadSeries(
  reading: HeadReading,
  shared: SharedHeadSeries,
): SeriesSet | undefined {
  if (reading.views.regions.length < shared.regionCount) return undefined;
  if (!reading.join(shared.lender)) return undefined;
  return new HeadSeriesSet(reading, shared.selection, shared);
}

class HeadSeriesSet implements SeriesSet {
  readonly warnings: readonly string[] = NO_WARNINGS;
  readonly count: number;
  readonly #reading: HeadReading;
  readonly #selection: Selection;
  readonly #bounds: HeadBounds;
  readonly #deletions: HeadDeletions;
  #ends: ChunkEnds | undefined;
  readonly #newest: NewestSamples | undefined;

  constructor(
    reading: HeadReading,
    selection: Selection,
    bounds: HeadBounds & {
      readonly deletions?: HeadDeletions;
      readonly ends?: ChunkEnds;
      readonly newest?: NewestSamples | undefined;
    },
  ) {
    this.#reading = reading;
    this.#selection = selection;
    const { startMs, lateStartMs, endMs } = bounds;
    this.#bounds = { startMs, lateStartMs, endMs };
    this.#deletions = bounds.deletions ?? reading.deletions;
    this.#ends = bounds.ends;
    this.#newest = bounds.newest;
    this.count = selection.count;
  }

  share(): SharedHeadSeries {
    const { views, lender } = this.#reading;
    const { rows, labels, count } = this.#selection;
    this.#ends ??= noteEnds(views, this.#selection, this.#newest);
    const { chunks, counts, late } = this.#ends;
    return {
      kind: 'head',
      lender,
      regionCount: views.regions.length,
      ...this.#bounds,
      deletions: this.#deletions,
      selection: { rows: sharedInt32(rows, count), labels: sharedInt32(labels, count), count },
      ends: { chunks: sharedInt32(chunks, count), counts: sharedInt32(counts, count), late },
    };
  }

  labels(index: number): Labels {
    return this.#reading.labels(this.#selection.labels[index]).labels;
  }

  /** Nothing was deleted of it, and nothing came late. */
  #isPlain(index: number): boolean {
    if (this.#ends?.late?.has(index) === true) return false;
    return deletedOf(this.#deletions, this.#selection.rows[index]) === undefined;
  }

  key(index: number): string {
    return this.#reading.labels(this.#selection.labels[index]).key;
  }

  groups(choice: LabelChoice): SeriesGroups {
    return groupSelection(this.#reading.views, this.#selection, choice);
  }

  read(index: number, startMs: number, endMs: number, columns: SampleColumns): void {
    const { source } = this.#reading;
    source.startMs = Math.max(startMs, this.#bounds.startMs);
    source.endMs = Math.min(endMs, this.#bounds.endMs);
    this.#ends ??= noteEnds(this.#reading.views, this.#selection, this.#newest);
    if (this.#isPlain(index) && this.#newest?.take(index, source, columns) === true) return;
    const last = this.#ends.chunks[index];
    if (!collectBackwards(this.#reading, last)) {
      collectForwards(this.#reading, this.#selection.rows[index]);
    }
    const first = columns.length;
    decodeChunks(this.#reading, columns, { last, count: this.#ends.counts[index] });
    const deleted = deletedOf(this.#deletions, this.#selection.rows[index]);
    if (deleted !== undefined) removeDeleted(columns, first, deleted);
    const late = this.#ends.late?.get(index);
    if (late === undefined) return;
    const lateStartMs = Math.max(startMs, this.#bounds.lateStartMs);
    const range = { startMs: lateStartMs, endMs: source.endMs, generationMax: Infinity };
    this.#reading.late.join(this.#reading.views, late, range, columns, first);
  }
}

/** How far each series of a selection may be read: its newest chunk, and how many samples of it. */
interface ChunkEnds {
  readonly chunks: Int32Array;
  readonly counts: Int32Array;
  /** By index, where a series has late samples. */
  late: ReadonlyMap<number, LateEnd> | undefined;
}

/**
 * Tries to find a moment between two batches, for selections so large that batches come while they are
 * noted. After them a half visible batch is taken as it is.
 */
const NOTE_TRIES = 20;

/** A batch takes some milliseconds, more where its thread has to wait for a processor. */
const BATCH_WAIT_MS = 1000;

/** Notes the ends of all series at one moment at which no batch is half visible. */
function noteEnds(
  views: MemoryViews,
  { rows, count }: Selection,
  newest: NewestSamples | undefined,
): ChunkEnds {
  const ends: ChunkEnds = {
    chunks: new Int32Array(count),
    counts: new Int32Array(count),
    late: undefined,
  };
  for (let tries = 0; tries < NOTE_TRIES; tries++) {
    const batch = batchAfterCurrent(views.control);
    for (let i = 0; i < count; i++) {
      const chunk = Atomics.load(views.seriesLastChunk, rows[i]);
      const isReadable = chunk !== 0 && isMapped(views, chunk);
      ends.chunks[i] = chunk;
      ends.counts[i] = isReadable ? Atomics.load(wordsOf(views, chunk), baseOf(chunk)) : 0;
    }
    newest?.note(views, rows, ends.chunks);
    ends.late = hasLate(views) ? lateEnds(views, rows, count) : undefined;
    if ((batch & 1) === 0 && isStill(views.control, batch)) return ends;
  }
  newest?.forget();
  return ends;
}

/** Whether no batch has begun. What was read before is not read later, on whatever processor. */
function isStill(control: Int32Array, batch: number): boolean {
  return Atomics.compareExchange(control, Control.batch, batch, batch) === batch;
}

function lateEnds(views: MemoryViews, rows: Int32Array, count: number): Map<number, LateEnd> {
  const ends = new Map<number, LateEnd>();
  for (let i = 0; i < count; i++) {
    const end = lateEnd(views, rows[i]);
    if (end.block !== 0) ends.set(i, end);
  }
  return ends;
}

/** The number of batches begun and ended; odd only where one does not end in time. */
function batchAfterCurrent(control: Int32Array): number {
  const batch = Atomics.load(control, Control.batch);
  if ((batch & 1) === 0) return batch;
  Atomics.wait(control, Control.batch, batch, BATCH_WAIT_MS);
  return Atomics.load(control, Control.batch);
}

/** Walks back to the chunk that holds the start. False where a chunk cannot be seen. */
function collectBackwards(reading: HeadReading, last: number): boolean {
  const { views, source, chunks } = reading;
  chunks.length = 0;
  let chunk = last;
  while (chunk !== 0) {
    if (!isMapped(views, chunk)) return false;
    const minTimeMs = minTimeOf(views, chunk);
    if (minTimeMs <= source.endMs) chunks.push(chunk);
    if (minTimeMs <= source.startMs) break;
    chunk = wordsOf(views, chunk)[baseOf(chunk) + CHUNK_PREVIOUS];
  }
  return true;
}

function decodeChunks(
  { views, source, chunks }: HeadReading,
  columns: SampleColumns,
  end: { readonly last: number; readonly count: number },
): void {
  startSeries();
  for (let i = chunks.length - 1; i >= 0; i--) {
    source.countMax = chunks[i] === end.last ? end.count : COUNT_MAX;
    source.words = wordsOf(views, chunks[i]);
    source.base = baseOf(chunks[i]);
    if (isHistogramChunk(source.words, source.base)) {
      endSeries(columns);
      if (!readHistogramChunk(views, chunks[i], source, columns)) return;
    } else if (!decodeNextChunk(source, columns)) break;
  }
  endSeries(columns);
}

/** From the oldest chunk up to the first in a region that this thread has not been told of. */
function collectForwards(reading: HeadReading, row: number): void {
  const { views, source, chunks } = reading;
  const forwards: number[] = [];
  let chunk = Atomics.load(views.seriesFirstChunk, row);
  while (chunk !== 0 && isMapped(views, chunk) && minTimeOf(views, chunk) <= source.endMs) {
    forwards.push(chunk);
    chunk = wordsOf(views, chunk)[baseOf(chunk) + CHUNK_NEXT];
  }
  chunks.length = 0;
  for (const found of forwards.toReversed()) chunks.push(found);
}

/** For cardinality.ts: each name with its pairs' offsets. */
export function forEachName(
  views: MemoryViews,
  visit: (name: number, list: number, count: number) => void,
): void {
  const names = Atomics.load(views.control, Control.nameList);
  const count = listCount(views, names);
  for (let i = 0; i < count; i++) {
    const name = wordAt(views, names + LIST_ITEMS + i);
    const list = wordAt(views, name + NAME_LIST);
    visit(name, list, listCount(views, list));
  }
}
