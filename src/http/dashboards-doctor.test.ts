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

const VALUES: Readonly<Record<string, readonly string[]>> = {
  'up job': ['prometheus', 'node'],
  'up instance': ['localhost:9090'],
  'container_memory_usage_bytes pod': ['web-1'],
};

async function examine(...panels: object[]): ReturnType<typeof examineDashboard> {
  const file = JSON.parse(JSON.stringify({ title: 'x', schemaVersion: 39, panels })) as object;
  const dashboard = readDashboard(file as Parameters<typeof readDashboard>[0]);
  return await examineDashboard(dashboard, NAMES, async (metric, label) => {
    return await Promise.resolve(VALUES[`${metric} ${label}`] ?? []);
  });
}

describe('the doctor of dashboards', () => {
  it.each([
    'up{job="$job", instance=~"${instance:regex}"}',
    'rate(http_requests_total[$__rate_interval])',
    'rate(http_requests_total[[[interval]]]) * $factor',
    'sum by ($label) (increase(http_requests_total[${range}:$step] offset $shift))',
    'topk($n, node_cpu_seconds_total)',
    '$metric{a="b"} or up',
  ])('finds the metrics of %s', async (expr) => {
    expect(await examine(panel(1, expr))).toMatchObject({
      panels: [{ id: 1, missing: [], faults: [], metrics: [expect.any(String)] }],
      panelsWithMetrics: 1,
      missing: [],
    });
  });

  it('names what is missing, and what was meant', async () => {
    const report = await examine(
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

  it('tells of queries that are no PromQL', async () => {
    const report = await examine(panel(1, 'up{', 'up'));
    expect(report).toMatchObject({ panels: [{ faults: ['up{'] }], panelsWithMetrics: 0 });
  });

  const matchers: [expr: string, matcher: string, nearest: string][] = [
    ['up{job="promethus"}', 'job="promethus"', 'prometheus'],
    ['up{instance="10.0.0.1:9100"}', 'instance="10.0.0.1:9100"', 'localhost:9090'],
    ['sum(up{job=~"kube.+",instance!=""})', 'job=~"kube.+"', ''],
    ['up{zone="a"}', 'zone="a"', ''],
  ];
  it.each(matchers)('tells which matcher of %s matches nothing', async (expr, matcher, nearest) => {
    const { panels, panelsWithMetrics } = await examine(panel(1, expr));
    expect(panels[0]?.matchers).toMatchObject([{ metric: 'up', matcher, nearest }]);
    expect(panelsWithMetrics).toBe(0);
  });

  it.each(['up{job="node"}', 'up{job=~"$job"}', 'up{zone=""}', 'up{zone!="a"}', 'up{job!="node"}'])(
    'finds no fault with %s',
    async (expr) => {
      const { panels } = await examine(panel(1, expr));
      expect(panels).toMatchObject([{ matchers: [], rewrites: [] }]);
    },
  );

  const rewrites: [expr: string, rewritten: string, kind: string, reason: string][] = [
    [
      'rate(node_cpu{mode="node_cpu",job="$job"}[5m])',
      'rate(node_cpu_seconds_total{mode="node_cpu",job="$job"}[5m])',
      'rename',
      'node_cpu is node_cpu_seconds_total since node_exporter 0.16',
    ],
    [
      'sum by (pod_name) (container_memory_usage_bytes{pod_name!=""})',
      'sum by (pod) (container_memory_usage_bytes{pod!=""})',
      'rename',
      'label pod_name is pod since Kubernetes 1.16',
    ],
    [
      'rate(http_requests[1m])',
      'rate(http_requests_total[1m])',
      'rename',
      'http_requests is http_requests_total since OpenMetrics',
    ],
    ['up{ job = "promethus" }', 'up{ job="prometheus" }', 'value', 'job is "prometheus" here'],
  ];
  it.each(rewrites)('offers to rewrite %s', async (expr, rewritten, kind, reason) => {
    const { panels } = await examine(panel(1, expr));
    expect(panels[0]?.rewrites).toEqual([{ expr, rewritten, kind, reasons: [reason] }]);
  });
});
