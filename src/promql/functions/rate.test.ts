import { expect, it } from 'vitest';
import { labelsFromObject } from '#model';
import { createMemoryStorage } from '#storage';
import { createEngine } from '../engine.ts';

it('the difference of -0 and 0 is -0, as in Prometheus', () => {
  const storage = createMemoryStorage();
  const samples = [0, -0].map((value, i) => ({ timestampMs: (i + 1) * 60_000, value }));
  storage.store(labelsFromObject({ __name__: 'zeros' }), samples);
  for (const query of ['delta(zeros[5m])', 'delta(zeros[5m:1m])']) {
    const { value } = createEngine().instant(storage, query, { timeMs: 120_000 });
    expect(value).toMatchObject({ samples: [{ value: -0 }] });
  }
});
