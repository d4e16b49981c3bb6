import { beforeEach, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fakes/clock.ts';
import { SLICE_MS, StoreQueue } from './store-queue.ts';
import type { SlicedWork } from './store-queue.ts';

let clock: FakeClock;
let queue: StoreQueue;
const TENTH_MS = SLICE_MS / 10;
/** What was done, in order: the name of the work for each tenth of a slice, `|` between turns. */
let done: string;

beforeEach(() => {
  clock = new FakeClock();
  done = '';
  queue = new StoreQueue({
    clock,
    nextTurn: (fn) => {
      clock.setTimer(0, () => {
        done += '|';
        fn();
      });
    },
  });
});

function work(name: string, tenths: number): SlicedWork {
  let left = tenths;
  return {
    step: (isTimeUp) => {
      while (left > 0) {
        left--;
        done += name;
        clock.set(clock.nowMs() + TENTH_MS);
        if (isTimeUp() && left > 0) return false;
      }
      return true;
    },
    abandon: () => void (done += '-'),
  };
}

it('what fits into a slice is done at once, and more in the turns after', async () => {
  const ended: string[] = [];
  void queue.run(work('a', 3)).then(() => ended.push('a'));
  void queue.run(work('b', 4)).then(() => ended.push('b'));
  void queue.run(work('c', 13)).then(() => ended.push('c'));
  expect(done).toBe('aaabbbbccc');
  await settle();
  expect(ended).toEqual(['a', 'b']);
  await clock.advance(100);
  expect(done).toBe('aaabbbbccc|cccccccccc|');
  expect(ended).toEqual(['a', 'b', 'c']);
  expect(queue.length).toBe(0);
});

it('no turn takes longer than a slice, however much waits', async () => {
  for (let i = 0; i < 20; i++) void queue.run(work('x', 7));
  await clock.advance(1000);
  expect(done.replaceAll('|', '')).toHaveLength(140);
  for (const turn of done.split('|')) expect(turn.length).toBeLessThanOrEqual(10);
});

it('a small page does not wait for large ones, nor a large one for ever for small ones', async () => {
  void queue.run(work('L', 60));
  void queue.run(work('M', 60));
  void queue.run(work('s', 2));
  await clock.advance(25);
  expect(done).toContain('s');
  expect(done).not.toMatch(/L{21}/);
  // Small ones keep coming.
  for (let turn = 0; turn < 40; turn++) {
    for (let i = 0; i < 5; i++) void queue.run(work('s', 2));
    await clock.advance(1);
  }
  expect(done.replaceAll(/[^L]/g, '')).toHaveLength(60);
});

it('what is abandoned is not gone on with, and its end is told', async () => {
  const first = work('a', 25);
  const second = work('b', 5);
  const ended: string[] = [];
  void queue.run(first).then(() => ended.push('a'));
  void queue.run(second).then(() => ended.push('b'));
  queue.abandon(first);
  queue.abandon(second);
  await clock.advance(100);
  expect(done).toBe('aaaaaaaaaa--|');
  expect(ended).toEqual(['a', 'b']);
  // It is over already.
  queue.abandon(first);
  expect(done).toBe('aaaaaaaaaa--|');
});
