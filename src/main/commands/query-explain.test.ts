import { describe, expect, it } from 'vitest';
import type { PlanOperator } from '#contract';
import { explainData, planLines } from './query-explain.ts';

const OPERATOR = {
  position: { start: 0, end: 1 },
  type: 'vector',
  start: 0,
  step: 1,
  steps: 1,
  inputs: [],
} as const;

const READ: PlanOperator = {
  ...OPERATOR,
  id: 3,
  operator: 'instants',
  name: 'm{a="b"}',
  text: 'm{a="b"}',
  streamed: true,
  fedTogether: [2, 4],
};

const PLAN: PlanOperator = {
  ...OPERATOR,
  id: 1,
  operator: 'binary',
  name: '/',
  text: 'sum(m{a="b"}) / count(m{a="b"})',
  inputs: [
    {
      ...OPERATOR,
      id: 2,
      operator: 'aggregation',
      name: 'sum',
      text: '',
      folded: true,
      inputs: [READ],
    },
    {
      ...OPERATOR,
      id: 4,
      operator: 'aggregation',
      name: 'count',
      text: '',
      inputs: [{ ...READ, reused: true }],
    },
    { ...OPERATOR, id: 5, operator: 'constant', name: '1 + 1', text: '1 + 1', constant: '2' },
  ],
};

describe('a plan', () => {
  it('is shown as a tree', () => {
    expect(planLines({ start: 0, end: 0, step: 0, plan: PLAN })).toEqual([
      'id  operator',
      ' 1  /',
      ' 2    sum, folds its series as they come',
      ' 3      m{a="b"}, series by series, read once for 2 and 4',
      ' 4    count',
      ' 3      m{a="b"}, evaluated above',
      ' 5    1 + 1 = 2',
    ]);
  });

  it('shows what each operator did, where that was measured', () => {
    const analysis = {
      ownTime: 0.0012,
      totalTime: 1.5,
      resultSeries: 1,
      resultSamples: 11,
      seriesRead: 0,
      samplesRead: 0,
      peakSamples: 20,
      peakBytes: 2048,
    };
    const read = { ...analysis, ownTime: 1.4988, seriesRead: 7, samplesRead: 77, peakBytes: 0 };
    const plan = {
      ...PLAN,
      analysis,
      inputs: [
        { ...READ, analysis: read },
        { ...READ, reused: true as const },
      ],
    };
    expect(planLines({ start: 0, end: 0, step: 0, plan })).toEqual([
      'id       own     total  series  samples  read  memory  operator',
      ' 1    1.20ms  1500.0ms       1       11          2KiB  /',
      ' 3  1498.8ms  1500.0ms       1       11    77            m{a="b"}, series by series, read once for 2 and 4',
      ' 3                                                       m{a="b"}, evaluated above',
    ]);
  });

  it.each([[undefined], ['x'], [{}], [{ plan: {} }], [{ plan: { ...PLAN, inputs: [{}] } }]])(
    'is refused where it is none: %j',
    (data) => {
      expect(explainData(data)).toBeUndefined();
    },
  );
});
