import { expect, it } from 'vitest';
import type { DashboardDoctorData, DashboardRewrite } from '#contract';
import { chosenRewrites } from './use-rewrites.ts';

const rename: DashboardRewrite = {
  expr: 'a{x="1"}',
  rewritten: 'b{x="1"}',
  kind: 'rename',
  reasons: [],
};
const value: DashboardRewrite = {
  expr: 'a{x="1"}',
  rewritten: 'a{x="2"}',
  kind: 'value',
  reasons: [],
};
const report: DashboardDoctorData = {
  panels: [
    {
      id: 1,
      title: '',
      metrics: [],
      missing: [],
      faults: [],
      matchers: [],
      rewrites: [rename, value],
    },
  ],
  panelsWithMetrics: 0,
  missing: [],
};

it.each([
  ['renames are made unless refused', [], [[rename.expr, rename.rewritten]]],
  ['what is refused is not made', [[rename.expr, '']], []],
  ['the last choice counts', [[rename.expr, value.rewritten]], [[rename.expr, value.rewritten]]],
] as [string, [string, string][], [string, string][]][])('%s', (_, decided, chosen) => {
  expect([...chosenRewrites(report, new Map(decided))]).toEqual(chosen);
});
