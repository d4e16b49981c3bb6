import { describe, expect, it } from 'vitest';
import { isolate, toggle } from './hidden-series.ts';

const keys = ['a', 'b', 'c'];

describe('the legend', () => {
  it.each([
    [[], 'a', ['b', 'c']],
    [['b', 'c'], 'a', []],
    [['b', 'c'], 'b', ['a', 'c']],
    [['a'], 'a', ['b', 'c']],
  ])('with %j hidden, a click on %s hides %j', (hidden, key, expected) => {
    expect([...isolate(keys, new Set(hidden), key)]).toEqual(expected);
  });

  it.each([
    [[], 'a', ['a']],
    [['a', 'b'], 'a', ['b']],
  ])('with %j hidden, a Ctrl-click on %s hides %j', (hidden, key, expected) => {
    expect([...toggle(new Set(hidden), key)]).toEqual(expected);
  });
});
