import { describe, expect, it } from 'vitest';
import {
  DEFAULT_PANEL,
  effectiveStepMs,
  narrowerRange,
  type PanelState,
  widerRange,
} from './panel-state.ts';
import { parsePanels, printPanels } from './panel-url.ts';

const links: readonly [what: string, search: string, expected: readonly Partial<PanelState>[]][] = [
  ['no parameters', '', []],
  ['an expression alone', '?g0.expr=up', [{ expr: 'up' }]],
  ['an old link with tab 0', '?g0.expr=up&g0.tab=0', [{ expr: 'up', tab: 'graph' }]],
  ['an old link with tab 1', '?g0.expr=up&g0.tab=1', [{ expr: 'up', tab: 'table' }]],
  ['a new link', '?g0.expr=up&g0.tab=graph', [{ expr: 'up', tab: 'graph' }]],
  ['the tab that explains', '?g0.expr=up&g0.tab=explain', [{ expr: 'up', tab: 'explain' }]],
  ['a tab that is not there', '?g0.expr=up&g0.tab=heatmap', [{ expr: 'up', tab: 'table' }]],
  ['a range', '?g0.expr=up&g0.range_input=1h30m', [{ expr: 'up', rangeMs: 5_400_000 }]],
  ['a range that is none', '?g0.expr=up&g0.range_input=x', [{ expr: 'up' }]],
  ['a range of zero', '?g0.expr=up&g0.range_input=0s', [{ expr: 'up' }]],
  [
    'an end in UTC',
    '?g0.expr=up&g0.end_input=2026-11-22%2020%3A30%3A05',
    [{ expr: 'up', endMs: Date.UTC(2026, 10, 22, 20, 30, 5) }],
  ],
  [
    'an old end without seconds',
    '?g0.expr=up&g0.end_input=2026-11-22+20:30',
    [{ expr: 'up', endMs: Date.UTC(2026, 10, 22, 20, 30) }],
  ],
  [
    'a moment, which wins over the end',
    '?g0.expr=up&g0.end_input=2026-11-22+20:30&g0.moment_input=2026-11-22+10:00:00',
    [{ expr: 'up', endMs: Date.UTC(2026, 10, 22, 10) }],
  ],
  [
    'an old step in seconds',
    '?g0.expr=up&g0.step_input=15',
    [{ expr: 'up', resolution: { type: 'custom', stepMs: 15_000 } }],
  ],
  [
    'a density',
    '?g0.expr=up&g0.res_type=auto&g0.res_density=high',
    [{ expr: 'up', resolution: { type: 'auto', density: 'high' } }],
  ],
  [
    'a fixed step, which wins over the old one',
    '?g0.expr=up&g0.step_input=15&g0.res_type=fixed&g0.res_step=60',
    [{ expr: 'up', resolution: { type: 'fixed', stepMs: 60_000 } }],
  ],
  [
    'a custom step with a fraction',
    '?g0.expr=up&g0.res_type=custom&g0.res_step=0.5',
    [{ expr: 'up', resolution: { type: 'custom', stepMs: 500 } }],
  ],
  ['a step below zero', '?g0.expr=up&g0.res_type=fixed&g0.res_step=-1', [{ expr: 'up' }]],
  ['old stacking', '?g0.expr=up&g0.stacked=1', [{ expr: 'up', displayMode: 'stacked' }]],
  ['new stacking', '?g0.expr=up&g0.display_mode=stacked', [{ expr: 'up', displayMode: 'stacked' }]],
  ['events on', '?g0.expr=up&g0.show_events=1', [{ expr: 'up', showEvents: true }]],
  ['events off', '?g0.expr=up&g0.show_events=0', [{ expr: 'up', showEvents: false }]],
  ['y from zero', '?g0.expr=up&g0.y_axis_min=0', [{ expr: 'up', yAxisMin: 0 }]],
  ['y as the data asks', '?g0.expr=up&g0.y_axis_min=', [{ expr: 'up' }]],
  [
    'switches',
    '?g0.expr=up&g0.show_exemplars=1&g0.show_tree=1',
    [{ expr: 'up', showExemplars: true, showTree: true }],
  ],
  ['a graph that goes on', '?g0.expr=up&g0.refresh=live', [{ expr: 'up', live: true }]],
  ['automatic refresh', '?g0.expr=up&g0.refresh=15s', [{ expr: 'up', refreshMs: 15_000 }]],
  [
    'several panels',
    '?g0.expr=up&g1.expr=sum(rate(a%5B5m%5D))&g1.tab=0',
    [{ expr: 'up' }, { expr: 'sum(rate(a[5m]))', tab: 'graph' }],
  ],
  ['a gap, which ends the list', '?g0.expr=up&g2.expr=down', [{ expr: 'up' }]],
];

describe('links of the query page', () => {
  it.each(links)('%s', (_what, search, expected) => {
    expect(parsePanels(search)).toEqual(expected.map((panel) => ({ ...DEFAULT_PANEL, ...panel })));
  });

  it.each(links)('%s is the same after it was printed', (_what, search) => {
    const panels = parsePanels(search);
    expect(parsePanels(printPanels(panels))).toEqual(panels);
  });

  it('prints the parameters that Prometheus reads', () => {
    const panel: PanelState = {
      ...DEFAULT_PANEL,
      expr: 'rate(a[5m])',
      tab: 'graph',
      endMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      resolution: { type: 'fixed', stepMs: 30_000 },
      yAxisMin: 0,
    };
    expect([...new URLSearchParams(printPanels([panel]))]).toEqual([
      ['g0.expr', 'rate(a[5m])'],
      ['g0.show_tree', '0'],
      ['g0.tab', 'graph'],
      ['g0.end_input', '2026-01-02 03:04:05'],
      ['g0.moment_input', '2026-01-02 03:04:05'],
      ['g0.range_input', '1h'],
      ['g0.res_type', 'fixed'],
      ['g0.res_step', '30'],
      ['g0.display_mode', 'lines'],
      ['g0.y_axis_min', '0'],
      ['g0.show_exemplars', '0'],
    ]);
  });

  it('reads a bounded number of panels', () => {
    const params = Array.from({ length: 500 }, (_, i) => `g${i}.expr=up`).join('&');
    expect(parsePanels(`?${params}`)).toHaveLength(100);
  });
});

describe('resolution and range', () => {
  it.each([
    ['low', 3_600_000, 36_000],
    ['medium', 3_600_000, 14_400],
    ['high', 3_600_000, 4800],
    ['high', 100, 1],
  ] as const)('%s density over %i ms is a step of %i ms', (density, rangeMs, stepMs) => {
    expect(effectiveStepMs({ type: 'auto', density }, rangeMs)).toBe(stepMs);
  });

  it.each([
    [3_600_000, 1_800_000, 7_200_000],
    [1000, 1000, 10_000],
    [4_000_000, 3_600_000, 7_200_000],
    [63_072_000_000, 31_536_000_000, 63_072_000_000],
  ])('%i ms narrows to %i and widens to %i', (rangeMs, narrower, wider) => {
    expect([narrowerRange(rangeMs), widerRange(rangeMs)]).toEqual([narrower, wider]);
  });
});
