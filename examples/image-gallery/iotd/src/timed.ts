import { Gauge, register, Summary } from 'prom-client';

/** How long a longest call stays in `_max` before it is forgotten. */
const MAX_WINDOW_MS = 120_000;

const LABEL_NAMES = ['class', 'exception', 'method'] as const;

const duration = new Summary({
  name: 'method_timed_seconds',
  help: 'Time spent in timed methods',
  labelNames: LABEL_NAMES,
  percentiles: [],
});

const longest = new Map<string, { seconds: number; untilMs: number; labels: Labels }>();

interface Labels {
  readonly class: string;
  readonly exception: string;
  readonly method: string;
}

const longestGauge = new Gauge({
  name: 'method_timed_seconds_max',
  help: 'Longest call of a timed method in the last two minutes',
  labelNames: LABEL_NAMES,
  registers: [],
  collect() {
    const nowMs = Date.now();
    for (const entry of longest.values()) {
      this.set({ ...entry.labels }, entry.untilMs > nowMs ? entry.seconds : 0);
    }
  },
});

register.registerMetric(longestGauge);

/** Runs a method and records how long it took, under the name of the error where it threw one. */
export async function timed<T>(
  className: string,
  method: string,
  run: () => Promise<T>,
): Promise<T> {
  const startMs = performance.now();
  let exception = 'none';
  try {
    return await run();
  } catch (error) {
    exception = error instanceof Error ? error.name : 'unknown';
    throw error;
  } finally {
    record({ class: className, exception, method }, (performance.now() - startMs) / 1000);
  }
}

function record(labels: Labels, seconds: number): void {
  duration.observe({ ...labels }, seconds);
  const key = `${labels.class}/${labels.method}/${labels.exception}`;
  const known = longest.get(key);
  const nowMs = Date.now();
  if (known === undefined || known.untilMs < nowMs || known.seconds <= seconds) {
    longest.set(key, { seconds, untilMs: nowMs + MAX_WINDOW_MS, labels });
  }
}
