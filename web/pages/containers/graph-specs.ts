import type { ChartUnit } from '../../query/graph/Chart.tsx';
import { named } from './container-values.ts';
import {
  BYTE_RATE_UNIT,
  BYTES_UNIT,
  COUNT_UNIT,
  CPU_UNIT,
  RATE_UNIT,
  SECONDS_UNIT,
  SHARE_UNIT,
} from './units.ts';

export interface LineSpec {
  /** As the legend names it; no quotes. */
  readonly title: string;
  /** What must be there for the line to make sense. */
  readonly metric: string;
  readonly expr: (selector: string, window: string) => string;
  /** Index of the palette. */
  readonly colour: number;
  readonly isLimit?: boolean;
  readonly isFilled?: boolean;
}

export interface GraphSpec {
  readonly key: string;
  readonly title: string;
  readonly unit: ChartUnit;
  readonly lines: readonly LineSpec[];
  /** Shown though there is nothing in it. */
  readonly isAlways?: boolean;
}

const BLUE = 0;
const ORANGE = 1;
const GREEN = 2;
const VIOLET = 3;
const PINK = 5;
const RED = 10;

/** A label that no metric has: which line of a graph a series is. */
export const LINE_LABEL = 'narthex_line';

export interface RateTimes {
  readonly stepMs: number;
  /** Rates look back as far at least, and as far as a step. */
  readonly windowSeconds: number;
}

/** One query for all lines of a graph. */
export function graphQuery(spec: GraphSpec, selector: string, times: RateTimes): string {
  const window = `${Math.max(times.windowSeconds, Math.ceil(times.stepMs / 1000))}s`;
  return spec.lines
    .map(({ title, expr }) => named(expr(selector, window), LINE_LABEL, title))
    .join(' or ');
}

type LineChoices = Pick<LineSpec, 'isLimit' | 'isFilled'>;

/** Summed where it is measured in parts, but once where two measure the same. */
function total(expr: string): string {
  return `max(sum by (job, instance) (${expr}))`;
}

function gauge(title: string, metric: string, colour: number, more: LineChoices = {}): LineSpec {
  return { title, metric, colour, ...more, expr: (selector) => total(`${metric}${selector}`) };
}

function rate(title: string, metric: string, colour: number, more: LineChoices = {}): LineSpec {
  return {
    title,
    metric,
    colour,
    ...more,
    expr: (selector, window) => total(`rate(${metric}${selector}[${window}])`),
  };
}

/** 0 stands for none. */
function limit(metric: string, unit = ''): LineSpec {
  return {
    title: 'limit',
    metric,
    colour: RED,
    isLimit: true,
    expr: (selector) =>
      `max(${metric}${selector}${unit === '' ? '' : ` / ${unit}${selector}`}) > 0`,
  };
}

/** Of one container; the selector is `{name="..."}`. */
export const CONTAINER_GRAPHS: readonly GraphSpec[] = [
  {
    key: 'cpu',
    title: 'CPU',
    unit: CPU_UNIT,
    isAlways: true,
    lines: [
      rate('used', 'container_cpu_usage_seconds_total', BLUE, { isFilled: true }),
      rate('throttled', 'container_cpu_cfs_throttled_seconds_total', ORANGE),
      limit('container_spec_cpu_quota', 'container_spec_cpu_period'),
    ],
  },
  {
    key: 'memory',
    title: 'Memory',
    unit: BYTES_UNIT,
    isAlways: true,
    lines: [
      gauge('working set', 'container_memory_working_set_bytes', BLUE, { isFilled: true }),
      gauge('anonymous (rss)', 'container_memory_rss', GREEN),
      gauge('cache', 'container_memory_cache', VIOLET),
      limit('container_spec_memory_limit_bytes'),
    ],
  },
  {
    key: 'network',
    title: 'Network',
    unit: BYTE_RATE_UNIT,
    lines: [
      rate('in', 'container_network_receive_bytes_total', BLUE),
      rate('out', 'container_network_transmit_bytes_total', ORANGE),
    ],
  },
  {
    key: 'disk',
    title: 'Block I/O',
    unit: BYTE_RATE_UNIT,
    lines: [
      rate('read', 'container_fs_reads_bytes_total', BLUE),
      rate('written', 'container_fs_writes_bytes_total', ORANGE),
    ],
  },
  {
    key: 'tasks',
    title: 'Processes and threads',
    unit: COUNT_UNIT,
    lines: [
      gauge('threads', 'container_threads', BLUE),
      gauge('processes', 'container_processes', GREEN),
      limit('container_threads_max'),
    ],
  },
  {
    key: 'pressure',
    title: 'Waiting for (pressure)',
    unit: SHARE_UNIT,
    lines: [
      rate('CPU', 'container_pressure_cpu_waiting_seconds_total', BLUE),
      rate('memory', 'container_pressure_memory_waiting_seconds_total', PINK),
      rate('I/O', 'container_pressure_io_waiting_seconds_total', GREEN),
    ],
  },
];

function quantiles(metric: string): LineSpec[] {
  const line = (title: string, quantile: string, colour: number): LineSpec => ({
    title,
    metric,
    colour,
    expr: (selector, window) =>
      `histogram_quantile(${quantile}, sum by (le) (rate(${metric}${selector}[${window}])))`,
  });
  return [line('p99', '0.99', RED), line('p95', '0.95', ORANGE), line('median', '0.5', BLUE)];
}

/** Clients and frameworks name the code of an answer differently; what has no such label adds nothing. */
function serverErrors(metric: string): LineSpec {
  const parts = ['code', 'status', 'status_code'];
  return {
    title: 'failed (5xx)',
    metric,
    colour: RED,
    expr: (selector, window) => {
      const inner = selector.slice(1, -1);
      const failed = parts.map(
        (label) => `sum(rate(${metric}{${inner},${label}=~"5.."}[${window}]))`,
      );
      return failed.join(' or ');
    },
  };
}

/** Of an application; the selector is that of its target. Lines whose metric it does not have fall away. */
const APPLICATION_GRAPHS: readonly GraphSpec[] = [
  {
    key: 'requests',
    title: 'Requests',
    unit: RATE_UNIT,
    lines: [
      rate('all', 'http_requests_total', BLUE, { isFilled: true }),
      serverErrors('http_requests_total'),
    ],
  },
  {
    key: 'requests-timed',
    title: 'Requests, of their durations',
    unit: RATE_UNIT,
    lines: [
      rate('all', 'http_request_duration_seconds_count', BLUE, { isFilled: true }),
      rate('all (Spring)', 'http_server_requests_seconds_count', BLUE, { isFilled: true }),
    ],
  },
  {
    key: 'latency',
    title: 'Request duration',
    unit: SECONDS_UNIT,
    lines: quantiles('http_request_duration_seconds_bucket'),
  },
  {
    key: 'latency-spring',
    title: 'Request duration (Spring)',
    unit: SECONDS_UNIT,
    lines: quantiles('http_server_requests_seconds_bucket'),
  },
  {
    key: 'app-memory',
    title: 'Memory of the process',
    unit: BYTES_UNIT,
    lines: [
      gauge('resident', 'process_resident_memory_bytes', BLUE, { isFilled: true }),
      gauge('heap (Node.js)', 'nodejs_heap_size_used_bytes', GREEN),
      gauge('heap (Go)', 'go_memstats_heap_inuse_bytes', GREEN),
      {
        title: 'heap (JVM)',
        metric: 'jvm_memory_used_bytes',
        colour: GREEN,
        expr: (selector) => total(`jvm_memory_used_bytes{${selector.slice(1, -1)},area="heap"}`),
      },
    ],
  },
  {
    key: 'app-cpu',
    title: 'CPU of the process',
    unit: CPU_UNIT,
    lines: [rate('used', 'process_cpu_seconds_total', BLUE, { isFilled: true })],
  },
  {
    key: 'event-loop',
    title: 'Event loop lag',
    unit: SECONDS_UNIT,
    lines: [
      gauge('now', 'nodejs_eventloop_lag_seconds', BLUE),
      gauge('p99', 'nodejs_eventloop_lag_p99_seconds', ORANGE),
    ],
  },
  {
    key: 'app-threads',
    title: 'Threads and goroutines',
    unit: COUNT_UNIT,
    lines: [
      gauge('goroutines', 'go_goroutines', BLUE),
      gauge('OS threads', 'go_threads', GREEN),
      gauge('JVM threads', 'jvm_threads_live_threads', BLUE),
      gauge('JVM threads (older)', 'jvm_threads_current', BLUE),
    ],
  },
  {
    key: 'gc',
    title: 'Time in garbage collection',
    unit: SHARE_UNIT,
    lines: [
      rate('Node.js', 'nodejs_gc_duration_seconds_sum', VIOLET),
      rate('Go', 'go_gc_duration_seconds_sum', VIOLET),
      rate('JVM', 'jvm_gc_pause_seconds_sum', VIOLET),
      rate('JVM (older)', 'jvm_gc_collection_seconds_sum', VIOLET),
    ],
  },
];

/** Counters and durations that applications name after themselves: `gallery_requests_total`. */
const OWN_REQUESTS = /^(?!nodejs_|go_|process_|prometheus_|promhttp_).*_requests_total$/;
const OWN_DURATIONS = /^(?!nodejs_|go_|process_|prometheus_|promhttp_).*_duration_seconds_bucket$/;

/** Beside the names that many share. */
function ownGraphs(metrics: ReadonlySet<string>): GraphSpec[] {
  const find = (pattern: RegExp, known: readonly string[]): string | undefined =>
    known.some((name) => metrics.has(name))
      ? undefined
      : [...metrics].find((name) => pattern.test(name));
  const requests = find(OWN_REQUESTS, ['http_requests_total']);
  const durations = find(OWN_DURATIONS, [
    'http_request_duration_seconds_bucket',
    'http_server_requests_seconds_bucket',
  ]);
  const graphs: GraphSpec[] = [];
  if (requests !== undefined) {
    const lines = [rate('all', requests, BLUE, { isFilled: true }), serverErrors(requests)];
    graphs.push({ key: `own ${requests}`, title: requests, unit: RATE_UNIT, lines });
  }
  if (durations !== undefined) {
    const title = durations.replace(/_bucket$/, '');
    graphs.push({
      key: `own ${durations}`,
      title,
      unit: SECONDS_UNIT,
      lines: quantiles(durations),
    });
  }
  return graphs;
}

/** The graphs that make sense with these metrics, each with the lines that do. */
export function applicationGraphs(metrics: ReadonlySet<string>): GraphSpec[] {
  const graphs: GraphSpec[] = ownGraphs(metrics);
  for (const spec of APPLICATION_GRAPHS) {
    const lines = spec.lines.filter(({ metric }) => metrics.has(metric));
    if (lines.length > 0) graphs.push({ ...spec, lines });
  }
  // Where requests are counted, those that are timed are the same once more.
  const hasRequests = graphs.some(({ key }) => key === 'requests');
  return graphs.filter(({ key }) => key !== 'requests-timed' || !hasRequests);
}

/** `{name="redis"}`; the values are quoted as PromQL wants it. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  return `{${matchers.join(',')}}`;
}
