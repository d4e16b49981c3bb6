import { describe, expect, it } from 'vitest';
import type { Panel, PanelQuery, PanelPlan, PanelRequest } from '#dashboards';
import { liveAnswers, liveQuestions } from './live-panel.ts';

const STEP_MS = 15_000;
const HOUR_MS = 3_600_000;
const CONTEXT = { range: { from: 'now-1h', to: 'now' }, nowDelayMs: 0, scrapeIntervalMs: 15_000 };
const PANEL = { timeFrom: '', timeShift: '' } as Panel;

function planOf(expr: string, more: Partial<PanelRequest> = {}): PanelPlan {
  const query = { refId: 'A', expr } as PanelQuery;
  const times = { startMs: HOUR_MS, endMs: 2 * HOUR_MS, stepMs: STEP_MS };
  const request: PanelRequest = { query, kind: 'range', expr, problem: '', ...times, ...more };
  const range = { fromMs: HOUR_MS, toMs: 2 * HOUR_MS, stepMs: STEP_MS };
  return { requests: [request], range, scope: {} };
}

describe('a panel can be continued', () => {
  it.each([
    ['a range that ends now', PANEL, 'up', CONTEXT.range, true],
    ['a range of its own', { ...PANEL, timeFrom: '1h' }, 'up', { from: '5', to: 'now' }, true],
    ['not another end', PANEL, 'up', { from: 'now-2h', to: 'now-1h' }, false],
    ['not a range of dates', PANEL, 'up', { from: '1000', to: '2000' }, false],
    ['not one that grows', PANEL, 'up', { from: 'now/d', to: 'now' }, false],
    ['not one that is moved', { ...PANEL, timeShift: '1d' }, 'up', CONTEXT.range, false],
    ['not the ends of the range', PANEL, 'up @ end()', CONTEXT.range, false],
    ['not its start as a number', PANEL, 'vector($__from)', CONTEXT.range, false],
    ['not what is to come', PANEL, 'up offset -5m', CONTEXT.range, false],
    ['what was', PANEL, 'up offset 5m', CONTEXT.range, true],
  ] as const)('%s', (...[, panel, expr, range, isLive]) => {
    const questions = liveQuestions(panel, planOf(expr), { ...CONTEXT, range });
    expect(questions !== undefined).toBe(isLive);
  });

  it('not where the newest is left out', () => {
    const asked = { ...CONTEXT, nowDelayMs: 60_000 };
    expect(liveQuestions(PANEL, planOf('up'), asked)).toBeUndefined();
  });

  it('in steps of a second or more', () => {
    const [short, whole] = [999, 1000].map((stepMs) => planOf('up', { stepMs }));
    expect(short && liveQuestions(PANEL, short, CONTEXT)).toBeUndefined();
    expect(whole && liveQuestions(PANEL, whole, CONTEXT)).toMatchObject([
      { type: 'range', stepMs: 1000, rangeMs: HOUR_MS },
    ]);
  });

  it('at an instant as often as it is scraped', () => {
    const plan = planOf('up', { kind: 'instant', stepMs: 0 });
    expect(liveQuestions(PANEL, plan, CONTEXT)).toEqual([
      { type: 'instant', query: 'up', stepMs: 15_000, phaseMs: 0, rangeMs: 0 },
    ]);
  });
});

describe('what came of a panel', () => {
  const plan = planOf('up');
  const common = { error: undefined, isRefused: false };
  const data = { resultType: 'matrix' as const, result: [] };

  it('waits for all of its queries', () => {
    expect(liveAnswers(plan, [{ ...common, result: undefined }])).toBeUndefined();
  });

  it('is drawn over a range that ends at the newest step', () => {
    const endMs = 3 * HOUR_MS;
    const notes = { warnings: [], infos: [] };
    const result = { data, startMs: 2 * HOUR_MS, endMs, stepMs: STEP_MS, ...notes };
    const found = liveAnswers(plan, [{ ...common, result }]);
    expect(found?.plan.range).toEqual({ fromMs: 2 * HOUR_MS, toMs: endMs, stepMs: STEP_MS });
    expect(found?.answers[0]?.request).toMatchObject({ startMs: 2 * HOUR_MS, endMs });
  });
});
