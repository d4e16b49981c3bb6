import { describe, expect, it } from 'vitest';
import { printJson, readJsonText } from './json-text.ts';

describe('the text of a dashboard', () => {
  it.each([
    ['{"title": "a",\n}', { line: 2, column: 1 }],
    ['[1]', { line: 1, column: 1, message: 'a dashboard is an object in braces' }],
    ['', { line: 1, column: 1 }],
  ])('%j is refused with its place', (text, fault) => {
    expect(readJsonText(text)).toMatchObject({ ok: false, fault });
  });

  it('that is one is taken, with what of it cannot be read', () => {
    const json = { title: 'a', panels: [], templating: { list: [{ name: '' }] } };
    const read = readJsonText(printJson(json));
    expect(read).toMatchObject({ ok: true, json });
    expect(read.ok && read.problems.map(({ path }) => path)).toEqual(['templating.list[0].name']);
  });
});
