import { exponentialBuckets } from '#instrument';
import type { Registry } from '#instrument';

export interface HttpMetrics {
  /** `route` is the pattern, so that paths with names in them are one series. */
  observe(route: string, status: number, elapsedMs: number): void;
}

export function createHttpMetrics(registry: Registry): HttpMetrics {
  const requests = registry.counter({
    name: 'prometheus_http_requests_total',
    help: 'Counter of HTTP requests.',
    labelNames: ['handler', 'code'],
  });
  const durations = registry.histogram({
    name: 'prometheus_http_request_duration_seconds',
    help: 'Histogram of latencies for HTTP requests.',
    labelNames: ['handler'],
    buckets: exponentialBuckets(0.001, 4, 9),
  });
  return {
    observe: (route, status, elapsedMs) => {
      const handler = route === '' ? 'not_found' : route;
      requests.inc(1, [handler, String(status)]);
      durations.observe(elapsedMs / 1000, [handler]);
    },
  };
}
