import { describe, expect, test } from 'vitest';
import type { ResolvedVariable } from './resolve-variables.ts';
import { describeVariables } from './snapshot-variables.ts';

function resolved(variable: object, selected: readonly string[]): ResolvedVariable {
  return {
    variable: { name: 'job', label: '', hide: 'none', kind: 'query', ...variable },
    selected,
    options: [{ value: 'a', text: 'The first' }],
  } as unknown as ResolvedVariable;
}

describe('what is chosen of variables, in words', () => {
  test.each([
    [{}, ['a', 'b'], [{ label: 'job', text: 'The first, b' }]],
    [{ label: 'Job' }, ['$__all'], [{ label: 'Job', text: 'All' }]],
    [{ kind: 'adhoc' }, ['job|=~|a.*', 'half'], [{ label: 'job', text: 'job =~ a.*' }]],
    [{}, [], []],
    [{ kind: 'textbox' }, [''], []],
    [{ hide: 'all' }, ['a'], []],
    [{ kind: 'constant' }, ['a'], []],
    [{ name: 'api_token' }, ['a'], []],
  ])('%j of %j: %j', (variable, selected, expected) => {
    expect(describeVariables([resolved(variable, selected)])).toEqual(expected);
  });

  test('of many, how many there are', () => {
    const many = Array.from({ length: 40 }, (_, i) => `v${i}`);
    expect(describeVariables([resolved({}, many)])[0]?.text).toMatch(/, v11 and 28 more$/);
  });
});
