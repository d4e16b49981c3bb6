import { describe, expect, it } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import {
  addVariable,
  changeVariableKind,
  duplicateVariable,
  readVariableItem,
  renameVariable,
  usualDatasource,
  variableNameProblem,
  withChosen,
  withVariableQuery,
} from './edit-variables.ts';
import { duplicateItem, moveItemTo } from './edit-list.ts';
import { variableUses } from './variable-uses.ts';

function file(...variables: readonly JsonObject[]): JsonObject {
  return { title: 'x', templating: { list: variables, enable: true }, odd: [1] };
}

function variables(json: JsonObject): readonly JsonObject[] {
  return (json['templating'] as { list: readonly JsonObject[] }).list;
}

const NAMING: JsonObject = {
  title: 'Of $job',
  templating: {
    list: [
      { name: 'job', type: 'query', query: 'label_values(up, job)', current: { text: '$job' } },
      { name: 'jobs', type: 'query', query: 'label_values(up{job="$job"}, instance)' },
      {
        name: 'step',
        type: 'interval',
        options: [{ text: 'auto', value: '$__auto_interval_step' }],
        current: { text: 'auto', value: '$__auto_interval_step' },
      },
      { name: 'lonely', type: 'custom', query: '$lonely,a' },
    ],
  },
  annotations: { list: [{ name: 'Deploys', expr: 'x{a=~"[[job:regex]]"}' }] },
  links: [{ title: 'More', url: '/d/x?var-job=$job&${job:queryparam}' }],
  panels: [
    {
      id: 1,
      type: 'timeseries',
      title: 'CPU',
      repeat: 'job',
      datasource: { uid: '${gone}' },
      targets: [
        { expr: 'rate(a{job=~"${job}", b="$jobs"}[$step]) or label_replace(b, "c", "$1")' },
      ],
    },
    {
      id: 2,
      type: 'row',
      title: 'Inner',
      repeat: 'jobs',
      panels: [
        {
          id: 3,
          type: 'text',
          options: { content: '$__interval $mistake ${__auto_interval_step}' },
        },
      ],
    },
  ],
};

describe('uses of variables', () => {
  it('are where they are named, in words', () => {
    const { uses, unknown } = variableUses(NAMING);
    expect(Object.fromEntries(uses)).toEqual({
      job: ['The dashboard', 'Variable jobs', 'Annotation “Deploys”', 'Link “More”', 'Panel “CPU”'],
      jobs: ['Panel “CPU”', 'Row “Inner”'],
      step: ['Panel “CPU”', 'Panel 3'],
      lonely: [],
    });
    expect(Object.fromEntries(unknown)).toEqual({ mistake: ['Panel 3'] });
  });

  it('in rows of old files are those of their panels', () => {
    const old = { rows: [{ title: 'R', repeat: 'a', panels: [{ id: 7, title: '$b' }] }] };
    const { unknown } = variableUses(old);
    expect(Object.fromEntries(unknown)).toEqual({ a: ['Row “R”'], b: ['Panel “$b”'] });
  });

  it('do not count what an exported file asks for when it is imported', () => {
    const json = {
      __inputs: [{ name: 'DS' }],
      panels: [{ title: 't', links: [{ url: '${DS}' }] }],
    };
    expect(variableUses(json).unknown.size).toBe(0);
  });
});

describe('a variable', () => {
  it('that is renamed is renamed wherever it is named, and nowhere else', () => {
    const renamed = renameVariable(NAMING, 0, 'service');
    const text = JSON.stringify(NAMING)
      .replaceAll('$job ', '$service ')
      .replaceAll(/\$job(?=[&"\\])/g, '$service')
      .replaceAll('${job}', '${service}')
      .replaceAll('${job:', '${service:')
      .replaceAll('[[job:', '[[service:')
      .replace('"repeat":"job"', '"repeat":"service"')
      .replace('"name":"job"', '"name":"service"');
    expect(JSON.stringify(renamed)).toBe(text);
    expect(text).toContain('var-job=$service&${service:queryparam}');
    expect([...variableUses(renamed).unknown.keys()]).toEqual(['mistake']);
  });

  it('that is an interval takes its automatic value along', () => {
    const renamed = renameVariable(NAMING, 2, 'width');
    expect(variables(renamed)[2]).toMatchObject({
      name: 'width',
      options: [{ value: '$__auto_interval_width' }],
      current: { value: '$__auto_interval_width' },
    });
    expect(JSON.stringify(renamed)).not.toContain('_step');
  });

  it.each([
    ['', 'A variable needs a name'],
    ['a b', 'Letters, digits and _ only'],
    ['__range', 'Names with __ are those of built-in variables'],
    ['jobs', 'Another variable has this name'],
    ['x'.repeat(201), 'At most 200 characters'],
  ])('cannot be named %.20j', (name, problem) => {
    expect(variableNameProblem(NAMING, 0, name)).toBe(problem);
    expect(renameVariable(NAMING, 0, name)).toBe(NAMING);
  });

  it('is added under a name that is free, as Grafana would save it', () => {
    const added = addVariable(addVariable(file(), 'query', 'job'), 'textbox', 'job');
    expect(variables(added).map(({ name, type }) => [name, type])).toEqual([
      ['job', 'query'],
      ['job2', 'textbox'],
    ]);
    expect(added['odd']).toEqual([1]);
    expect(variables(addVariable({}, 'custom'))).toMatchObject([{ name: 'variable' }]);
  });

  it('is duplicated behind itself, and moved with those between', () => {
    const json = file({ name: 'a1' }, { name: 'b', hide: 2 }, { name: 'c' });
    const twice = duplicateVariable(json, 0);
    expect(variables(twice).map(({ name }) => name)).toEqual(['a1', 'a2', 'b', 'c']);
    const moved = moveItemTo(twice, ['templating', 'list'], { from: 0, to: 2 });
    expect(variables(moved).map(({ name }) => name)).toEqual(['a2', 'b', 'a1', 'c']);
    expect(moveItemTo(moved, ['templating', 'list'], { from: 0, to: 4 })).toBe(moved);
    expect(moveItemTo(moved, ['templating', 'list'], { from: 9, to: 0 })).toBe(moved);
    expect(duplicateItem(moved, ['odd'], 0)['odd']).toEqual([1, 1]);
  });

  it.each(['query', 'custom', 'textbox', 'interval', 'constant', 'datasource', 'adhoc'] as const)(
    'that becomes one of kind %s can be read, and keeps what is not of a kind',
    (kind) => {
      const before = { name: 'v', label: 'L', hide: 2, type: 'odd', query: 'q', strange: { a: 1 } };
      const [item] = variables(changeVariableKind(file(before), 0, kind));
      expect(item).toMatchObject({ name: 'v', label: 'L', hide: 2, type: kind, strange: { a: 1 } });
      expect(item?.['query']).not.toBe('q');
      expect(readVariableItem(item ?? {})?.kind).toBe(kind);
    },
  );

  it.each<[string, JsonObject, string, JsonObject]>([
    [
      'a text stays a text, its definition follows',
      { type: 'query', query: 'a', definition: 'a' },
      'label_names()',
      { type: 'query', query: 'label_names()', definition: 'label_names()' },
    ],
    [
      'an object keeps its own, and says of which form it is',
      { type: 'query', query: { query: 'a', qryType: 1, refId: 'R', more: 1 } },
      'query_result(up)',
      {
        type: 'query',
        query: { query: 'query_result(up)', qryType: 3, refId: 'R', more: 1 },
        definition: 'query_result(up)',
      },
    ],
    [
      'choices that are saved follow, All stays, and what is chosen where it can',
      {
        type: 'custom',
        query: 'a,b',
        options: [
          { text: 'All', value: '$__all', selected: false },
          { text: 'a', value: 'a', selected: true },
        ],
        current: { text: 'a', value: 'a', tags: [] },
      },
      'b : B,c',
      {
        type: 'custom',
        query: 'b : B,c',
        options: [
          { text: 'All', value: '$__all', selected: false },
          { text: 'b', value: 'B', selected: true },
          { text: 'c', value: 'c', selected: false },
        ],
        current: { text: 'b', value: 'B', tags: [] },
      },
    ],
    [
      'a text box begins with it',
      { type: 'textbox', query: 'a', current: { text: 'a', value: 'a' } },
      'b',
      { type: 'textbox', query: 'b', current: { text: 'b', value: 'b' } },
    ],
  ])('has another query: %s', (_, item, query, expected) => {
    const named = { name: 'v', ...item };
    expect(withVariableQuery(named, query)).toEqual({ name: 'v', ...expected });
  });

  it('begins with what is chosen, one or many', () => {
    const options = [{ text: 'A', value: 'a' }];
    expect(withChosen({ multi: true }, ['$__all'], options)['current']).toEqual({
      text: ['All'],
      value: ['$__all'],
    });
    expect(withChosen({ current: { selected: true } }, ['a'], options)['current']).toEqual({
      selected: true,
      text: 'A',
      value: 'a',
    });
  });

  it.each<[JsonObject, JsonObject]>([
    [{}, { type: 'prometheus' }],
    [file({ name: 'ds', type: 'datasource' }), { type: 'prometheus', uid: '${ds}' }],
    [
      { panels: [{ id: 1, type: 'stat', targets: [{ expr: 'a', datasource: { uid: 'p1' } }] }] },
      { type: 'prometheus', uid: 'p1' },
    ],
  ])('of %j asks its usual source of data', (json, expected) => {
    expect(usualDatasource(json)).toEqual(expected);
  });
});
