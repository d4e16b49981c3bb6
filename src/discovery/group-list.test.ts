import { labelsToObject } from '#model';
import { describe, expect, it } from 'vitest';
import { parseJsonGroups, parseYamlGroups } from './group-list.ts';

const source = { name: 'f', meta: ['__meta_filepath', 'f'] } as const;

describe('a list of target groups', () => {
  it('in YAML takes every scalar as text', () => {
    const text = '- targets: [host:1]\n  labels: {port: 0080, on: true, none: , "a b": x}\n';
    const [group] = parseYamlGroups(text, source);
    expect({ ...labelsToObject(group?.labels ?? []) }).toEqual({
      __meta_filepath: 'f',
      port: '0080',
      on: 'true',
      'a b': 'x',
    });
  });

  it.each(['', '# nothing\n', '[]', 'null'])('may be empty: %j', (text) => {
    expect(parseYamlGroups(text, source)).toEqual([]);
  });

  it.each([
    ['[', /^cannot parse YAML: /],
    ['- null\n', /^nil target group item found \(index 0\)$/],
    ['a: 1\n', /^a list of target groups is wanted$/],
    ['- targets: x\n', /targets: a list is wanted/],
    ['- target: [x]\n', /^target group 0: unknown field "target"$/],
    ['- labels: {a: [b]}\n', /label "a" is not a string/],
    ['- &a {targets: [x]}\n- *a\n', /aliases are not supported/],
    ['- targets: [x]\n---\n- targets: [y]\n', /more than one document/],
  ])('in YAML is refused: %j', (text, message) => {
    expect(() => parseYamlGroups(text, source)).toThrow(message);
  });

  it.each([
    ['{', /^cannot parse JSON: /],
    ['[1]', /^target group 0 is not an object$/],
    ['[{"targets": [1]}]', /^target group 0: 1 is not a string$/],
    ['[{"labels": {"": "x"}}]', /^"" is not a valid label name$/],
  ])('in JSON is refused: %j', (text, message) => {
    expect(() => parseJsonGroups(text, source)).toThrow(message);
  });
});
