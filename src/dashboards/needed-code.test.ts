import { describe, expect, test } from 'vitest';
import type { Json } from './dashboard.ts';
import { neededCode } from './needed-code.ts';

describe('code that most dashboards do without', () => {
  test.each<[string, Json, boolean]>([
    ['a simple matcher', { matcher: { id: 'byRegexp', options: '/ read$/' } }, false],
    ['a matcher', { matcher: { id: 'byRegexp', options: '/(a|b)+/' } }, true],
    ['a matcher without slashes', { matcher: { id: 'byRegexp', options: 'a+' } }, true],
    ['a matcher by name', { matcher: { id: 'byName', options: 'a+(b)' } }, false],
    ['a variable', { name: 'a', query: 'label_values(up, job)', regex: '/job="([^"]+)/' }, true],
    [
      'a variable without',
      { name: 'a', query: 'label_values(up{a=~"x+"}, job)', regex: '' },
      false,
    ],
    ['names of metrics', { query: 'metrics(node_.+)' }, true],
    [
      'a mapping',
      { mappings: [{ type: 'regex', options: { pattern: 'a(.)', result: {} } }] },
      true,
    ],
    ['an old series override', { seriesOverrides: [{ alias: '/Max.*/' }] }, false],
    ['a harder one', { seriesOverrides: [{ alias: '/^a\\d/' }] }, true],
    ['flags', { options: { fields: '/a/i' } }, true],
    [
      'a transformation',
      {
        transformations: [{ id: 'renameByRegex', options: { regex: '(.*)', renamePattern: '$1' } }],
      },
      true,
    ],
    ['a query', { targets: [{ expr: '/(a+)+/', legendFormat: '{{a}}' }] }, false],
  ])('RE2 for %s: %j', (_, json, isNeeded) => {
    expect(neededCode({ panels: [json] })).toEqual({ patterns: isNeeded, filters: false });
  });

  test('the parser for ad hoc filters', () => {
    const json = { templating: { list: [{ name: 'Filters', type: 'adhoc' }] } };
    expect(neededCode(json)).toEqual({ patterns: false, filters: true });
  });
});
