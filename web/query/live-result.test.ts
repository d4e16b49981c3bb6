import { expect, test } from 'vitest';
import { columnsOfData } from '#dashboards';
import type { RangeResult } from './run-query.ts';
import { type LiveAnswer, withLiveAnswer } from './live-result.ts';

const WINDOW = { expr: 'm', rangeMs: 30_000 };

/** A value for each step of `a`, and of `b` where it is given; undefined: none. */
function answerOf(start: number, a: readonly (string | undefined)[], b?: string): LiveAnswer {
  const values = a.flatMap((value, i): [number, string][] =>
    value === undefined ? [] : [[start + i * 10, value]],
  );
  const end = start + (a.length - 1) * 10;
  const result = values.length === 0 ? [] : [{ metric: { i: 'a' }, values }];
  const other =
    b === undefined ? [] : [{ metric: { i: 'b' }, values: [[end, b]] as [number, string][] }];
  const data = columnsOfData({ resultType: 'matrix', result: [...result, ...other] });
  return { status: 'success', data, start, end, step: 10 };
}

function shown(result: RangeResult): string[] {
  return result.series.map(
    ({ metric, timesMs, values }) =>
      `${metric['i']} ${Array.from(timesMs, (timeMs, i) => `${timeMs / 1000}=${values[i]}`).join(' ')}`,
  );
}

function after(...answers: readonly LiveAnswer[]): RangeResult {
  let result: RangeResult | undefined;
  for (const answer of answers) result = withLiveAnswer(result, answer, WINDOW);
  if (result === undefined) throw new Error('there was no answer');
  return result;
}

test('new steps follow the old ones, and the oldest go', () => {
  const result = after(answerOf(100, ['1', '2', '3', '4']), answerOf(140, ['5']));
  expect(shown(result)).toEqual(['a 110=2 120=3 130=4 140=5']);
  expect([result.startMs, result.endMs, result.stepMs]).toEqual([110_000, 140_000, 10_000]);
});

test('steps that come again take the place of what was there, also where they have no value', () => {
  const first = answerOf(100, ['1', '2', '3', '4'], '7');
  expect(shown(after(first, answerOf(110, ['20', undefined, '40', '50'])))).toEqual([
    'a 110=20 130=40 140=50',
  ]);
});

test('a client that came back loses nothing of what it had', () => {
  const result = after(answerOf(100, ['1', '2', '3', '4']), answerOf(120, ['3', '4']));
  expect(shown(result)).toEqual(['a 100=1 110=2 120=3 130=4']);
});

test('new series follow, and those without a value go', () => {
  const grown = after(answerOf(100, ['1', '2', '3', '4']), answerOf(140, ['5'], '9'));
  expect(shown(grown)).toEqual(['a 110=2 120=3 130=4 140=5', 'b 140=9']);
  const none = answerOf(180, [undefined]);
  expect(shown(after(answerOf(100, ['1', '2']), none))).toEqual([]);
});

test('an error is thrown as the server says it', () => {
  const failed = { status: 'error', errorType: 'timeout', error: 'too slow' } as const;
  expect(() => after({ ...failed, start: 1, end: 1, step: 1 })).toThrow('too slow');
});
