import { describe, expect, test } from 'vitest';
import { type PlanContext, planPanel } from './panel-requests.ts';
import { readDashboard } from './read-dashboard.ts';
import type { JsonObject, Panel } from './dashboard.ts';
import type { VariableValue } from './variable.ts';

const HOUR_MS = 3_600_000;

function panelOf(fields: JsonObject): Panel {
  const panel = { id: 1, type: 'timeseries', ...fields };
  const found = readDashboard({ panels: [panel] }).rows[0]?.panels[0];
  if (found === undefined) throw new Error('cannot read the panel');
  return found;
}

function value(...values: readonly string[]): VariableValue {
  return { isMulti: values.length > 1, isAll: false, isPattern: false, values, texts: values };
}

const CONTEXT: PlanContext = {
  dashboard: { uid: 'd', title: 'D' },
  range: { from: 'now-1h', to: 'now' },
  span: { fromMs: 9 * HOUR_MS, toMs: 10 * HOUR_MS },
  nowMs: 10 * HOUR_MS,
  timeZone: 'utc',
  values: { job: value('slow.one', 'api'), shift: value('2h'), other: value('x') },
  filters: [],
  scrapeIntervalMs: 15_000,
  jobIntervalsMs: new Map([
    ['api', 5000],
    ['slow.one', 120_000],
  ]),
  widthPx: 1200,
};

describe('the rate interval', () => {
  test.each([
    ['where no job is named, goes by what is usual', '', 60],
    ['goes by the job', 'job="api"', 20],
    ['goes by the slowest of several', 'job=~"$job"', 480],
    ['goes by the job in other quotes', "job='slow.one'", 480],
    ['of a job that is not known is the usual', 'job="x"', 60],
    ['of a pattern is the usual', 'job=~"a.+"', 60],
    ['of another label is the usual', 'kube_job="api"', 60],
  ])('%s', (_, matcher, seconds) => {
    const expr = `rate(x{${matcher}}[$__rate_interval])`;
    const { requests } = planPanel(panelOf({ targets: [{ expr }] }), CONTEXT);
    const written = /\[(.*)\]/.exec(requests[0]?.expr ?? '')?.[1] ?? '';
    expect(written).toBe(seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);
  });
});

describe('the time of a panel', () => {
  test.each([
    [{}, 9, 10],
    [{ timeFrom: '3h' }, 7, 10],
    [{ timeShift: '$shift' }, 7, 8],
    [{ timeFrom: '$shift', timeShift: '1h' }, 7, 9],
    [{ timeFrom: '$other' }, 9, 10],
  ])('%j is from hour %i to %i', (fields, from, to) => {
    const { range } = planPanel(panelOf(fields), CONTEXT);
    expect([range.fromMs / HOUR_MS, range.toMs / HOUR_MS]).toEqual([from, to]);
  });

  test.each([
    [{ maxDataPoints: 60 }, 60_000],
    [{ maxDataPoints: 60, interval: '5m' }, 300_000],
    [{ interval: '>2m' }, 120_000],
    [{ interval: '$shift' }, 2 * HOUR_MS],
    [{}, 15_000],
  ])('%j steps by %i ms', (fields, stepMs) => {
    const panel = panelOf({ ...fields, targets: [{ expr: 'up' }] });
    expect(planPanel(panel, CONTEXT).requests[0]?.stepMs).toBe(stepMs);
  });
});
