// The same data in the real storage, in several ways, on a disk in memory.
import { Registry } from '#instrument';
import { labelsFromObject, STALE_NAN } from '#model';
import { silentLog } from '#platform';
import { AppendStatus, type Queryable } from '#storage';
import { createCompactionThread, type Database, openDatabase } from '#tsdb';
import { PollingClock } from '../fakes/database.ts';
import { PlatterDirectory } from '../simulation/platter.ts';
import { Random } from '../simulation/random.ts';
import { SimulatedDisk } from '../simulation/simulated-disk.ts';
import type { Data, DataSeries, DataValue } from './data.ts';

export interface Store {
  readonly name: string;
  readonly queryable: Queryable;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** All in memory; most in blocks, the rest in memory; some of it written late. */
export async function openStores(data: Data, seed: number): Promise<Store[]> {
  const random = new Random(seed);
  const inHead = await open(data, { blockRangeMs: 2 * HOUR_MS, outOfOrderWindowMs: 0 });
  write(inHead.database, data, inTime(data));
  const inBlocks = await open(data, { blockRangeMs: 4 * MINUTE_MS, outOfOrderWindowMs: 0 });
  await writeAndCut(inBlocks, data, inTime(data));
  const late = await open(data, { blockRangeMs: 4 * MINUTE_MS, outOfOrderWindowMs: 10 * HOUR_MS });
  await writeAndCut(late, data, withLateOnes(inTime(data), random));
  return [
    { name: 'head', queryable: inHead.database.reader.queryable },
    { name: 'blocks', queryable: inBlocks.database.reader.queryable },
    { name: 'late samples', queryable: late.database.reader.queryable },
  ];
}

interface Layout {
  readonly blockRangeMs: number;
  readonly outOfOrderWindowMs: number;
}

interface Opened {
  readonly database: Database;
  readonly disk: SimulatedDisk;
}

async function open({ endMs }: Data, layout: Layout): Promise<Opened> {
  const disk = new SimulatedDisk(new PlatterDirectory(), new Random(1));
  const clock = new PollingClock(endMs);
  const settings = { dir: 'data', retentionMs: 1e13, log: silentLog, clock, disk, ...layout };
  const database = await disk.untilSynced(openDatabase({ ...settings, registry: new Registry() }));
  const thread = createCompactionThread(disk);
  database.attachReader((update) => thread.apply(update));
  database.startCompaction((job) => Promise.resolve(thread.run(job)));
  return { database, disk };
}

interface Write {
  readonly series: DataSeries;
  readonly timestampMs: number;
  readonly value: DataValue;
}

function inTime({ series }: Data): Write[] {
  return series
    .flatMap((one) =>
      one.points.map(({ timestampMs, value }) => ({ series: one, timestampMs, value })),
    )
    .toSorted((a, b) => a.timestampMs - b.timestampMs);
}

/** Each tenth sample comes up to 200 samples, of all series, late. */
function withLateOnes(writes: readonly Write[], random: Random): Write[] {
  return writes
    .map((one, i) => ({ one, at: random.chance(0.1) ? i + random.between(1, 200) : i }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

function write(database: Database, { series }: Data, writes: readonly Write[]): void {
  const appender = database.appender();
  const refs = new Map(
    series.map((one) => [one, appender.seriesRef(labelsFromObject(one.labels))]),
  );
  for (const { series: one, timestampMs, value } of writes) {
    const ref = refs.get(one) ?? 0;
    const status =
      typeof value === 'object'
        ? appender.appendHistogram(ref, timestampMs, value)
        : appender.append(ref, timestampMs, value === 'stale' ? STALE_NAN : value);
    if (status !== AppendStatus.ok) throw new Error(`cannot append: status ${status}`);
  }
  appender.commit();
}

/** Blocks are cut several times on the way, as hours pass. */
async function writeAndCut(
  { database, disk }: Opened,
  data: Data,
  writes: readonly Write[],
): Promise<void> {
  const size = Math.ceil(writes.length / 3);
  for (let i = 0; i < writes.length; i += size) {
    write(database, data, writes.slice(i, i + size));
    await disk.untilSynced(database.compact());
  }
}
