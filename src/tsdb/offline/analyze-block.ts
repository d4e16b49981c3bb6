import { join } from 'node:path';
import { systemDisk } from '#platform';
import type { Disk } from '#platform';
import type { BlockMeta } from '../block/block-meta.ts';
import { BlockReader } from '../block/block-reader.ts';
import { SeriesEntry } from '../block/index-reader.ts';
import { PageCache } from '../block/page-cache.ts';
import { DataDirectoryError, listBlocks } from './data-directory.ts';

export interface RankedCount {
  readonly count: number;
  /** A label name, a value, or `name=value`. */
  readonly name: string;
}

/** What makes a block large. Lists are ranked, the largest first, and cut at the limit. */
export interface BlockAnalysis {
  readonly meta: BlockMeta;
  readonly labelNameCount: number;
  /** Distinct ones. */
  readonly labelPairCount: number;
  /** Of all series together. */
  readonly labelEntryCount: number;
  /** Whole blocks that series with it did not last. */
  readonly churnByLabelPair: readonly RankedCount[];
  readonly churnByLabelName: readonly RankedCount[];
  readonly seriesByLabelPair: readonly RankedCount[];
  /** Bytes of all values. */
  readonly valueBytesByLabelName: readonly RankedCount[];
  readonly valuesByLabelName: readonly RankedCount[];
  readonly seriesByMetricName: readonly RankedCount[];
  /** Chunks by tenths of 120 samples that they hold; only where it was asked for. */
  readonly chunksByFullness: readonly number[] | undefined;
}

export interface AnalysisOptions {
  readonly dir: string;
  /** The newest block unless given. */
  readonly ulid?: string;
  readonly limit: number;
  /** Reads all chunks too. */
  readonly withFullness: boolean;
  readonly disk?: Disk;
}

/** Throws DataDirectoryError, BlockDamagedError, DecodeError, or the disk's error. */
export function analyzeBlock(options: AnalysisOptions): BlockAnalysis {
  const { dir, ulid, disk = systemDisk } = options;
  const { blocks } = listBlocks(dir, disk);
  const wanted = ulid === undefined ? blocks.at(-1) : blocks.find(({ meta }) => meta.ulid === ulid);
  if (wanted === undefined) {
    const what = ulid === undefined ? 'a block' : `block ${ulid}`;
    throw new DataDirectoryError('no-block', `cannot find ${what} in ${dir}`);
  }
  const block = new BlockReader(disk, join(dir, wanted.meta.ulid), new PageCache());
  try {
    return new Analysis(block, options).run();
  } finally {
    block.close();
  }
}

/** Two symbols as one number. */
const PAIR_FACTOR = 4_294_967_296;
/** A full chunk, as Prometheus aims at. */
const CHUNK_SAMPLES = 120;
const FULLNESS_STEPS = 10;

class Analysis {
  readonly #block: BlockReader;
  readonly #limit: number;
  readonly #fullness: number[] | undefined;
  readonly #entry: SeriesEntry = new SeriesEntry();
  readonly #pairCounts = new Map<number, number>();
  /** Milliseconds of the block that series do not cover. */
  readonly #pairGapsMs = new Map<number, number>();
  readonly #nameGapsMs = new Map<number, number>();
  #entryCount = 0;

  constructor(block: BlockReader, { limit, withFullness }: AnalysisOptions) {
    this.#block = block;
    this.#limit = limit;
    this.#fullness = withFullness ? Array.from({ length: FULLNESS_STEPS }, () => 0) : undefined;
  }

  run(): BlockAnalysis {
    const { meta, index } = this.#block;
    for (const ref of index.allPostings()) this.#addSeries(ref);
    const spanMs = meta.maxTimeMs - meta.minTimeMs;
    const names = index.names();
    const symbol = (id: number): string => index.symbol(id);
    const pair = (id: number): string =>
      `${symbol(Math.floor(id / PAIR_FACTOR))}=${symbol(id % PAIR_FACTOR)}`;
    const blocks = (gapMs: number): number => Math.floor(gapMs / spanMs);
    return {
      meta,
      labelNameCount: names.length,
      labelPairCount: this.#pairCounts.size,
      labelEntryCount: this.#entryCount,
      churnByLabelPair: this.#ranked(this.#pairGapsMs, pair, blocks),
      churnByLabelName: this.#ranked(this.#nameGapsMs, symbol, blocks),
      seriesByLabelPair: this.#ranked(this.#pairCounts, pair),
      valueBytesByLabelName: this.#ranked(this.#values(names, (value) => Buffer.byteLength(value))),
      valuesByLabelName: this.#ranked(this.#values(names, () => 1)),
      seriesByMetricName: this.#ranked(this.#metricNames()),
      chunksByFullness: this.#fullness,
    };
  }

  #addSeries(ref: number): void {
    const { meta, index } = this.#block;
    const entry = this.#entry;
    index.series(ref, entry);
    if (entry.chunkCount === 0) return;
    const coveredMs = entry.maxTimes[entry.chunkCount - 1] - entry.minTimes[0];
    const gapMs = meta.maxTimeMs - meta.minTimeMs - coveredMs;
    for (let i = 0; i < entry.symbolCount; i += 2) {
      const id = entry.symbols[i] * PAIR_FACTOR + entry.symbols[i + 1];
      add(this.#pairCounts, id, 1);
      add(this.#pairGapsMs, id, gapMs);
      add(this.#nameGapsMs, entry.symbols[i], gapMs);
    }
    this.#entryCount += entry.symbolCount / 2;
    if (this.#fullness !== undefined) this.#addFullness(this.#fullness);
  }

  #addFullness(fullness: number[]): void {
    const { refs, chunkCount } = this.#entry;
    for (let i = 0; i < chunkCount; i++) {
      const data = this.#block.chunks.read(refs[i]);
      const samples = Math.min(CHUNK_SAMPLES, (data[0] << 8) | data[1]);
      fullness[Math.max(0, Math.ceil((FULLNESS_STEPS * samples) / CHUNK_SAMPLES) - 1)]++;
    }
  }

  #values(names: readonly string[], weigh: (value: string) => number): Map<string, number> {
    const sums = new Map<string, number>();
    for (const name of names) {
      this.#block.index.eachValue(name, (value) => add(sums, name, weigh(value)));
    }
    return sums;
  }

  #metricNames(): Map<string, number> {
    const { index } = this.#block;
    const found: [string, number][] = [];
    index.eachValue('__name__', (value, postings) => void found.push([value, postings]));
    return new Map(found.map(([name, postings]) => [name, index.postingsAt(postings).length]));
  }

  /** Names are made for those that are shown alone. */
  #ranked<T>(
    counts: ReadonlyMap<T, number>,
    nameOf: (key: T) => string = String,
    countOf: (count: number) => number = (count) => count,
  ): RankedCount[] {
    const sorted = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, this.#limit);
    return sorted.map(([key, count]) => ({ count: countOf(count), name: nameOf(key) }));
  }
}

function add<T>(sums: Map<T, number>, key: T, by: number): void {
  sums.set(key, (sums.get(key) ?? 0) + by);
}
