import { Secret } from '#config';
import { createRelabelRule } from '#model';
import { expect, it } from 'vitest';
import { settingsKey } from './settings-key.ts';

it.each([
  [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: '1' }, false],
  [['a', 'b'], ['a,b'], false],
  [{ a: new Secret('x') }, { a: new Secret('x') }, true],
  [{ a: new Secret('x') }, { a: new Secret('y') }, false],
  [createRelabelRule({ regex: 'a' }), createRelabelRule({ regex: 'a' }), true],
  [createRelabelRule({ regex: 'a' }), createRelabelRule({ regex: 'b' }), false],
])('settings are equal or not: %#', (a, b, expected) => {
  expect(settingsKey(a) === settingsKey(b)).toBe(expected);
});

it('shows no secret', () => {
  expect(settingsKey({ a: new Secret('hunter2') })).not.toContain('hunter2');
});
