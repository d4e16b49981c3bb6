import { describe, expect, it } from 'vitest';
import { parseExpr } from '#promql';
import { guessLegend, guessUnit } from './guess-unit.ts';
import { panelOfQuery } from './panel-of-query.ts';

function exprOf(text: string): Parameters<typeof guessUnit>[0] {
  const parsed = parseExpr(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.expr;
}

describe('the unit of a query', () => {
  it.each([
    ['up', ''],
    ['node_memory_MemFree_bytes', 'bytes'],
    ['rate(node_network_receive_bytes_total[5m])', 'Bps'],
    ['sum by (job) (rate(http_requests_total[5m]))', 'reqps'],
    ['rate(node_cpu_seconds_total[5m])', ''],
    ['increase(gc_seconds_total[1h])', 's'],
    ['histogram_quantile(0.9, sum by (le) (rate(http_duration_seconds_bucket[5m])))', 's'],
    ['histogram_quantile(0.9, http_duration_seconds_bucket)', 's'],
    ['avg_over_time(room_celsius[1h:1m])', 'celsius'],
    ['count(node_memory_MemFree_bytes)', ''],
    ['a_bytes / b_bytes', 'percentunit'],
    ['a_bytes / 1024', ''],
    ['100 * (a_bytes / b_bytes)', 'percent'],
    ['-(a_bytes - b_bytes)', 'bytes'],
    ['a_seconds > 5', 's'],
    ['a_seconds > bool 5', ''],
    ['process_start_time_seconds', ''],
    ['boot_timestamp_seconds', ''],
    ['vector(1)', ''],
  ])('%s: %s', (text, unit) => {
    expect(guessUnit(exprOf(text))).toBe(unit);
  });
});

describe('the legend of a query', () => {
  it.each([
    ['up', '__auto'],
    ['sum(up)', '__auto'],
    ['sum without (job) (up)', '__auto'],
    ['sum by (job, instance) (up)', '{{job}} {{instance}}'],
    ['topk(5, sum by (job) (up))', '{{job}}'],
    ['histogram_quantile(0.9, sum by (le, job) (x_bucket))', '{{job}}'],
    ['sum by (job) (up) / 2', '__auto'],
  ])('%s: %s', (text, legend) => {
    expect(guessLegend(exprOf(text))).toBe(legend);
  });
});

describe('a query as a panel', () => {
  const state = {
    resolution: { type: 'auto', density: 'medium' },
    displayMode: 'lines',
    yAxisMin: undefined,
  } as const;
  const asked = {
    expr: ' sum by (job) (a_bytes) ',
    state,
    type: 'timeseries',
    title: 'T',
  } as const;

  it('over time', () => {
    expect(panelOfQuery(asked)).toEqual({
      w: 12,
      h: 8,
      json: {
        type: 'timeseries',
        title: 'T',
        targets: [
          {
            refId: 'A',
            expr: 'sum by (job) (a_bytes)',
            legendFormat: '{{job}}',
            range: true,
            instant: false,
          },
        ],
        fieldConfig: { defaults: { unit: 'bytes' }, overrides: [] },
        options: {},
      },
    });
  });

  it('with its step, its stack and the foot of its axis', () => {
    const resolution = { type: 'fixed', stepMs: 90_000 } as const;
    const { json } = panelOfQuery({
      ...asked,
      state: { resolution, displayMode: 'stacked', yAxisMin: 0 },
    });
    expect(json).toMatchObject({
      targets: [{ interval: '1m30s' }],
      fieldConfig: { defaults: { min: 0, custom: { stacking: { mode: 'normal' } } } },
    });
  });

  it('of one instant', () => {
    expect(panelOfQuery({ ...asked, type: 'table' }).json).toMatchObject({
      targets: [{ instant: true, range: false, format: 'table' }],
    });
    expect(panelOfQuery({ ...asked, type: 'stat' })).toMatchObject({
      w: 6,
      json: { targets: [{ instant: true, range: false }] },
    });
  });

  it('even where it is still wrong', () => {
    expect(panelOfQuery({ ...asked, expr: 'sum(' }).json).toMatchObject({
      targets: [{ expr: 'sum(', legendFormat: '__auto' }],
      fieldConfig: { defaults: {} },
    });
  });
});
