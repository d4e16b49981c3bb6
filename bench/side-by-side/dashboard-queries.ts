/** What a dashboard asks, over the `dashboard` data of `written-series.mjs`. */
export interface DashboardQuery {
  readonly name: string;
  readonly text: string;
  /** `range`: an hour at 15 s; `long`: all that was written, at 60 s; `instant`: at its end. */
  readonly kind: 'range' | 'long' | 'instant';
  /** VictoriaMetrics means the same by it; its rate and its windows are others. */
  readonly sameInVictoriaMetrics?: true;
  /** Rows with the same value may stand for each other: only values are compared. */
  readonly ties?: true;
  /** Reads every series of `http_requests_total`: 10,000 where there are 50 instances. */
  readonly wide?: true;
}

const same = { sameInVictoriaMetrics: true } as const;
const wide = { wide: true } as const;

function range(name: string, text: string, more: Partial<DashboardQuery> = {}): DashboardQuery {
  return { name, text, kind: 'range', ...more };
}

function long(name: string, text: string, more: Partial<DashboardQuery> = {}): DashboardQuery {
  return { name, text, kind: 'long', ...more };
}

function instant(name: string, text: string, more: Partial<DashboardQuery> = {}): DashboardQuery {
  return { name, text, kind: 'instant', ...more };
}

const REQUESTS = 'http_requests_total';
const BUCKETS = 'http_request_duration_seconds_bucket';
const CPU = 'container_cpu_usage_seconds_total';
const MEMORY = 'container_memory_usage_bytes';

export const DASHBOARD_QUERIES: readonly DashboardQuery[] = [
  range('rate-by-handler', `sum by (handler) (rate(${REQUESTS}[5m]))`, wide),
  range('rate-total', `sum(rate(${REQUESTS}[1m]))`, wide),
  range('count-by-code', `count by (code) (${REQUESTS})`, { ...wide, ...same }),
  range('increase-by-instance', `sum by (instance) (increase(${REQUESTS}[10m]))`, wide),
  long('long-rate-by-handler', `sum by (handler) (rate(${REQUESTS}[5m]))`, wide),
  long('long-sum-by-code', `sum by (code) (${REQUESTS})`, { ...wide, ...same }),
  range('errors-by-instance', `sum by (instance) (rate(${REQUESTS}{code=~"5.."}[5m]))`),
  range(
    'error-share',
    `sum by (handler) (rate(${REQUESTS}{code=~"5.."}[5m])) / sum by (handler) (rate(${REQUESTS}[5m]))`,
    wide,
  ),
  range('top-instances', `topk(5, sum by (instance) (rate(${REQUESTS}[5m])))`, {
    ...wide,
    ties: true,
  }),
  range('one-instance', `rate(${REQUESTS}{instance="web-1:8080"}[5m])`),
  range(
    'regex-not',
    `sum(rate(${REQUESTS}{handler!~"/api/v1/(images|users)/.*",code!="200"}[5m]))`,
  ),
  range(
    'against-before',
    `sum(rate(${REQUESTS}{code="200"}[5m])) - sum(rate(${REQUESTS}{code="200"}[5m] offset 30m))`,
  ),
  range(
    'latency-quantile',
    `histogram_quantile(0.95, sum by (le, handler) (rate(${BUCKETS}[5m])))`,
  ),
  range(
    'latency-by-instance',
    `histogram_quantile(0.99, sum by (le, instance) (rate(${BUCKETS}[5m])))`,
  ),
  long('long-latency-quantile', `histogram_quantile(0.5, sum by (le) (rate(${BUCKETS}[5m])))`),
  range(
    'apdex',
    `sum(rate(${BUCKETS}{le="0.25"}[5m])) / ignoring(le) sum by (le) (rate(${BUCKETS}{le="+Inf"}[5m]))`,
  ),
  range('memory-raw', `${MEMORY}{instance=~"web-1.*"}`, same),
  range('memory-max', `max_over_time(${MEMORY}[5m])`),
  range('memory-average', `avg by (container) (${MEMORY})`, same),
  range('memory-quantile', `quantile by (instance) (0.9, ${MEMORY})`, same),
  range('memory-deviation', `stddev by (image) (${MEMORY})`, same),
  range('memory-filter', `${MEMORY} > 2.5e8`, same),
  range('cpu-per-byte', `rate(${CPU}[5m]) / on (instance, container) (${MEMORY} + 1)`),
  range('group-left', `${MEMORY} * on (instance) group_left () node_load1`, same),
  range('cpu-irate', `sum by (container) (irate(${CPU}[5m]))`),
  range('predict', `predict_linear(${MEMORY}{container="gallery-3"}[30m], 3600)`),
  range('load-average', `avg_over_time(node_load1[10m])`),
  range('load-deriv', `deriv(node_load1[10m])`),
  range('up-changes', `changes(up[1h])`),
  range('down', `up == 0`, same),
  range('absent', `absent(up{job="nowhere"})`, same),
  range(
    'renamed',
    `label_replace(sum by (instance) (${MEMORY}), "host", "$1", "instance", "(.*):.*")`,
    same,
  ),
  range(
    'subquery',
    `max_over_time(sum(rate(${REQUESTS}{handler="/api/v1/images/0"}[5m]))[1775s:1m])`,
  ),
  instant('instant-rate', `sum by (handler) (rate(${REQUESTS}[5m]))`, wide),
  instant('instant-count', `count(${REQUESTS})`, { ...wide, ...same }),
  instant('instant-rows', REQUESTS, { ...wide, ...same }),
  instant('instant-top', `topk(10, rate(${REQUESTS}[5m]))`, { ...wide, ties: true }),
  instant('instant-cardinality', `count by (__name__) ({__name__=~".+"})`, { ...wide, ...same }),
];
