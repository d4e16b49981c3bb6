import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from './dashboard.ts';
import { readDashboard } from './read-dashboard.ts';

function read(...list: Json[]) {
  const { variables, problems } = readDashboard({ panels: [], templating: { list } });
  return { variables, problems };
}

describe('variables', () => {
  it.each<[string, Json, string[]]>([
    ['nothing', {}, []],
    ['null', null, []],
    ['a text', { text: 'a', value: 'a' }, ['a']],
    ['a list', { text: ['a', 'b'], value: ['a', 'b'] }, ['a', 'b']],
    ['a number', { text: '1', value: 1 }, ['1']],
    ['all', { text: 'All', value: '$__all' }, ['$__all']],
    ['all in a list', { text: ['All'], value: ['$__all'] }, ['$__all']],
    ['all without a value', { text: 'All', value: '' }, ['$__all']],
    ['only the text', { text: 'a' }, ['a']],
    ['a bare text', 'a', ['a']],
    ['an object for a value', { text: 'a', value: {} }, []],
  ])('have chosen what the file says: %s', (_, current, expected) => {
    const { variables } = read({ name: 'v', type: 'query', query: 'q', current });
    expect(variables[0]?.current).toEqual(expected);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a query', { query: 'label_values(up, job)' }, { query: 'label_values(up, job)' }],
    [
      'a query of an editor',
      { query: { query: 'label_values(job)', refId: 'A' } },
      { query: 'label_values(job)' },
    ],
    ['a definition', { query: {}, definition: 'metrics(a)' }, { query: 'metrics(a)' }],
    ['a regex', { regex: '/(.*)/' }, { regex: '/(.*)/' }],
    ['hidden', { hide: 2 }, { hide: 'all' }],
    ['without a label', { hide: 1 }, { hide: 'label' }],
    ['hidden, of 2015', { hideVariable: true }, { hide: 'all' }],
    ['on load', { refresh: 1 }, { refresh: 'load' }],
    ['on load, of 2015', { refresh: true }, { refresh: 'load' }],
    ['when the time changes', { refresh: 2 }, { refresh: 'time' }],
    ['sorted', { sort: 3 }, { sort: 3 }],
    ['sorted in no known way', { sort: 77 }, { sort: 0 }],
    [
      'multi',
      { multi: true, includeAll: true, allValue: '.+' },
      { isMulti: true, includesAll: true, allValue: '.+' },
    ],
    ['null for all', { allValue: null }, { allValue: '' }],
    ['a data source', { datasource: 'x' }, { datasource: { uid: 'x', type: '' } }],
    [
      'auto',
      { type: 'interval', auto: true, auto_count: 10, auto_min: '5s', query: '1m,1h' },
      { kind: 'interval', auto: { count: 10, min: '5s' }, query: '1m,1h' },
    ],
    ['a constant', { type: 'constant', query: 'c' }, { kind: 'constant', current: ['c'] }],
    ['a textbox', { type: 'textbox', query: 't' }, { kind: 'textbox', current: ['t'] }],
    [
      'an emptied textbox',
      { type: 'textbox', query: 't', current: { value: '' } },
      { current: [''] },
    ],
    [
      'options',
      {
        type: 'custom',
        query: 'a,b',
        options: [
          { text: 'A', value: 'a' },
          { text: 'B', value: 'b', selected: true },
          { value: null },
        ],
      },
      {
        options: [
          { text: 'A', value: 'a' },
          { text: 'B', value: 'b' },
        ],
        current: ['b'],
      },
    ],
    [
      'filters',
      { type: 'adhoc', filters: [{ key: 'a', operator: '=~', value: 'b' }, { operator: '=' }] },
      { filters: [{ key: 'a', operator: '=~', value: 'b' }] },
    ],
    [
      'filters of several values',
      {
        type: 'adhoc',
        filters: [
          { key: 'a', operator: '=|', value: 'b', values: ['b', 'c'] },
          { key: 'd', operator: '!=|', value: 'e' },
        ],
      },
      {
        filters: [
          { key: 'a', operator: '=|', value: 'b', values: ['b', 'c'] },
          { key: 'd', operator: '!=|', value: 'e', values: ['e'] },
        ],
      },
    ],
  ])('read %s', (_, more, expected) => {
    const { variables, problems } = read({ name: 'v', type: 'query', ...more });
    expect(variables).toMatchObject([expected]);
    expect(problems).toEqual([]);
  });

  it('without a usable name or type are left out and told', () => {
    const { variables, problems } = read(
      { type: 'query' },
      { name: 'a', type: 'query' },
      { name: 'a', type: 'custom' },
      { name: 'b', type: 'snapshot' },
      { name: '__proto__', type: 'query' },
      7,
    );
    expect(variables.map(({ name, kind }) => [name, kind])).toEqual([['a', 'query']]);
    expect(problems.map(({ path }) => path.replace('templating.list', ''))).toEqual([
      '[5]',
      '[0].name',
      '[2].name',
      '[3].type',
      '[4].name',
    ]);
  });
});
