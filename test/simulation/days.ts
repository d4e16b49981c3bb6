import { Registry } from '#instrument';
import { createMatcher, labelsFromPairs } from '#model';
import { MemoryDisk, silentLog } from '#platform';
import type { Log } from '#platform';
import { AppendStatus, SampleColumns } from '#storage';
import type { Querier } from '#storage';
import { openDatabase } from '#tsdb';
import type { Database, SharedMemory, SharedUpdate } from '#tsdb';
import { isPartial } from '../../src/tsdb/block/block-meta.ts';
import type { BlockMeta } from '../../src/tsdb/block/block-meta.ts';
import { readMeta } from '../../src/tsdb/block/block-reader.ts';
import { runCompaction } from '../../src/tsdb/block/compactor.ts';
import { HeadReader } from '../../src/tsdb/reader.ts';
import { FakeClock } from '../fakes/clock.ts';
import { Containers } from './containers.ts';
import type { Container, ContainerSeries, Value } from './containers.ts';
import { NaiveStorage, labelsText, valueText } from './naive-storage.ts';
import type { LabelPairs, NaiveMatcher, NaiveSeries } from './naive-storage.ts';
import { Random } from './random.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RANGE_MS = 2 * HOUR_MS;
/** Begins with a range of each level. */
const START_MS = Math.floor(1_700_000_000_000 / (54 * HOUR_MS)) * 54 * HOUR_MS;

/**
 * What a block may take. Of a series: its symbols that no other has, an entry in the index and in postings,
 * the heads of its chunks, and times and values that begin anew in each. Of a float: of every nine two are
 * noise (9 bytes), two constant (0.3), the others change a little.
 */
const BLOCK_BYTES = 4096;
const SERIES_BYTES = 130;
const FLOAT_BYTES = 4.5;
const HISTOGRAM_BYTES = 30;

const LOG_MS = 5 * HOUR_MS;
/** Its record, compressed, and another where it leaves the head. */
const LOG_SERIES_BYTES = 120;
const LOG_SAMPLE_BYTES = 8;

export interface DaysOptions {
  readonly seed: number;
  readonly hours: number;
  /** Running at the same time, nine or ten series each. */
  readonly containers: number;
  readonly retentionMs: number;
  /** 0: no limit. */
  readonly retentionBytes: number;
  readonly trace?: (line: string) => void;
}

/** What a run has seen, for its test to judge. */
export interface DaysReport {
  readonly hours: number;
  readonly samples: number;
  /** That ever were. */
  readonly series: number;
  /** Of the head's memory, at the end of each hour. Bytes. */
  readonly headBytes: readonly number[];
  /** Of it, what names, pairs and postings use. */
  readonly labelBytes: readonly number[];
  readonly chunks: readonly number[];
  readonly headSeries: readonly number[];
  readonly liveSeries: number;
  /** Of blocks and log, at the end of each hour. */
  readonly diskBytes: readonly number[];
  readonly blockCounts: readonly number[];
  readonly evictions: number;
  readonly restarts: number;
  readonly samplesCompared: number;
}

/** A container with the references that a scrape remembers. */
interface Target {
  readonly refs: (number | undefined)[];
  readonly twins: readonly NaiveSeries[];
}

/** Days of scraping on a clock that is driven, compared with a twin each hour. Throws at the first fault. */
export class Days {
  readonly #options: DaysOptions;
  readonly #random: Random;
  readonly #clock = new FakeClock(START_MS);
  readonly #twin = new NaiveStorage();
  readonly #containers: Containers;
  readonly #targets = new Map<Container, Target>();
  #disk = new MemoryDisk();
  #registry = new Registry();
  #database: Database | undefined;
  #memory: SharedMemory | undefined;
  #regions: SharedArrayBuffer[] = [];
  /** A query thread that takes its time. */
  #slow: { querier: Querier; close: () => void; nowMs: number } | undefined;
  #slowReader = new HeadReader(new MemoryDisk());
  #slowUpdates: SharedUpdate[] = [];
  #samples = 0;
  #samplesCompared = 0;
  #evictions = 0;
  #restarts = 0;
  #problems: string[] = [];
  /** What queries may no longer find; the newest block that went ended here. */
  #horizonMs = -Infinity;
  #metas: readonly BlockMeta[] = [];
  readonly #counted = new Set<string>();

  constructor(options: DaysOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#containers = new Containers(this.#random, options.containers);
  }

  async run(): Promise<DaysReport> {
    const headBytes: number[] = [];
    const headSeries: number[] = [];
    const labelBytes: number[] = [];
    const chunks: number[] = [];
    const diskBytes: number[] = [];
    const blockCounts: number[] = [];
    let liveSeries = 0;
    await this.#open();
    for (let hour = 0; hour < this.#options.hours; hour++) {
      for (let minute = 0; minute < 60; minute++) await this.#minute();
      await this.#endSlow();
      await this.#settle();
      this.#checkHour(hour);
      headBytes.push(this.#headBytes());
      headSeries.push(this.#db.stats().seriesCount);
      labelBytes.push(this.#metric('symbol_table_size_bytes'));
      chunks.push(this.#db.stats().chunkCount);
      diskBytes.push(this.#diskBytes());
      blockCounts.push(this.#metas.length);
      liveSeries = this.#containers.running.reduce((sum, { series }) => sum + series.length, 0);
      this.#trace(
        `hour ${hour}: ${headSeries[hour]} series, ${headBytes[hour]} bytes in the head, ` +
          `${diskBytes[hour]} on disk, blocks ${this.#describeBlocks()}`,
      );
      if (this.#random.chance(1 / 9)) await this.#restart(this.#random.chance(0.5));
    }
    await this.#restart(false);
    this.#compare([{ type: '!=', name: '__name__', value: '' }], -Infinity, Infinity);
    await this.#db.close();
    this.#assertNoProblem();
    return {
      hours: this.#options.hours,
      samples: this.#samples,
      series: this.#containers.started * 9,
      headBytes,
      headSeries,
      labelBytes,
      chunks,
      liveSeries,
      diskBytes,
      blockCounts,
      evictions: this.#evictions,
      restarts: this.#restarts,
      samplesCompared: this.#samplesCompared,
    };
  }

  get #db(): Database {
    if (this.#database === undefined) throw new Error('the database is not open');
    return this.#database;
  }

  #trace(line: string): void {
    this.#options.trace?.(line);
  }

  // ---- the database

  async #open(): Promise<void> {
    const { retentionMs, retentionBytes } = this.#options;
    this.#registry = new Registry();
    const database = await openDatabase({
      dir: 'data',
      retentionMs,
      retentionBytes,
      blockRangeMs: RANGE_MS,
      blockRangeMaxMs: 9 * RANGE_MS,
      outOfOrderWindowMs: 0,
      staleSeriesMin: 50,
      walSegmentBytes: 1 << 18,
      log: this.#log(),
      clock: this.#clock,
      registry: this.#registry,
      disk: this.#disk,
    });
    this.#database = database;
    this.#slowReader = new HeadReader(this.#disk);
    database.attachReader((update) => {
      if (this.#slow === undefined) this.#slowReader.apply(update);
      else this.#slowUpdates.push(update);
    });
    const reader = new HeadReader(this.#disk);
    database.attachReader((update) => {
      reader.apply(update);
      this.#noteMemory(update);
    });
    const disk = this.#disk;
    const tools = { disk, nowMs: () => this.#clock.nowMs(), head: () => reader.reading() };
    database.startCompaction((job) => Promise.resolve(runCompaction(job, tools)));
    await this.#settle();
  }

  /** Errors and warnings are faults: nothing fails here. */
  #log(): Log {
    const note = (message: string, fields?: object): void => {
      this.#problems.push(`${message} ${JSON.stringify(fields)}`);
    };
    const info = (message: string, fields?: object): void => {
      this.#trace(`${message} ${JSON.stringify(fields)}`);
      if (message === 'stale series have left the head') this.#evictions++;
    };
    const log: Log = { ...silentLog, info, warn: note, error: note, child: () => log };
    return log;
  }

  #noteMemory(update: SharedUpdate): void {
    if (update.kind === 'attach') {
      this.#memory = update.memory;
      this.#regions = [...update.memory.chunkRegions];
    } else if (update.kind === 'region') this.#regions[update.index] = update.buffer;
  }

  async #restart(isCrash: boolean): Promise<void> {
    await this.#endSlow();
    await this.#settle();
    const before = this.#db;
    if (isCrash) {
      const copy = this.#disk.copy();
      copy.remove('data/lock');
      await before.close();
      this.#disk = copy;
    } else await before.close();
    this.#targets.clear();
    this.#restarts++;
    await this.#open();
  }

  /** Until nothing is left to do in the background. */
  async #settle(): Promise<void> {
    const state = { isDone: this.#slow !== undefined };
    const done = this.#db.compact().then(() => (state.isDone = true));
    for (let turn = 0; turn < 4 || !state.isDone; turn++) {
      await new Promise((resolve) => void setImmediate(resolve));
      if (turn > 10_000) throw new Error('compaction does not end');
    }
    if (this.#slow === undefined) await done;
    this.#noteBlocks();
    this.#assertNoProblem();
  }

  // ---- a minute

  async #minute(): Promise<void> {
    const startMs = this.#clock.nowMs();
    const ended = this.#containers.turn(startMs);
    for (const container of ended) this.#end(container, startMs);
    for (const container of this.#containers.running) this.#scrape(container, startMs);
    await this.#clock.advance(MINUTE_MS);
    await new Promise((resolve) => void setImmediate(resolve));
    if (this.#slow === undefined && this.#random.chance(0.05)) await this.#beginSlow();
    else if (this.#slow !== undefined && this.#random.chance(0.5)) await this.#endSlow();
  }

  #targetOf(container: Container): Target {
    const known = this.#targets.get(container);
    if (known !== undefined) return known;
    const twins = container.series.map(({ labels }) => this.#twin.series(labels));
    const target = { refs: [], twins };
    this.#targets.set(container, target);
    return target;
  }

  #scrape(container: Container, startMs: number): void {
    const target = this.#targetOf(container);
    const jitterMs = this.#random.chance(0.1) ? this.#random.between(-2, 2) : 0;
    const timeMs = startMs + container.offsetMs + (container.offsetMs > 5 ? jitterMs : 0);
    const appender = this.#db.appender();
    for (const [index, series] of container.series.entries()) {
      this.#append(appender, target, { index, series, timeMs, value: series.next() });
    }
    appender.commit();
  }

  #end(container: Container, startMs: number): void {
    const target = this.#targetOf(container);
    this.#targets.delete(container);
    if (!container.isEndSeen) return;
    const appender = this.#db.appender();
    const timeMs = startMs + container.offsetMs;
    for (const [index, series] of container.series.entries()) {
      this.#append(appender, target, { index, series, timeMs, value: series.staleMarker });
    }
    appender.commit();
  }

  #append(
    appender: ReturnType<Database['appender']>,
    { refs, twins }: Target,
    sample: { index: number; series: ContainerSeries; timeMs: number; value: Value },
  ): void {
    const { index, series, timeMs, value } = sample;
    const append = (ref: number): AppendStatus =>
      typeof value === 'number'
        ? appender.append(ref, timeMs, value)
        : appender.appendHistogram(ref, timeMs, value);
    const known = refs[index];
    let status = known === undefined ? AppendStatus.unknownSeries : append(known);
    if (status === AppendStatus.unknownSeries) {
      const ref = appender.seriesRef(labelsFromPairs(series.labels));
      refs[index] = ref;
      status = append(ref);
    }
    if (status !== AppendStatus.ok) throw new Error(`append answers ${status} at ${timeMs}`);
    this.#twin.append(twins[index], timeMs, valueText(value));
    this.#samples++;
  }

  // ---- a query that takes minutes

  async #beginSlow(): Promise<void> {
    // What retention gave up before is not there for it.
    await this.#settle();
    const nowMs = this.#clock.nowMs();
    const querier = this.#slowReader.queryable.querier(-Infinity, nowMs);
    const horizonMs = this.#horizonMs;
    const matchers = this.#matchers();
    const startMs = Math.max(horizonMs, nowMs - this.#random.between(1, 300) * MINUTE_MS);
    this.#slow = {
      querier,
      nowMs,
      close: () => {
        // What retention gave up meanwhile is still there for it.
        const found = this.#read(querier, matchers, startMs, nowMs);
        this.#assertEqual(found, this.#twin.select(matchers, startMs, nowMs), 'a slow query');
        querier.close();
      },
    };
  }

  async #endSlow(): Promise<void> {
    const slow = this.#slow;
    if (slow === undefined) return;
    slow.close();
    this.#slow = undefined;
    for (const update of this.#slowUpdates) this.#slowReader.apply(update);
    this.#slowUpdates = [];
    await this.#clock.advance(100);
    await this.#settle();
  }

  // ---- looking

  #checkHour(hour: number): void {
    this.#checkBlocks();
    this.#checkLog();
    const nowMs = this.#clock.nowMs();
    for (let i = 0; i < 4; i++) {
      const startMs = nowMs - this.#random.between(0, this.#options.retentionMs);
      const endMs = startMs + this.#random.between(0, 6 * HOUR_MS);
      this.#compare(this.#matchers(), startMs, endMs);
    }
    this.#compare([{ type: '=', name: 'job', value: 'job-1' }], nowMs - 10 * MINUTE_MS, nowMs);
    if (hour % 24 === 23) this.#compare([{ type: '=', name: 'job', value: 'job-2' }], 0, nowMs);
    this.#twin.forgetBefore(this.#horizonMs);
  }

  #matchers(): readonly NaiveMatcher[] {
    const random = this.#random;
    const newest = this.#containers.started;
    const about = Math.max(0, newest - random.between(0, 2000));
    const metric: NaiveMatcher = random.pick([
      { type: '=', name: '__name__', value: `metric_${random.between(0, 8)}` },
      { type: '=~', name: '__name__', value: 'metric_[357]|latency_seconds' },
      { type: '=', name: '__name__', value: 'latency_seconds' },
    ]);
    const more: NaiveMatcher = random.pick([
      { type: '=', name: 'container', value: `c${about}` },
      { type: '=~', name: 'container', value: `c${String(about).slice(0, -1)}.` },
      { type: '!=', name: 'image', value: 'registry.example/app-1:v1' },
      { type: '!~', name: 'job', value: 'job-[012]' },
      { type: '=', name: 'absent', value: '' },
    ]);
    return [metric, more];
  }

  /** What is newer than the horizon is there to the bit, of what is older nothing is invented. */
  #compare(matchers: readonly NaiveMatcher[], startMs: number, endMs: number): void {
    const querier = this.#db.reader.queryable.querier(startMs, endMs);
    const found = this.#read(querier, matchers, startMs, endMs);
    querier.close();
    const fromMs = Math.max(startMs, this.#horizonMs);
    const what = `${JSON.stringify(matchers)} from ${startMs} to ${endMs}`;
    this.#assertEqual(found, this.#twin.select(matchers, fromMs, endMs), what);
  }

  #read(
    querier: Querier,
    matchers: readonly NaiveMatcher[],
    startMs: number,
    endMs: number,
  ): Map<string, readonly string[]> {
    const made = matchers.map(({ type, name, value }) => createMatcher(type, name, value));
    const set = querier.select(made, { startMs, endMs });
    const found = new Map<string, readonly string[]>();
    const columns = new SampleColumns(64);
    for (let i = 0; i < set.count; i++) {
      columns.clear();
      set.read(i, startMs, endMs, columns);
      if (columns.length === 0) continue;
      const labels = set.labels(i);
      const pairs: LabelPairs = Array.from({ length: labels.length / 2 }, (_, k) => [
        labels[k * 2],
        labels[k * 2 + 1],
      ]);
      const key = labelsText(pairs);
      if (found.has(key)) throw new Error(`${key} is found twice`);
      const samples = Array.from({ length: columns.length }, (_, k) => {
        const value = columns.histograms[k] ?? columns.values[k];
        return `${columns.timestampsMs[k]} ${valueText(value)}`;
      });
      found.set(key, samples);
    }
    if (set.warnings.length > 0) throw new Error(`warnings: ${set.warnings.join()}`);
    return found;
  }

  #assertEqual(
    found: ReadonlyMap<string, readonly string[]>,
    wanted: ReadonlyMap<string, readonly string[]>,
    what: string,
  ): void {
    for (const key of new Set([...found.keys(), ...wanted.keys()])) {
      const has = found.get(key) ?? [];
      const wants = wanted.get(key) ?? [];
      this.#samplesCompared += has.length;
      if (has.length === wants.length && has.every((text, i) => text === wants[i])) continue;
      const missing = wants.filter((text) => !has.includes(text));
      const invented = has.filter((text) => !wants.includes(text));
      throw new Error(
        `${what}\n${key}\nmissing ${missing.length}: ${missing.slice(0, 3).join(', ')}\n` +
          `not expected ${invented.length}: ${invented.slice(0, 3).join(', ')}\nhorizon ` +
          `${this.#horizonMs}, ${this.#describeBlocks()}`,
      );
    }
  }

  // ---- blocks

  /** Samples that are in no block any more, since retention gave their blocks up. */
  #noteBlocks(): void {
    const metas = this.#disk
      .list('data')
      .filter((name) => /^[0-9A-Z]{26}$/.test(name))
      .map((name) => readMeta(this.#disk, `data/${name}`));
    const kept = new Set(metas.flatMap(({ compaction }) => compaction.sources));
    for (const { compaction, maxTimeMs } of this.#metas) {
      const isGone = compaction.sources.every((ulid) => !kept.has(ulid));
      if (isGone && maxTimeMs > this.#horizonMs) this.#horizonMs = maxTimeMs;
    }
    this.#metas = metas.toSorted((a, b) => a.minTimeMs - b.minTimeMs);
  }

  #checkBlocks(): void {
    const settled = this.#metas.filter((meta) => !isPartial(meta));
    const endMs = settled.at(-1)?.maxTimeMs ?? -Infinity;
    for (const [i, { minTimeMs, ulid }] of settled.entries()) {
      if (i > 0 && minTimeMs < settled[i - 1].maxTimeMs) throw new Error(`${ulid} overlaps`);
    }
    for (const rangeMs of [3 * RANGE_MS, 9 * RANGE_MS]) this.#checkLevel(settled, rangeMs);
    this.#checkPartial(endMs);
    this.#checkContent(settled);
    this.#checkRetention(settled, endMs);
  }

  /** A range that is older than the two newest blocks is one block; the first may be short. */
  #checkLevel(settled: readonly BlockMeta[], rangeMs: number): void {
    const newestMs = settled.at(-2)?.minTimeMs ?? -Infinity;
    const counts = new Map<number, number>();
    for (const { minTimeMs, maxTimeMs } of settled) {
      const window = Math.floor(minTimeMs / rangeMs);
      const windowEndMs = (window + 1) * rangeMs;
      if (maxTimeMs > windowEndMs || windowEndMs > newestMs) continue;
      counts.set(window, (counts.get(window) ?? 0) + 1);
    }
    for (const [window, count] of counts) {
      if (count > 1)
        throw new Error(`${count} blocks in range ${window}: ${this.#describeBlocks()}`);
    }
  }

  /** Blocks of stale series have joined the others where those are cut; before, they are few. */
  #checkPartial(endMs: number): void {
    const counts = new Map<string, number>();
    for (const meta of this.#metas.filter(isPartial)) {
      const window = Math.floor(meta.minTimeMs / RANGE_MS);
      if (meta.minTimeMs < endMs) throw new Error(`${meta.ulid} lies beside all others`);
      const key = `${window} ${meta.compaction.level}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    if (Math.max(0, ...counts.values()) > 3) throw new Error(this.#describeBlocks());
  }

  /** Each sample that was written once, and no other. */
  #checkContent(settled: readonly BlockMeta[]): void {
    for (const meta of settled) {
      const { ulid, minTimeMs, maxTimeMs, stats } = meta;
      if (this.#counted.has(ulid)) continue;
      this.#counted.add(ulid);
      this.#checkBytes(meta);
      const { samples, series } = this.#twin.count(minTimeMs, maxTimeMs);
      if (stats.sampleCount === samples && stats.seriesCount === series) continue;
      throw new Error(
        `${ulid} has ${stats.sampleCount} samples of ${stats.seriesCount} series, not ${samples} of ${series}`,
      );
    }
  }

  #checkBytes({ ulid, stats }: BlockMeta): void {
    const bytes = this.#blockBytes(ulid);
    const floats = stats.sampleCount - stats.histogramSampleCount;
    const bytesMax =
      BLOCK_BYTES +
      SERIES_BYTES * stats.seriesCount +
      FLOAT_BYTES * floats +
      HISTOGRAM_BYTES * stats.histogramSampleCount;
    if (bytes > bytesMax) throw new Error(`${ulid} has ${bytes} bytes, more than ${bytesMax}`);
  }

  /** The log holds what is in no block, three hours, what shares its oldest segment, and some minutes. */
  #checkLog(): void {
    const nowMs = this.#clock.nowMs();
    const { samples, series } = this.#twin.count(nowMs - LOG_MS, nowMs + 1);
    const bytes = this.#disk.bytesIn('data/wal');
    const bytesMax = LOG_SERIES_BYTES * series + LOG_SAMPLE_BYTES * samples;
    if (bytes > bytesMax) throw new Error(`${bytes} bytes of log, more than ${bytesMax}`);
  }

  #checkRetention(settled: readonly BlockMeta[], endMs: number): void {
    const { retentionMs, retentionBytes } = this.#options;
    const oldest = settled[0];
    if (oldest !== undefined && endMs - oldest.maxTimeMs >= retentionMs) {
      throw new Error(`${oldest.ulid} is too old: ${this.#describeBlocks()}`);
    }
    if (retentionBytes === 0 && this.#horizonMs > endMs - retentionMs) {
      throw new Error(`what ended at ${this.#horizonMs} went too early: ${this.#describeBlocks()}`);
    }
    if (retentionBytes > 0 && this.#diskBytes() > retentionBytes) {
      throw new Error(`${this.#diskBytes()} bytes on disk`);
    }
  }

  #describeBlocks(): string {
    return this.#metas
      .map((meta) => {
        const { minTimeMs, maxTimeMs, compaction } = meta;
        const mark = isPartial(meta) ? '*' : '';
        return `${hourOf(minTimeMs)}-${hourOf(maxTimeMs)}${mark}/${compaction.level}`;
      })
      .join(' ');
  }

  #headBytes(): number {
    const memory = this.#memory;
    if (memory === undefined) return 0;
    const { arena, seriesLabels, seriesFirstChunk, seriesLastChunk, seriesMaxTime } = memory;
    const buffers = [arena, seriesLabels, seriesFirstChunk, seriesLastChunk, seriesMaxTime];
    return [...buffers, ...this.#regions].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  #metric(name: string): number {
    const families = this.#registry.gather();
    return families.find((one) => one.name === `prometheus_tsdb_${name}`)?.metrics[0]?.value ?? 0;
  }

  #diskBytes(): number {
    let bytes = this.#disk.bytesIn('data/wal');
    for (const { ulid } of this.#metas) bytes += this.#blockBytes(ulid);
    return bytes;
  }

  #blockBytes(ulid: string): number {
    return this.#disk.bytesIn(`data/${ulid}`) + this.#disk.bytesIn(`data/${ulid}/chunks`);
  }

  #assertNoProblem(): void {
    if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'));
  }
}

/** Since the start of a run. */
function hourOf(timeMs: number): string {
  return ((timeMs - START_MS) / HOUR_MS).toFixed(1);
}
