import { describe, expect, it } from 'vitest';
import { nextSort, parseListState, printSort } from './list-state.ts';

const parse = (search: string) => parseListState(new URLSearchParams(search));

describe('the state of the list', () => {
  it('is all containers by project and name where the link says nothing or nonsense', () => {
    const expected = {
      text: '',
      states: [],
      sort: { key: 'name', isDescending: false },
      isGrouped: true,
      folded: [],
      spark: 'cpu',
    };
    expect(parse('')).toEqual(expected);
    expect(parse('?state=happy&sort=-colour&group=x&spark=disk')).toEqual(expected);
  });

  it('is what the link says', () => {
    const link = '?search=a%20b&state=removed,running&sort=-cpu&group=none&folded=x&spark=memory';
    expect(parse(link)).toEqual({
      text: 'a b',
      states: ['running', 'removed'],
      sort: { key: 'cpu', isDescending: true },
      isGrouped: false,
      folded: ['x'],
      spark: 'memory',
    });
  });

  it.each([
    ['name', undefined],
    ['-name', '-name'],
    ['-cpu', '-cpu'],
    ['cpu', 'cpu'],
  ])('writes the order %s as %s', (text, printed) => {
    expect(printSort(parse(`?sort=${text}`).sort)).toBe(printed);
  });

  it.each([
    ['name', 'cpu', '-cpu'],
    ['-cpu', 'cpu', 'cpu'],
    ['-cpu', 'state', 'state'],
    ['name', 'name', '-name'],
  ] as const)('from %s a click on %s leads to %s', (from, key, to) => {
    expect(printSort(nextSort(parse(`?sort=${from}`).sort, key))).toBe(to);
  });
});
