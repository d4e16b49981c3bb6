import { describe, expect, it } from 'vitest';
import { readDashboard } from '#dashboards';
import { examineDashboard } from './dashboards-doctor.ts';

const NAMES = [
  'up',
  'node_cpu_seconds_total',
  'container_memory_usage_bytes',
  'http_requests_total',
];

function panel(id: number, ...expressions: string[]): object {
  const targets = expressions.map((expr, i) => ({ refId: String(i), expr }));
  return { id, title: `panel ${id}`, type: 'timeseries', targets };
}

function examine(...panels: object[]): ReturnType<typeof examineDashboard> {
  const file = JSON.parse(JSON.stringify({ title: 'x', schemaVersion: 39, panels })) as object;
  return examineDashboard(readDashboard(file as Parameters<typeof readDashboard>[0]), NAMES);
}

describe('the doctor of dashboards', () => {
  it.each([
    'up{job="$job", instance=~"${instance:regex}"}',
    'rate(http_requests_total[$__rate_interval])',
    'rate(http_requests_total[[[interval]]]) * $factor',
    'sum by ($label) (increase(http_requests_total[${range}:$step] offset $shift))',
    'topk($n, node_cpu_seconds_total)',
    '$metric{a="b"} or up',
  ])('finds the metrics of %s', (expr) => {
    expect(examine(panel(1, expr))).toMatchObject({
      panels: [{ id: 1, missing: [], faults: [], metrics: [expect.any(String)] }],
      panelsWithMetrics: 1,
      missing: [],
    });
  });

  it('names what is missing, and what was meant', () => {
    const report = examine(
      panel(1, 'up', 'node_cpu'),
      panel(2, 'container_memory_usage_byte / nothing_like_it'),
      panel(3, 'up'),
      panel(4),
    );
    expect(report.panels.map(({ id, missing }) => [id, missing])).toEqual([
      [1, ['node_cpu']],
      [2, ['container_memory_usage_byte', 'nothing_like_it']],
      [3, []],
    ]);
    expect(report.panelsWithMetrics).toBe(1);
    expect(report.missing).toEqual([
      { name: 'node_cpu', nearest: 'node_cpu_seconds_total' },
      { name: 'container_memory_usage_byte', nearest: 'container_memory_usage_bytes' },
      { name: 'nothing_like_it', nearest: '' },
    ]);
  });

  it('tells of queries that are no PromQL', () => {
    const report = examine(panel(1, 'up{', 'up'));
    expect(report).toMatchObject({ panels: [{ faults: ['up{'] }], panelsWithMetrics: 0 });
  });
});
