import { describe, expect, it } from 'vitest';
import type { ContainerData } from '#contract';
import {
  filterRows,
  groupRows,
  matchesText,
  sortRows,
  toRows,
  totalsOf,
} from './container-rows.ts';
import type { ContainerValues } from './container-values.ts';
import type { Sort, StateFilter } from './list-state.ts';
import { container } from './test-container.ts';

type Named = Partial<ContainerData> & { readonly name: string };

const SEEN: readonly Named[] = [
  { name: 'web-10', group: 'shop', kind: 'compose', restarts: 2 },
  { name: 'web-2', group: 'shop', kind: 'compose', health: 'unhealthy' },
  { name: 'db', group: '', state: 'exited', exitCode: 1, finishedAt: '2026-11-23T11:00:00Z' },
  { name: 'api', group: 'gallery', kind: 'compose', startedAt: '2026-11-23T11:30:00Z' },
  { name: 'gone', state: 'removed' },
];

const VALUES = new Map<string, ContainerValues>([
  ['web-10', { cpu: 0.1, memoryBytes: 300, receivedBytes: 1, sentBytes: 2 }],
  ['web-2', { cpu: 0.5, memoryBytes: 200 }],
  ['api', { cpu: 0 }],
  ['db', { cpu: 7 }],
]);

const rows = toRows(
  SEEN.map((change) => container(change)),
  { containers: VALUES, host: {} },
);

function names(of: readonly { readonly container: ContainerData }[]): string[] {
  return of.map((row) => row.container.name);
}

describe('rows of the list', () => {
  it('have no values of what a stopped container left behind', () => {
    expect(rows.find((row) => row.container.name === 'db')?.values).toEqual({});
  });

  it.each<[string, Sort, string[]]>([
    [
      'names, numbers as numbers',
      { key: 'name', isDescending: false },
      ['api', 'db', 'gone', 'web-2', 'web-10'],
    ],
    [
      'names from the end',
      { key: 'name', isDescending: true },
      ['web-10', 'web-2', 'gone', 'db', 'api'],
    ],
    [
      'CPU, what has none last',
      { key: 'cpu', isDescending: true },
      ['web-2', 'web-10', 'api', 'db', 'gone'],
    ],
    [
      'CPU from the least, what has none last',
      { key: 'cpu', isDescending: false },
      ['api', 'web-10', 'web-2', 'db', 'gone'],
    ],
    ['memory', { key: 'memory', isDescending: true }, ['web-10', 'web-2', 'api', 'db', 'gone']],
    ['network', { key: 'network', isDescending: true }, ['web-10', 'api', 'db', 'gone', 'web-2']],
    ['restarts', { key: 'restarts', isDescending: true }, ['web-10', 'api', 'db', 'gone', 'web-2']],
    [
      'state, trouble first',
      { key: 'state', isDescending: false },
      ['db', 'web-2', 'api', 'web-10', 'gone'],
    ],
    [
      'age, the newest first',
      { key: 'uptime', isDescending: false },
      ['api', 'db', 'gone', 'web-2', 'web-10'],
    ],
  ])('are sorted by %s', (_what, sort, expected) => {
    expect(names(sortRows(rows, sort))).toEqual(expected);
  });

  it.each<[StateFilter[], string[]]>([
    [[], ['web-10', 'web-2', 'db', 'api', 'gone']],
    [['running'], ['web-10', 'web-2', 'api']],
    [['unhealthy'], ['web-2']],
    [['stopped'], ['db']],
    [
      ['stopped', 'removed'],
      ['db', 'gone'],
    ],
  ])('are filtered by %j', (states, expected) => {
    expect(names(filterRows(rows, { text: '', states }))).toEqual(expected);
  });

  it.each([
    ['red', true],
    ['REDIS:7', true],
    ['tier=inner', true],
    ['redis inner', true],
    ['redis outer', false],
    ['  ', true],
    ['0123456789ab', true],
  ])('with the text %j are found: %s', (text, expected) => {
    expect(matchesText(container({ labels: { tier: 'inner' } }), text)).toBe(expected);
  });

  it('are grouped by project, those on their own last, each in the order it had', () => {
    const groups = groupRows(sortRows(rows, { key: 'cpu', isDescending: true }));
    expect(groups.map(({ name, rows: members }) => [name, names(members)])).toEqual([
      ['gallery', ['api']],
      ['shop', ['web-2', 'web-10']],
      ['', ['db', 'gone']],
    ]);
  });

  it('are summed up', () => {
    expect(totalsOf(rows)).toEqual({ running: 3, count: 5, cpu: 0.6, memoryBytes: 500 });
  });
});
