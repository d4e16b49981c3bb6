import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { answerQuery, createCachingRunner, QueryCache } from '#http';
import type { QueryAnswer, QueryRequest, QueryRunner } from '#http';
import { createMatcher, labelsFromObject } from '#model';
import { MemoryDisk } from '#platform';
import { createEngine } from '#promql';
import { createReader } from '#tsdb';
import type { Database, Reader } from '#tsdb';
import { compactionOf, openOn, PollingClock } from '../../test/fakes/database.ts';

const MINUTE_MS = 60_000;
const SCRAPE_MS = 15_000;
const STEP_MS = 30_000;
const START_MS = 1_700_006_400_000;
const STALE = new Float64Array(new BigUint64Array([0x7ff0000000000002n]).buffer)[0] ?? NaN;

/** Little: entries make room for others. */
const CACHE_BYTES = 12 << 10;

const ALL_SERIES = ['a_total', 'b'].flatMap((name) =>
  ['1', '2', '3'].map((part) => labelsFromObject({ __name__: name, part })),
);

const PANELS = [
  'b',
  'sum(b)',
  'sum by (part) (increase(a_total[2m]))',
  'rate(a_total[1m])',
  'max_over_time(b[3m:30s])',
  'b offset -2m',
  'b offset 20m',
  `b - on(part) b @ ${START_MS / 1000 + 1800}`,
  'absent(b{part="2"})',
  'count(b) or vector(7)',
  'time() + 1',
  'rate(b[1m])',
  'topk(1, b)',
  'b @ end()',
  '{part="1"}',
  'histogram_quantile(0.5, b)',
  // A warning at some steps, with their values.
  'quantile(scalar(b{part="1"}) / 20, b)',
  'b[1m]',
  'nonsense(',
];

/** A database, the cache over it, and what answers without the cache. */
class House {
  readonly clock: PollingClock;
  readonly database: Database;
  readonly cache: QueryCache;
  readonly cached: QueryRunner;
  readonly plain: QueryRunner;
  /** Called while a query is on its way to its thread, and while its answer is on its way back. */
  onTheWay: () => void = () => {};
  onTheWayBack: () => void = () => {};

  constructor(database: Database, clock: PollingClock, reader: Reader) {
    this.database = database;
    this.clock = clock;
    const parts = {
      engine: createEngine({ nowMs: () => 0 }),
      parser: {},
      queryable: () => reader.queryable,
      cardinality: (limit: number) => reader.cardinality(limit),
      lookbackDeltaMs: 5 * MINUTE_MS,
      clockMs: () => 0,
      perStepStats: false,
    };
    this.cache = new QueryCache(CACHE_BYTES, database.changes);
    const run = (request: QueryRequest): QueryAnswer => answerQuery(parts, request, () => false);
    this.plain = { run: async (request) => await Promise.resolve(run(request)) };
    this.cached = createCachingRunner(
      {
        run: async (request) => {
          this.onTheWay();
          const answer = run(request);
          this.onTheWayBack();
          return await Promise.resolve(answer);
        },
      },
      this.cache,
    );
  }

  /** All series at one time; what is not taken is left out. */
  write(timeMs: number, values: readonly number[]): void {
    const appender = this.database.appender();
    for (const [i, labels] of ALL_SERIES.entries()) {
      const value = values[i % values.length] ?? 0;
      if (value >= 0) appender.append(appender.seriesRef(labels), timeMs, value);
      if (value === -1) appender.append(appender.seriesRef(labels), timeMs, STALE);
    }
    appender.commit();
  }

  /** Scrapes up to a time, or not. */
  advance(minutes: number, values: readonly number[]): void {
    const endMs = this.clock.timeMs + minutes * MINUTE_MS;
    for (let i = 0; this.clock.timeMs + SCRAPE_MS <= endMs; i++) {
      this.clock.timeMs += SCRAPE_MS;
      this.write(this.clock.timeMs - 3, [...values.slice(i % 7), ...values.slice(0, i % 7)]);
    }
  }

  async ask(panel: Panel): Promise<readonly [string, string]> {
    const request = requestOf(panel, this.clock.timeMs);
    const cached = await this.cached.run(request, { timeoutMs: 0 });
    this.onTheWay = () => {};
    this.onTheWayBack = () => {};
    const again = await this.cached.run(request, { timeoutMs: 0 });
    const plain = await this.plain.run(request, { timeoutMs: 0 });
    expect(textOf(again)).toBe(textOf(plain));
    return [textOf(cached), textOf(plain)];
  }
}

interface Panel {
  readonly query: string;
  readonly minutes: number;
  /** How long before now it ends. */
  readonly agoMinutes: number;
  readonly phaseMs: number;
}

function requestOf(panel: Panel, nowMs: number): QueryRequest {
  const gridMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
  const endMs = gridMs - panel.agoMinutes * MINUTE_MS + panel.phaseMs;
  const startMs = endMs - panel.minutes * MINUTE_MS;
  return {
    endpoint: 'query_range',
    params: [
      ['query', panel.query],
      ['start', String(startMs / 1000)],
      ['end', String(endMs / 1000)],
      ['step', String(STEP_MS / 1000)],
    ],
    nowMs,
    deadlineMs: 0,
    gzip: false,
  };
}

/** Several warnings are told in the order in which steps bring them up, which the first computed one begins. */
function textOf({ status, body }: QueryAnswer): string {
  const answer = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>;
  for (const name of ['warnings', 'infos']) {
    const texts = answer[name] as string[] | undefined;
    if (texts !== undefined) answer[name] = texts.toSorted();
  }
  return `${status} ${JSON.stringify(answer)}`;
}

async function openHouse(): Promise<House> {
  const clock = new PollingClock(START_MS);
  const disk = new MemoryDisk();
  const database = await openOn(disk, clock, {
    // Shorter than what some panels look at.
    retentionMs: 40 * MINUTE_MS,
    blockRangeMs: 10 * MINUTE_MS,
    outOfOrderWindowMs: 30 * MINUTE_MS,
  });
  database.startCompaction(compactionOf(database, disk, clock));
  const reader = createReader(disk);
  database.attachReader((update) => reader.apply(update));
  return new House(database, clock, reader);
}

const anyValues = array(integer({ min: -2, max: 40 }), { minLength: 7, maxLength: 7 });

const anyRefresh = record({
  kind: constantFrom('refresh' as const),
  panel: integer({ min: 0, max: 2 }),
  minutes: constantFrom(15, 15, 5, 45),
  agoMinutes: constantFrom(0, 0, 0, 0, 1, 20),
  phaseMs: constantFrom(0, 0, 0, 0, 7000),
  /** Something is written while the query, or its answer, is on its way. */
  meanwhile: constantFrom('nothing', 'nothing', 'write', 'write late', 'write at the end'),
  values: anyValues,
});

const anyWrite = record({
  kind: constantFrom('advance' as const, 'advance' as const, 'advance' as const, 'late' as const),
  minutes: constantFrom(1, 1, 2, 5, 12),
  values: anyValues,
});

const anyChange = oneof(
  record({
    kind: constantFrom('delete' as const),
    part: constantFrom('1', '2'),
    agoMinutes: integer({ min: 0, max: 60 }),
    minutes: integer({ min: 1, max: 30 }),
  }),
  record({ kind: constantFrom('compact' as const, 'clean' as const, 'trim' as const) }),
);

const anyStep = oneof(
  { arbitrary: anyRefresh, weight: 6 },
  { arbitrary: anyWrite, weight: 3 },
  { arbitrary: anyChange, weight: 1 },
);

const anyLife = record({
  /** A dashboard. */
  panels: array(constantFrom(...PANELS), { minLength: 3, maxLength: 3 }),
  steps: array(anyStep, { minLength: 20, maxLength: 60, size: 'max' }),
});

type StepOf = typeof anyStep extends Arbitrary<infer Step> ? Step : never;

async function take(house: House, step: StepOf, panels: readonly string[]): Promise<void> {
  const { database, clock } = house;
  switch (step.kind) {
    case 'refresh': {
      const { meanwhile, values } = step;
      const atMs = meanwhile === 'write late' ? clock.timeMs - 9 * MINUTE_MS : clock.timeMs + 1;
      const write = (): void => house.write(atMs, values);
      if (meanwhile === 'write at the end') house.onTheWayBack = write;
      else if (meanwhile !== 'nothing') house.onTheWay = write;
      const [cached, plain] = await house.ask({ ...step, query: panels[step.panel] ?? '' });
      // The steps that are known are as they were when it was asked; the next one finds what came meanwhile.
      if (meanwhile === 'nothing') expect(cached).toBe(plain);
      return;
    }
    case 'advance':
      return house.advance(step.minutes, step.values);
    case 'late':
      return house.write(clock.timeMs - step.minutes * MINUTE_MS, step.values);
    case 'delete': {
      const startMs = clock.timeMs - step.agoMinutes * MINUTE_MS;
      const matchers = [createMatcher('=', 'part', step.part)];
      return await database.deleteSeries(matchers, startMs, startMs + step.minutes * MINUTE_MS);
    }
    case 'compact':
      return await database.compact();
    case 'clean':
      return await database.cleanTombstones();
    case 'trim':
      return database.trim();
  }
}

test('a range from the cache is what it would have been without it', async () => {
  const uses = { hit: 0, partial: 0, miss: 0, unfit: 0 };
  let evictions = 0;
  const property = asyncProperty(anyLife, async ({ panels, steps }) => {
    const house = await openHouse();
    house.advance(25, [1, 5, 2, 9, 4, 4, 30]);
    for (const step of steps) await take(house, step, panels);
    for (const use of ['hit', 'partial', 'miss', 'unfit'] as const) {
      uses[use] += house.cache.uses[use];
    }
    evictions += house.cache.evictions;
    expect(house.cache.usedBytes).toBeLessThanOrEqual(CACHE_BYTES);
    await house.database.close();
  });
  await assert(property, { numRuns: Number(process.env['NARTHEX_CACHE_RUNS'] ?? 30) });
  // All that the test is about has happened.
  for (const count of [...Object.values(uses), evictions]) expect(count).toBeGreaterThan(0);
});
