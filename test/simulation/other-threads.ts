import type { Clock, Disk, DiskFile } from '#platform';
import type { Querier } from '#storage';
import type { CompactionAnswer, CompactionJob, Database, SharedUpdate } from '#tsdb';
import type { BlockList } from '../../src/tsdb/block/announced-blocks.ts';
import { runCompaction } from '../../src/tsdb/block/compactor.ts';
import { HeadReader } from '../../src/tsdb/reader.ts';
import { WatchedFile } from '../fakes/watched-file.ts';
import type { Random } from './random.ts';
import type { SimulatedDisk } from './simulated-disk.ts';

/*
 * The threads beside the writing one, as a busy machine runs them: jobs and messages wait, the thread
 * that makes blocks may die amid its work, and a query goes on for as long as it likes.
 */

export class ThreadDied extends Error {}

export interface ThreadWorld {
  readonly disk: SimulatedDisk;
  readonly random: Random;
  readonly clock: Clock;
  /** Called before a job is done. */
  readonly onJob: (job: CompactionJob) => void;
  readonly onList: (list: BlockList) => void;
  readonly onThreadDeath: () => void;
  /** Whether threads may die. */
  readonly mayDie: () => boolean;
}

/** Makes blocks. */
export class MakerThread {
  readonly #world: ThreadWorld;
  readonly #database: Database;
  #reader: HeadReader;
  #detach: () => void;

  constructor(world: ThreadWorld, database: Database) {
    this.#world = world;
    this.#database = database;
    this.#reader = new HeadReader(world.disk);
    this.#detach = this.#attach();
  }

  /** For `startCompaction`. */
  readonly run = async (job: CompactionJob): Promise<CompactionAnswer> => {
    // What of the head a snapshot holds was decided just now.
    if (job.kind !== 'snapshot') await this.#pause();
    const answer = this.#do(job);
    await this.#pause();
    return answer;
  };

  #do(job: CompactionJob): CompactionAnswer {
    const { disk, clock, random, onJob, onThreadDeath, mayDie } = this.#world;
    onJob(job);
    const dying = new DyingDisk(disk, mayDie() ? random.between(1, 40) : Infinity);
    const tools = { disk: dying, nowMs: () => clock.nowMs(), head: () => this.#reader.reading() };
    const answer = runCompaction(job, tools);
    if (!dying.isDead || disk.isDead) return answer;
    onThreadDeath();
    this.#detach();
    this.#reader = new HeadReader(disk);
    this.#detach = this.#attach();
    throw new ThreadDied('the thread has ended');
  }

  #attach(): () => void {
    const reader = this.#reader;
    return this.#database.attachReader((update) => {
      reader.apply(update);
      if (update.kind === 'blocks') this.#world.onList(update.list);
    });
  }

  async #pause(): Promise<void> {
    for (let turn = this.#world.random.between(0, 3); turn > 0; turn--) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }
}

/** Reads; its messages come late. */
export class QueryThread {
  readonly #random: Random;
  readonly #reader: HeadReader;
  #waiting: SharedUpdate[] = [];
  /** Messages do not wait. */
  isPrompt = true;

  constructor({ disk, random }: ThreadWorld, database: Database) {
    this.#random = random;
    this.#reader = new HeadReader(disk);
    database.attachReader((update) => {
      this.#waiting.push(update);
      if (this.isPrompt) this.deliver();
    });
  }

  /** All messages that wait, or some. */
  deliver(isAll = true): void {
    const count = isAll ? this.#waiting.length : this.#random.between(0, this.#waiting.length);
    for (const update of this.#waiting.splice(0, count)) this.#reader.apply(update);
  }

  /** A query comes by the same port as the messages. */
  begin(): Querier {
    this.deliver();
    return this.#reader.queryable.querier(-Infinity, Infinity);
  }
}

/** The disk as a thread sees it that dies at one of its changes. Nothing of it is done afterwards. */
class DyingDisk implements Disk {
  isDead = false;
  readonly #disk: SimulatedDisk;
  #left: number;

  constructor(disk: SimulatedDisk, left: number) {
    this.#disk = disk;
    this.#left = left;
  }

  open(path: string, mode: 'read' | 'append'): DiskFile {
    if (mode === 'append') this.change();
    this.assertAlive();
    return new WatchedFile(this.#disk.open(path, mode), (deed) => {
      if (deed === 'read') this.assertAlive();
      else this.change();
    });
  }

  list(dir: string): string[] {
    this.assertAlive();
    return this.#disk.list(dir);
  }

  exists(path: string): boolean {
    this.assertAlive();
    return this.#disk.exists(path);
  }

  bytesIn(dir: string): number {
    this.assertAlive();
    return this.#disk.bytesIn(dir);
  }

  makeDir(dir: string): void {
    this.change();
    this.#disk.makeDir(dir);
  }

  rename(from: string, to: string): void {
    this.change();
    this.#disk.rename(from, to);
  }

  link(from: string, to: string): void {
    this.change();
    this.#disk.link(from, to);
  }

  remove(path: string): void {
    this.change();
    this.#disk.remove(path);
  }

  syncDir(dir: string): void {
    this.change();
    this.#disk.syncDir(dir);
  }

  change(): void {
    this.assertAlive();
    if (this.#left-- > 0) return;
    this.isDead = true;
    this.assertAlive();
  }

  assertAlive(): void {
    if (this.isDead) throw new ThreadDied('the thread has ended');
  }
}
