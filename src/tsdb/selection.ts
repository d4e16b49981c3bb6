import type { Matcher } from '#model';
import { CHUNK_MIN_TIME, baseOf } from './chunk-memory.ts';
import { mayHaveLate } from './late-chunk.ts';
import {
  LIST_ITEMS,
  NAME_LIST,
  PAIR_LIST,
  findName,
  findPair,
  listCount,
  pairOfName,
  pairValue,
  rowHasPair,
  wordAt,
} from './label-index.ts';
import { Control, REGION_BLOCKS_LOG2 } from './memory.ts';
import type { MemoryViews } from './memory.ts';

/** Series found: by index, the row, and where its labels lie (a row may lose them while it is read). */
export interface Selection {
  readonly rows: Int32Array;
  readonly labels: Int32Array;
  readonly count: number;
}

/** Inclusive bounds in milliseconds. */
export interface SelectionBounds {
  /** Of samples in order. */
  readonly startMs: number;
  /** Of samples out of order. */
  readonly lateStartMs: number;
  readonly endMs: number;
  /** 0: no limit. */
  readonly limit: number;
}

/** A matcher turned into questions about offsets. */
interface Condition {
  readonly matcher: Matcher;
  /** 0: no series has this label. */
  readonly name: number;
  readonly matchesEmpty: boolean;
  /** The one pair that satisfies it, where that is so. */
  readonly pair: number;
  /** By pair, what the matcher said: asked once for each value. */
  readonly known: Map<number, boolean>;
}

/** The series that satisfy all matchers and have samples that may lie between the bounds. */
export function selectSeries(
  views: MemoryViews,
  matchers: readonly Matcher[],
  bounds: SelectionBounds,
): Selection {
  const conditions: Condition[] = [];
  for (const matcher of matchers) {
    const condition = conditionOf(views, matcher);
    if (condition.pair < 0) return { rows: new Int32Array(0), labels: new Int32Array(0), count: 0 };
    conditions.push(condition);
  }
  const collector = new Collector(views, bounds);
  const base = narrowest(views, conditions);
  if (base === undefined) collectAll(views, conditions, collector);
  else collectFrom(views, base, conditions, collector);
  return collector.selection();
}

/** `pair` -1: nothing can satisfy it. */
function conditionOf(views: MemoryViews, matcher: Matcher): Condition {
  const name = findName(views, matcher.name);
  const matchesEmpty = matcher.matches('');
  let pair = 0;
  if (!matchesEmpty) {
    if (name === 0) pair = -1;
    else if (matcher.type === '=') pair = findPair(views, name, matcher.value) || -1;
  }
  return { matcher, name, matchesEmpty, pair, known: new Map() };
}

/** Where to begin: the shortest postings of an equality, else the label with the fewest values. */
function narrowest(views: MemoryViews, conditions: readonly Condition[]): Condition | undefined {
  let best: Condition | undefined;
  let bestSize = Infinity;
  for (const condition of conditions) {
    if (condition.matchesEmpty) continue;
    const size =
      condition.pair > 0
        ? listCount(views, wordAt(views, condition.pair + PAIR_LIST))
        : 1e12 + listCount(views, wordAt(views, condition.name + NAME_LIST));
    if (size >= bestSize) continue;
    best = condition;
    bestSize = size;
  }
  return best;
}

class Collector {
  readonly #views: MemoryViews;
  readonly #bounds: SelectionBounds;
  #rows: Int32Array = new Int32Array(64);
  #labels: Int32Array = new Int32Array(64);
  #count = 0;

  constructor(views: MemoryViews, bounds: SelectionBounds) {
    this.#views = views;
    this.#bounds = bounds;
  }

  get isFull(): boolean {
    return this.#bounds.limit > 0 && this.#count >= this.#bounds.limit;
  }

  add(row: number, labels: number): void {
    if (!hasSamples(this.#views, row, this.#bounds)) return;
    if (this.#count === this.#rows.length) {
      this.#rows = doubled(this.#rows);
      this.#labels = doubled(this.#labels);
    }
    this.#rows[this.#count] = row;
    this.#labels[this.#count++] = labels;
  }

  selection(): Selection {
    return { rows: this.#rows, labels: this.#labels, count: this.#count };
  }
}

function doubled(from: Int32Array): Int32Array {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}

function hasSamples(views: MemoryViews, row: number, bounds: SelectionBounds): boolean {
  return (
    hasInOrder(views, row, bounds) || mayHaveLate(views, row, bounds.lateStartMs, bounds.endMs)
  );
}

/** By its newest sample and the start of its first chunk. */
function hasInOrder(views: MemoryViews, row: number, bounds: SelectionBounds): boolean {
  const chunk = Atomics.load(views.seriesFirstChunk, row);
  if (chunk === 0 || views.seriesMaxTime[row] < bounds.startMs) return false;
  const index = (baseOf(chunk) >>> 1) + CHUNK_MIN_TIME;
  const region = chunk >>> REGION_BLOCKS_LOG2;
  if (!(index < views.regionTimes[region]?.length)) views.refresh();
  const times = views.regionTimes[region];
  return times !== undefined && times[index] <= bounds.endMs;
}

function labelsOf(views: MemoryViews, row: number): number {
  if (row >= views.seriesLabels.length) views.refresh();
  return Atomics.load(views.seriesLabels, row);
}

function collectAll(
  views: MemoryViews,
  conditions: readonly Condition[],
  collector: Collector,
): void {
  const end = Atomics.load(views.control, Control.rowEnd);
  for (let row = 1; row < end && !collector.isFull; row++) {
    collectRow(views, row, conditions, collector);
  }
}

function collectFrom(
  views: MemoryViews,
  base: Condition,
  conditions: readonly Condition[],
  collector: Collector,
): void {
  if (base.pair > 0) {
    collectPair(views, base.pair, conditions, collector);
    return;
  }
  const list = wordAt(views, base.name + NAME_LIST);
  const count = listCount(views, list);
  for (let i = 0; i < count && !collector.isFull; i++) {
    const pair = wordAt(views, list + LIST_ITEMS + i);
    if (asks(views, base, pair)) collectPair(views, pair, conditions, collector);
  }
}

function collectPair(
  views: MemoryViews,
  pair: number,
  conditions: readonly Condition[],
  collector: Collector,
): void {
  const list = wordAt(views, pair + PAIR_LIST);
  const count = listCount(views, list);
  for (let i = 0; i < count && !collector.isFull; i++) {
    collectRow(views, wordAt(views, list + LIST_ITEMS + i), conditions, collector);
  }
}

function collectRow(
  views: MemoryViews,
  row: number,
  conditions: readonly Condition[],
  collector: Collector,
): void {
  const labels = labelsOf(views, row);
  if (labels === 0) return;
  for (const condition of conditions) {
    if (!satisfies(views, labels, condition)) return;
  }
  collector.add(row, labels);
}

function satisfies(views: MemoryViews, labels: number, condition: Condition): boolean {
  if (condition.pair > 0) return rowHasPair(views, labels, condition.pair);
  if (condition.name === 0) return condition.matchesEmpty;
  const pair = pairOfName(views, labels, condition.name);
  return pair === 0 ? condition.matchesEmpty : asks(views, condition, pair);
}

function asks(views: MemoryViews, condition: Condition, pair: number): boolean {
  const known = condition.known.get(pair);
  if (known !== undefined) return known;
  const answer = condition.matcher.matches(pairValue(views, pair));
  condition.known.set(pair, answer);
  return answer;
}
