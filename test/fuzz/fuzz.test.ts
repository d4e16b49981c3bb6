import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type KeptCase, runSeed, type Tally } from './report.ts';

/*
 * Random expressions over random data, by the engine and by a slow evaluator (test/twin). A failure names its seed:
 * `npm run fuzz -- --seed=... --expressions=1` plays it again.
 */

const EXPRESSIONS = 3000;
const FIRST_SEED = 1_000_000;

const kept = JSON.parse(
  readFileSync(new URL('kept-cases.json', import.meta.url), 'utf8'),
) as KeptCase[];

describe('the engine says what a slow evaluator says', () => {
  it.each(kept)('of $query ($found)', (one) => {
    expect(runSeed(one, new Map())).toBeUndefined();
  });

  it(`of ${EXPRESSIONS} random expressions`, () => {
    const tally: Tally = new Map();
    for (let i = 0; i < EXPRESSIONS; i++) {
      expect(runSeed({ seed: FIRST_SEED + i }, tally)).toBeUndefined();
    }
    // Otherwise the cases would say little.
    expect(tally.get('same')).toBeGreaterThan(EXPRESSIONS * 0.7);
  });
});
