import { createHistogram } from 'node:perf_hooks';
import type { MetricFamily } from '#model';
import type { Clock, Timer } from '#platform';

/**
 * How often it is looked. Node's own monitor looks a hundred times a second and takes half a percent of a core for
 * that while nothing else happens.
 */
const INTERVAL_MS = 100;

/** How late the main thread comes to its work, since it was last asked; names as prom-client's. */
export class EventLoopLag {
  readonly #clock: Clock;
  readonly #histogram = createHistogram();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    const dueMs = this.#clock.monotonicMs() + INTERVAL_MS;
    this.#timer = this.#clock.setTimer(INTERVAL_MS, () => {
      const lateMs = this.#clock.monotonicMs() - dueMs;
      // The histogram takes whole nanoseconds above zero.
      this.#histogram.record(Math.max(1, Math.round(lateMs * 1e6)));
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Begins anew. */
  families(): MetricFamily[] {
    const histogram = this.#histogram;
    const families = [
      lag('mean', 'mean', histogram.mean),
      lag('max', 'maximum', histogram.count === 0 ? 0 : histogram.max),
      lag('p50', '50th percentile', histogram.percentile(50)),
      lag('p90', '90th percentile', histogram.percentile(90)),
      lag('p99', '99th percentile', histogram.percentile(99)),
    ];
    histogram.reset();
    return families;
  }
}

function lag(suffix: string, what: string, nanoseconds: number): MetricFamily {
  const value = Number.isNaN(nanoseconds) ? 0 : nanoseconds / 1e9;
  return {
    name: `nodejs_eventloop_lag_${suffix}_seconds`,
    help: `The ${what} of the recorded event loop delays in seconds.`,
    type: 'gauge',
    metrics: [{ labels: [], value }],
  };
}
