import { describe, expect, it } from 'vitest';
import type { MatrixSeries, QueryData } from '#contract';
import { columnsOfSeries } from '#dashboards';
import { parseExpr } from '#promql';
import { graphLines } from './graph-lines.ts';
import {
  applicationGraphs,
  CONTAINER_GRAPHS,
  type GraphSpec,
  graphQuery,
  LINE_LABEL,
  selectorOf,
} from './graph-specs.ts';
import { metricExpression } from './metric-expression.ts';
import { readWindow, windowsQuery } from './rate-window.ts';

const TIMES = { stepMs: 5000, windowSeconds: 30 };
const SELECTOR = selectorOf({ job: 'a"b', instance: 'x\\y' });

/** Metrics of every framework that is known, so that every graph is there. */
const KNOWN = new Set([
  'http_requests_total',
  'http_request_duration_seconds_bucket',
  'http_server_requests_seconds_bucket',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'nodejs_eventloop_lag_seconds',
  'jvm_memory_used_bytes',
  'jvm_gc_pause_seconds_sum',
  'go_goroutines',
]);

describe('the graphs of a container', () => {
  it.each([...CONTAINER_GRAPHS, ...applicationGraphs(KNOWN)])(
    'ask valid PromQL: $title',
    (spec) => {
      expect(parseExpr(graphQuery(spec, SELECTOR, TIMES))).toMatchObject({ ok: true });
    },
  );

  it('look at as much as a step, and as far as they must at least', () => {
    const [cpu] = CONTAINER_GRAPHS;
    expect(graphQuery(cpu as GraphSpec, '{}', TIMES)).toContain('[30s]');
    expect(graphQuery(cpu as GraphSpec, '{}', { stepMs: 90_000, windowSeconds: 30 })).toContain(
      '[90s]',
    );
  });

  it('of its application are those whose metrics there are', () => {
    const graphs = applicationGraphs(new Set(['http_requests_total', 'go_goroutines', 'up']));
    expect(graphs.map(({ key, lines }) => [key, lines.map(({ title }) => title)])).toEqual([
      ['requests', ['all', 'failed (5xx)']],
      ['app-threads', ['goroutines']],
    ]);
    expect(applicationGraphs(new Set())).toEqual([]);
  });

  it('find what an application names after itself, but no gauge of its runtime', () => {
    const own = ['nodejs_active_requests_total', 'gallery_requests_total'];
    const graphs = applicationGraphs(new Set([...own, 'gallery_request_duration_seconds_bucket']));
    expect(graphs.map(({ title }) => title)).toEqual([
      'gallery_requests_total',
      'gallery_request_duration_seconds',
    ]);
    for (const graph of graphs) {
      expect(parseExpr(graphQuery(graph, SELECTOR, TIMES))).toMatchObject({ ok: true });
    }
  });

  it('count requests once though a framework counts them twice', () => {
    const both = new Set(['http_requests_total', 'http_request_duration_seconds_count']);
    expect(applicationGraphs(both).map(({ key }) => key)).toEqual(['requests']);
  });
});

const WINDOW = { startMs: 0, endMs: 10_000, stepMs: 5000 };

function line(title: string, values: readonly number[]): MatrixSeries {
  return {
    metric: { [LINE_LABEL]: title },
    values: values.map((value, i) => [i * 5, String(value)] as const),
  };
}

describe('the lines of a graph', () => {
  const spec = CONTAINER_GRAPHS.find(({ key }) => key === 'memory') as GraphSpec;
  const lines = (series: readonly MatrixSeries[]) =>
    graphLines(spec, WINDOW, columnsOfSeries(series), []).lines;

  it('stand in the order of the graph, without those that have no value', () => {
    const drawn = lines([line('limit', [9]), line('cache', [NaN]), line('working set', [7, 8])]);
    expect(drawn.map(({ label, last }) => [label, last])).toEqual([
      ['working set', 8],
      ['limit', 9],
    ]);
  });

  it.each([
    [30, true],
    [24, false],
  ])('draw a limit of 100 where %i is used: %s', (used, isDrawn) => {
    const drawn = lines([line('limit', [100, 100]), line('working set', [used])]);
    expect(drawn.find(({ label }) => label === 'limit')?.isDrawn).toBe(isDrawn);
  });
});

describe('what one wants to see of a metric', () => {
  it.each([
    ['up', 'up{job="x"}'],
    ['http_requests_total', 'rate(http_requests_total{job="x"}[1m])'],
    ['http.requests', '{"http.requests",job="x"}'],
  ])('%s is %s', (name, expr) => {
    expect(metricExpression(name, '{job="x"}')).toBe(expr);
    expect(parseExpr(expr)).toMatchObject({ ok: true });
  });
});

const answer = (counts: Readonly<Record<number, number>>): QueryData => ({
  resultType: 'vector',
  result: Object.entries(counts).map(([seconds, count]) => ({
    metric: { narthex_window: seconds },
    value: [1, String(count)] as const,
  })),
});

describe('the window of rates', () => {
  it.each<[string, number, Record<number, number>]>([
    ['every 5 s', 30, { 30: 6, 60: 12, 120: 24, 300: 60 }],
    ['every 15 s', 60, { 30: 2, 60: 4, 120: 8, 300: 20 }],
    ['every minute', 300, { 60: 1, 120: 2, 300: 5 }],
    ['for the first time', 30, { 30: 1, 60: 1, 120: 1, 300: 1 }],
    ['never', 30, {}],
  ])('for what is scraped %s is %i s', (_how, seconds, counts) => {
    expect(readWindow(answer(counts))).toBe(seconds);
  });

  it('is asked for with valid PromQL', () => {
    expect(parseExpr(windowsQuery('up{job="a"}'))).toMatchObject({ ok: true });
  });
});
