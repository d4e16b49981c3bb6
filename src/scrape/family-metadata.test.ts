import { describe, expect, it } from 'vitest';
import { isPartOfFamily, MetadataCache } from './family-metadata.ts';

describe('whether a metric is of a family', () => {
  it.each([
    ['a', 'a', 'gauge', true],
    ['a_total', 'a', 'counter', true],
    ['a_total', 'a_total', 'counter', true],
    ['a_total', 'a', 'gauge', false],
    ['a_bucket', 'a', 'histogram', true],
    ['a_bucket', 'a', 'summary', false],
    ['a_gcount', 'a', 'gaugehistogram', true],
    ['ab', 'a', 'histogram', false],
    ['b', 'a', 'gauge', false],
  ] as const)('%s of %s (%s): %s', (metric, family, type, expected) => {
    expect(isPartOfFamily(metric, family, type)).toBe(expected);
  });
});

it('metadata stay for ten pages after their family has left', () => {
  const cache = new MetadataCache();
  cache.set('a', { help: 'x' }, 1);
  cache.forgetOld(11);
  expect(cache.get('a')?.help).toBe('x');
  cache.forgetOld(12);
  expect(cache.get('a')).toBeUndefined();
});
