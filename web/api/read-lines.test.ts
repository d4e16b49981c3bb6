import { expect, it } from 'vitest';
import { readEvents } from '../live/event-lines.ts';
import { readLines } from './read-lines.ts';

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** Cut at every place, also within a character. */
function cut(text: string, size: number): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of from) found.push(one);
  return found;
}

it.each([1, 2, 3, 100])(
  'lines are whole, whatever pieces of %i bytes they come in',
  async (size) => {
    const lines = readLines(bodyOf(cut('first ä€😀\n\nthird\ncut off', size)));
    expect(await all(lines)).toEqual(['first ä€😀', '', 'third']);
  },
);

it('events are read from lines, comments are signs of life', async () => {
  const text = 'id: 3:17\nevent: steps\ndata: {"a":":"}\n\n:\n\ndata: x\n\n';
  expect(await all(readEvents(readLines(bodyOf(cut(text, 5)))))).toEqual([
    { id: '3:17', name: 'steps', data: '{"a":":"}' },
    undefined,
    { id: '3:17', name: 'message', data: 'x' },
  ]);
});
