import { beforeEach, describe, expect, it } from 'vitest';
import type { UnchangedTimes } from '#storage';
import type { CacheReport, QueryRequest } from '../query/request.ts';
import { QueryCache } from './query-cache.ts';
import type { CacheVisit } from './query-cache.ts';

const ALL: UnchangedTimes = { startMs: -Infinity, endMs: Infinity };
const CACHE_BYTES = 16 << 10;

let commit: number;
let unchanged: UnchangedTimes | undefined;
let cache: QueryCache;

beforeEach(() => {
  commit = 0;
  unchanged = ALL;
  cache = new QueryCache(CACHE_BYTES, {
    mark: () => ({ commit, deletion: 0, drop: 0 }),
    unchangedSince: () => unchanged,
  });
});

function request(params: Readonly<Record<string, string>>, more: object = {}): QueryRequest {
  const range = { query: 'up', start: '100', end: '200', step: '10', ...params };
  return {
    endpoint: 'query_range',
    params: Object.entries(range),
    nowMs: 0,
    deadlineMs: 0,
    gzip: false,
    ...more,
  };
}

function reportOf(bytes: number, fill = 1): CacheReport {
  const entry = new Uint8Array(bytes).fill(fill);
  return { use: 'miss', stepsReused: 0, stepsComputed: 1, entry };
}

function visit(params: Readonly<Record<string, string>> = {}): CacheVisit {
  const found = cache.visit(request(params));
  if (found === undefined) throw new Error('not for the cache');
  return found;
}

/** What the cache has, as the first of its bytes; undefined: nothing. */
function heldBy({ order }: CacheVisit): number | undefined {
  if (order.held === undefined) return undefined;
  const { memory, offset, length } = order.held.place;
  return new Uint8Array(memory, offset, length)[length - 1];
}

function ask(params: Readonly<Record<string, string>>, report?: CacheReport): number | undefined {
  const found = visit(params);
  const held = heldBy(found);
  cache.leave(found, report);
  return held;
}

describe('the cache of ranges', () => {
  it.each([
    [{ query: 'down' }],
    [{ step: '20' }],
    [{ start: '103' }],
    [{ lookback_delta: '1m' }],
    // Warnings say where in the text something stands.
    [{ query: ' up' }],
  ])('tells %o from what it has', (params) => {
    ask({}, reportOf(100));
    expect(ask(params)).toBeUndefined();
    expect(ask({})).toBe(1);
  });

  it('finds a range again whatever its length, and wherever its steps are the same', () => {
    ask({}, reportOf(100));
    expect(ask({ start: '110', end: '9000', timeout: '3s', limit: '7' })).toBe(1);
  });

  it.each([
    [{ nocache: '1' }, {}],
    [{ stats: 'all' }, {}],
    [{ step: 'x' }, {}],
    [{ start: 'x' }, {}],
    [{ query: '' }, {}],
    [{}, { endpoint: 'query' }],
  ])('is not asked for %o %o', (params, more) => {
    expect(cache.visit(request(params, more))).toBeUndefined();
  });

  it('is not asked for an expression that is too long for a key', () => {
    expect(cache.visit(request({ query: 'x'.repeat(20_000) }))).toBeUndefined();
  });

  it('hands out what is unchanged, and nothing where all may have changed', () => {
    ask({}, reportOf(100));
    unchanged = { startMs: 5, endMs: 7 };
    const found = visit();
    expect(found.order.held?.unchanged).toEqual(unchanged);
    cache.leave(found, undefined);
    unchanged = undefined;
    expect(ask({})).toBeUndefined();
    unchanged = ALL;
    expect(ask({})).toBeUndefined();
    expect([cache.entryCount, cache.usedBytes]).toEqual([0, 0]);
  });

  it('leaves a result alone while a query reads it', () => {
    ask({}, reportOf(3000, 1));
    const reading = visit();
    ask({}, reportOf(3000, 2));
    for (let i = 0; i < 20; i++) ask({ query: `q${i}` }, reportOf(2000, 9));
    expect(heldBy(reading)).toBe(1);
    cache.leave(reading, undefined);
    expect(cache.usedBytes).toBeLessThanOrEqual(CACHE_BYTES);
  });

  it('keeps the newer of two results for the same range', () => {
    const slow = visit();
    commit = 5;
    ask({}, reportOf(100, 2));
    cache.leave(slow, reportOf(100, 1));
    expect(ask({})).toBe(2);
  });

  it('gives up what was used longest ago, and counts it', () => {
    for (const query of ['a', 'b', 'c']) ask({ query }, reportOf(3000));
    expect(ask({ query: 'a' })).toBe(1);
    ask({ query: 'd' }, reportOf(3000));
    ask({ query: 'e' }, reportOf(3000));
    expect(['a', 'b', 'c', 'd', 'e'].map((query) => ask({ query }) === 1)).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
    expect(cache.evictions).toBe(1);
    expect(cache.usedBytes).toBeLessThanOrEqual(CACHE_BYTES);
    expect(cache.uses.miss).toBe(5);
  });
});
