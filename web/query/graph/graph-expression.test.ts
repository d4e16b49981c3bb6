import { describe, expect, it } from 'vitest';
import { graphExpression } from './graph-expression.ts';

describe('what a graph asks for', () => {
  it.each([
    ['up[5m]', 'up'],
    [' up{job="a"} [5m] ', 'up{job="a"}'],
    ['{job="a"}[1h30m]', '{job="a"}'],
    ['up', 'up'],
    ['rate(up[5m])', 'rate(up[5m])'],
    ['up[5m:1m]', 'up[5m:1m]'],
    ['up[5m] offset 1h', 'up[5m] offset 1h'],
  ])('of %j it asks %j', (expr, expected) => {
    expect(graphExpression(expr)).toBe(expected);
  });
});
