import { expect, it } from 'vitest';
import { parseFlags } from './parse-flags.ts';
import { settingsOf } from './settings.ts';

it.each([
  [[], 64 * 2 ** 20],
  [['--query.cache-size=0'], 0],
  [['--query.cache-size=1.5MB'], 1.5 * 2 ** 20],
  [['--query.cache-size=4GB'], 2 ** 32],
])('%j leaves the results of range queries their memory', (args, want) => {
  expect(settingsOf(parseFlags(args)).queryCacheBytes).toBe(want);
});

it.each(['5GB', '64', 'much'])('%s is no size of the cache', (size) => {
  const flags = parseFlags([`--query.cache-size=${size}`]);
  expect(() => settingsOf(flags)).toThrow('--query.cache-size');
});
