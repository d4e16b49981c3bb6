import { describe, expect, test } from 'vitest';
import { compilePattern } from './file-pattern.ts';
import {
  optionsOfAnswer,
  optionsOfTexts,
  requestKey,
  sortOptions,
  VARIABLE_OPTIONS_MAX,
  variableRequest,
  type VariableRequest,
} from './variable-query.ts';

const SPAN = { fromMs: 1_000_500, toMs: 2_000_000 };

function ask(query: string): VariableRequest {
  const result = variableRequest(query, SPAN);
  if (!result.ok) throw new Error(result.message);
  return result.request;
}

const TIMES = [
  ['start', '1000.5'],
  ['end', '2000'],
] as const;

// Facts: grafana.com/docs/grafana/latest/datasources/prometheus/template-variables.
describe('queries of variables', () => {
  test.each([
    ['label_values(job)', '/api/v1/label/job/values', TIMES],
    ['label_values(up, job)', '/api/v1/label/job/values', [['match[]', 'up'], ...TIMES]],
    [
      ' label_values(up{a="x,y",b=~"(a|b)",}, instance ) ',
      '/api/v1/label/instance/values',
      [['match[]', 'up{a="x,y",b=~"(a|b)",}'], ...TIMES],
    ],
    [
      'label_values({__name__=~"a.*"},name)',
      '/api/v1/label/name/values',
      [['match[]', '{__name__=~"a.*"}'], ...TIMES],
    ],
    [
      'label_values(up, "service.name")',
      '/api/v1/label/U__service_2e_name/values',
      [['match[]', 'up'], ...TIMES],
    ],
    ['label_names()', '/api/v1/labels', TIMES],
    ['label_names(node)', '/api/v1/labels', [['match[]', '{__name__=~".*node.*"}'], ...TIMES]],
    ['metrics(node_.*)', '/api/v1/label/__name__/values', TIMES],
    [
      'query_result(topk(5, sum by (job) (up)))',
      '/api/v1/query',
      [
        ['query', 'topk(5, sum by (job) (up))'],
        ['time', '2000'],
      ],
    ],
    ['node_meta', '/api/v1/series', [['match[]', 'node_meta'], ...TIMES]],
    ['up{job="a"}', '/api/v1/series', [['match[]', 'up{job="a"}'], ...TIMES]],
  ])('%s', (query, path, parameters) => {
    expect(ask(query)).toMatchObject({ path, parameters });
  });

  test.each([
    '',
    'label_values(up, job',
    'query_result()',
    'label_values()',
    'label_values(up, {a="b"})',
  ])('%j is refused with a reason', (query) => {
    const result = variableRequest(query, SPAN);
    expect(result.ok ? '' : result.message).toMatch(/^cannot /);
  });

  test('the same question has the same key', () => {
    expect(requestKey(ask('label_values(up, job)'))).toBe(requestKey(ask('label_values(up,job)')));
    expect(requestKey(ask('metrics(a)'))).not.toBe(requestKey(ask('metrics(b)')));
  });
});

describe('answers', () => {
  const plain = { regex: '', sort: 0 };

  test.each([
    ['label_values(job)', ['b', 'a', 'b', 7], plain, ['b', 'a']],
    ['metrics(^node)', ['node_a', 'go_node'], plain, ['node_a']],
    [
      'node_meta',
      [
        { __name__: 'node_meta', node_id: 'n1', x: 'y' },
        { __name__: 'node_meta', node_id: 'n2' },
      ],
      { regex: '/node_id="([^"]+)"/', sort: 0 },
      ['n1', 'n2'],
    ],
    ['up', [{ __name__: 'up', instance: 'a', job: 'b' }], plain, ['up{instance="a", job="b"}']],
    [
      'query_result(up)',
      {
        resultType: 'vector',
        result: [{ metric: { __name__: 'up', instance: 'a', job: 'b' }, value: [1.5, '1'] }],
      },
      plain,
      ['up{instance="a",job="b"} 1 1500'],
    ],
    [
      'query_result(up)',
      { resultType: 'vector', result: [{ metric: { job: 'b' }, value: [1, '42'] }] },
      { regex: '/.*job="([^"]+)/', sort: 1 },
      ['b'],
    ],
    ['query_result(scalar(up))', { resultType: 'scalar', result: [1, '42'] }, plain, ['42']],
    ['label_values(job)', { hostile: true }, plain, []],
    ['query_result(up)', null, plain, []],
  ])('of %s: %j with %j', (query, data, rules, expected) => {
    const { options } = optionsOfAnswer(ask(query), data, rules);
    expect(options.map(({ value }) => value)).toEqual(expected);
  });

  test('so many at most, and the rest is told', () => {
    const names = Array.from({ length: VARIABLE_OPTIONS_MAX + 5 }, (_, i) => `n${i}`);
    const { options, problem } = optionsOfTexts(names, plain);
    expect(options).toHaveLength(VARIABLE_OPTIONS_MAX);
    expect(problem).toMatch(/^5 options are left out/);
  });
});

describe('patterns', () => {
  test.each([
    [
      '',
      ['ab', 'b'],
      [
        ['ab', 'ab'],
        ['b', 'b'],
      ],
    ],
    ['/a/', ['ab', 'b'], [['ab', 'ab']]],
    [
      'a(.)',
      ['ab', 'ac', 'b', 'xab'],
      [
        ['b', 'b'],
        ['c', 'c'],
      ],
    ],
    ['/A(.)/i', ['ab'], [['b', 'b']]],
    [
      '/([a-z]+)=/g',
      ['k=v;l=w'],
      [
        ['k', 'k'],
        ['l', 'l'],
      ],
    ],
    ['/([a-z]+)=/', ['k=v;l=w'], [['k', 'k']]],
    ['/(?<text>[^:]+):(?<value>.*)/', ['name:1'], [['name', '1']]],
    ['/(?P<value>.*):/', ['name:1'], [['name', 'name']]],
    [
      '/^(?!lo$|veth).*/',
      ['lo', 'veth0', 'eth0', 'lo1'],
      [
        ['eth0', 'eth0'],
        ['lo1', 'lo1'],
      ],
    ],
    ['/^(?!.*test)(.*)-x/', ['a-x', 'test-x'], [['a', 'a']]],
    ['/a\\/b/', ['a/b'], [['a/b', 'a/b']]],
  ])('%s of %j', (regex, texts, expected) => {
    const { options, problem } = optionsOfTexts(texts, { regex, sort: 0 });
    expect(options.map(({ text, value }) => [text, value])).toEqual(expected);
    expect(problem).toBe('');
  });

  test.each(['/(/', '/a(?=b)/', '/(a)\\1/', 'x'.repeat(20_000)])('%.20s is told', (regex) => {
    expect(optionsOfTexts(['a'], { regex, sort: 0 }).problem).toMatch(/^cannot use the pattern/);
  });

  test('one that would make JavaScript hang is done at once', () => {
    const result = compilePattern('/^(a+)+$/');
    expect(result.ok && result.pattern.finds(`${'a'.repeat(5000)}!`)).toBe(false);
  });
});

test.each([
  [0, ['b10', 'a2', 'B1']],
  [1, ['a2', 'B1', 'b10']],
  [2, ['b10', 'B1', 'a2']],
  [3, ['B1', 'a2', 'b10']],
  [4, ['b10', 'a2', 'B1']],
  [5, ['a2', 'B1', 'b10']],
  [7, ['a2', 'B1', 'b10']],
  [8, ['b10', 'B1', 'a2']],
  [99, ['b10', 'a2', 'B1']],
])('sort %d gives %j', (sort, expected) => {
  const options = ['b10', 'a2', 'B1'].map((text) => ({ text, value: text }));
  expect(sortOptions(options, sort).map(({ text }) => text)).toEqual(expected);
});
