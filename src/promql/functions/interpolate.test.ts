import { expect, it } from 'vitest';
import { interpolateFloats } from './interpolate.ts';

it('rounds as Prometheus does, which multiplies before it divides', () => {
  const between = { before: 0, after: 5, passedMs: 1, distanceMs: 3 };
  expect(interpolateFloats(between, false)).toBe(5 / 3);
});

it('begins at zero where a counter was reset', () => {
  const between = { before: 10, after: 4, passedMs: 1, distanceMs: 2 };
  expect(interpolateFloats(between, true)).toBe(2);
  expect(interpolateFloats(between, false)).toBe(7);
});
