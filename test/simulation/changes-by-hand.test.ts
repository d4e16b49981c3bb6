import { expect, test } from 'vitest';
import { Registry } from '#instrument';
import { createMatcher, labelValue, labelsFromObject } from '#model';
import { silentLog } from '#platform';
import type { Clock, Log } from '#platform';
import { SampleColumns } from '#storage';
import { createCompactionThread, openDatabase } from '#tsdb';
import type { Database } from '#tsdb';
import { PlatterDirectory } from './platter.ts';
import { Random } from './random.ts';
import { SimulatedDisk } from './simulated-disk.ts';

/*
 * Deletions, cleaning, snapshots and the blocks that are cut meanwhile, with a process or a machine that
 * dies at every single operation of the disk. What was acknowledged holds; of what was not, a part may.
 */

const MINUTE_MS = 60_000;
const START_MS = 1_700_006_400_000;
const NAMES = ['a', 'b', 'c'];

/** Minutes with a sample, by series. */
type State = Map<string, readonly number[]>;

interface Step {
  readonly run: (database: Database) => Promise<void>;
  /** What is there when it is done. */
  readonly after: (state: State) => State;
}

const STEPS: readonly Step[] = [
  deletion('a', 5, 44),
  deletion('b', 42, 90),
  { run: (database) => database.snapshot('data/snapshots/one', false), after: (state) => state },
  { run: (database) => database.cleanTombstones(), after: (state) => state },
  deletion('c', 0, 39),
  { run: (database) => database.compact(), after: (state) => state },
  deletion('b', 0, 19),
  deletion('a', 0, 19),
  { run: (database) => database.cleanTombstones(), after: (state) => state },
];

function deletion(name: string, first: number, last: number): Step {
  const matchers = [createMatcher('=', '__name__', name)];
  return {
    run: (database) =>
      database.deleteSeries(matchers, START_MS + first * MINUTE_MS, START_MS + last * MINUTE_MS),
    after: (state) => {
      const left = (state.get(name) ?? []).filter((minute) => minute < first || minute > last);
      return new Map(state).set(name, left);
    },
  };
}

const clock: Clock = {
  nowMs: () => START_MS + 50 * MINUTE_MS,
  monotonicMs: () => 0,
  setTimer: (delayMs, run) => {
    if (delayMs < 100) setImmediate(run);
    return { cancel: () => {} };
  },
};

async function open(disk: SimulatedDisk, dir = 'data', log: Log = silentLog): Promise<Database> {
  const opening = openDatabase({
    dir,
    retentionMs: 1e12,
    blockRangeMs: 20 * MINUTE_MS,
    outOfOrderWindowMs: 0,
    log,
    clock,
    registry: new Registry(),
    disk,
    walSegmentBytes: 32_768,
  });
  return await disk.untilSynced(opening);
}

function write(database: Database): State {
  const minutes = Array.from({ length: 50 }, (_, i) => i);
  for (const minute of minutes) {
    const appender = database.appender();
    for (const name of NAMES) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: name }));
      appender.append(ref, START_MS + minute * MINUTE_MS, minute);
    }
    appender.commit();
  }
  return new Map(NAMES.map((name) => [name, minutes]));
}

function stateOf(database: Database): State {
  const querier = database.reader.queryable.querier(0, 2e12);
  const set = querier.select([createMatcher('!=', '__name__', '')], { startMs: 0, endMs: 2e12 });
  const state = new Map<string, readonly number[]>(NAMES.map((name) => [name, []]));
  for (let i = 0; i < set.count; i++) {
    const columns = new SampleColumns();
    set.read(i, 0, 2e12, columns);
    state.set(labelValue(set.labels(i), '__name__'), [
      ...columns.values.subarray(0, columns.length),
    ]);
  }
  expect(set.warnings).toEqual([]);
  querier.close();
  return state;
}

interface Life {
  /** Of the disk, since the steps began. */
  readonly operations: number;
  readonly acknowledged: State;
  /** What it would have been after the step that was cut short. */
  readonly next: State;
  readonly root: PlatterDirectory;
  /** When a snapshot was acknowledged. */
  readonly snapshot: State | undefined;
}

async function live(diesAt: number, random: Random): Promise<Life> {
  const root = new PlatterDirectory();
  const disk = new SimulatedDisk(root, random);
  const first = await open(disk);
  let state = write(first);
  await disk.untilSynced(first.close());
  const database = await open(disk);
  let snapshot: State | undefined;
  database.startCompaction(inThisThread(database, disk));
  // Nothing is cut before the deletions, then what is asked for.
  disk.endSyncs();
  const before = disk.operations;
  disk.diesAt = before + diesAt;
  for (const step of STEPS) {
    const next = step.after(state);
    await step.run(database).catch(() => undefined);
    disk.endSyncs();
    await new Promise((resolve) => void setImmediate(resolve));
    if (disk.isDead) {
      return { operations: diesAt, acknowledged: state, next, root, snapshot };
    }
    state = next;
    snapshot ??= disk.exists('data/snapshots/one') ? state : undefined;
    expect(stateOf(database)).toEqual(state);
  }
  const operations = disk.operations - before;
  return { operations, acknowledged: state, next: state, root, snapshot };
}

/** As the thread that makes blocks, in this one. */
function inThisThread(
  database: Database,
  disk: SimulatedDisk,
): Parameters<Database['startCompaction']>[0] {
  const thread = createCompactionThread(disk);
  database.attachReader((update) => thread.apply(update));
  return (job) => Promise.resolve(thread.run(job));
}

/** What the next process finds. */
async function check(life: Life, random: Random): Promise<void> {
  const data = life.root.entries.get('data');
  if (data instanceof PlatterDirectory && data.entries.has('lock')) data.unlink('lock');
  const disk = new SimulatedDisk(life.root, random);
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (message) => void errors.push(message) };
  const database = await open(disk, 'data', log);
  expect(errors).toEqual([]);
  const found = stateOf(database);
  for (const name of NAMES) {
    const minutes = found.get(name) ?? [];
    const known = life.acknowledged.get(name) ?? [];
    const kept = life.next.get(name) ?? [];
    expect(known, name).toEqual(expect.arrayContaining([...minutes]));
    expect(minutes, name).toEqual(expect.arrayContaining([...kept]));
    expect(minutes, name).toEqual(minutes.toSorted((a, b) => a - b));
  }
  if (life.snapshot !== undefined) await checkSnapshot(disk, life.snapshot);
  // Goes on as if nothing had happened: the rest can be deleted and cleaned.
  await database.deleteSeries([createMatcher('!=', '__name__', '')], 0, 2e12);
  await database.cleanTombstones();
  expect([...stateOf(database).values()].flat()).toEqual([]);
}

async function checkSnapshot(disk: SimulatedDisk, state: State): Promise<void> {
  const snapshot = await open(disk, 'data/snapshots/one');
  expect(stateOf(snapshot)).toEqual(state);
}

test.each(['process', 'power'] as const)(
  'the death of the %s at every operation of deletions, cleaning and snapshots',
  { timeout: 60_000 },
  async (death) => {
    const { operations } = await live(Infinity, new Random(1));
    expect(operations).toBeGreaterThan(100);
    for (let diesAt = 1; diesAt <= operations; diesAt++) {
      const random = new Random(diesAt);
      const life = await live(diesAt, random);
      if (death === 'power') life.root.loseUnsynced(random);
      await check(life, random).catch((error: unknown) => {
        throw new Error(`after the death at operation ${diesAt}`, { cause: error });
      });
    }
  },
);
