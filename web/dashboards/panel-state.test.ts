import { describe, expect, it } from 'vitest';
import type { Frame } from '#dashboards';
import { panelState, problemsOf } from './panel-state.ts';
import { PANELS } from './panels/registry.ts';
import type { RequestAnswer } from './use-panel-answers.ts';

const values: Frame = {
  refId: 'A',
  name: 'A',
  kind: 'timeseries',
  length: 1,
  fields: [{ type: 'number', name: 'v', labels: {}, legend: '', values: Float64Array.of(1) }],
};

/** Only what is looked at here. */
function answer(error?: string): RequestAnswer {
  return {
    request: { query: { refId: 'A' } },
    answer: error === undefined ? { warnings: ['slow'] } : undefined,
    error: error === undefined ? undefined : new Error(error),
  } as unknown as RequestAnswer;
}

const graph = { entry: PANELS.timeseries, requestCount: 1, renderer: 'drawn' } as const;

describe('the state of a panel', () => {
  it.each([
    ['loading', { ...graph, answers: undefined, frames: [] }],
    ['loading', { ...graph, answers: [answer()], frames: [values], renderer: 'absent' as const }],
    ['drawn', { ...graph, answers: [answer()], frames: [values] }],
    ['drawn', { ...graph, answers: [answer('a'), answer()], frames: [values] }],
    ['empty', { ...graph, answers: [answer()], frames: [] }],
    ['empty', { ...graph, answers: undefined, frames: [], requestCount: 0 }],
    ['error', { ...graph, answers: [answer('a'), answer('b')], frames: [] }],
    ['error', { ...graph, answers: [answer()], frames: [values], renderer: 'failed' as const }],
    ['drawn', { ...graph, entry: PANELS.text, answers: undefined, frames: [], requestCount: 0 }],
    ['unsupported', { ...graph, entry: undefined, answers: [answer()], frames: [values] }],
  ])('is %s', (expected, facts) => {
    expect(panelState(facts)).toBe(expected);
  });

  it('says of which query a problem is, where there are several', () => {
    expect(problemsOf([answer('no')])).toEqual(['no']);
    expect(problemsOf([answer('no'), answer()])).toEqual(['A: no', 'A: slow']);
  });
});
