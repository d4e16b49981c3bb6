import { expect, test } from 'vitest';
import { run } from '../../bench/tsdb.bench.ts';

test('the benchmark of the database runs, and reads after a replay what it read before', async () => {
  const measured = new Map((await run('small')).map((each) => [each.name, each]));
  expect(measured.get('tsdb/decode')?.hash).toBe(measured.get('tsdb/replay')?.hash);
  expect(measured.get('tsdb/create')?.hash).toBe('1000');
  for (const { name, value } of measured.values()) expect([name, value > 0]).toEqual([name, true]);
});
