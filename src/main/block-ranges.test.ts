import { expect, it } from 'vitest';
import { parseFlags } from './parse-flags.ts';
import { settingsOf } from './settings.ts';

it.each([
  [[], undefined],
  [['--storage.tsdb.max-block-duration=0s'], undefined],
  [['--storage.tsdb.max-block-duration=1d'], 86_400_000],
])('%j lets merged blocks span %s ms', (args, want) => {
  expect(settingsOf(parseFlags(args)).blockRangeMaxMs).toBe(want);
});
