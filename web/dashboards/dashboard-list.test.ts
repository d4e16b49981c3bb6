import { describe, expect, it } from 'vitest';
import type { DashboardEntry } from '#contract';
import { filterEntries, groupEntries, itemOf, slugOf, tagsOf } from './dashboard-list.ts';

function entry(title: string, change: Partial<DashboardEntry> = {}): DashboardEntry {
  return {
    uid: title,
    title,
    description: '',
    tags: [],
    folder: '',
    origin: 'own',
    panels: 1,
    changedAt: '2026-11-23T00:00:00Z',
    version: 1,
    ...change,
  };
}

const entries = [
  entry('Node 10', { tags: ['linux', 'host'] }),
  entry('Node 9', { tags: ['linux'], description: 'Disks and CPU' }),
  entry('All containers', { origin: 'shipped' }),
  entry('Queue', { folder: 'Shop', origin: 'provisioned' }),
];

describe('the list of dashboards', () => {
  it.each([
    ['', [], ['Node 10', 'Node 9', 'All containers', 'Queue']],
    ['node disks', [], ['Node 9']],
    ['shop', [], ['Queue']],
    ['', ['linux', 'host'], ['Node 10']],
    ['nothing', [], []],
  ])('with %j and tags %j shows %j', (text, tags, titles) => {
    const found = filterEntries(entries, { text, tags, origin: undefined });
    expect(found.map(({ title }) => title)).toEqual(titles);
  });

  it('is by folder, with titles in the order of their numbers', () => {
    const groups = groupEntries(entries).map(({ title, entries: grouped }) => {
      return `${title}: ${grouped.map((one) => one.title).join(', ')}`;
    });
    expect(groups).toEqual([
      'General: Node 9, Node 10',
      'Shop: Queue',
      'Comes with Narthex: All containers',
    ]);
  });

  it('offers the tags in use, the most frequent first', () => {
    expect(tagsOf(entries)).toEqual(['linux', 'host']);
  });

  it.each([
    ['Node Exporter / Full', 'node-exporter-full'],
    ['  --  ', ''],
    ['Über uns', 'über-uns'],
  ])('%j is %j in a link', (title, slug) => {
    expect(slugOf(title)).toBe(slug);
    expect(itemOf({ uid: 'u', title })).toBe(slug === '' ? 'u' : `u/${slug}`);
  });
});
