import { expect, test } from 'vitest';
import { type DiffLine, diffLines } from './line-diff.ts';

function shown(diff: readonly DiffLine[]): string {
  const marks = { same: ' ', added: '+', removed: '-' };
  return diff.map(({ kind, text }) => marks[kind] + text).join('');
}

test.each([
  ['', '', ''],
  ['abc', 'abc', ' a b c'],
  ['', 'ab', '+a+b'],
  ['ab', '', '-a-b'],
  ['abc', 'axc', ' a-b+x c'],
  ['abcabba', 'cbabac', undefined],
  ['xaby', 'xby', ' x-a b y'],
  ['ab', 'ba', undefined],
])('from %j to %j', (before, after, expected) => {
  const diff = diffLines(before.split(''), after.split(''));
  if (expected !== undefined) expect(shown(diff)).toBe(expected);
  expect(textOf(diff, 'added')).toBe(before);
  expect(textOf(diff, 'removed')).toBe(after);
});

/** Without lines of one kind the others are the text of one side. */
function textOf(diff: readonly DiffLine[], without: DiffLine['kind']): string {
  return diff.flatMap(({ kind, text }) => (kind === without ? [] : [text])).join('');
}

test('is both texts and the shortest way, whatever they are', () => {
  let seed = 3;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const any = (): string[] => Array.from({ length: next(12) }, () => 'abc'[next(3)] ?? '');
  for (let round = 0; round < 500; round++) {
    const [before, after] = [any(), any()];
    const diff = diffLines(before, after);
    expect([textOf(diff, 'added'), textOf(diff, 'removed')]).toEqual([
      before.join(''),
      after.join(''),
    ]);
    const changed = diff.filter(({ kind }) => kind !== 'same').length;
    expect(changed).toBe(before.length + after.length - 2 * longestCommon(before, after));
  }
});

function longestCommon([a, ...before]: string[], after: string[]): number {
  if (a === undefined || after.length === 0) return 0;
  const table = Array.from({ length: after.length + 1 }, () => 0);
  for (const line of [a, ...before]) {
    let corner = 0;
    for (const [i, other] of after.entries()) {
      const above = table[i + 1] ?? 0;
      table[i + 1] = line === other ? corner + 1 : Math.max(above, table[i] ?? 0);
      corner = above;
    }
  }
  return table.at(-1) ?? 0;
}

test('tells texts that have nothing in common as two', () => {
  const [before, after] = ['a', 'b'].map((letter) =>
    Array.from({ length: 3000 }, (_, i) => `${letter}${i}`),
  );
  const diff = diffLines(['first', ...(before ?? [])], ['first', ...(after ?? [])]);
  expect(diff.slice(0, 3).map(({ kind }) => kind)).toEqual(['same', 'removed', 'removed']);
  expect(diff).toHaveLength(6001);
});
