import { describe, expect, test } from 'vitest';
import { filterText, readFilter, writeFilter } from './ad-hoc-filter.ts';
import { variableOf } from '../../test/fakes/variables.ts';
import { interpolate } from './interpolate.ts';
import {
  readVariableParameters,
  type ResolvedVariables,
  resolveVariables,
  type VariableAnswer,
} from './resolve-variables.ts';
import type { Variable } from './variable.ts';
import { customOptions } from './variable-options.ts';
import { orderVariables } from './variable-order.ts';

const SPAN = { fromMs: 0, toMs: 6 * 3_600_000 };

/** Answers all questions until there are none; `answer` is asked by the path and the first parameter. */
function settle(
  variables: readonly Partial<Variable>[],
  url: string,
  answer: (path: string, parameter: string) => unknown = () => ['a', 'b', 'c'],
): { readonly result: ResolvedVariables; readonly rounds: number } {
  const order = orderVariables(variables.map(variableOf));
  const answers = new Map<string, VariableAnswer>();
  const pairs = url.split('&').map((pair): [string, string] => {
    const [key = '', ...value] = pair.split('=');
    return [key, value.join('=')];
  });
  const chosen = readVariableParameters(pairs);
  for (let rounds = 1; ; rounds++) {
    const common = { order, chosen, answers, scope: {}, timeZone: 'utc' };
    const result = resolveVariables({ ...common, span: SPAN, loadSpan: SPAN });
    if (result.isReady || rounds > 10) return { result, rounds };
    for (const { key, request } of result.questions) {
      const data = answer(request.path, request.parameters[0]?.[1] ?? '');
      answers.set(
        key,
        data instanceof Error ? { ok: false, message: data.message } : { ok: true, data },
      );
    }
  }
}

function valuesOf(variable: Partial<Variable>, url = ''): readonly string[] | undefined {
  return settle([variable], url).result.values['v']?.values;
}

function valueWithoutOptions(variable: Partial<Variable>): unknown {
  return settle([variable], '', () => []).result.values['v'];
}

describe('what is chosen of the options a, b, c', () => {
  const MULTI = { isMulti: true };
  const ALL = { includesAll: true };
  test.each<[string, Partial<Variable>, string, readonly string[]]>([
    ['nothing: the first', {}, '', ['a']],
    ['nothing: all where there is All', ALL, '', ['a', 'b', 'c']],
    ['nothing of several: the first', MULTI, '', ['a']],
    ['saved', { current: ['b'] }, '', ['b']],
    ['saved that is gone', { current: ['gone'] }, '', ['a']],
    ['saved that is gone, with All', { ...ALL, current: ['gone'] }, '', ['a', 'b', 'c']],
    ['saved, some of it gone', { ...MULTI, current: ['c', 'gone'] }, '', ['c']],
    ['saved All', { ...ALL, current: ['$__all'] }, '', ['a', 'b', 'c']],
    ['saved All where there is none', { current: ['$__all'] }, '', ['a']],
    ['in the URL', { current: ['b'] }, 'var-v=c', ['c']],
    ['in the URL, which no option has', {}, 'var-v=new', ['new']],
    ['several in the URL', MULTI, 'var-v=c&var-v=a&var-v=c', ['c', 'a']],
    ['several in the URL for one', {}, 'var-v=c&var-v=a', ['c']],
    ['All in the URL', { ...ALL, current: ['b'] }, 'var-v=$__all', ['a', 'b', 'c']],
    ['All by its text', { ...ALL, current: ['b'] }, 'var-v=All', ['a', 'b', 'c']],
    ['All with a pattern of the file', { ...ALL, allValue: '.*' }, 'var-v=$__all', ['.*']],
    ['nothing in the URL', { ...ALL, ...MULTI, current: ['b'] }, 'var-v=', ['a', 'b', 'c']],
  ])('%s', (_title, variable, url, expected) => {
    expect(valuesOf(variable, url)).toEqual(expected);
  });

  test('no options: nothing, or All', () => {
    expect(valueWithoutOptions({})).toMatchObject({ values: [], isAll: false });
    expect(valueWithoutOptions(ALL)).toMatchObject({ values: [], isAll: true });
    expect(valueWithoutOptions({ ...ALL, allValue: '.*' })).toMatchObject({
      values: ['.*'],
      isPattern: true,
    });
  });
});

describe('kinds', () => {
  test.each<[string, Partial<Variable>, string, readonly string[]]>([
    ['custom, by its text', { kind: 'custom', query: 'one : 1, two : 2' }, 'var-v=two', ['2']],
    [
      'custom, several',
      { kind: 'custom', query: 'x,y', isMulti: true, current: ['x', 'y'] },
      '',
      ['x', 'y'],
    ],
    ['constant, whatever the URL says', { kind: 'constant', query: 'c' }, 'var-v=x', ['c']],
    ['textbox of the URL', { kind: 'textbox', query: 'd', current: ['s'] }, 'var-v=x y', ['x y']],
    ['textbox emptied by the URL', { kind: 'textbox', query: 'd' }, 'var-v=', ['']],
    ['textbox of the file', { kind: 'textbox', query: 'd' }, '', ['d']],
    [
      'datasource',
      { kind: 'datasource', query: 'prometheus', current: ['Other'] },
      '',
      ['Narthex'],
    ],
    [
      'datasource of another server',
      { kind: 'datasource', query: 'prometheus' },
      'var-v=P1809F7CD0C75ACF3',
      ['Narthex'],
    ],
    ['datasource with a pattern', { kind: 'datasource', regex: '/^prod/' }, '', ['Narthex']],
    ['interval', { kind: 'interval', query: '1m,5m', current: ['5m'] }, '', ['5m']],
    [
      'interval by itself',
      { kind: 'interval', query: '1m', auto: { count: 30, min: '10s' } },
      '',
      ['10m'],
    ],
    [
      'interval by itself, saved',
      {
        kind: 'interval',
        query: '1m,auto',
        auto: { count: 1000, min: '1m' },
        current: ['$__auto_interval_v'],
      },
      '',
      ['1m'],
    ],
    [
      'interval by itself in the URL',
      { kind: 'interval', query: '1m', auto: { count: 30, min: '' } },
      'var-v=$__auto',
      ['10m'],
    ],
    [
      'query never asked',
      {
        refresh: 'never',
        options: [
          { text: 'All', value: '$__all' },
          { text: 'S', value: 's' },
        ],
      },
      '',
      ['s'],
    ],
  ])('%s', (_title, variable, url, expected) => {
    const { result, rounds } = settle([{ ...variable }], url, () => new Error('not to be asked'));
    expect([result.values['v']?.values, rounds]).toEqual([expected, 1]);
  });

  test('an interval that follows the range is known by its own name too', () => {
    const auto = { count: 30, min: '10s' };
    const { result } = settle([{ kind: 'interval', query: '1m', auto }], 'var-v=1m');
    const options = { format: 'promql', timeZone: 'utc' } as const;
    expect(interpolate('$v $__auto_interval_v', result.values, {}, options)).toBe('1m 10m');
  });

  test.each([
    [
      'a,b : text, c\\,d',
      [
        ['a', 'a'],
        ['b', 'text'],
        ['c,d', 'c,d'],
      ],
    ],
    [
      ' a : b : 1 ,, http://x:80 ',
      [
        ['a : b', '1'],
        ['http://x:80', 'http://x:80'],
      ],
    ],
    ['', []],
  ])('custom options %j', (query, expected) => {
    expect(customOptions(query).map(({ text, value }) => [text, value])).toEqual(expected);
  });
});

describe('chained variables', () => {
  const CHAIN: readonly Partial<Variable>[] = [
    { name: 'node', query: 'label_values(up{job=~"$job"}, node)', isMulti: true },
    { name: 'job', query: 'label_values(up{dc="$dc"}, job)', isMulti: true },
    { name: 'dc', kind: 'custom', query: 'east,west' },
    { name: 'free', query: 'label_values(free)' },
  ];

  test('are asked when those are known that they name', () => {
    const asked: string[] = [];
    const { result, rounds } = settle(
      CHAIN,
      'var-dc=west&var-job=a&var-job=b.c',
      (_path, parameter) => {
        asked.push(parameter);
        return ['x'];
      },
    );
    expect(asked).toEqual(['up{dc="west"}', '0', 'up{job=~"(a|b\\\\.c)"}']);
    expect(rounds).toBe(3);
    expect(result.values['node']?.values).toEqual(['x']);
  });

  test('wait for one another', () => {
    const order = orderVariables(CHAIN.map(variableOf));
    const first = resolveVariables({
      order,
      chosen: new Map(),
      answers: new Map(),
      span: SPAN,
      loadSpan: SPAN,
      scope: {},
      timeZone: 'utc',
    });
    const states = first.variables.map(({ variable, state }) => [variable.name, state]);
    expect(Object.fromEntries(states)).toEqual({
      dc: 'ready',
      job: 'asking',
      node: 'waiting',
      free: 'asking',
    });
    expect(first.isReady).toBe(false);
  });

  test('a question that fails is told, and those below are asked all the same', () => {
    const { result } = settle(CHAIN, '', (path) =>
      path.includes('/job/') ? new Error('no such thing') : ['n'],
    );
    expect(result.problems).toEqual([{ path: 'templating.job', message: 'no such thing' }]);
    expect(result.isReady).toBe(true);
    expect(result.values['node']?.values).toEqual(['n']);
  });

  test('in a circle come to an end', () => {
    const { result } = settle(
      [
        { name: 'a', query: 'label_values(up{b="$b"}, a)' },
        { name: 'b', query: 'label_values(up{a="$a"}, b)' },
      ],
      '',
    );
    expect(result.isReady).toBe(true);
    expect(result.problems[0]?.message).toMatch(/depend on one another/);
  });

  test('that are asked again for another time keep what they had until then', () => {
    const variables = [
      { name: 'job', query: 'label_values(up, job)', refresh: 'time' },
      { name: 'node', query: 'label_values(up{job="$job"}, node)' },
    ] as const;
    const { result: before } = settle(variables, 'var-node=n2', () => ['n1', 'n2']);
    const look = (job: string): ResolvedVariables =>
      resolveVariables({
        order: orderVariables(variables.map(variableOf)),
        chosen: new Map([['job', [job]]]),
        answers: new Map(),
        span: { fromMs: 5000, toMs: 6000 },
        loadSpan: SPAN,
        scope: {},
        timeZone: 'utc',
        previous: before,
      });
    const same = look('n1');
    expect(same.isReady).toBe(true);
    expect(same.values['job']?.values).toEqual(['n1']);
    expect(same.questions.map(({ request }) => request.path)).toEqual([
      '/api/v1/label/job/values',
      '/api/v1/label/node/values',
    ]);
    // Another job has other nodes: those of the one before are not shown for it.
    const other = look('n2');
    expect(other.isReady).toBe(false);
    expect(other.values['node']).toBeUndefined();
  });

  test('two that ask the same ask once', () => {
    const order = orderVariables([{ name: 'a' }, { name: 'b' }].map(variableOf));
    const { questions } = resolveVariables({
      order,
      chosen: new Map(),
      answers: new Map(),
      span: SPAN,
      loadSpan: SPAN,
      scope: {},
      timeZone: 'utc',
    });
    expect(questions).toHaveLength(1);
  });

  test('named like parts of objects do no harm', () => {
    const { result } = settle(
      [
        { name: '__proto__', kind: 'constant', query: 'x' },
        { name: 'constructor', kind: 'constant', query: 'y' },
      ],
      '',
    );
    expect(Object.keys(result.values)).toEqual(['__proto__', 'constructor']);
  });
});

describe('ad hoc filters', () => {
  const FILTER = { key: 'job', operator: '=~', value: 'a|b,c' };

  test('are of the file, or of the URL', () => {
    const filters = [{ key: 'env', operator: '=', value: 'prod' }];
    expect(settle([{ kind: 'adhoc', filters }], '').result.filters).toEqual(filters);
    const { result } = settle(
      [{ kind: 'adhoc', filters }],
      `var-v=${writeFilter(FILTER)}&var-v=half`,
    );
    expect(result.filters).toEqual([FILTER]);
    expect(settle([{ kind: 'adhoc', filters }], 'var-v=').result.filters).toEqual([]);
  });

  test('are written as Grafana does', () => {
    expect(writeFilter(FILTER)).toBe('job|=~|a__gfp__b__gfc__c');
    expect(readFilter(writeFilter(FILTER))).toEqual(FILTER);
  });

  test('of several values are written as Grafana does', () => {
    const many = { key: 'job', operator: '!=|', value: 'a', values: ['a', 'b,c'] };
    expect(writeFilter(many)).toBe('job|!=__gfp__|a|b__gfc__c');
    expect(readFilter(writeFilter(many))).toEqual(many);
    expect(filterText(many)).toBe('job !=| a, b,c');
  });
});
