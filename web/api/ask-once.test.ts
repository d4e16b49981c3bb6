import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { askOnce } from './ask-once.ts';

const UP = { type: 'instant', query: 'up', time: '1' } as const;
const ANSWER = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } });

let signals: (AbortSignal | null | undefined)[];
let answer: () => void;

beforeEach(() => {
  signals = [];
  vi.stubGlobal('fetch', async (_url: string, { signal }: RequestInit) => {
    signals.push(signal);
    return await new Promise<Response>((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      answer = () => resolve(new Response(ANSWER, { headers }));
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('equal queries that are asked at the same time are sent once', async () => {
  const { signal } = new AbortController();
  const all = [askOnce(UP, signal), askOnce({ ...UP }, signal)];
  expect(signals).toHaveLength(1);
  answer();
  const [first, second] = await Promise.all(all);
  expect(first).toBe(second);
  const again = askOnce(UP, signal);
  expect(signals).toHaveLength(2);
  answer();
  await again;
});

it('a query ends when the last who waits for it leaves', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const all = [askOnce(UP, one.signal), askOnce(UP, other.signal)];
  const ended = Promise.allSettled(all);
  one.abort();
  expect(signals[0]?.aborted).toBe(false);
  other.abort();
  expect(signals[0]?.aborted).toBe(true);
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
