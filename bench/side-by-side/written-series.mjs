// The series that the benchmarks write by remote write: labels, and values that depend on nothing but
// the number of the series and of the step, so that every run writes the same bytes.

const SERIES_A_TARGET = 1000;
const SERIES_A_METRIC = 20;

/**
 * As a Prometheus sends them on: target by target, metric by metric. A third each of counters, slow gauges
 * and noisy doubles. Each generation has containers, and so series, of its own.
 */
export function plainSeries(count, generation = 0) {
  return Array.from({ length: count }, (_, i) => {
    const target = Math.floor(i / SERIES_A_TARGET);
    const metric = Math.floor((i % SERIES_A_TARGET) / SERIES_A_METRIC);
    const kind = metric % 3;
    const container = (generation * 1_000_003 + target).toString(16).padStart(12, '0');
    return {
      labels: {
        __name__: kind === 0 ? `demo_requests_${metric}_total` : `demo_level_${metric}`,
        container: `gallery-${target}`,
        id: `/docker/${container}`,
        instance: `10.0.${target >> 8}.${target & 255}:9100`,
        job: 'demo',
        method: ['GET', 'POST', 'PUT', 'DELETE'][i % 4],
        part: String(metric),
        path: `/api/v1/thing/${i % SERIES_A_METRIC}`,
        status: String(200 + (i % 5)),
      },
      seed: i,
      next:
        kind === 0
          ? (_, step) => step * (i % 17) + i
          : kind === 1
            ? (_, step) => (step >> 4) + i
            : (random) => (random % 100_000) / 10,
    };
  });
}

const BOUNDS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf'];
const SHARES = [0.1, 0.25, 0.4, 0.6, 0.75, 0.85, 0.92, 0.97, 0.99, 1];

/** What the dashboards of a small shop look at; with 50 instances 10,000 series of requests. */
export function dashboardSeries(instances) {
  const series = [];
  for (let n = 0; n < instances; n++) addInstance(series, `web-${n}:8080`, n);
  for (const [i, one] of series.entries()) one.seed ??= i;
  return series;
}

function addInstance(series, instance, n) {
  const common = { instance, job: 'gallery' };
  series.push({
    labels: { __name__: 'up', ...common },
    next: (random) => (random % 500 === 0 ? 0 : 1),
  });
  series.push({ labels: { __name__: 'node_load1', ...common }, next: walk(2, 0.01) });
  for (let i = 0; i < 200; i++) {
    const labels = {
      __name__: 'http_requests_total',
      ...common,
      handler: `/api/v1/${['images', 'users', 'albums', 'search'][i % 4]}/${i % 20}`,
      method: i % 40 < 20 ? 'GET' : 'POST',
      code: ['200', '201', '404', '500', '503'][Math.floor(i / 40)],
    };
    series.push({ labels, next: counter((i % 7) * 5 + 1, 2000) });
  }
  for (let i = 0; i < 20; i++) {
    const labels = { ...common, container: `gallery-${i}`, image: `gallery:${i % 4}` };
    const memory = { __name__: 'container_memory_usage_bytes', ...labels };
    series.push({ labels: memory, next: pages(walk(50_000 + 1000 * i, 200)) });
    const cpu = { __name__: 'container_cpu_usage_seconds_total', ...labels };
    series.push({ labels: cpu, next: fraction(counter(1000 + i, 5000)) });
  }
  for (let handler = 0; handler < 4; handler++) {
    for (let b = 0; b < BOUNDS.length; b++) {
      const labels = {
        __name__: 'http_request_duration_seconds_bucket',
        ...common,
        handler: `/api/v1/${handler}`,
        le: BOUNDS[b],
      };
      // All buckets of a histogram run on one seed, so that they never contradict each other.
      const seed = 1_000_000 + n * 4 + handler;
      series.push({ labels, seed, next: share(counter(50, 4000), SHARES[b]) });
    }
  }
}

function counter(stepMax, stepsBetweenResets) {
  // Not 0: how a rate is extended before a series that begins at 0 differs by version.
  let value = 1000 * stepMax;
  return (random) => {
    value = (random >>> 8) % stepsBetweenResets === 0 ? 0 : value + (random % stepMax);
    return value;
  };
}

function share(next, part) {
  return (random) => Math.floor(next(random) * part);
}

function fraction(next) {
  return (random) => next(random) / 1000;
}

function walk(start, stepSize) {
  let value = start;
  return (random) => {
    value = Math.max(0, value + ((random % 2001) - 1000) * 0.001 * stepSize);
    return value;
  };
}

function pages(next) {
  return (random) => Math.floor(next(random)) * 4096;
}
