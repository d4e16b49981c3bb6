import { Registry } from '#instrument';
import { METRIC_NAME, STALE_NAN, labelValue, labelsFromObject, labelsKey } from '#model';
import type { Labels } from '#model';
import type { Log, LogFields } from '#platform';
import { AppendStatus, StorageError } from '#storage';
import type { Appender } from '#storage';
import { openDatabase } from '#tsdb';
import type { Database } from '#tsdb';
import { checkpointNumbers, segmentNumbers } from '../../src/tsdb/wal/layout.ts';
import { readSegment } from '../../src/tsdb/wal/reader.ts';
import { FakeClock, settle } from '../fakes/clock.ts';
import { Model, metadataKey, valueKey } from './model.ts';
import type { BatchContent, Outcome } from './model.ts';
import { exemplarKey, observe } from './observe.ts';
import { PlatterDirectory, PlatterFile } from './platter.ts';
import { Random } from './random.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Operation } from './simulated-disk.ts';

/** A database did what it must not do. The message names the seed. */
export class SimulationFault extends Error {}

/** What a run did, so that a test can tell that it did something. */
export interface Tally {
  lives: number;
  batches: number;
  refused: number;
  samples: number;
  deaths: number;
  powerFailures: number;
  faultsInjected: number;
  damages: number;
  checkpoints: number;
  operations: number;
}

export function emptyTally(): Tally {
  return {
    lives: 0,
    batches: 0,
    refused: 0,
    samples: 0,
    deaths: 0,
    powerFailures: 0,
    faultsInjected: 0,
    damages: 0,
    checkpoints: 0,
    operations: 0,
  };
}

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

const RETENTIONS_MS = [600_000, 3_600_000];
const SEGMENT_BYTES = [32_768, 65_536, 131_072];
const WRITES: readonly Operation[] = ['append', 'truncate', 'create'];
const SYNCS: readonly Operation[] = ['sync', 'syncDir'];
const NAMES: readonly Operation[] = ['rename', 'remove', 'makeDir', 'syncDir', 'create'];

interface LogLine {
  readonly message: string;
  readonly fields: LogFields | undefined;
}

class Simulation {
  readonly #options: CaseOptions;
  readonly #random: Random;
  readonly #clock = new FakeClock();
  readonly #model = new Model();
  readonly #root = new PlatterDirectory();
  readonly #retentionMs: number;
  readonly #segmentBytes: number;
  readonly #compression: 'none' | 'snappy';
  readonly #tally: Tally;
  #disk: SimulatedDisk;
  #lines: LogLine[] = [];
  #registry = new Registry();
  /** Series are made and left in the course of a case. */
  #firstSeries = 0;
  /** An appender that was begun some steps ago. */
  #waiting: { appender: Appender; content: BatchContent; sinceMs: number } | undefined;
  /** What is not durable may never be: a sync has dropped it, and said so. */
  #hasDropped = false;

  constructor(options: CaseOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#retentionMs = this.#random.pick(RETENTIONS_MS);
    this.#segmentBytes = this.#random.pick(SEGMENT_BYTES);
    this.#compression = this.#random.pick(['none', 'snappy']);
    this.#tally = options.tally ?? emptyTally();
    this.#disk = new SimulatedDisk(this.#root, this.#random);
  }

  async run(): Promise<number> {
    const random = this.#random;
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
    }
    await this.#lookAgain(how);
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
    const plan = random.pick(['soon', 'some time', 'never', 'never']);
    if (diesAt !== undefined) this.#disk.diesAt = diesAt;
    else if (plan !== 'never') this.#disk.diesAt = random.between(1, plan === 'soon' ? 20 : 250);
    const damages = this.#damagesOnDisk();
    const isBad = this.#hasFaults && random.chance(0.05) && this.#spoilSegment();
    const isFull = this.#hasFaults && random.chance(0.1);
    if (isFull) this.#disk.freeBytes = random.between(0, 300);
    this.#trace(
      `open after ${how}: dies at ${this.#disk.diesAt}, damages ${damages}, bad ${isBad}`,
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
    this.#assertNone(isBad ? faults.filter((fault) => !fault.includes('lost')) : faults);
    if (!isBad) this.#assertReported(damages);
    this.#model.adopt(seen, isBad ? 'unreadable' : how);
    if (how === 'power') this.#hasDropped = false;
    this.#disk.freeBytes = Infinity;
    // So that nothing new is older than what may come back when the segment can be read again.
    if (isBad) await this.#advance(60_000);
    return database;
  }

  async #live(database: Database): Promise<void> {
    const random = this.#random;
    const steps = random.between(1, this.#options.stepsMax ?? 60);
    for (let step = 0; step < steps && !this.#disk.isDead; step++) {
      await this.#step(database);
      this.#model.raiseHorizon(this.#horizonMs());
      await this.#turn();
    }
    this.#abandonWaiting();
    if (this.#disk.isDead) return;
    this.#check(database);
    if (random.chance(0.5)) await this.#quiet(database);
    if (this.#disk.isDead || random.chance(0.5)) return;
    await this.#close(database);
  }

  async #step(database: Database): Promise<void> {
    const random = this.#random;
    const deed = random.between(0, 99);
    if (deed < 55) this.#scrape(database);
    else if (deed < 75) await this.#advance(random.between(1, 15_000));
    else if (deed < 82) await this.#advance(random.between(60_000, 300_000));
    else if (deed < 84) await this.#advance(random.between(1, this.#retentionMs * 2));
    else if (deed < 87) this.#trim(database);
    else if (deed < 91) this.#endSyncs(0.7);
    else if (deed < 94) this.#check(database);
    else if (deed < 96) this.#beginWaiting(database);
    else if (deed < 97) this.#endWaiting();
    else this.#changeFaults();
  }

  /** With a disk that works all is durable after the time that is promised. */
  async #quiet(database: Database): Promise<void> {
    this.#disk.faults = undefined;
    this.#disk.freeBytes = Infinity;
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
    if (this.#disk.isDead || this.#disk.faultsInjected > 0 || this.#hasDropped) return;
    if (!this.#model.isDurable) throw new Error('what was written is not durable after close');
  }

  /** Opens once more, without any fault, and sees that a second look finds nothing more to repair. */
  async #lookAgain(how: 'process' | 'power'): Promise<void> {
    for (const name of ['first', 'second']) {
      this.#disk = new SimulatedDisk(this.#root, this.#random);
      const damages = this.#damagesOnDisk();
      if (name === 'second' && damages > 0) throw new Error('the repair has left damage behind');
      const database = await this.#drive(this.#open());
      this.#model.raiseHorizon(this.#horizonMs());
      const seen = observe(database);
      this.#assertNone(this.#model.faultsAfterDeath(seen, name === 'first' ? how : 'process'));
      this.#assertReported(damages);
      this.#model.adopt(seen, name === 'first' ? how : 'process');
      if (name === 'first' && how === 'power') this.#hasDropped = false;
      await this.#drive(database.close());
      if (!this.#hasDropped && !this.#model.isDurable) {
        throw new Error('what was there before is not durable after close');
      }
    }
  }

  #open(): Promise<Database> {
    this.#lines = [];
    this.#registry = new Registry();
    return openDatabase({
      dir: 'data',
      retentionMs: this.#retentionMs,
      outOfOrderWindowMs: 0,
      log: this.#log(),
      clock: this.#clock,
      registry: this.#registry,
      disk: this.#disk,
      seriesMax: 20_000,
      chunkBytesMax: 64 << 20,
      walSegmentBytes: this.#segmentBytes,
      walCompression: this.#compression,
    });
  }

  #log(): Log {
    const disk = this.#disk;
    const note = (message: string, fields?: LogFields): void => {
      if (disk.isDead) return;
      this.#lines.push({ message, fields });
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
    let appender: Appender;
    try {
      appender = database.appender();
      this.#fill(appender, content);
    } catch (error) {
      if (this.#disk.isDead) return;
      throw error;
    }
    this.#commit(appender, content);
  }

  #beginWaiting(database: Database): void {
    if (this.#waiting !== undefined) return;
    const appender = database.appender();
    const content = emptyContent();
    this.#addSamples(appender, content, this.#random.between(1, 20));
    this.#waiting = { appender, content, sinceMs: this.#clock.nowMs() };
  }

  #endWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    // See #trim, which runs each minute by itself.
    const isLate = this.#clock.nowMs() - waiting.sinceMs > 60_000;
    if (isLate || this.#random.chance(0.2)) waiting.appender.rollback();
    else this.#commit(waiting.appender, waiting.content);
  }

  #abandonWaiting(): void {
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
      if (!(error instanceof StorageError) || error.code !== 'log-write') throw error;
      if (!disk.isDead && couldFit && disk.faults === undefined && disk.faultsInjected === faults) {
        throw error;
      }
    }
    this.#trace(
      `commit ${content.samples.length} at ${content.samples[0]?.timeMs}: ${outcome}, op ${disk.operations}`,
    );
    this.#tally.batches++;
    this.#tally.refused += outcome === 'refused' ? 1 : 0;
    this.#tally.samples += outcome === 'published' ? content.samples.length : 0;
    this.#model.raiseHorizon(this.#horizonMs());
    this.#model.add(content, outcome, disk.appended.slice(first));
  }

  #fill(appender: Appender, content: BatchContent): void {
    const random = this.#random;
    const isLarge = random.chance(0.05);
    this.#addSamples(
      appender,
      content,
      isLarge ? random.between(500, 3000) : random.between(1, 30),
    );
    for (const { labels, timeMs } of content.samples.slice(0, 40)) {
      if (random.chance(0.1)) this.#addExemplar(appender, content, labels, timeMs);
      if (random.chance(0.1)) this.#addMetadata(appender, content, labels);
    }
  }

  #addSamples(appender: Appender, content: BatchContent, count: number): void {
    const random = this.#random;
    if (random.chance(0.2)) this.#firstSeries += random.between(1, 20);
    for (let i = 0; i < count; i++) {
      const labels = this.#labels(count > 100 ? i : random.between(0, 40));
      const timeMs = this.#clock.nowMs() - (random.chance(0.1) ? random.between(0, 30_000) : 0);
      const value = this.#value();
      const status = appender.append(appender.seriesRef(labels), timeMs, value);
      if (status === AppendStatus.ok) {
        content.samples.push({ labels, timeMs, value: valueKey(value) });
      } else if (status === AppendStatus.limit || status === AppendStatus.unknownSeries) {
        throw new Error(`append answers ${status}`);
      }
    }
  }

  #addExemplar(appender: Appender, content: BatchContent, labels: Labels, timeMs: number): void {
    const value = this.#random.between(0, 1000);
    const traceLabels = labelsFromObject({ trace_id: String(this.#random.between(0, 1e9)) });
    const exemplar = { labels: traceLabels, value, timestampMs: timeMs };
    const ref = appender.seriesRef(labels);
    // Two in one batch are looked at only when they are published.
    if (content.exemplars.some((other) => labelsKey(other.labels) === labelsKey(labels))) return;
    if (appender.appendExemplar(ref, exemplar, timeMs) !== AppendStatus.ok) return;
    content.exemplars.push({
      labels,
      timeMs,
      key: exemplarKey(timeMs, value, labelsKey(traceLabels)),
    });
  }

  #addMetadata(appender: Appender, content: BatchContent, labels: Labels): void {
    if (content.metadata.some((other) => labelsKey(other.labels) === labelsKey(labels))) return;
    const metadata = {
      type: 'gauge' as const,
      unit: '',
      help: `help ${this.#random.between(0, 5)}`,
    };
    appender.setMetadata(appender.seriesRef(labels), metadata);
    const metric = labelValue(labels, METRIC_NAME);
    content.metadata.push({ labels, metric, key: metadataKey(metadata) });
  }

  #labels(index: number): Labels {
    const number = this.#firstSeries + index;
    return labelsFromObject({
      __name__: `metric_${number % 5}`,
      series: String(number),
      // Some are long, so that records cross pages.
      ...(number % 7 === 0 && {
        text: new Random(number)
          .next()
          .toString(36)
          .repeat(number % 90),
      }),
    });
  }

  #value(): number {
    const random = this.#random;
    const kind = random.between(0, 9);
    if (kind === 0) return STALE_NAN;
    if (kind === 1) return random.pick([Number.NaN, -0, 0, Infinity, -Infinity]);
    return kind < 5 ? random.between(0, 1000) : random.next() * 1e6;
  }

  // ---- the world

  #changeFaults(): void {
    if (!this.#hasFaults) return;
    const random = this.#random;
    const disk = this.#disk;
    const probability = random.pick([0.05, 0.3, 1]);
    const kind = random.between(0, 5);
    disk.faults = undefined;
    disk.freeBytes = Infinity;
    if (kind === 0) disk.freeBytes = random.between(0, 5000);
    else if (kind === 1) disk.faults = { operations: new Set(WRITES), probability };
    else if (kind === 2) disk.faults = { operations: new Set(SYNCS), probability };
    else if (kind === 3) disk.faults = { operations: new Set(NAMES), probability };
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
    await this.#clock.advance(durationMs);
    this.#trace(`now ${this.#clock.nowMs()}`);
  }

  #trim(database: Database): void {
    // A new series without samples leaves at the second sweep, and its batch goes without it.
    if (this.#waiting !== undefined) this.#waiting.sinceMs = -Infinity;
    try {
      database.trim();
    } catch (error) {
      if (!this.#disk.isDead && this.#disk.faultsInjected === 0) throw error;
    }
  }

  /** Lets work in the background go on. */
  async #turn(): Promise<void> {
    for (let turn = this.#random.between(0, 2); turn >= 0; turn--) await immediately();
  }

  #endSyncs(probability = 1): void {
    this.#disk.endSyncs(probability);
    this.#hasDropped ||= this.#disk.hasDropped;
  }

  async #drive<T>(promise: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = promise.finally(() => (state.isDone = true));
    done.catch(() => {});
    while (!state.isDone && !this.#disk.isDead) {
      await settle();
      await immediately();
      this.#endSyncs();
    }
    await settle();
    if (!state.isDone) throw new Error('died');
    return done;
  }

  #horizonMs(): number {
    return Math.min(this.#model.maxTimeMs, this.#clock.nowMs()) - this.#retentionMs;
  }

  // ---- looking

  #check(database: Database): void {
    if (this.#disk.isDead) return;
    this.#model.raiseHorizon(this.#horizonMs());
    this.#assertNone(this.#model.faultsOfLife(observe(database)));
  }

  #assertNone(faults: readonly string[]): void {
    if (faults.length === 0) return;
    const more = faults.length > 8 ? `\n... ${faults.length - 8} more` : '';
    const first = faults.slice(0, 8).map((fault) => fault.replaceAll(/text[^: @]*/g, ''));
    throw new Error(`horizon ${this.#model.horizonMs}\n${first.join('\n')}${more}`);
  }

  #assertReported(damages: number): void {
    const name = 'prometheus_tsdb_wal_corruptions_total';
    const counted = this.#registry.gather().find((family) => family.name === name)
      ?.metrics[0]?.value;
    const logged = this.#lines.filter(({ message }) => message.includes('was damaged')).length;
    this.#tally.damages += damages;
    if (counted === damages && logged === damages) return;
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
    return paths
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

function emptyContent(): BatchContent {
  return { samples: [], exemplars: [], metadata: [] };
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
