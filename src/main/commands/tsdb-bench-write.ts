import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from '#instrument';
import { formatLabels } from '#model';
import type { Labels } from '#model';
import { silentLog, systemClock, systemDisk } from '#platform';
import { AppendStatus } from '#storage';
import type { SeriesRef } from '#storage';
import { openDatabase } from '#tsdb';
import type { Database } from '#tsdb';
import { madeUpSeries, readSeries } from './bench-series.ts';
import { CommandError, textOf } from './command.ts';
import type { CommandInput } from './command.ts';
import { formatGoDuration } from './go-format.ts';

/** As promtool writes, so that both leave the same samples behind. */
const STEP_MS = 30_000;
const SERIES_A_SHARD = 1000;
const SCRAPES_A_ROUND = 100;
const FIRST_VALUE = 123_456_789;
const VALUE_STEP = 1000;

/** What the head holds. */
const METRICS_MAX = 10_000_000;

/** Of samples; the database refuses more than its memory takes. */
const SCRAPES_MAX = 1_000_000_000;

/** Beyond all times that are written: nothing is given up. */
const RETENTION_MS = 1e14;

/** Says that a directory is ours to replace. */
const MARK = 'narthex-bench.json';

/**
 * Writes so many samples of so many series as scrapes would, without making blocks, and prints how long it
 * took: promtool's stages, and what a sample cost.
 */
export async function tsdbBenchWrite(input: CommandInput): Promise<number> {
  const seriesMax = countOf(input, 'metrics', METRICS_MAX);
  const scrapes = countOf(input, 'scrapes', SCRAPES_MAX);
  const out = textOf(input.options, 'out');
  const file = textOf(input.words, 'file');
  const stages = new Stages(input);
  const series = await stages.run('readData', () =>
    file === '' ? madeUpSeries(seriesMax) : readSeries(file, seriesMax),
  );
  if (series.length === 0) throw new CommandError(`cannot find a series in ${file}`);
  clear(out, { metrics: seriesMax, scrapes });
  const path = join(out, 'storage');
  const database = await openDatabase({
    dir: path,
    retentionMs: RETENTION_MS,
    outOfOrderWindowMs: 0,
    log: silentLog,
    clock: systemClock,
    registry: new Registry(),
  });
  try {
    const cpu = process.cpuUsage();
    await stages.run('ingestScrapes', async () => {
      await ingest(database, series, scrapes);
      input.output.write('ingestion completed\n');
    });
    const { user, system } = process.cpuUsage(cpu);
    const samples = series.length * scrapes;
    const perSample = systemDisk.bytesIn(join(path, 'wal')) / samples;
    const figures: [string, string][] = [
      ['total samples', String(samples)],
      ['samples/sec', (samples / (stages.lastMs / 1000)).toFixed(0)],
      ['CPU seconds per million samples', ((user + system) / samples).toFixed(3)],
      ['log bytes/sample', perSample.toFixed(2)],
    ];
    for (const [name, value] of figures) input.output.write(` > ${name}: ${value}\n`);
  } finally {
    await stages.run('stopStorage', () => database.close());
  }
  return 0;
}

function countOf({ options }: CommandInput, name: string, max: number): number {
  const text = textOf(options, name);
  const count = Number(text);
  if (count < 1 || count > max) {
    throw new CommandError(`cannot use --${name}=${text}: it must be between 1 and ${max}`);
  }
  return count;
}

/** promtool removes whatever is there; we only what a run before has left. */
function clear(out: string, settings: object): void {
  systemDisk.makeDir(out);
  const names = readdirSync(out);
  if (names.length > 0 && !names.includes(MARK)) {
    throw new CommandError(`cannot use ${out}: it is not empty and not of a benchmark`);
  }
  rmSync(join(out, 'storage'), { recursive: true, force: true });
  writeFileSync(join(out, MARK), `${JSON.stringify(settings)}\n`);
}

/** Prints what it begins and how long it took. */
class Stages {
  readonly #input: CommandInput;
  /** How long the last stage took. */
  lastMs = 0;

  constructor(input: CommandInput) {
    this.#input = input;
  }

  async run<T>(name: string, act: () => T | Promise<T>): Promise<T> {
    const { output } = this.#input;
    output.write(`>> start stage=${name}\n`);
    output.flush();
    const startMs = performance.now();
    const result = await act();
    this.lastMs = performance.now() - startMs;
    output.write(
      `>> completed stage=${name} duration=${formatGoDuration(Math.round(this.lastMs))}\n`,
    );
    output.flush();
    return result;
  }
}

async function ingest(
  database: Database,
  series: readonly Labels[],
  scrapes: number,
): Promise<void> {
  const refs: SeriesRef[] = series.map(() => 0);
  for (let first = 0; first < scrapes; first += SCRAPES_A_ROUND) {
    for (let start = 0; start < series.length; start += SERIES_A_SHARD) {
      const shard = { start, end: Math.min(series.length, start + SERIES_A_SHARD) };
      for (let step = first; step < Math.min(scrapes, first + SCRAPES_A_ROUND); step++) {
        scrape(database, { series, refs, step, ...shard });
      }
      // The log is synced meanwhile, as beside scrapes.
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }
}

interface Scrape {
  readonly series: readonly Labels[];
  /** 0: not asked for yet. */
  readonly refs: SeriesRef[];
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function scrape(database: Database, { series, refs, start, end, step }: Scrape): void {
  const timeMs = (step + 1) * STEP_MS;
  const value = FIRST_VALUE + VALUE_STEP * ((step % SCRAPES_A_ROUND) + 1);
  const appender = database.appender();
  for (let i = start; i < end; i++) {
    let ref = refs[i] ?? 0;
    if (ref === 0) refs[i] = ref = appender.seriesRef(series[i] ?? []);
    const status = appender.append(ref, timeMs, value);
    if (status !== AppendStatus.ok) {
      appender.rollback();
      const reason = status === AppendStatus.limit ? 'memory is used up' : `status ${status}`;
      throw new CommandError(
        `cannot store scrape ${step + 1} of ${formatLabels(series[i] ?? [])}: ${reason}`,
      );
    }
  }
  appender.commit();
}
