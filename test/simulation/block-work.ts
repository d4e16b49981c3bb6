import { createMatcher, labelValue } from '#model';
import type { Labels, Matcher } from '#model';
import type { Clock, LogFields } from '#platform';
import { SampleColumns } from '#storage';
import type { Querier } from '#storage';
import type { CompactionJob, Database } from '#tsdb';
import type { BlockList, ListedBlock } from '../../src/tsdb/block/announced-blocks.ts';
import { settledEndMs } from '../../src/tsdb/block/plan.ts';
import { LEVEL_ONE } from '../../src/tsdb/block/compactor.ts';
import { readMeta } from '../../src/tsdb/block/block-reader.ts';
import { writeBlock } from '../../src/tsdb/block/block-writer.ts';
import { listedSource } from '../../src/tsdb/block/listed-source.ts';
import type { ListedSeries } from '../../src/tsdb/block/listed-source.ts';
import { createUlid, isUlid } from '../../src/tsdb/block/ulid.ts';
import { valueKey } from './model.ts';
import type { BatchSample, Concerned, Model, Visible } from './model.ts';
import { observeSeries } from './observe.ts';
import { MakerThread, QueryThread } from './other-threads.ts';
import type { ThreadWorld } from './other-threads.ts';
import { PlatterDirectory, PlatterFile } from './platter.ts';
import type { Random } from './random.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Tally } from './tally.ts';

export interface BlockWorld {
  readonly random: Random;
  readonly clock: Clock;
  readonly model: Model;
  readonly tally: Tally;
  readonly hasFaults: boolean;
  readonly retentionBytes: number;
  readonly disk: () => SimulatedDisk;
  readonly trace: (line: string) => void;
  /** Of a series that may be there. */
  readonly labels: () => Labels;
}

interface MadeSnapshot {
  readonly dir: string;
  readonly visible: Visible;
  /** What was older then need not be in it. */
  readonly horizonMs: number;
}

/** A block one of whose files cannot be read. */
interface Spoilt {
  readonly ulid: string;
  readonly file: PlatterFile;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** It was set aside at the start. */
  readonly isAside: boolean;
}

/** When something was begun. */
interface Mark {
  readonly life: number;
  /** Of what is appended to logs. */
  readonly first: number;
  /** Injected so far. */
  readonly faults: number;
}

/** What happens to blocks beside scraping: all that is asked for by hand, other threads, bad files. */
export class BlockWork {
  readonly snapshots: MadeSnapshot[] = [];
  readonly #world: BlockWorld;
  #blocks: readonly ListedBlock[] = [];
  /** Retention has said that it gives up blocks. */
  #isRetaining = false;
  #spoilt: Spoilt[] = [];
  #query: { querier: Querier; visible: Visible } | undefined;
  #queries: QueryThread | undefined;
  #deletion: { matchers: readonly Matcher[]; concerned: Concerned } | undefined;
  #deleting: Promise<void> = Promise.resolve();
  /** What was visible when a snapshot was made, by its directory. */
  readonly #made = new Map<string, MadeSnapshot>();
  #hasThreads = false;
  #life = 0;

  constructor(world: BlockWorld) {
    this.#world = world;
  }

  /** Threads for a life that makes blocks. */
  begin(database: Database): void {
    const { random, clock, hasFaults } = this.#world;
    const world: ThreadWorld = {
      disk: this.#world.disk(),
      random,
      clock,
      onJob: (job) => this.#beforeJob(job),
      onList: (list) => this.#noteList(list),
      onThreadDeath: () => {
        this.#world.tally.threadDeaths++;
        this.#world.trace('the thread that makes blocks has ended');
      },
      mayDie: () => hasFaults && random.chance(0.05),
    };
    const maker = new MakerThread(world, database);
    this.#queries = new QueryThread(world, database);
    this.#hasThreads = true;
    database.startCompaction(maker.run);
  }

  /** The process is gone. */
  end(): void {
    this.#query = undefined;
    this.#queries = undefined;
    this.#deletion = undefined;
    this.#deleting = Promise.resolve();
    this.#hasThreads = false;
    this.#isRetaining = false;
    this.#blocks = [];
    this.#life++;
    this.repair(true);
  }

  step(database: Database, retentionMs: number): void {
    const deed = this.#world.random.between(0, 14);
    if (deed < 5) this.#delete(database, retentionMs);
    else if (deed < 7) void this.#clean(database);
    else if (deed < 8) void this.#snapshot(database);
    else if (deed < 10) void database.compact();
    else if (deed < 12) this.#beginQuery();
    else if (deed < 13) this.endQuery();
    else if (deed < 14) this.#spoil();
    else this.repair();
  }

  /** Messages go on their way. */
  turn(): void {
    if (this.#queries === undefined) return;
    this.#queries.isPrompt = this.#world.random.chance(0.5);
    this.#queries.deliver(this.#queries.isPrompt);
  }

  /** No message waits, and no query goes on: somebody waits for both. */
  hurry(): void {
    this.endQuery();
    if (this.#queries === undefined) return;
    this.#queries.isPrompt = true;
    this.#queries.deliver();
  }

  noteLog(message: string, fields: LogFields | undefined): void {
    const { tally } = this.#world;
    if (message === 'block cut from the head') tally.cuts++;
    else if (message === 'blocks merged') tally.merges++;
    else if (message === 'blocks are beyond the retention') {
      tally.retentions++;
      this.#isRetaining = fields !== undefined;
    }
  }

  // ---- by hand

  #delete(database: Database, retentionMs: number): void {
    const { random, clock, model, trace, labels } = this.#world;
    // While a block cannot be read a deletion cannot reach it.
    if (this.#deletion !== undefined || this.#spoilt.length > 0) return;
    const mark = this.#mark();
    const matchers = [
      random.chance(0.5)
        ? createMatcher('=', '__name__', `metric_${random.between(0, 4)}`)
        : createMatcher('=', 'series', labelValue(labels(), 'series')),
    ];
    const endMs =
      clock.nowMs() - random.pick([0, random.between(0, 60_000), random.between(0, retentionMs)]);
    const startMs = endMs - random.pick([1000, 60_000, random.between(0, retentionMs)]);
    const deletion = { matchers, concerned: [] as Concerned };
    this.#deletion = deletion;
    if (!this.#hasThreads) deletion.concerned = model.beginDeletion(matchers, startMs, endMs);
    trace(`delete ${matchers[0]?.value} ${startMs} to ${endMs}`);
    this.#deleting = this.#finishDeletion(
      database.deleteSeries(matchers, startMs, endMs),
      deletion,
      mark,
    );
  }

  async #finishDeletion(
    work: Promise<void>,
    deletion: { readonly concerned: Concerned },
    { life, first, faults }: Mark,
  ): Promise<void> {
    const { tally, model, trace } = this.#world;
    try {
      await work;
    } catch (error) {
      if (life !== this.#life) return;
      this.#deletion = undefined;
      this.#noteFailure('delete', error, faults);
      return;
    }
    if (life !== this.#life || this.#world.disk().isDead) return;
    this.#deletion = undefined;
    tally.deletions++;
    tally.deletedSamples += deletion.concerned.length;
    trace(`deleted ${deletion.concerned.length}`);
    model.endDeletion(deletion.concerned, this.#world.disk().appended.slice(first));
  }

  /** Until no deletion runs. */
  async idle(): Promise<void> {
    await this.#deleting;
  }

  async #clean(database: Database): Promise<void> {
    const { tally, trace } = this.#world;
    const { life, faults } = this.#mark();
    trace('clean');
    try {
      await database.cleanTombstones();
      tally.cleanings++;
    } catch (error) {
      if (life === this.#life) this.#noteFailure('clean', error, faults);
    }
  }

  async #snapshot(database: Database): Promise<void> {
    const { tally, trace, model } = this.#world;
    if (this.#spoilt.length > 0) return;
    // Without threads nobody says when it begins, and it begins when the deletion has ended.
    if (!this.#hasThreads && this.#deletion !== undefined) return;
    const { life, faults } = this.#mark();
    const dir = `data/snapshots/${tally.operations}-${this.#life}-${this.#world.disk().operations}`;
    trace(`snapshot ${dir}`);
    const { horizonMs } = model;
    if (!this.#hasThreads) this.#made.set(dir, { dir, visible: model.visible(), horizonMs });
    try {
      await database.snapshot(dir, false);
    } catch (error) {
      if (life === this.#life) this.#noteFailure('snapshot', error, faults);
      return;
    }
    if (life !== this.#life || this.#world.disk().isDead) return;
    tally.snapshots++;
    const made = this.#made.get(dir);
    if (made !== undefined) this.snapshots.push(made);
  }

  #mark(): Mark {
    const disk = this.#world.disk();
    return { life: this.#life, first: disk.appended.length, faults: disk.faultsInjected };
  }

  #noteFailure(what: string, error: unknown, faultsBefore: number): void {
    const disk = this.#world.disk();
    this.#world.trace(`cannot ${what}: ${String(error)}`);
    const isExplained =
      disk.isDead ||
      disk.faultsInjected > faultsBefore ||
      disk.freeBytes < Infinity ||
      this.#spoilt.length > 0 ||
      /closed|has ended|cannot remove/.test(String(error));
    if (!isExplained) this.failures.push(`cannot ${what}: ${String(error)}`);
  }

  /** What failed without a reason. */
  readonly failures: string[] = [];

  // ---- blocks

  #beforeJob(job: CompactionJob): void {
    const { model } = this.#world;
    this.#world.trace(`job: ${JSON.stringify(job)}`);
    if (job.kind === 'delete' && this.#deletion !== undefined) {
      const { matchers } = this.#deletion;
      this.#deletion.concerned = model.beginDeletion(matchers, job.startMs, job.endMs);
    } else if (job.kind === 'snapshot') {
      const { horizonMs } = model;
      this.#made.set(job.into, { dir: job.into, visible: model.visible(), horizonMs });
    }
  }

  #noteList({ blocks }: BlockList): void {
    const { model, trace } = this.#world;
    if (this.#world.disk().isDead) return;
    const names = new Set(blocks.map(({ ulid }) => ulid));
    const before = new Set(this.#blocks.map(({ ulid }) => ulid));
    const gone = this.#blocks.filter(({ ulid }) => !names.has(ulid));
    const fresh = blocks.filter(({ ulid }) => !before.has(ulid));
    trace(
      `list: ${blocks.map((b) => `${b.ulid.slice(-4)} ${b.minTimeMs}-${b.maxTimeMs}`).join(', ')}`,
    );
    if (this.#isRetaining && fresh.length === 0 && gone.length > 0) {
      this.#isRetaining = false;
      // The oldest go first.
      model.raiseHorizon(Math.max(...gone.map(({ maxTimeMs }) => maxTimeMs)));
    }
    if (overlap(gone) && fresh.length > 0) this.#world.tally.verticalMerges++;
    this.#blocks = blocks;
    const listed = new Set(blocks.map(({ ulid }) => ulid));
    model.raiseInBlocks(blocksEndMs(this.#world.disk(), (ulid) => listed.has(ulid)));
  }

  // ---- queries that take their time

  #beginQuery(): void {
    if (this.#query !== undefined || this.#queries === undefined) return;
    if (this.#spoilt.length > 0) return;
    this.#query = { visible: this.#world.model.visible(), querier: this.#queries.begin() };
  }

  endQuery(): void {
    const query = this.#query;
    this.#query = undefined;
    if (query === undefined || this.#world.disk().isDead) return;
    const { model, tally } = this.#world;
    tally.queries++;
    const warnings: string[] = [];
    const series = observeSeries(query.querier, warnings);
    this.failures.push(...model.faultsOfQuery(query.visible, series));
    this.failures.push(...this.faultsOfWarnings(warnings));
  }

  // ---- files that cannot be read

  #spoil(): void {
    if (!this.#world.hasFaults || this.#deletion !== undefined) return;
    this.endQuery();
    const all = blockFiles(this.#world.disk().root);
    if (all.length > 0) this.#spoilOne(this.#world.random.pick(all), false);
  }

  /** Before a start: the block is set aside. Answers its name. */
  spoilForLife(): string | undefined {
    const all = blockFiles(this.#world.disk().root);
    if (all.length === 0) return undefined;
    const found = this.#world.random.pick(all);
    // The rest of a chunk file is looked at when it is read.
    if (found.name !== 'index') return undefined;
    this.#spoilOne(found, true);
    return found.ulid;
  }

  #spoilOne({ ulid, file, name }: BlockFile, isAside: boolean): void {
    const disk = new SimulatedDisk(this.#world.disk().root, this.#world.random);
    const { minTimeMs, maxTimeMs } = readMeta(disk, `data/${ulid}`);
    file.isBad = true;
    this.#spoilt.push({ ulid, file, minTimeMs, maxTimeMs, isAside });
    this.#world.tally.unreadableBlocks++;
    this.#world.trace(`${ulid}/${name} cannot be read`);
    this.#tellModel();
  }

  /** All can be read again; what was set aside by the next process. */
  repair(isAll = false): void {
    const kept = isAll ? [] : this.#spoilt.filter(({ isAside }) => isAside);
    for (const spoilt of this.#spoilt) if (!kept.includes(spoilt)) spoilt.file.isBad = false;
    this.#spoilt = kept;
    this.#tellModel();
  }

  #tellModel(): void {
    const spoilt = this.#spoilt;
    this.#world.model.setUnreadable((timeMs) =>
      spoilt.some(({ minTimeMs, maxTimeMs }) => minTimeMs <= timeMs && timeMs < maxTimeMs),
    );
  }

  /** A warning names a block that cannot be read. */
  faultsOfWarnings(warnings: readonly string[]): string[] {
    const names = this.#spoilt.map(({ ulid }) => ulid);
    return [
      ...warnings.filter((warning) => !names.some((name) => warning.includes(name))),
      ...this.failures.splice(0),
    ];
  }
}

function overlap(blocks: readonly ListedBlock[]): boolean {
  return blocks.some((block, i) => i > 0 && block.minTimeMs < (blocks[i - 1]?.maxTimeMs ?? 0));
}

interface BlockFile {
  readonly ulid: string;
  readonly name: string;
  readonly file: PlatterFile;
}

/** Where the time ends of which blocks hold all; of some blocks, or of all. */
export function blocksEndMs(
  disk: SimulatedDisk,
  isMeant: (ulid: string) => boolean = () => true,
): number {
  const ulids = [...new Set(blockFiles(disk.root).map(({ ulid }) => ulid))].filter(isMeant);
  return settledEndMs(ulids.map((ulid) => readMeta(disk, `data/${ulid}`)));
}

/** Indexes and files of chunks. */
export function blockFiles(root: PlatterDirectory): BlockFile[] {
  const data = root.entries.get('data');
  if (!(data instanceof PlatterDirectory)) return [];
  const files: BlockFile[] = [];
  for (const [ulid, block] of data.entries) {
    if (!isUlid(ulid) || !(block instanceof PlatterDirectory)) continue;
    const chunks = block.entries.get('chunks');
    const index = block.entries.get('index');
    if (index instanceof PlatterFile) files.push({ ulid, name: 'index', file: index });
    if (!(chunks instanceof PlatterDirectory)) continue;
    for (const [name, file] of chunks.entries) {
      if (file instanceof PlatterFile) files.push({ ulid, name, file });
    }
  }
  return files;
}

interface Foreign {
  readonly disk: SimulatedDisk;
  readonly random: Random;
  readonly model: Model;
  readonly labels: () => Labels;
}

/** Another program makes a block of samples that nobody had, of times that blocks have. */
export function addForeignBlock({ disk, random, model, labels }: Foreign): BatchSample[] {
  const ulids = [...new Set(blockFiles(disk.root).map(({ ulid }) => ulid))].toSorted();
  if (ulids.length === 0) return [];
  const metas = ulids.map((ulid) => readMeta(disk, `data/${ulid}`));
  const like = random.pick(metas);
  const newestMs = settledEndMs(metas);
  const minTimeMs = like.minTimeMs + random.between(0, 2000);
  const maxTimeMs = Math.min(newestMs, like.maxTimeMs + random.between(0, 60_000));
  if (minTimeMs >= maxTimeMs) return [];
  const samples: BatchSample[] = [];
  const list: ListedSeries[] = [];
  const seen = new Set<string>();
  for (let i = random.between(1, 8); i > 0; i--) {
    const of = labels();
    const columns = new SampleColumns(16);
    if (seen.has(labelValue(of, 'series'))) continue;
    seen.add(labelValue(of, 'series'));
    for (let timeMs = minTimeMs; timeMs < maxTimeMs; timeMs += random.between(1, 30_000)) {
      if (model.has(of, timeMs)) continue;
      const value = random.between(0, 1000);
      columns.push(timeMs, value);
      samples.push({ labels: of, timeMs, value: valueKey(value) });
    }
    if (columns.length > 0) list.push({ labels: of, samples: columns });
  }
  if (samples.length === 0) return [];
  const ulid = createUlid(maxTimeMs);
  const compaction = { ...LEVEL_ONE, sources: [ulid] };
  writeBlock({ disk, dir: 'data', ulid, minTimeMs, maxTimeMs, compaction }, listedSource(list));
  return samples;
}
