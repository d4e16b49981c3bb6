import { describe, expect, it } from 'vitest';
import { ALL_PARSER_OPTIONS, parseExpr } from './parse/parse.ts';
import { stepReach } from './step-reach.ts';

function reachOf(text: string): ReturnType<typeof stepReach> {
  const parsed = parseExpr(text, ALL_PARSER_OPTIONS);
  if (!parsed.ok) throw new Error(`cannot parse ${text}`);
  return stepReach(parsed.expr, 300_000);
}

const NONE = undefined;

describe('stepReach', () => {
  it.each([
    ['1 + time()', { behindMs: 0, aheadMs: 0, fixed: NONE }],
    ['up', { behindMs: 300_000, aheadMs: 0, fixed: NONE }],
    ['sum by (job) (rate(m_total[5m]))', { behindMs: 600_000, aheadMs: 0, fixed: NONE }],
    ['up offset 1m', { behindMs: 360_000, aheadMs: 0, fixed: NONE }],
    ['up offset -1m', { behindMs: 240_000, aheadMs: 60_000, fixed: NONE }],
    ['a / b offset -1m', { behindMs: 300_000, aheadMs: 60_000, fixed: NONE }],
    ['max_over_time(up[1h:1m] offset -2h)', { behindMs: 0, aheadMs: 7_200_000, fixed: NONE }],
    ['max_over_time(up[1h:1m])', { behindMs: 3_900_000, aheadMs: 0, fixed: NONE }],
    ['up @ 1000', { behindMs: 0, aheadMs: 0, fixed: { startMs: 700_000, endMs: 1_000_000 } }],
    [
      'm - m @ 1000 offset 10s',
      { behindMs: 300_000, aheadMs: 0, fixed: { startMs: 690_000, endMs: 990_000 } },
    ],
    [
      'max_over_time(rate(m[1m])[5m:1m] @ 1000)',
      { behindMs: 0, aheadMs: 0, fixed: { startMs: 340_000, endMs: 1_000_000 } },
    ],
    ['topk by (job) (3, up)', { behindMs: 300_000, aheadMs: 0, fixed: NONE }],
    ['{__name__="up", job="x"}', { behindMs: 300_000, aheadMs: 0, fixed: NONE }],
  ])('of %s', (text, expected) => {
    expect(reachOf(text)).toEqual(expected);
  });

  it.each([
    'up @ start()',
    'sum(up @ end())',
    'rate(m_total[5m * 2])',
    'up offset (step())',
    'max_over_time(up[1h:range()])',
    'limitk(3, up)',
    'info(up)',
    'label_replace(up, "a", "$1", "b", "(.*)")',
    '{job="x"}',
    'rate({__name__=~"a|b"}[1m])',
    'm smoothed',
    'increase(m[1m] anchored)',
  ])('%s is not the sum of its parts', (text) => {
    expect(reachOf(text)).toBeUndefined();
  });
});
