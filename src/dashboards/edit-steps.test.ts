import { expect, test } from 'vitest';
import { type EditSteps, makeEdit, redoEdit, startEdit, undoEdit } from './edit-steps.ts';

function edit(steps: EditSteps, title: string, nowMs: number, what = 'Title'): EditSteps {
  return makeEdit(steps, { title }, { what, nowMs });
}

test('changes are taken back one by one, and made again', () => {
  const steps = edit(edit(startEdit({ title: '' }), 'a', 1000, 'A'), 'b', 1100, 'B');
  expect(steps.past.map(({ what }) => what)).toEqual(['A', 'B']);
  const back = undoEdit(steps);
  expect(back.json).toEqual({ title: 'a' });
  expect(undoEdit(back).json).toEqual({ title: '' });
  expect(undoEdit(undoEdit(undoEdit(back))).json).toEqual({ title: '' });
  expect(redoEdit(back).json).toEqual({ title: 'b' });
  expect(redoEdit(redoEdit(undoEdit(back))).json).toEqual({ title: 'b' });
});

test('typing is one step, until one rests', () => {
  let steps = startEdit({ title: '' });
  for (const [i, title] of ['C', 'CP', 'CPU'].entries()) steps = edit(steps, title, i * 300);
  expect(undoEdit(steps).json).toEqual({ title: '' });
  expect(undoEdit(edit(steps, 'CPUs', 9000)).json).toEqual({ title: 'CPU' });
});

test('what is done after undoing is a step of its own and forgets what was undone', () => {
  const back = undoEdit(edit(edit(startEdit({ title: '' }), 'a', 1000), 'b', 9000));
  const steps = edit(back, 'c', 9100);
  expect(steps.future).toEqual([]);
  expect(undoEdit(steps).json).toEqual({ title: 'a' });
});

test('what changes nothing is no step; another order of keys is one', () => {
  const steps = startEdit({ title: 'a', tags: [] });
  expect(makeEdit(steps, { title: 'a', tags: [] }, { what: 'JSON', nowMs: 1 })).toBe(steps);
  const sorted = makeEdit(steps, { tags: [], title: 'a' }, { what: 'JSON', nowMs: 1 });
  expect(Object.keys(sorted.json)).toEqual(['tags', 'title']);
});

test('the oldest steps are forgotten beyond 200', () => {
  let steps = startEdit({ title: '' });
  for (let i = 0; i < 300; i++) steps = edit(steps, String(i), i * 5000);
  expect(steps.past).toHaveLength(200);
  expect(steps.past[0]?.json).toEqual({ title: '99' });
});
