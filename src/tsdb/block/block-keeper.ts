import type { Clock, Disk, Log } from '#platform';
import type { Histogram } from '#instrument';
import { StorageError } from '#storage';
import type { LateMark } from '../late-keeping.ts';
import type { StaleRows } from '../stale-rows.ts';
import type { StorageTimes } from '../storage-times.ts';
import type { BlockList } from './announced-blocks.ts';
import { byTime, findBlocks, isInBlocks, leftBy, sizedBlock } from './block-list.ts';
import { byArrival, isPartial } from './block-meta.ts';
import type { BlockMeta } from './block-meta.ts';
import { addStatistics, noChunks } from './chunk-statistics.ts';
import type { ChunkStatistics } from './chunk-statistics.ts';
import type { CompactionAnswer, CompactionJob, Deleted, MatcherText } from './compaction-job.ts';
import {
  BLOCK_RANGE_MS,
  EARLY_FULLNESS,
  blockRanges,
  cutEnd,
  expiredBlocks,
  overlaps,
  planCompaction,
  settledEndMs,
} from './plan.ts';
import type { SizedBlock } from './plan.ts';

/** What of a head the keeper sees. */
export interface KeptHead {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  minValidMs: number;
  /** How much of the memory for samples is used, 0 to 1. */
  readonly fullness: number;
  /** New samples are refused. */
  readonly isFull: boolean;
}

export interface BlockKeeperOptions {
  readonly disk: Disk;
  /** The data directory. */
  readonly dir: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly blockRangeMs?: number;
  readonly blockRangeMaxMs?: number;
  readonly head: KeptHead;
  /** Tells all readers. */
  readonly announce: (list: BlockList) => void;
  /** The oldest list that a reader may still look at. */
  readonly oldestListInUse: () => number;
  /** Batches that are being filled, whose samples were checked already: whether one of them still is. */
  readonly watchBatches: () => () => boolean;
  readonly stale: StaleSeries;
  readonly late: LateKept;
  /** Called when what is older than `releasedMs` may leave the head and the log. */
  readonly onRelease: () => void;
  /** Called before and after samples are given up that are all older than a time. */
  readonly onDrop: (beforeMs: number) => void;
  readonly walBytes: () => number;
  readonly times: StorageTimes;
  /** Does a job in this thread; for as long as there is no other. */
  readonly runHere: (job: CompactionJob) => CompactionAnswer;
}

/** Samples out of order; see late-keeping.ts. */
export interface LateKept {
  /** Infinity while there is none. */
  readonly minTimeMs: number;
  /** How much of the memory for samples they use, 0 to 1. */
  readonly fullness: number;
  /** Names those that there are now. */
  mark(): LateMark;
  /** Called when no reader looks for those of a mark and an inclusive range in the head any more. */
  release(mark: LateMark, startMs: number, endMs: number): Promise<void>;
}

/** Series that can leave the head before their time; see stale-eviction.ts. */
export interface StaleSeries {
  /** Undefined where they are too few. What is older than `releasedMs` is in blocks. */
  find(releasedMs: number): StaleRows | undefined;
  /** Called when no reader looks for them in the head any more. The answer: how many have left. */
  remove(found: StaleRows): Promise<number>;
}

/** What is to be deleted. Inclusive, milliseconds. */
export interface Deletion {
  readonly matchers: readonly MatcherText[];
  readonly startMs: number;
  readonly endMs: number;
}

/** Which samples are in blocks. */
export interface StoredTimes {
  /** None from here on; milliseconds. */
  readonly endMs: number;
  /** Of a time before that. */
  isStored(timeMs: number): boolean;
  /** Whether a damaged block may have had some of an inclusive range. */
  isDamaged(startMs: number, endMs: number): boolean;
}

type JobResult = Extract<CompactionAnswer, { readonly failure?: undefined }>;

/** How often the keeper looks whether readers have taken over a new list. */
const POLL_MS = 20;
/** Five seconds. */
const BATCH_POLLS = 250;
/** Blocks that could not be merged are left alone for so long. */
const RETRY_MS = 3_600_000;
/** Of the memory for samples: fewer samples out of order make no room worth their blocks. */
const LATE_FULLNESS = 0.05;
/** Where stale series could not leave. */
const STALE_RETRY_MS = 600_000;

/** Owns the blocks of a data directory: which there are, when they are cut, merged and given up. */
export class BlockKeeper {
  blocks: readonly SizedBlock[] = [];
  damagedCount = 0;
  compactions = 0;
  compactionsFailed = 0;
  verticalCompactions = 0;
  staleCompactions = 0;
  staleCompactionsFailed = 0;
  timeRetentions = 0;
  /** Looks for what there is to do. */
  triggered = 0;
  /** A block is being written. */
  isWriting = false;
  readonly chunkStatistics: ChunkStatistics = noChunks();
  sizeRetentions = 0;
  /** What is older is in blocks, and no reader looks for it in the head. */
  releasedMs: number = -Infinity;
  readonly #options: BlockKeeperOptions;
  readonly rangeMs: number;
  readonly #ranges: readonly number[];
  readonly #retryAtMs = new Map<string, number>();
  /** By block, since the start. */
  readonly #deletionCounts = new Map<string, number>();
  #doomed: string[] = [];
  #staleRetryAtMs = -Infinity;
  #headStartMs = -Infinity;
  #version = 0;
  #run: ((job: CompactionJob) => Promise<CompactionAnswer>) | undefined;
  #running: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: BlockKeeperOptions) {
    this.#options = options;
    this.rangeMs = options.blockRangeMs ?? BLOCK_RANGE_MS;
    this.#ranges = blockRanges(options.retentionMs, this.rangeMs, options.blockRangeMaxMs);
  }

  /** Finds the blocks that there are. The answer says what of the log is to be left out in its replay. */
  open(): StoredTimes {
    const { disk, dir, log, head } = this.#options;
    const found = findBlocks(disk, dir, log);
    this.blocks = found.blocks;
    this.damagedCount = found.damagedCount;
    this.#doomed = [...found.replaced];
    const { endMs } = found;
    this.#headStartMs = endMs;
    this.releasedMs = endMs;
    head.minValidMs = Math.max(head.minValidMs, endMs);
    this.#version++;
    return {
      endMs,
      isStored: (timeMs) => isInBlocks(timeMs, found),
      isDamaged: (fromMs, toMs) =>
        found.damagedRanges.some((range) => range.minTimeMs <= toMs && fromMs < range.maxTimeMs),
    };
  }

  /** To be called after the replay: what only a damaged block had is in the head again. */
  noteReplayed(): void {
    this.#headStartMs = Math.min(this.#headStartMs, this.#options.head.minTimeMs);
    this.releasedMs = this.#headStartMs;
  }

  /** Lists of blocks so far. */
  get reloads(): number {
    return this.#version;
  }

  get list(): BlockList {
    const metas = this.blocks.map(({ meta }) => meta).toSorted(byArrival);
    return {
      version: this.#version,
      dir: this.#options.dir,
      blocks: metas.map(({ ulid, minTimeMs, maxTimeMs }) => ({
        ulid,
        minTimeMs,
        maxTimeMs,
        deletionCount: this.#deletionCounts.get(ulid) ?? 0,
      })),
      headStartMs: this.#headStartMs,
    };
  }

  get isStarted(): boolean {
    return this.#run !== undefined;
  }

  get bytes(): number {
    return this.blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get minTimeMs(): number | undefined {
    return this.blocks[0]?.meta.minTimeMs;
  }

  start(run: (job: CompactionJob) => Promise<CompactionAnswer>): void {
    this.#run = run;
  }

  /** Does what there is to do. Never rejects. Does nothing before `start`. */
  compact(): Promise<void> {
    if (this.#run === undefined || this.#isClosed) return Promise.resolve();
    if (this.#running === undefined) {
      this.#running = this.#compact().finally(() => (this.#running = undefined));
      return this.#running;
    }
    // What runs may have looked before there was something to do.
    this.#again ??= this.#running.then(() => {
      this.#again = undefined;
      return this.compact();
    });
    return this.#again;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  /**
   * Deletes from the blocks; `deleteFromHead` gets what is to be deleted from the head. Rejects with
   * StorageError `closed`, or because a block could not be changed.
   */
  deleteSeries(
    deletion: Deletion,
    deleteFromHead: (deleted: Deleted) => Promise<void>,
  ): Promise<void> {
    return this.#alone(async () => {
      const { startMs, endMs } = deletion;
      // A block that nobody knows would bring back at the next start what is deleted now.
      await this.#removeDoomed();
      const ulids = this.blocks
        .filter(({ meta }) => meta.minTimeMs <= endMs && startMs < meta.maxTimeMs)
        .map(({ meta }) => meta.ulid);
      const { dir } = this.#options;
      const headStartMs = this.#headStartMs;
      const { deleted } = await this.#answer({
        ...deletion,
        kind: 'delete',
        dir,
        ulids,
        headStartMs,
      });
      if (deleted === undefined) return;
      this.#noteDeleted(deleted.blocks);
      await deleteFromHead(deleted);
    });
  }

  /** Writes blocks anew without what was deleted. Rejects as `deleteSeries`. */
  cleanTombstones(): Promise<void> {
    return this.#alone(async () => {
      const { dir, log } = this.#options;
      for (const { meta } of this.blocks) {
        const answer = await this.#answer({ kind: 'clean', dir, ulid: meta.ulid });
        const isKept = answer.meta === undefined && this.#isNewest(meta);
        if (answer.isClean === true || isKept) continue;
        log.info('block cleaned of what was deleted', {
          from: meta.ulid,
          block: answer.meta?.ulid ?? 'nothing was left',
        });
        await this.#swap([meta.ulid], listOf(answer.meta));
        await this.#removeDoomed();
      }
    });
  }

  /** Makes a directory of all blocks and, unless `skipHead`, of the head. Rejects as `deleteSeries`. */
  snapshot(into: string, skipHead: boolean): Promise<void> {
    return this.#alone(async () => {
      const { dir, head } = this.#options;
      const startMs = Math.max(head.minTimeMs, this.#headStartMs);
      const endMs = head.maxTimeMs + 1;
      const range = skipHead || !(startMs < endMs) ? undefined : { startMs, endMs };
      const ulids = this.blocks.map(({ meta }) => meta.ulid);
      const late = { endMs: range === undefined ? Infinity : startMs, rangeMs: this.rangeMs };
      await this.#answer({
        kind: 'snapshot',
        dir,
        ulids,
        into,
        head: range,
        late: skipHead ? undefined : late,
      });
    });
  }

  /** Readers that get the new list read the tombstones again; what they read before they get it is as old as their query. */
  #noteDeleted(metas: readonly BlockMeta[]): void {
    if (metas.length === 0) return;
    const { disk, dir, announce } = this.#options;
    for (const { ulid } of metas) {
      this.#deletionCounts.set(ulid, (this.#deletionCounts.get(ulid) ?? 0) + 1);
    }
    this.blocks = this.blocks.map((block) => {
      const meta = metas.find(({ ulid }) => ulid === block.meta.ulid);
      return meta === undefined ? block : sizedBlock(disk, dir, meta);
    });
    this.#version++;
    announce(this.list);
  }

  /** Waits until nothing else changes the blocks, and keeps all else waiting. */
  async #alone(work: () => Promise<void>): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#isClosed) throw closedError();
    const done = work();
    this.#running = done.catch(() => undefined).finally(() => (this.#running = undefined));
    await done;
  }

  async #compact(): Promise<void> {
    this.triggered++;
    try {
      await this.#removeDoomed();
      await this.#cutAll();
      await this.#evictStale();
      await this.#retain();
      while (await this.#mergeNext());
    } catch (error) {
      if (this.#isClosed) return;
      this.compactionsFailed++;
      this.#options.log.error('cannot compact', { error });
    }
  }

  async #cutAll(): Promise<void> {
    const { head, late, onRelease } = this.#options;
    // What comes out of order can fill the memory by itself.
    const isWorthwhile = late.fullness >= LATE_FULLNESS;
    if (head.fullness >= EARLY_FULLNESS && isWorthwhile) await this.#cutLate();
    let hasCut = false;
    while (await this.#cutHead()) {
      onRelease();
      hasCut = true;
    }
    if (hasCut) await this.#cutLate();
  }

  /** Makes blocks of what came out of order, up to where the head begins. */
  async #cutLate(): Promise<void> {
    const { late, dir, log, onRelease } = this.#options;
    const endMs = this.#headStartMs;
    if (this.#isClosed || late.minTimeMs >= endMs) return;
    const mark = late.mark();
    const { generation } = mark;
    const { metas = [] } = await this.#answer({
      kind: 'cut-late',
      dir,
      endMs,
      rangeMs: this.rangeMs,
      generation,
    });
    this.compactions += metas.length;
    if (metas.length > 0) {
      log.info('blocks cut from samples out of order', { blocks: metas.length });
    }
    await this.#swap([], metas);
    await late.release(mark, -Infinity, endMs - 1);
    onRelease();
  }

  /** False where the head is not long enough. */
  async #cutHead(): Promise<boolean> {
    const { head, late, dir, log } = this.#options;
    const startMs = this.#cutStartMs();
    const { maxTimeMs, fullness, isFull } = head;
    const endMs = cutEnd({ startMs, maxTimeMs, rangeMs: this.rangeMs, fullness, isFull });
    if (endMs === undefined || this.#isClosed) return false;
    if (fullness >= EARLY_FULLNESS) {
      log.warn('memory for samples is nearly used up: a block is cut early', {
        before: new Date(endMs).toISOString(),
      });
    }
    head.minValidMs = Math.max(head.minValidMs, endMs);
    await this.#untilWritten();
    const mark = late.minTimeMs < endMs ? late.mark() : undefined;
    const meta = await this.#do({
      kind: 'cut',
      dir,
      startMs,
      endMs,
      ...(mark !== undefined && { lateGeneration: mark.generation }),
    });
    if (meta !== undefined) {
      this.compactions++;
      log.info('block cut from the head', { block: meta.ulid, samples: meta.stats.sampleCount });
    }
    this.#headStartMs = endMs;
    await this.#swap([], listOf(meta));
    if (mark !== undefined) await late.release(mark, startMs, endMs - 1);
    this.releasedMs = endMs;
    return true;
  }

  /** Where the time begins of which blocks do not have all; though the head may have nothing of it any more. */
  #cutStartMs(): number {
    let startMs = this.#options.head.minTimeMs;
    for (const { meta } of this.blocks) {
      const isOpen = isPartial(meta) && meta.maxTimeMs > this.#headStartMs;
      if (isOpen) startMs = Math.min(startMs, meta.minTimeMs);
    }
    return Math.max(startMs, this.#headStartMs);
  }

  /** Makes blocks of stale series alone where they are many, so that they can leave the head. */
  async #evictStale(): Promise<void> {
    const { clock, log, stale, onRelease } = this.#options;
    const startedMs = clock.nowMs();
    if (this.#isClosed || startedMs < this.#staleRetryAtMs) return;
    const found = stale.find(this.#headStartMs);
    if (found === undefined) return;
    this.staleCompactions++;
    try {
      await this.#swap([], await this.#cutRows(found));
      const series = await stale.remove(found);
      log.info('stale series have left the head', { series, found: found.rows.length });
    } catch (error) {
      this.staleCompactionsFailed++;
      this.#staleRetryAtMs = startedMs + STALE_RETRY_MS;
      throw error;
    }
    onRelease();
  }

  /** One block for each range that they have samples in. */
  async #cutRows({ rows, startMs, endMs }: StaleRows): Promise<BlockMeta[]> {
    const { dir } = this.#options;
    const metas: BlockMeta[] = [];
    try {
      for (let fromMs = startMs; fromMs < endMs;) {
        const rangeEndMs = (Math.floor(fromMs / this.rangeMs) + 1) * this.rangeMs;
        const toMs = Math.min(rangeEndMs, endMs);
        const meta = await this.#do({ kind: 'cut', dir, startMs: fromMs, endMs: toMs, rows });
        if (meta !== undefined) metas.push(meta);
        fromMs = toMs;
      }
    } catch (error) {
      this.#doomed.push(...metas.map(({ ulid }) => ulid));
      throw error;
    }
    this.compactions += metas.length;
    return metas;
  }

  /** False where all is well. */
  async #mergeNext(): Promise<boolean> {
    const { clock, dir, log } = this.#options;
    const nowMs = clock.nowMs();
    const metas = this.blocks
      .map(({ meta }) => meta)
      .filter(({ ulid }) => (this.#retryAtMs.get(ulid) ?? 0) <= nowMs);
    const planned = planCompaction(metas, this.#ranges, this.#headStartMs);
    if (planned.length === 0 || this.#isClosed) return false;
    const settledMs = Math.max(this.#headStartMs, settledEndMs(metas));
    const isSettled = planned.every(({ maxTimeMs }) => maxTimeMs <= settledMs);
    const ulids = planned.map(({ ulid }) => ulid);
    let meta: BlockMeta | undefined;
    try {
      meta = await this.#do({ kind: 'merge', dir, ulids, isSettled });
    } catch (error) {
      for (const ulid of ulids) this.#retryAtMs.set(ulid, nowMs + RETRY_MS);
      throw error;
    }
    if (meta === undefined && planned.some((each) => this.#isNewest(each))) {
      for (const ulid of ulids) this.#retryAtMs.set(ulid, nowMs + RETRY_MS);
      return true;
    }
    this.compactions++;
    if (overlaps(planned)) this.verticalCompactions++;
    log.info('blocks merged', { from: ulids.length, block: meta?.ulid ?? 'nothing was left' });
    await this.#swap(ulids, listOf(meta));
    await this.#removeDoomed();
    return true;
  }

  /** At a start its end says what of the log is not to be read again, also where it is empty. */
  #isNewest({ maxTimeMs }: BlockMeta): boolean {
    return maxTimeMs === settledEndMs(this.blocks.map(({ meta }) => meta));
  }

  async #retain(): Promise<void> {
    const { retentionMs, retentionBytes, walBytes, log, onDrop } = this.#options;
    const limits = { retentionMs, retentionBytes, walBytes: walBytes() };
    const { byTime: old, bySize: over } = expiredBlocks(this.blocks, limits);
    const expired = [...old, ...over];
    const ulids = expired.map(({ meta }) => meta.ulid);
    if (ulids.length === 0) return;
    const endMs = Math.max(...expired.map(({ meta }) => meta.maxTimeMs));
    onDrop(endMs);
    if (old.length > 0) this.timeRetentions++;
    if (over.length > 0) this.sizeRetentions++;
    log.info('blocks are beyond the retention', { byTime: old.length, bySize: over.length });
    try {
      await this.#swap(ulids, []);
    } finally {
      onDrop(endMs);
    }
    await this.#removeDoomed();
  }

  /** Answers the block that was made. Throws where the job failed. */
  async #do(job: CompactionJob): Promise<BlockMeta | undefined> {
    return (await this.#answer(job)).meta;
  }

  async #answer(job: CompactionJob): Promise<JobResult> {
    const { disk, dir, runHere, clock, times } = this.#options;
    const time = timeOf(job, times);
    const startedMs = clock.monotonicMs();
    this.isWriting = time !== undefined;
    // Another program may be adding blocks.
    const before = new Set(disk.list(dir));
    try {
      const answer = await (this.#run?.(job) ?? runHere(job));
      if (answer.failure !== undefined) throw new Error(`cannot ${job.kind}: ${answer.failure}`);
      if (answer.chunks !== undefined) addStatistics(this.chunkStatistics, answer.chunks);
      time?.observe((clock.monotonicMs() - startedMs) / 1000);
      return answer;
    } catch (error) {
      // The next run removes them.
      this.#doomed.push(...leftBy(job, { disk, dir, before }));
      throw error;
    } finally {
      this.isWriting = false;
    }
  }

  /** Resolves when no reader looks at a block that left the list, nor for what a new one holds in the head. */
  async #swap(gone: readonly string[], metas: readonly BlockMeta[]): Promise<void> {
    const { disk, dir, announce } = this.#options;
    const stay = this.blocks.filter((block) => !gone.includes(block.meta.ulid));
    const added = metas.map((meta) => sizedBlock(disk, dir, meta));
    this.blocks = [...stay, ...added].toSorted(byTime);
    this.#doomed.push(...gone);
    this.#version++;
    announce(this.list);
    await this.#untilUsed(this.#version);
  }

  async #removeDoomed(): Promise<void> {
    if (this.#doomed.length === 0) return;
    const ulids = this.#doomed;
    await this.#do({ kind: 'remove', dir: this.#options.dir, ulids });
    this.#doomed = this.#doomed.filter((name) => !ulids.includes(name));
  }

  /** Batches that were checked against the old limit are short; one that was forgotten is not waited for. */
  async #untilWritten(): Promise<void> {
    const isOpen = this.#options.watchBatches();
    for (let tries = 0; isOpen() && tries < BATCH_POLLS; tries++) {
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => void clock.setTimer(POLL_MS, resolve));
  }

  async #untilUsed(version: number): Promise<void> {
    const { oldestListInUse } = this.#options;
    while (oldestListInUse() < version) {
      if (this.#isClosed) throw new Error('cannot wait for readers: closed');
      await this.#pause();
    }
  }
}

function listOf(meta: BlockMeta | undefined): readonly BlockMeta[] {
  return meta === undefined ? [] : [meta];
}

/** Of a job that writes blocks. */
function timeOf({ kind }: CompactionJob, times: StorageTimes): Histogram | undefined {
  if (kind === 'cut' || kind === 'cut-late' || kind === 'merge') return times.compaction;
  return kind === 'clean' ? times.tombstoneCleanup : undefined;
}

function closedError(): StorageError {
  return new StorageError('closed', 'cannot change a database that is closed');
}
