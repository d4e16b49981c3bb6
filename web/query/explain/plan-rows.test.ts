import { expect, it } from 'vitest';
import type { PlanOperator } from '#contract';
import { planRows } from './plan-rows.ts';

const analysis = {
  totalTime: 4,
  resultSeries: 1,
  resultSamples: 1,
  seriesRead: 0,
  samplesRead: 0,
  peakSamples: 1,
  peakBytes: 1,
};

function operator(id: number, ownTime: number, inputs: readonly PlanOperator[] = []): PlanOperator {
  return {
    id,
    operator: 'function',
    name: `f${id}`,
    text: `f${id}()`,
    position: { start: 0, end: 1 },
    type: 'vector',
    start: 0,
    step: 1,
    steps: 1,
    analysis: { ...analysis, ownTime },
    inputs,
  };
}

it('lists operators before their inputs, with their part of the time', () => {
  const plan = operator(1, 1, [operator(2, 0.5, [operator(3, 2.5)]), operator(4, 0)]);
  const rows = planRows(plan);
  expect(rows.map(({ operator: { id }, depth, share }) => [id, depth, share])).toEqual([
    [1, 0, 0.25],
    [2, 1, 0.125],
    [3, 2, 0.625],
    [4, 1, 0],
  ]);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(4);
});

it('knows no part of what took no time or was not measured', () => {
  const { analysis: _, ...planned } = operator(1, 0);
  expect(planRows(planned)[0]?.share).toBeUndefined();
  const still = { ...planned, analysis: { ...analysis, ownTime: 0, totalTime: 0 } };
  expect(planRows(still)[0]?.share).toBeUndefined();
});
