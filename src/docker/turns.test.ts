import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

const fails = (): Promise<never> => Promise.reject(new Error('no'));
const waits = (): Promise<never> => new Promise(() => undefined);

it('few calls are under way at a time, in the order in which they came', async () => {
  const turns = new Turns(8);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = Array.from({ length: 20 }, (_, index) =>
    turns.run(() => {
      begun.push(index);
      return new Promise<number>((resolve) => ends.push(() => resolve(index)));
    }),
  );
  expect(begun).toHaveLength(8);
  for (let i = 0; i < 20; i++) {
    ends[i]?.();
    await all[i];
    expect(begun.length).toBe(Math.min(20, 9 + i));
  }
  expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

it('a call that fails passes its turn on, and too many are refused', async () => {
  const turns = new Turns(8);
  const all = Array.from({ length: 20 }, () => turns.run(fails));
  expect(await Promise.allSettled(all)).toHaveLength(20);
  expect(await turns.run(() => Promise.resolve('yes'))).toBe('yes');
  for (let i = 0; i < 20_008; i++) void turns.run(waits);
  await expect(turns.run(waits)).rejects.toThrow('20000 calls wait already');
});
