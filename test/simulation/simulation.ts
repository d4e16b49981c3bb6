import { Registry } from '#instrument';
import type { Labels } from '#model';
import type { Log, LogFields } from '#platform';
import { StorageError } from '#storage';
import type { Appender } from '#storage';
import { openDatabase } from '#tsdb';
import type { Database } from '#tsdb';
import { checkpointNumbers, segmentNumbers } from '../../src/tsdb/wal/layout.ts';
import { readSegment } from '../../src/tsdb/wal/reader.ts';
import { FakeClock, settle } from '../fakes/clock.ts';
import { BlockWork, addForeignBlock, blocksEndMs } from './block-work.ts';
import { Model } from './model.ts';
import type { BatchContent, Outcome } from './model.ts';
import { observe } from './observe.ts';
import { PlatterDirectory, PlatterFile } from './platter.ts';
import { Random } from './random.ts';
import { RandomWriter, emptyContent } from './random-writer.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Operation } from './simulated-disk.ts';
import { emptyTally } from './tally.ts';
import type { Tally } from './tally.ts';

/** A database did what it must not do. The message names the seed. */
export class SimulationFault extends Error {}

export interface CaseOptions {
  readonly seed: number;
  /** Lives that are more than a last look. */
  readonly livesMax?: number;
  readonly stepsMax?: number;
  /** The first life dies at this operation. */
  readonly diesAt?: number;
  /** How the machine dies; at random unless given. */
  readonly death?: 'process' | 'power';
  /** Faults of the disk beside its death. Default true. */
  readonly hasFaults?: boolean;
  readonly tally?: Tally;
  /** Receives what happens, for the reader of a failure. */
  readonly trace?: (line: string) => void;
}

/** Runs one case to its end. Throws SimulationFault. Answers the operations of the first life. */
export async function runCase(options: CaseOptions): Promise<number> {
  const simulation = new Simulation(options);
  try {
    return await simulation.run();
  } catch (error) {
    throw new SimulationFault(`SEED=${options.seed}: ${story(error)}`);
  }
}

const MINUTE_MS = 60_000;
const RETENTIONS_MS = [10 * MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS];
/** Of blocks; undefined: none are made. */
const BLOCK_RANGES_MS = [undefined, MINUTE_MS, 4 * MINUTE_MS, 20 * MINUTE_MS];
const SEGMENT_BYTES = [32_768, 65_536, 131_072];
const WRITES: readonly Operation[] = ['append', 'truncate', 'create'];
const SYNCS: readonly Operation[] = ['sync', 'syncDir'];
const NAMES: readonly Operation[] = ['rename', 'link', 'remove', 'makeDir', 'syncDir', 'create'];
/** What a start may meet and go on all the same. */
const START_NAMES: readonly Operation[] = ['rename', 'remove'];

/** Never reached, and reached by every large batch. */
const LARGE_CHUNK_BYTES = 64 << 20;
const SMALL_CHUNK_BYTES = 256 * 1500;

interface LogLine {
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** How a case keeps its data; it stays the same from life to life. */
interface Settings {
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly blockRangeMs: number | undefined;
  readonly walSegmentBytes: number;
  readonly walCompression: 'none' | 'snappy';
  readonly outOfOrderWindowMs: number;
  readonly staleSeriesShare: number;
  readonly staleSeriesMin: number;
  readonly snapshotOnClose: boolean;
  readonly seriesMax: number;
}

function randomSettings(random: Random): Settings {
  return {
    retentionMs: random.pick(RETENTIONS_MS),
    retentionBytes: random.pick([0, 0, 0, 60_000, 400_000]),
    blockRangeMs: random.pick(BLOCK_RANGES_MS),
    walSegmentBytes: random.pick(SEGMENT_BYTES),
    walCompression: random.pick(['none', 'snappy']),
    outOfOrderWindowMs: random.pick([0, 0, MINUTE_MS, 20 * MINUTE_MS]),
    staleSeriesShare: random.pick([0, 0.05]),
    staleSeriesMin: 3,
    snapshotOnClose: random.chance(0.5),
    seriesMax: random.pick([20_000, 20_000, 400]),
  };
}

class Simulation {
  readonly #options: CaseOptions;
  readonly #random: Random;
  readonly #clock = new FakeClock();
  readonly #model: Model;
  readonly #root = new PlatterDirectory();
  readonly #settings: Settings;
  readonly #tally: Tally;
  readonly #writer: RandomWriter;
  readonly #work: BlockWork;
  #disk: SimulatedDisk;
  /** Changes from life to life. */
  #chunkBytesMax = LARGE_CHUNK_BYTES;
  #lines: LogLine[] = [];
  #registry = new Registry();
  /** An appender that was begun some steps ago. */
  #waiting: { appender: Appender; content: BatchContent } | undefined;
  /** What is not durable may never be: a sync has dropped it, and said so. */
  #hasDropped = false;

  constructor(options: CaseOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#settings = randomSettings(this.#random);
    this.#tally = options.tally ?? emptyTally();
    this.#model = new Model({
      takesLate: this.#settings.outOfOrderWindowMs > 0,
      evictsStale: this.#settings.staleSeriesShare > 0,
    });
    this.#disk = new SimulatedDisk(this.#root, this.#random);
    this.#writer = new RandomWriter(
      this.#random,
      () => this.#clock.nowMs(),
      (labels, timeMs) => this.#model.has(labels, timeMs),
    );
    this.#work = new BlockWork({
      random: this.#random,
      clock: this.#clock,
      model: this.#model,
      tally: this.#tally,
      hasFaults: options.hasFaults ?? true,
      retentionBytes: this.#settings.retentionBytes,
      disk: () => this.#disk,
      trace: (line) => this.#trace(line),
      labels: () => this.#writer.labels(this.#random.between(0, 40)),
    });
  }

  async run(): Promise<number> {
    const random = this.#random;
    this.#trace(JSON.stringify(this.#settings));
    const lives = random.between(1, this.#options.livesMax ?? 5);
    let operations = 0;
    let how: 'process' | 'power' = 'process';
    for (let life = 0; life < lives; life++) {
      const database = await this.#begin(how, life === 0 ? this.#options.diesAt : undefined);
      if (database !== undefined) {
        how = 'process';
        await this.#live(database);
      }
      if (life === 0) operations = this.#disk.operations;
      this.#endDisk();
      if (this.#reboot() === 'power') how = 'power';
      if (random.chance(0.15)) this.#addForeignBlock();
    }
    await this.#lookAgain(how);
    await this.#lookAtSnapshots();
    return operations;
  }

  #trace(line: string): void {
    this.#options.trace?.(line);
  }

  // ---- a life

  /** Undefined: it died before it was open. */
  async #begin(how: 'process' | 'power', diesAt?: number): Promise<Database | undefined> {
    const random = this.#random;
    this.#disk = new SimulatedDisk(this.#root, random);
    this.#tally.lives++;
    this.#chunkBytesMax = random.pick([LARGE_CHUNK_BYTES, LARGE_CHUNK_BYTES, SMALL_CHUNK_BYTES]);
    // Where memory is short blocks are cut up to the newest sample.
    const isShort = this.#chunkBytesMax === SMALL_CHUNK_BYTES;
    this.#model.inOrderMs = isShort ? 0 : (this.#settings.blockRangeMs ?? Infinity) / 2;
    const within = random.pick([20, 250, 1500, Infinity, Infinity]);
    if (diesAt !== undefined) this.#disk.diesAt = diesAt;
    else if (within < Infinity) this.#disk.diesAt = random.between(1, within);
    const damages = this.#damagesOnDisk();
    const isBad = this.#hasFaults && random.chance(0.05) && this.#spoilSegment();
    const aside = this.#hasFaults && random.chance(0.07) ? this.#work.spoilForLife() : undefined;
    const isFull = this.#hasFaults && random.chance(0.1);
    if (isFull) this.#disk.freeBytes = random.between(0, 300);
    if (this.#hasFaults && random.chance(0.1)) {
      // Without its lock it does not start.
      const path = /data\/(?!lock)/;
      this.#disk.faults = { operations: new Set(START_NAMES), probability: 0.5, path };
    }
    this.#trace(
      `open after ${how}: dies at ${this.#disk.diesAt}, damages ${damages}, bad ${isBad}, aside ${aside}`,
    );
    let database: Database;
    try {
      database = await this.#drive(this.#open());
    } catch (error) {
      if (this.#disk.isDead) return undefined;
      throw new Error('the database does not start', { cause: error });
    }
    if (this.#disk.isDead) return undefined;
    this.#model.raiseHorizon(this.#horizonMs());
    const seen = observe(database);
    const faults = this.#model.faultsAfterDeath(seen, how);
    // What cannot be read need not be there.
    this.#assertNone(isBad ? faults.filter((fault) => !/lost|was deleted/.test(fault)) : faults);
    if (!isBad) this.#assertReported(damages);
    if (aside !== undefined) this.#assertAside(aside);
    this.#model.adopt(seen, isBad ? 'unreadable' : how);
    this.#model.raiseInBlocks(blocksEndMs(this.#disk));
    if (how === 'power') this.#hasDropped = false;
    this.#disk.freeBytes = Infinity;
    this.#disk.faults = undefined;
    // So that nothing new is older than what may come back, or than what was deleted.
    const mayMeet = isBad || aside !== undefined || this.#model.hasDeleted;
    if (mayMeet) await this.#advance(11 * MINUTE_MS);
    if (this.#settings.blockRangeMs !== undefined) this.#work.begin(database);
    return database;
  }

  async #live(database: Database): Promise<void> {
    const random = this.#random;
    const steps = random.between(1, this.#options.stepsMax ?? 80);
    for (let step = 0; step < steps && !this.#disk.isDead; step++) {
      await this.#step(database);
      this.#model.raiseHorizon(this.#horizonMs());
      await this.#turn();
    }
    this.#abandonWaiting();
    if (this.#disk.isDead) return;
    this.#check(database);
    this.#work.endQuery();
    if (random.chance(0.5)) await this.#quiet(database);
    if (this.#disk.isDead || random.chance(0.5)) return;
    await this.#close(database);
  }

  async #step(database: Database): Promise<void> {
    const random = this.#random;
    const deed = random.between(0, 99);
    if (deed < 45) this.#scrape(database);
    else if (deed < 60) await this.#advance(random.between(1, 15_000));
    else if (deed < 67) await this.#advance(random.between(60_000, 300_000));
    else if (deed < 69) await this.#advance(random.between(1, this.#settings.retentionMs * 2));
    else if (deed < 71) this.#trim(database);
    else if (deed < 75) this.#endSyncs(0.7);
    else if (deed < 78) this.#check(database);
    else if (deed < 80) this.#beginWaiting(database);
    else if (deed < 82) this.#endWaiting();
    else if (deed < 85) this.#changeFaults();
    else if (deed < 88) await this.#compact(database);
    else this.#work.step(database, this.#settings.retentionMs);
  }

  /** With a disk that works all is durable after the time that is promised. */
  async #quiet(database: Database): Promise<void> {
    this.#disk.faults = undefined;
    this.#disk.freeBytes = Infinity;
    this.#work.repair();
    await this.#settled(this.#work.idle());
    if (this.#disk.isDead) return;
    this.#scrape(database);
    for (let round = 0; round < 3 && !this.#disk.isDead; round++) {
      await this.#advance(5000);
      this.#endSyncs();
      await this.#turn();
    }
    this.#model.raiseHorizon(this.#horizonMs());
    if (this.#disk.isDead || this.#hasDropped || this.#model.isDurable) return;
    throw new Error('what was written is not durable after 15 s without a fault');
  }

  async #close(database: Database): Promise<void> {
    const before = this.#disk.faultsInjected;
    try {
      await this.#drive(database.close());
    } catch (error) {
      if (this.#disk.isDead) return;
      if (this.#disk.faultsInjected === before) throw error;
    }
    this.#model.raiseHorizon(this.#horizonMs());
    const hadFaults = this.#disk.faultsInjected > 0 || this.#disk.freeBytes < Infinity;
    if (this.#disk.isDead || hadFaults || this.#hasDropped) return;
    if (!this.#model.isDurable) throw new Error('what was written is not durable after close');
  }

  /** Opens once more, without any fault, and sees that a second look finds nothing more to repair. */
  async #lookAgain(how: 'process' | 'power'): Promise<void> {
    for (const name of ['first', 'second']) {
      this.#disk = new SimulatedDisk(this.#root, this.#random);
      const damages = this.#damagesOnDisk();
      const mustBeWhole = name === 'second' && !this.#settings.snapshotOnClose;
      if (mustBeWhole && damages > 0) throw new Error('the repair has left damage behind');
      const database = await this.#drive(this.#open());
      this.#model.raiseHorizon(this.#horizonMs());
      const seen = observe(database);
      this.#assertNone(this.#model.faultsAfterDeath(seen, name === 'first' ? how : 'process'));
      this.#assertReported(damages);
      this.#model.adopt(seen, name === 'first' ? how : 'process');
      this.#model.raiseInBlocks(blocksEndMs(this.#disk));
      if (name === 'first' && how === 'power') this.#hasDropped = false;
      await this.#drive(database.close());
      if (!this.#hasDropped && !this.#model.isDurable) {
        throw new Error('what was there before is not durable after close');
      }
    }
  }

  #open(dir = 'data'): Promise<Database> {
    this.#lines = [];
    this.#registry = new Registry();
    return openDatabase({
      dir,
      ...this.#settings,
      blockRangeMs: this.#settings.blockRangeMs ?? 20 * MINUTE_MS,
      blockRangeMaxMs: 30 * (this.#settings.blockRangeMs ?? MINUTE_MS),
      log: this.#log(),
      clock: this.#clock,
      registry: this.#registry,
      disk: this.#disk,
      chunkBytesMax: this.#chunkBytesMax,
    });
  }

  #log(): Log {
    const disk = this.#disk;
    const note = (message: string, fields?: LogFields): void => {
      if (disk.isDead) return;
      this.#lines.push({ message, fields });
      this.#work.noteLog(message, fields);
      const error = fields?.['error'];
      this.#trace(
        `log: ${message} ${JSON.stringify(fields)} ${error instanceof Error ? error.message : ''}`,
      );
    };
    const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
    return log;
  }

  // ---- writing

  #scrape(database: Database): void {
    const content = emptyContent();
    const appender = database.appender();
    if (this.#filled(appender, () => this.#writer.fill(appender, content))) {
      this.#commit(appender, content);
    }
  }

  /** False where there may be no more series. */
  #filled(appender: Appender, fill: () => void): boolean {
    try {
      fill();
      return true;
    } catch (error) {
      const isLimit = error instanceof StorageError && error.code === 'limit';
      if (!isLimit || this.#settings.seriesMax > 1000) throw error;
      appender.rollback();
      return false;
    }
  }

  #beginWaiting(database: Database): void {
    if (this.#waiting !== undefined) return;
    const appender = database.appender();
    const content = emptyContent();
    const count = this.#random.between(1, 20);
    if (this.#filled(appender, () => this.#writer.addSamples(appender, content, count))) {
      this.#waiting = { appender, content };
    }
  }

  /** Of the batch that waited: what it holds may be in a block's time by now. */
  #late: BatchContent | undefined;

  #endWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    if (this.#random.chance(0.2)) waiting.appender.rollback();
    else {
      this.#late = waiting.content;
      this.#commit(waiting.appender, waiting.content);
    }
  }

  /** Until there is nothing more to do. */
  async #compact(database: Database): Promise<void> {
    this.#abandonWaiting();
    await this.#settled(database.compact());
  }

  async #settled(promise: Promise<void>): Promise<void> {
    try {
      await this.#drive(promise);
    } catch (error) {
      if (!this.#disk.isDead) throw error;
    }
  }

  #abandonWaiting(): void {
    this.#waiting?.appender.rollback();
    this.#waiting = undefined;
  }

  #commit(appender: Appender, content: BatchContent): void {
    const disk = this.#disk;
    const first = disk.appended.length;
    const faults = disk.faultsInjected;
    const couldFit = disk.freeBytes === Infinity;
    let outcome: Outcome = 'published';
    try {
      appender.commit();
    } catch (error) {
      outcome = disk.isDead ? 'open' : 'refused';
      if (!(error instanceof StorageError)) throw error;
      const isLate = error.code === 'too-late' && content === this.#late;
      const isLimit = error.code === 'limit' && this.#chunkBytesMax === SMALL_CHUNK_BYTES;
      this.#late = undefined;
      if (error.code !== 'log-write' && !isLate && !isLimit) throw error;
      if (
        !isLate &&
        !isLimit &&
        !disk.isDead &&
        couldFit &&
        disk.faults === undefined &&
        disk.faultsInjected === faults
      ) {
        throw error;
      }
    }
    this.#trace(
      `commit ${content.samples.length} at ${content.samples[0]?.timeMs}: ${outcome}, op ${disk.operations}`,
    );
    this.#tally.batches++;
    this.#tally.refused += outcome === 'refused' ? 1 : 0;
    if (outcome === 'published') {
      this.#tally.samples += content.samples.length;
      this.#tally.histograms += content.samples.filter(({ value }) => value.includes('|')).length;
    }
    this.#model.raiseHorizon(this.#horizonMs());
    this.#model.add(content, outcome, disk.appended.slice(first));
  }

  // ---- the world

  #changeFaults(): void {
    if (!this.#hasFaults) return;
    const random = this.#random;
    const disk = this.#disk;
    const probability = random.pick([0.05, 0.3, 1]);
    const kind = random.between(0, 6);
    disk.faults = undefined;
    disk.freeBytes = Infinity;
    if (kind === 0) disk.freeBytes = random.between(0, 5000);
    else if (kind === 1) disk.faults = { operations: new Set(WRITES), probability };
    else if (kind === 2) disk.faults = { operations: new Set(SYNCS), probability };
    else if (kind === 3) disk.faults = { operations: new Set(NAMES), probability };
    else if (kind === 4) {
      // Of blocks alone, so that scraping goes on.
      const operations = new Set([...WRITES, ...SYNCS, ...NAMES]);
      disk.faults = { operations, probability: random.pick([0.02, 0.2]), path: /data\/(?!wal)/ };
    }
    this.#trace(`faults: kind ${kind}, probability ${probability}, free ${disk.freeBytes}`);
  }

  get #hasFaults(): boolean {
    return this.#options.hasFaults ?? true;
  }

  /** One segment of the log cannot be read during this life. */
  #spoilSegment(): boolean {
    const data = this.#root.entries.get('data');
    const wal = data instanceof PlatterDirectory ? data.entries.get('wal') : undefined;
    if (!(wal instanceof PlatterDirectory)) return false;
    const segments = [...wal.entries.values()].filter((entry) => entry instanceof PlatterFile);
    if (segments.length === 0) return false;
    this.#random.pick(segments).isBad = true;
    return true;
  }

  #endDisk(): void {
    this.#tally.operations += this.#disk.operations;
    this.#tally.faultsInjected += this.#disk.faultsInjected;
    this.#tally.deaths += this.#disk.isDead ? 1 : 0;
    this.#tally.checkpoints += this.#lines.filter((l) => l.message === 'log truncated').length;
    this.#disk.isDead = true;
    this.#work.end();
  }

  /** The process is gone, or the machine was off. */
  #reboot(): 'process' | 'power' {
    const random = this.#random;
    const how = this.#options.death ?? random.pick(['process', 'power']);
    if (how === 'power') {
      this.#tally.powerFailures++;
      this.#root.loseUnsynced(random);
    }
    for (const directory of directoriesBelow(this.#root)) {
      for (const entry of directory.entries.values()) {
        if (entry instanceof PlatterFile) entry.isBad = false;
      }
    }
    this.#replaceLock();
    this.#trace(`reboot: ${how}`);
    return how;
  }

  /** The lock names this very process, which lives: another, dead one has to have held it. */
  #replaceLock(): void {
    const data = this.#root.entries.get('data');
    if (!(data instanceof PlatterDirectory) || !data.entries.has('lock')) return;
    data.unlink('lock');
    const texts = [
      '',
      '{"pid":4194',
      '{"pid":4194305,"startTicks":"1","pidNamespace":"","host":""}',
    ];
    const text = this.#random.pick([undefined, ...texts]);
    if (text === undefined) return;
    const file = new PlatterFile();
    file.write(Buffer.from(text));
    data.link('lock', file);
  }

  async #advance(durationMs: number): Promise<void> {
    if (durationMs > 15_000) this.#work.hurry();
    await this.#clock.advance(durationMs);
    this.#trace(`now ${this.#clock.nowMs()}`);
  }

  #trim(database: Database): void {
    try {
      database.trim();
    } catch (error) {
      if (!this.#disk.isDead && this.#disk.faultsInjected === 0) throw error;
    }
  }

  /** Lets work in the background go on. */
  async #turn(): Promise<void> {
    for (let turn = this.#random.between(0, 5); turn >= 0; turn--) await immediately();
    this.#work.turn();
  }

  #endSyncs(probability = 1): void {
    this.#disk.endSyncs(probability);
    this.#hasDropped ||= this.#disk.hasDropped;
  }

  async #drive<T>(promise: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = promise.finally(() => (state.isDone = true));
    done.catch(() => {});
    for (let round = 0; !state.isDone && !this.#disk.isDead; round++) {
      await settle();
      await immediately();
      this.#endSyncs();
      if (round < 50) continue;
      // What waits for a thread looks again after a while.
      this.#work.hurry();
      await this.#clock.advance(20);
      if (round > 20_000) throw new Error('it never ends');
    }
    await settle();
    if (!state.isDone) throw new Error('died');
    return done;
  }

  #horizonMs(): number {
    return Math.min(this.#model.maxTimeMs, this.#clock.nowMs()) - this.#settings.retentionMs;
  }

  // ---- looking

  #check(database: Database): void {
    if (this.#disk.isDead) return;
    this.#model.raiseHorizon(this.#horizonMs());
    const seen = observe(database);
    this.#assertNone(this.#model.faultsOfLife(seen));
    this.#assertNone(this.#work.faultsOfWarnings(seen.warnings));
  }

  #assertAside(block: string): void {
    this.#tally.blocksAside++;
    const isNamed = this.#lines.some(
      ({ message, fields }) =>
        message.includes('block is damaged') && JSON.stringify(fields).includes(block),
    );
    if (!isNamed) throw new Error(`block ${block} is not named`);
  }

  #addForeignBlock(): void {
    const disk = new SimulatedDisk(this.#root, this.#random);
    const labels = (): Labels => this.#writer.labels(this.#random.between(0, 60));
    const samples = addForeignBlock({ disk, random: this.#random, model: this.#model, labels });
    this.#model.addBlock(samples);
    this.#tally.foreignBlocks += samples.length > 0 ? 1 : 0;
    this.#trace(`another program adds a block of ${samples.length} samples`);
  }

  /** Each holds what was visible when it was made. */
  async #lookAtSnapshots(): Promise<void> {
    for (const { dir, visible, horizonMs } of this.#work.snapshots) {
      this.#disk = new SimulatedDisk(this.#root, this.#random);
      const database = await this.#drive(this.#open(dir));
      const { series, warnings } = observe(database);
      this.#assertNone(warnings);
      const known = new Map(visible.map((sample) => [`${sample.key} @${sample.timeMs}`, sample]));
      const faults: string[] = [];
      for (const [key, found] of series) {
        for (const [timeMs, value] of found) {
          const at = `${key} @${timeMs}`;
          if (known.get(at)?.value !== value) faults.push(`${at}: ${value} is in ${dir}`);
          known.delete(at);
        }
      }
      for (const [at, { timeMs, isUncertain }] of known) {
        if (timeMs >= horizonMs && !isUncertain) faults.push(`${at}: missing in ${dir}`);
      }
      this.#assertNone(faults);
      await this.#drive(database.close());
    }
  }

  #assertNone(faults: readonly string[]): void {
    if (faults.length === 0) return;
    const more = faults.length > 8 ? `\n... ${faults.length - 8} more` : '';
    const first = faults.slice(0, 8).map((fault) => fault.replaceAll(/text[^: @]*/g, ''));
    throw new Error(`horizon ${this.#model.horizonMs}\n${first.join('\n')}${more}`);
  }

  #assertReported(damages: number): void {
    const names = new Set([
      'prometheus_tsdb_wal_corruptions_total',
      'prometheus_tsdb_out_of_order_wbl_corruptions_total',
    ]);
    const counted = this.#registry
      .gather()
      .filter(({ name }) => names.has(name))
      .reduce((sum, { metrics }) => sum + (metrics[0]?.value ?? 0), 0);
    const logged = this.#lines.filter(({ message }) => message.includes('was damaged')).length;
    this.#tally.damages += damages;
    // What a snapshot stands for is not read.
    const isRead = !this.#lines.some(({ message }) => message === 'snapshot loaded');
    if (counted === logged && (isRead ? counted === damages : counted <= damages)) return;
    throw new Error(`${damages} damages, ${counted} counted, ${logged} in the log`);
  }

  /** Counted before the database sees them. */
  #damagesOnDisk(): number {
    const disk = new SimulatedDisk(this.#root, new Random(0));
    const names = disk.list('data/wal');
    const checkpoint = checkpointNumbers(names).at(-1) ?? -1;
    const paths = segmentNumbers(names)
      .filter((segment) => segment > checkpoint)
      .map((segment) => `data/wal/${names.find((name) => Number(name) === segment)}`);
    const folder = names.find(
      (name) => Number(/^checkpoint\.(\d+)$/.exec(name)?.[1]) === checkpoint,
    );
    for (const name of folder === undefined ? [] : disk.list(`data/wal/${folder}`)) {
      paths.push(`data/wal/${folder}/${name}`);
    }
    const late = segmentNumbers(disk.list('data/wbl')).map(
      (segment) => `data/wbl/${disk.list('data/wbl').find((name) => Number(name) === segment)}`,
    );
    return [...paths, ...late]
      .map((path) => readSegment(disk, path, () => {}).corruptions.length)
      .reduce((sum, count) => sum + count, 0);
  }
}

/** An error with what caused it. */
function story(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${story(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

function* directoriesBelow(directory: PlatterDirectory): Generator<PlatterDirectory> {
  yield directory;
  for (const entry of directory.entries.values()) {
    if (entry instanceof PlatterDirectory) yield* directoriesBelow(entry);
  }
}

function immediately(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
