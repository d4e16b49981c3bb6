import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CASES_PER_DATA, worldOfSeed } from './case.ts';
import { agreesWithTwin, type Check, type KeptCase, runSeed, type Tally } from './report.ts';
import { openStores } from './stores.ts';
import { stepsDifference, storesDifference } from './variants.ts';

/*
 * Random expressions over random data, by the engine and by a slow evaluator (test/twin), and by the engine in
 * several ways. A failure names its seed: `npm run fuzz -- --seed=... --expressions=1` plays it again.
 */

const EXPRESSIONS = 4000;
const FIRST_SEED = 1_000_000;

const kept = JSON.parse(
  readFileSync(new URL('kept-cases.json', import.meta.url), 'utf8'),
) as KeptCase[];

describe('the engine says what a slow evaluator says', () => {
  it.each(kept)('of $query ($found)', (one) => {
    expect(runSeed(one, agreesWithTwin(new Map()))).toBeUndefined();
  });

  it(`of ${EXPRESSIONS} random expressions`, () => {
    const tally: Tally = new Map();
    const check = agreesWithTwin(tally);
    for (let i = 0; i < EXPRESSIONS; i++) {
      expect(runSeed({ seed: FIRST_SEED + i }, check)).toBeUndefined();
    }
    // Otherwise the cases would say little.
    expect(tally.get('same')).toBeGreaterThan(EXPRESSIONS * 0.7);
  });
});

const DATA_SETS = 6;

describe('the engine says the same', () => {
  it('of a range and of each of its instants', () => {
    for (let i = 0; i < 500; i++) {
      expect(runSeed({ seed: FIRST_SEED + i }, stepsDifference)).toBeUndefined();
    }
  });

  it.each(Array.from({ length: DATA_SETS }, (_, i) => FIRST_SEED + i * CASES_PER_DATA))(
    'of data in memory, in blocks, and written late (seeds from %i)',
    async (seed) => {
      const stores = await openStores(worldOfSeed(seed).data, seed);
      const check: Check = (world, text, grid) => storesDifference(world, stores, { text, grid });
      for (let i = 0; i < CASES_PER_DATA; i++) {
        expect(runSeed({ seed: seed + i }, check)).toBeUndefined();
      }
    },
  );
});
