import { describe, expect, it } from 'vitest';
import type { ActiveTarget, TargetHealth } from '#contract';
import { groupTargets, orderTargets, type TargetFilter } from './target-groups.ts';

function target(scrapePool: string, host: string, health: TargetHealth): ActiveTarget {
  return {
    discoveredLabels: {},
    labels: { instance: host, job: scrapePool },
    scrapePool,
    scrapeUrl: `http://${host}/metrics`,
    globalUrl: `http://${host}/metrics`,
    lastError: health === 'down' ? 'connection refused' : '',
    lastScrape: '2026-11-22T20:30:00Z',
    lastScrapeDuration: 0.1,
    health,
    scrapeInterval: '15s',
    scrapeTimeout: '10s',
  };
}

const targets = [
  target('b', 'b1:80', 'up'),
  target('a', 'a10:80', 'up'),
  target('a', 'a2:80', 'up'),
  target('a', 'a3:80', 'down'),
];
const anything: TargetFilter = { text: '', health: [], pools: [] };

function shown(filter: Partial<TargetFilter>): string[] {
  const ordered = orderTargets(targets);
  return groupTargets(ordered, ['empty'], { ...anything, ...filter }).flatMap((group) =>
    group.shown.map((item) => item.labels['instance'] ?? ''),
  );
}

describe('targets by pool', () => {
  it('counts the whole pool and lists pools without targets', () => {
    const groups = groupTargets(targets, ['empty'], anything);
    expect(groups.map(({ pool, upCount, totalCount }) => [pool, upCount, totalCount])).toEqual([
      ['a', 2, 3],
      ['b', 1, 1],
      ['empty', 0, 0],
    ]);
  });

  it('shows those that are down first', () => {
    expect(shown({})).toEqual(['a3:80', 'a2:80', 'a10:80', 'b1:80']);
  });

  it.each([
    [{ health: ['down'] }, ['a3:80']],
    [{ pools: ['b'] }, ['b1:80']],
    [{ text: 'A10' }, ['a10:80']],
    [{ text: 'job="b"' }, ['b1:80']],
    [{ text: 'job=a refused' }, ['a3:80']],
    [{ text: 'nothing' }, []],
  ] as const)('filters by %j', (filter, expected) => {
    expect(shown(filter)).toEqual(expected);
  });
});
