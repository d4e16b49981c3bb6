import { expect, it } from 'vitest';
import { LOG_BYTES_MAX, LOG_LINE_BYTES_MAX, LogLineReader } from './log-lines.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function frame(stream: number, text: string): Uint8Array {
  const bytes = encode(text);
  const whole = new Uint8Array(8 + bytes.length);
  whole[0] = stream;
  new DataView(whole.buffer).setUint32(4, bytes.length);
  whole.set(bytes, 8);
  return whole;
}

const log = Buffer.concat([
  frame(1, '2026-01-01T00:00:00Z out\n'),
  frame(2, '2026-01-01T00:00:01Z err '),
  frame(1, '2026-01-01T00:00:02Z a b\n'),
  frame(2, 'goes on\n'),
  frame(1, '2026-01-01T00:00:03Z without end'),
]);

const expected = [
  { stream: 'stdout', time: '2026-01-01T00:00:00Z', text: 'out' },
  { stream: 'stdout', time: '2026-01-01T00:00:02Z', text: 'a b' },
  { stream: 'stderr', time: '2026-01-01T00:00:01Z', text: 'err goes on' },
  { stream: 'stdout', time: '2026-01-01T00:00:03Z', text: 'without end' },
];

it.each([1, 3, 7, 8, 9, 1000])('frames are put together from pieces of %i bytes', (size) => {
  const reader = new LogLineReader(100);
  for (let at = 0; at < log.length; at += size) reader.take(log.subarray(at, at + size));
  expect(reader.lines()).toEqual(expected);
});

it('a terminal has one stream and no frames', () => {
  const reader = new LogLineReader(100);
  reader.take(encode('2026-01-01T00:00:00Z one\r\n2026-01-01T00:00:01Z \r\n'));
  expect(reader.lines()).toEqual([
    { stream: 'stdout', time: '2026-01-01T00:00:00Z', text: 'one' },
    { stream: 'stdout', time: '2026-01-01T00:00:01Z', text: '' },
  ]);
});

it('the last lines are kept, cut where they are too long', () => {
  const reader = new LogLineReader(3);
  for (let i = 0; i < 10; i++) reader.take(frame(1, `t ${i}\n`));
  reader.take(frame(2, `t ${'x'.repeat(LOG_LINE_BYTES_MAX)}\n`));
  const lines = reader.lines();
  expect(lines.map(({ text }) => text.slice(0, 3))).toEqual(['8', '9', 'xxx']);
  expect(lines[2]?.text).toHaveLength(LOG_LINE_BYTES_MAX - 2);
});

it('all lines together are limited', () => {
  const reader = new LogLineReader(10_000);
  const long = `t ${'x'.repeat(LOG_LINE_BYTES_MAX - 3)}\n`;
  const count = LOG_BYTES_MAX / LOG_LINE_BYTES_MAX + 10;
  for (let i = 0; i < count; i++) reader.take(frame(1, long));
  expect(reader.lines().length).toBe(Math.floor(LOG_BYTES_MAX / (long.length - 1)));
});
