import { STALE_HISTOGRAM, STALE_NAN } from '#model';
import type { FloatHistogram } from '#model';
import type { LabelPairs } from './naive-storage.ts';
import type { Random } from './random.ts';

export type Value = number | FloatHistogram;

/** One series of a container. */
export interface ContainerSeries {
  readonly labels: LabelPairs;
  readonly next: () => Value;
  readonly staleMarker: Value;
}

/** A container as a scrape sees it. */
export interface Container {
  readonly series: readonly ContainerSeries[];
  /** Within the scrape interval, in milliseconds. */
  readonly offsetMs: number;
  readonly endsAtMs: number;
  /** Whether it is scraped once more after its end, and found gone. */
  readonly isEndSeen: boolean;
}

const MINUTE_MS = 60_000;
const SERIES = 9;
/** Of containers. A few stay for hours, most for minutes. */
const LONG_SHARE = 0.01;
const END_SEEN_SHARE = 0.9;
/** Comes back under the same labels. */
const RESTART_SHARE = 0.1;

/** Containers that come and go, always so many of them. */
export class Containers {
  readonly #random: Random;
  readonly #count: number;
  #running: Container[] = [];
  /** Ids of those that ended, and may come back. */
  #ended: number[] = [];
  readonly #ids = new Map<Container, number>();
  started = 0;

  constructor(random: Random, count: number) {
    this.#random = random;
    this.#count = count;
  }

  get running(): readonly Container[] {
    return this.#running;
  }

  /** Those that ended since; others begin in their place. */
  turn(nowMs: number): readonly Container[] {
    const ended = this.#running.filter(({ endsAtMs }) => endsAtMs <= nowMs);
    this.#running = this.#running.filter(({ endsAtMs }) => endsAtMs > nowMs);
    const before = this.#ended;
    while (this.#running.length < this.#count) this.#running.push(this.#start(nowMs, before));
    this.#ended = [...before, ...ended.map((one) => this.#ids.get(one) ?? 0)].slice(-50);
    for (const one of ended) this.#ids.delete(one);
    return ended;
  }

  #start(nowMs: number, ended: number[]): Container {
    const random = this.#random;
    let id = ++this.started;
    if (ended.length > 0 && random.chance(RESTART_SHARE)) {
      const [again = id] = ended.splice(random.between(0, ended.length - 1), 1);
      id = again;
    }
    const isLong = random.chance(LONG_SHARE);
    const minutes = isLong ? random.between(60, 1200) : random.between(2, 15);
    const container: Container = {
      series: this.#makeSeries(id),
      offsetMs: random.between(0, MINUTE_MS - 1),
      endsAtMs: nowMs + minutes * MINUTE_MS,
      isEndSeen: random.chance(END_SEEN_SHARE),
    };
    this.#ids.set(container, id);
    return container;
  }

  #makeSeries(id: number): readonly ContainerSeries[] {
    const random = this.#random;
    const common: LabelPairs = [
      ['container', `c${id}`],
      ['image', `registry.example/app-${id % 7}:v${id % 3}`],
      ['instance', `10.0.${id >> 8}.${id & 255}:8080`],
      ['job', `job-${id % 4}`],
    ];
    const named = (name: string): LabelPairs => [['__name__', name], ...common];
    const floats = Array.from({ length: SERIES }, (_, i): ContainerSeries => ({
      labels: named(`metric_${i}`),
      next: floatsOf(random, i),
      staleMarker: STALE_NAN,
    }));
    const next = histogramsOf(random);
    const histogram = { labels: named('latency_seconds'), next, staleMarker: STALE_HISTOGRAM };
    return id % 5 === 0 ? [...floats, histogram] : floats;
  }
}

/** Counters, constants, noise and what is rarely something else. */
function floatsOf(random: Random, kind: number): () => number {
  let value = random.between(0, 1000);
  if (kind < 4) return () => (value += random.between(0, 50));
  if (kind < 6) return () => value;
  if (kind < 8) return () => random.next() * 1e9 - 5e8;
  return () => random.pick([0, -0, Number.NaN, Infinity, value]);
}

function histogramsOf(random: Random): () => FloatHistogram {
  const buckets = [random.between(0, 9), random.between(0, 9), random.between(0, 9)];
  let sum = 0;
  return () => {
    buckets[random.between(0, 2)] += random.between(0, 5);
    sum += random.next();
    return {
      counterResetHint: 'unknown',
      schema: 2,
      zeroThreshold: 1e-6,
      zeroCount: 0,
      count: buckets[0] + buckets[1] + buckets[2],
      sum,
      positiveSpans: [{ offset: 1, length: 3 }],
      negativeSpans: [],
      positiveBuckets: [...buckets],
      negativeBuckets: [],
      customValues: [],
    };
  };
}
