import { Registry } from '#instrument';
import { createRelabelRule, labelsFromObject } from '#model';
import { silentLog } from '#platform';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/clock.ts';
import { RecordingStorage } from '../../test/fakes/recording-storage.ts';
import { fakeHttpClient, scrapeConfig } from '../../test/fakes/scrape-config.ts';
import type { ScrapeConfig } from '#config';
import type { Appender } from '#storage';
import { createScraper } from './scraper.ts';
import type { Scraper } from './scraper.ts';

/** Each look at the time takes three milliseconds, so that a slice ends after some hundred entries. */
const LOOK_MS = 3;
const LINES = 1000;

let clock: FakeClock;
let scraper: Scraper;
let registry: Registry;
let commits: number;
let rollbacks: number;
let seriesLogged: number;
let turns: number;
/** Called at the beginning of each turn. */
let onTurn: () => void;
let body: () => string;

/** Tells what becomes of batches. */
class WatchedStorage extends RecordingStorage {
  override appender(): Appender {
    const appender = super.appender();
    return {
      ...appender,
      logSeries: () => void seriesLogged++,
      commit: () => {
        commits++;
        appender.commit();
      },
      rollback: () => {
        rollbacks++;
        appender.rollback();
      },
    };
  }
}

let storage: WatchedStorage;

function waitingPages(): number | undefined {
  const family = registry.gather().find(({ name }) => name === 'narthex_scrape_pages_waiting');
  return family?.metrics[0]?.value;
}

function pageOf(value: number, count = LINES): string {
  return Array.from({ length: count }, (_, i) => `m${i} ${value}\n`).join('');
}

beforeEach(() => {
  clock = new FakeClock();
  storage = new WatchedStorage();
  registry = new Registry();
  commits = 0;
  rollbacks = 0;
  seriesLogged = 0;
  turns = 0;
  onTurn = () => {};
  body = () => pageOf(1);
  scraper = createScraper({
    appendable: storage,
    clock: Object.assign(Object.create(clock) as FakeClock, {
      nowMs: () => clock.nowMs(),
      setTimer: (delayMs: number, fn: () => void) => clock.setTimer(delayMs, fn),
      monotonicMs: () => {
        clock.set(clock.nowMs() + LOOK_MS);
        return clock.nowMs();
      },
    }),
    log: silentLog,
    registry,
    userAgent: 'Narthex/test',
    server: 'server',
    nextTurn: (fn) => {
      clock.setTimer(0, () => {
        turns++;
        onTurn();
        fn();
      });
    },
    openHttpClient: () => fakeHttpClient(() => ({ body: body() })),
  });
});

function configOf(settings: Partial<ScrapeConfig> = {}): ScrapeConfig {
  return scrapeConfig({ scrapeIntervalMs: 10_000, scrapeTimeoutMs: 5000, ...settings });
}

function start(): void {
  scraper.apply([configOf()], []);
  scraper.sync('job', [
    { source: '0', targets: [labelsFromObject({ __address__: 'h:1' })], labels: [] },
  ]);
}

const on = (name: string): string => `${name}{instance="h:1", job="job"}`;

describe('a page that is stored in slices', () => {
  it('lets others run in between, and is committed once', async () => {
    const committedAt: number[] = [];
    const waiting = new Set<number | undefined>();
    onTurn = () => {
      committedAt.push(commits);
      waiting.add(waitingPages());
    };
    start();
    await clock.advance(10_000);
    expect(commits).toBe(1);
    expect(turns).toBeGreaterThan(3);
    expect(seriesLogged).toBeGreaterThan(2);
    expect(waiting).toEqual(new Set([1, 0]));
    // Nothing of it before its end.
    expect(committedAt.filter((count) => count === 0).length).toBeGreaterThan(2);
    expect(storage.values(on('m0'))).toEqual([1]);
    expect(storage.values(on(`m${LINES - 1}`))).toEqual([1]);
    expect(storage.values(on('scrape_samples_scraped'))).toEqual([LINES]);
  });

  it('counts as failed where its end is wrong, and leaves nothing', async () => {
    body = () => `${pageOf(1)}{{\n`;
    start();
    await clock.advance(10_000);
    expect(rollbacks).toBe(1);
    expect(storage.values(on('m0'))).toEqual([]);
    expect(storage.values(on('up'))).toEqual([0]);
  });

  it('is dropped where the target goes meanwhile, and what was stored before ends', async () => {
    start();
    await clock.advance(10_000);
    expect(commits).toBe(1);
    body = () => pageOf(2, LINES * 2);
    let isGone = false;
    const before = turns;
    onTurn = () => {
      if (isGone || turns < before + 3) return;
      isGone = true;
      scraper.sync('job', []);
    };
    await clock.advance(40_000);
    expect(isGone).toBe(true);
    expect(rollbacks).toBe(1);
    expect(storage.values(on('m0'))).toEqual([1, 'stale']);
    expect(storage.values(on('m999'))).toEqual([1, 'stale']);
    expect(storage.values(on('m1999'))).toEqual([]);
  });

  it('is dropped without an end of its series where the server stops', async () => {
    start();
    await clock.advance(10_000);
    body = () => pageOf(2, LINES * 2);
    const before = turns;
    onTurn = () => {
      if (turns === before + 3) scraper.stop();
    };
    await clock.advance(40_000);
    expect([commits, rollbacks]).toEqual([1, 1]);
    expect(storage.values(on('m0'))).toEqual([1]);
  });

  it('keeps the labels that it began with where a reload changes them meanwhile', async () => {
    const before = turns;
    onTurn = () => {
      if (turns !== before + 3) return;
      const rule = createRelabelRule({ targetLabel: 'x', replacement: '1' });
      scraper.apply([configOf({ metricRelabelRules: [rule] })], []);
    };
    start();
    await clock.advance(10_000);
    expect(storage.values(on('m0'))).toEqual([1]);
    expect(storage.values(on('m999'))).toEqual([1]);
    await clock.advance(10_000);
    expect(storage.values(on('m0'))).toEqual([1, 'stale']);
    expect(storage.values(on('m999'))).toEqual([1, 'stale']);
    expect(storage.values('m999{instance="h:1", job="job", x="1"}')).toEqual([1]);
  });
});
