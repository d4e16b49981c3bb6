// Random data sets: some dozen series of an hour or less, with what series have that is odd.
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram, type Span } from '#model';
import { Random } from '../simulation/random.ts';

export type DataValue = number | FloatHistogram | 'stale';

export interface DataPoint {
  readonly timestampMs: number;
  readonly value: DataValue;
}

export interface DataSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** By time, each once. */
  readonly points: readonly DataPoint[];
}

export interface Data {
  readonly series: readonly DataSeries[];
  readonly startMs: number;
  readonly endMs: number;
  /** Between scrapes. */
  readonly intervalMs: number;
}

export interface DataOptions {
  readonly hasHistograms: boolean;
  /**
   * For programs that treat bounds of windows and the extrapolation over gaps in another way: scrapes are regular, series
   * have no gaps, no sample is at a whole fifth of a second, and no label is called `__type__`.
   */
  readonly isRegular: boolean;
  /** When the data begins; a whole second where it is regular. */
  readonly startMs?: number;
}

export const INSTANCES: readonly string[] = ['a:1', 'b:1', 'c:1'];
export const JOBS: readonly string[] = ['api', 'web'];
const BOUNDS: readonly string[] = ['0.1', '0.5', '1', '5', '+Inf'];

/** 2023-11-14, on a whole 100 seconds. */
const BASE_MS = 1_700_000_000_000;

export function randomData(
  seed: number,
  options: DataOptions = { hasHistograms: true, isRegular: false },
): Data {
  return new Generation(new Random(seed), options).run();
}

/** The times of one target's scrapes. */
type Times = readonly number[];

class Generation {
  readonly #random: Random;
  readonly #options: DataOptions;
  readonly #intervalMs: number;
  readonly #startMs: number;
  readonly #count: number;
  readonly #series: DataSeries[] = [];

  constructor(random: Random, options: DataOptions) {
    this.#random = random;
    this.#options = options;
    this.#intervalMs = random.pick([15_000, 30_000, 10_000, 60_000, 7000]);
    this.#count = random.between(20, 50);
    const odd = random.chance(0.3) ? random.between(0, 99_999) : 0;
    const base = random.chance(0.1) && !options.isRegular ? 0 : BASE_MS;
    this.#startMs = options.startMs ?? base + odd;
  }

  run(): Data {
    for (const instance of INSTANCES) {
      for (const job of JOBS) this.#addTarget({ instance, job });
    }
    this.#add({ __name__: 'one' }, this.#times(), this.#gauge());
    this.#add(
      { __name__: 'grüße.größe', 'sehr.gut': 'ja', instance: 'a:1' },
      this.#times(),
      this.#gauge(),
    );
    this.#add(
      { __name__: 'grüße.größe', 'sehr.gut': 'nein', instance: 'b:1' },
      this.#times(),
      this.#gauge(),
    );
    if (this.#options.hasHistograms) this.#addBothKinds();
    const endMs = this.#startMs + this.#count * this.#intervalMs;
    const series = this.#series.filter(({ points }) => points.length > 0);
    return { series, startMs: this.#startMs, endMs, intervalMs: this.#intervalMs };
  }

  /** A histogram that is classic and native. */
  #addBothKinds(): void {
    const times = this.#times();
    const labels = { __name__: 'both', instance: 'a:1' };
    this.#add(labels, times, this.#histograms({ custom: 0.5, gauge: 0 }));
    for (const le of BOUNDS) this.#add({ ...labels, le }, times.slice(5), this.#fewValues());
  }

  #addTarget(target: { readonly instance: string; readonly job: string }): void {
    const random = this.#random;
    const times = this.#times();
    if (random.chance(0.1)) return;
    for (const code of ['200', '500']) {
      this.#add({ __name__: 'requests_total', code, ...target }, times, this.#counter());
    }
    const zone = random.pick(['', 'eu', 'us']);
    this.#add({ __name__: 'gauge', ...target, zone }, times, this.#gauge());
    this.#add({ __name__: 'level', ...target }, times, this.#fewValues());
    const isOdd = random.chance(0.6) && !this.#options.isRegular;
    if (isOdd) this.#add({ __name__: 'odd', ...target }, times, this.#oddNumbers());
    this.#addClassic(target, times);
    this.#addInfo(target, times);
    const type = this.#options.isRegular ? '' : 'gauge';
    this.#add({ __name__: 'typed', __type__: type, ...target }, times, this.#gauge());
    this.#add(
      { __name__: 'build_info', ...target, revision: random.pick(['x', 'y']) },
      times,
      () => 1,
    );
    if (this.#options.hasHistograms) this.#addNative(target, times);
  }

  /** Some targets get another version; the old one may still be in the lookback. */
  #addInfo(target: Readonly<Record<string, string>>, times: Times): void {
    const random = this.#random;
    const version = random.pick(['1', '2', '10']);
    const labels = { __name__: 'target_info', ...target, region: 'r1' };
    const changesAt = random.chance(0.3) ? random.between(0, times.length) : times.length;
    this.#add({ ...labels, version }, times.slice(0, changesAt), () => 1);
    this.#add({ ...labels, version: `${version}0` }, times.slice(changesAt), () => 1);
  }

  #addClassic(target: Readonly<Record<string, string>>, times: Times): void {
    const random = this.#random;
    const { isRegular } = this.#options;
    const steps = BOUNDS.map(() => random.between(0, 9));
    const atScrape = (i: number, bucket: number): number => {
      let count = 0;
      for (let k = 0; k <= bucket; k++) count += steps[k] * (isRegular ? i : i % 37);
      return count;
    };
    const index = new Map(times.map((timeMs, i) => [timeMs, i]));
    const of = (compute: (i: number) => number) => (timeMs: number) =>
      compute(index.get(timeMs) ?? 0);
    for (const [bucket, le] of BOUNDS.entries()) {
      const name = '__name__';
      const labels = { [name]: 'latency_seconds_bucket', ...target, le };
      const isBroken = random.chance(0.05) && !isRegular;
      this.#add(
        labels,
        times,
        of((i) => (isBroken ? random.between(0, 20) : atScrape(i, bucket))),
      );
    }
    const last = BOUNDS.length - 1;
    this.#add(
      { __name__: 'latency_seconds_count', ...target },
      times,
      of((i) => atScrape(i, last)),
    );
    this.#add(
      { __name__: 'latency_seconds_sum', ...target },
      times,
      of((i) => atScrape(i, last) / 4),
    );
  }

  #addNative(target: Readonly<Record<string, string>>, times: Times): void {
    const random = this.#random;
    this.#add({ __name__: 'native', ...target }, times, this.#histograms({ custom: 0, gauge: 0 }));
    this.#add({ __name__: 'custom', ...target }, times, this.#histograms({ custom: 1, gauge: 0 }));
    if (random.chance(0.5)) {
      this.#add({ __name__: 'size', ...target }, times, this.#histograms({ custom: 0, gauge: 1 }));
    }
    if (random.chance(0.3)) {
      const kinds = this.#histograms({ custom: 0.5, gauge: 0.2 });
      const floats = this.#counter();
      const isFloatMs = random.between(1, 10) * this.#intervalMs;
      this.#add({ __name__: 'mixed', ...target }, times, (timeMs) =>
        Math.floor(timeMs / isFloatMs) % 2 === 0 ? kinds() : floats(),
      );
    }
  }

  /** Some series begin late, end early, miss scrapes. A series that ends may say so. */
  #add(
    labels: Readonly<Record<string, string>>,
    times: Times,
    value: (timeMs: number) => DataValue,
  ): void {
    const random = this.#random;
    const { isRegular } = this.#options;
    const first = random.chance(0.15) ? random.between(isRegular ? 3 : 0, times.length) : 0;
    const last = random.chance(0.15) ? random.between(0, times.length) : times.length;
    const gaps = random.chance(0.2) && !isRegular ? 0.2 : 0;
    const stale = random.chance(0.2) && !isRegular ? 0.08 : 0;
    const points: DataPoint[] = [];
    for (const timestampMs of times.slice(first, last)) {
      if (random.chance(gaps)) continue;
      points.push({ timestampMs, value: random.chance(stale) ? 'stale' : value(timestampMs) });
    }
    if (last < times.length && random.chance(0.6)) {
      points.push({ timestampMs: times[last], value: 'stale' });
    }
    const given = Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== ''));
    this.#series.push({ labels: given, points });
  }

  #times(): Times {
    const random = this.#random;
    const { isRegular } = this.#options;
    if (isRegular) {
      const offsetMs = random.between(0, this.#intervalMs / 1000 - 1) * 1000 + 437;
      return Array.from(
        { length: this.#count },
        (_, i) => this.#startMs + i * this.#intervalMs + offsetMs,
      );
    }
    const offsetMs = random.between(0, this.#intervalMs - 1);
    const jitterMs = random.pick([0, 0, 3, 2000, this.#intervalMs - 1]);
    const times: number[] = [];
    for (let i = 0; i < this.#count; i++) {
      const shiftMs = random.chance(0.3) ? 0 : offsetMs;
      const timeMs = this.#startMs + i * this.#intervalMs + shiftMs + random.between(0, jitterMs);
      if (timeMs > (times.at(-1) ?? -Infinity)) times.push(timeMs);
    }
    return times;
  }

  /** Eighths, so that sums are exact in any order. */
  #gauge(): () => number {
    const random = this.#random;
    const scale = random.pick([8, 8, 1, 1000]);
    let value = random.between(-1000, 1000);
    return () => {
      if (!random.chance(0.3)) value += random.between(-200, 200);
      return value / scale;
    };
  }

  #fewValues(): () => number {
    const random = this.#random;
    return () => random.pick([0, 1, 2, 2, 3, -1]);
  }

  #counter(): () => number {
    const random = this.#random;
    const resets = random.chance(0.5) ? 0.06 : 0;
    const { isRegular } = this.#options;
    let value = random.pick(isRegular ? [1e6, 1e9] : [0, 0, 5, 1e6, 2 ** 53 - 100]);
    return () => {
      if (random.chance(resets)) value = random.pick([0, 0, 3]);
      else value += random.pick([0, 1, 1, 7, 30, 0.5]);
      return value;
    };
  }

  #oddNumbers(): () => number {
    const random = this.#random;
    const numbers = random.pick([
      [NaN, 1, 2, 3],
      [Infinity, -Infinity, 0, 1],
      [-0, 0, 1, -1],
      [5e-324, 2e-310, 1e-300, 0],
      [1e308, 1.7e308, -1.7e308, 1],
      [NaN, Infinity, -Infinity, -0, 1e-9, 1e15, 123456.789],
    ]);
    return () => random.pick(numbers);
  }

  #histograms(chances: { readonly custom: number; readonly gauge: number }): () => FloatHistogram {
    const random = this.#random;
    let last: FloatHistogram | undefined = undefined;
    const changes = random.pick([0, 0.05, 0.2]);
    return () => {
      const isGauge = random.chance(chances.gauge);
      const isFresh = last === undefined || random.chance(changes);
      last =
        isFresh || last === undefined ? this.#freshHistogram(chances.custom) : this.#grown(last);
      return isGauge ? { ...last, counterResetHint: 'gauge' } : last;
    };
  }

  #freshHistogram(customChance: number): FloatHistogram {
    const random = this.#random;
    const isCustom = random.chance(customChance);
    const positiveSpans = isCustom ? [{ offset: random.between(0, 1), length: 3 }] : this.#spans();
    const negativeSpans = isCustom || random.chance(0.7) ? [] : this.#spans();
    return counted({
      counterResetHint: 'unknown',
      schema: isCustom ? CUSTOM_BUCKETS_SCHEMA : random.pick([0, 1, 1, 2, 3, -1]),
      zeroThreshold: isCustom ? 0 : random.pick([0, 0.001, 0.001, 0.5]),
      zeroCount: isCustom ? 0 : random.pick([0, 2, 3]),
      count: 0,
      sum: random.between(0, 100) / 4,
      positiveSpans,
      negativeSpans,
      positiveBuckets: this.#counts(positiveSpans),
      negativeBuckets: this.#counts(negativeSpans),
      customValues: isCustom
        ? random.pick([
            [1, 2, 3],
            [1, 2, 3],
            [1, 3, 5],
            [-1, 2, 4],
          ])
        : [],
    });
  }

  #grown(last: FloatHistogram): FloatHistogram {
    const random = this.#random;
    const grow = (count: number): number => count + random.pick([0, 0, 1, 4]);
    // A reset that the count may hide.
    const zeroFalls = last.zeroCount > 0 && random.chance(0.05);
    return counted({
      ...last,
      counterResetHint: 'unknown',
      sum: last.sum + random.between(0, 40) / 4,
      zeroCount: last.schema === CUSTOM_BUCKETS_SCHEMA ? 0 : zeroFalls ? 0 : grow(last.zeroCount),
      positiveBuckets: last.positiveBuckets.map(grow),
      negativeBuckets: last.negativeBuckets.map(grow),
    });
  }

  #spans(): Span[] {
    const random = this.#random;
    return Array.from({ length: random.between(1, 2) }, (_, i) => ({
      offset: i === 0 ? random.between(-3, 3) : random.between(1, 3),
      length: random.between(1, 3),
    }));
  }

  #counts(spans: readonly Span[]): number[] {
    const length = spans.reduce((sum, span) => sum + span.length, 0);
    return Array.from({ length }, () => this.#random.between(1, 6));
  }
}

function counted(histogram: FloatHistogram): FloatHistogram {
  const { zeroCount, positiveBuckets, negativeBuckets } = histogram;
  const count = [...positiveBuckets, ...negativeBuckets].reduce((a, b) => a + b, zeroCount);
  return { ...histogram, count };
}
