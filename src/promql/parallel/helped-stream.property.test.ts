import {
  array,
  assert,
  boolean,
  constantFrom,
  double,
  integer,
  property,
  record,
} from 'fast-check';
import { labelsFromObject, STALE_NAN } from '#model';
import { createMemoryStorage, type Queryable, type SeriesSet, type SharedSeries } from '#storage';
import { describe, expect, test } from 'vitest';
import { createEngine, type Engine } from '../engine.ts';
import type { EngineOptions } from '../options.ts';
import { QueryError, type QueryResult } from '../result.ts';
import { openRowWork } from './open-row-work.ts';
import { type PortionMaker, type PortionRows, RowMemory } from './portion-rows.ts';
import type { RowHelpers, RowOffer, RowRequest } from './row-work.ts';
import { HISTOGRAM } from '../../../test/fakes/histograms.ts';

interface Lent extends SharedSeries {
  readonly set: SeriesSet;
}

/** What other threads do while this one is busy; each number decides something, one after the other. */
/** Less than what a query over all series is; more than one at an instant. */
const COST_MIN = 256_000;

class Chance implements RowHelpers {
  readonly costMin: number = COST_MIN;
  readonly #numbers: readonly number[];
  #at = 0;
  /** Portions made by others, so that a test can see that there were any. */
  helped = 0;
  opened = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  next(below: number): number {
    const number = this.#numbers[this.#at++ % this.#numbers.length] ?? 0;
    return number % below;
  }

  offer(request: RowRequest): RowOffer | undefined {
    if (this.next(8) === 0) return undefined;
    this.opened++;
    return new ChanceOffer(this, request);
  }
}

class ChanceOffer implements RowOffer {
  readonly #chance: Chance;
  readonly #request: RowRequest;
  readonly #rows = new Map<number, PortionRows>();
  readonly #lost = new Set<number>();
  #maker: PortionMaker | undefined;
  #next = 0;
  #isStopped = false;

  constructor(chance: Chance, request: RowRequest) {
    this.#chance = chance;
    this.#request = request;
    const work = request.work();
    if (work === undefined) return;
    const { series, ...rest } = work;
    const crossed = { ...structuredClone(rest), series };
    this.#maker = openRowWork(crossed, (series as Lent).set, () => this.#isStopped);
  }

  claim(portion: number): boolean {
    this.#others();
    if (this.#next !== portion) return false;
    this.#next++;
    return true;
  }

  claimNext(): number {
    if (this.#next >= this.#count || this.#chance.next(3) === 0) return -1;
    return this.#next++;
  }

  memory(): RowMemory {
    const { size, steps } = this.#request;
    return new RowMemory(new SharedArrayBuffer(RowMemory.bytesFor(size, steps)), size, steps);
  }

  take(portion: number): PortionRows | undefined {
    if (this.#chance.next(3) === 0) return undefined;
    const rows = this.#rows.get(portion);
    this.#rows.delete(portion);
    return rows;
  }

  wait(portion: number): boolean {
    return !this.#lost.has(portion) && this.#chance.next(20) > 0;
  }

  pass(portion: number): void {
    expect(this.#rows.has(portion - 1) && this.#lost.has(portion - 1)).toBe(false);
  }

  close(): void {
    this.#maker = undefined;
    this.#chance.opened--;
  }

  get #count(): number {
    return Math.ceil(this.#request.count / this.#request.size);
  }

  /** Makes some of the next portions, whole, in part, or never. */
  #others(): void {
    for (let i = this.#chance.next(4); i > 0 && this.#next < this.#count; i--) {
      const portion = this.#next++;
      const from = portion * this.#request.size;
      const to = Math.min(this.#request.count, from + this.#request.size);
      this.#isStopped = this.#chance.next(10) === 0;
      const memory = this.memory();
      const made = this.#maker?.make(from, to, memory);
      if (made === undefined || this.#chance.next(10) === 0) {
        this.#lost.add(portion);
        continue;
      }
      const isSilent = memory.finish(made);
      const rows = memory.rows(() => {
        expect(isSilent).toBe(false);
        return structuredClone(made.annotations);
      });
      this.#chance.helped++;
      this.#rows.set(portion, rows);
      // Its stream was stopped in the middle.
      if (rows.count < to - from) this.#maker = undefined;
    }
  }
}

/** A long time, so that much seems to be there to do. */
const SERIES_COUNT = 60;
const STEPS = 50;
const STEP_MS = 3_600_000;
const START_MS = 100_000_000;
const LOOKBACK_MS = 7_200_000;
const END_MS = START_MS + (STEPS - 1) * STEP_MS;

interface Data {
  readonly values: readonly number[];
  /** Of every so many series one has holes, ends, has histograms; 0: none. */
  readonly sparse: number;
  readonly ending: number;
  readonly histograms: number;
}

/** Its sets can be shared inside this thread. */
function storageOf(data: Data): Queryable {
  const storage = createMemoryStorage();
  for (let series = 0; series < SERIES_COUNT; series++) {
    const labels = { __name__: 'm_total', i: String(series), part: String(series % 7) };
    const isSparse = data.sparse > 0 && series % data.sparse === 0;
    const hasHistograms = data.histograms > 0 && series % data.histograms === 1;
    const samples = Array.from({ length: isSparse ? 3 : 90 }, (_, k) => {
      const value = data.values[(series * 31 + k) % data.values.length] ?? 0;
      const timestampMs = START_MS - LOOKBACK_MS + k * 1_900_000 + (isSparse ? k * 40_000_000 : 0);
      return hasHistograms && k % 3 > 0
        ? { timestampMs, value: 0, histogram: HISTOGRAM }
        : { timestampMs, value };
    });
    if (data.ending > 0 && series % data.ending === 2) {
      samples.length = 2;
      samples.push({ timestampMs: START_MS, value: STALE_NAN });
    }
    storage.store(labelsFromObject(labels), samples);
  }
  return {
    querier(startMs, endMs) {
      const querier = storage.querier(startMs, endMs);
      return {
        labelNames: (matchers, limit) => querier.labelNames(matchers, limit),
        labelValues: (name, matchers, limit) => querier.labelValues(name, matchers, limit),
        close: () => querier.close(),
        select(matchers, hints) {
          const set = querier.select(matchers, hints);
          const shared: Lent = { kind: 'lent', set };
          return {
            count: set.count,
            warnings: [`read ${set.count} series`],
            labels: (index) => set.labels(index),
            // oxlint-disable-next-line max-params -- as the interface has it
            read: (index, from, to, columns) => set.read(index, from, to, columns),
            share: () => shared,
          };
        },
      };
    },
  };
}

const QUERIES = [
  'sum by (part) (rate(m_total[5h]))',
  'avg(m_total)',
  'stddev by (part) (m_total)',
  'topk(3, increase(m_total[2h]))',
  'quantile(0.9, m_total)',
  'quantile_over_time(scalar(m_total{i="1"}) / 1e3, m_total[10h])',
  'last_over_time(m_total[10h])',
  'rate({i=~".+"}[5h])',
  'count(m_total) + on () count(m_total offset 5h)',
  'max_over_time(sum(rate(m_total[5h]))[2h:30m])',
  'sum(histogram_count(m_total))',
  'm_total @ 110000 * 2',
  'changes(m_total[1h] @ 110000)',
  'predict_linear(m_total[10h], 3600)',
  'sum by (part) (rate(m_total[5h])) / count by (part) (rate(m_total[5h]))',
  'm_total - on () group_left () (avg(m_total) + stddev(m_total))',
];

function engineOf(options: EngineOptions): Engine {
  return createEngine({ lookbackDeltaMs: LOOKBACK_MS, ...options });
}

interface Outcome {
  readonly result: QueryResult | undefined;
  readonly error: string;
}

function run(engine: Engine, storage: Queryable, query: string): Outcome {
  try {
    const options = { startMs: START_MS, endMs: END_MS, stepMs: STEP_MS, perStepStats: true };
    return { result: engine.range(storage, query, options), error: '' };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { result: undefined, error: `${error.code}: ${error.message}` };
  }
}

/** Bit by bit; without times and bytes. */
function shown({ result, error }: Outcome): unknown {
  if (result === undefined) return error;
  const { value, warnings, infos, stats } = result;
  return { value, warnings, infos, samples: stats.samples };
}

const anyData = record({
  values: array(double({ noDefaultInfinity: false }), { minLength: 5, maxLength: 40 }),
  sparse: integer({ min: 0, max: 9 }),
  ending: integer({ min: 0, max: 9 }),
  histograms: constantFrom(0, 0, 3, 50),
});

describe('a stream made by several threads', () => {
  test('gives the same bits, texts and counts as one thread alone', () => {
    let helped = 0;
    assert(
      property(
        anyData,
        constantFrom(...QUERIES),
        array(integer({ min: 0, max: 1000 }), { minLength: 30, maxLength: 60 }),
        record({ delayedNameRemoval: boolean(), typeAndUnitLabels: boolean() }),
        // oxlint-disable-next-line max-params -- one for each part of the case
        (data, query, numbers, options) => {
          const storage = storageOf(data);
          const alone = run(engineOf(options), storage, query);
          const helpers = new Chance(numbers);
          const together = run(engineOf({ ...options, helpers }), storage, query);
          expect(shown(together)).toEqual(shown(alone));
          expect(helpers.opened).toBe(0);
          helped += helpers.helped;
        },
      ),
      { numRuns: 150 },
    );
    expect(helped).toBeGreaterThan(100);
  });

  test('reaches the same limits', () => {
    const storage = storageOf({ values: [1, 2, 3], sparse: 0, ending: 0, histograms: 0 });
    assert(
      property(
        integer({ min: 1, max: 2 * SERIES_COUNT * STEPS }),
        array(integer({ min: 0, max: 1000 }), { minLength: 30, maxLength: 60 }),
        (maxSamples, numbers) => {
          const options: EngineOptions = { maxSamples };
          const query = 'sum by (part) (rate(m_total[5h]))';
          const alone = run(engineOf(options), storage, query);
          const helpers = new Chance(numbers);
          const together = run(engineOf({ ...options, helpers }), storage, query);
          expect(shown(together)).toEqual(shown(alone));
          expect(helpers.opened).toBe(0);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('is not begun for what is small', () => {
    const storage = storageOf({ values: [1], sparse: 0, ending: 0, histograms: 0 });
    const helpers = {
      costMin: COST_MIN,
      offer(): undefined {
        throw new Error('offered');
      },
    };
    const engine = engineOf({ helpers });
    const { value } = engine.instant(storage, 'sum(m_total)', { timeMs: START_MS });
    expect(value.kind).toBe('vector');
    const range = { startMs: START_MS, endMs: END_MS, stepMs: STEP_MS };
    expect(() => engine.range(storage, 'sum(m_total)', range)).toThrow('offered');
  });
});
