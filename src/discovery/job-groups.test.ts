import type { DiscoveryConfig, TargetGroup } from '#config';
import { labelsFromObject, labelValue } from '#model';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/clock.ts';
import { discoverySurroundings } from '../../test/fakes/scrape-config.ts';
import type { DnsRecord } from './dns-lookup.ts';
import { createJobGroups } from './job-groups.ts';

const fixed = (...addresses: string[]): DiscoveryConfig => ({
  kind: 'static',
  groups: [
    {
      source: '0',
      targets: addresses.map((address) => labelsFromObject({ __address__: address })),
      labels: [],
    },
  ],
});

const dns = (name: string, refreshIntervalMs = 1000): DiscoveryConfig => ({
  kind: 'dns',
  names: [name],
  type: 'A',
  port: 80,
  refreshIntervalMs,
});

class Setup {
  readonly clock = new FakeClock();
  readonly told: [job: string, addresses: string][] = [];
  lookups = 0;
  answer: (name: string) => Promise<readonly DnsRecord[]> = () => Promise.resolve([]);
  readonly groups = createJobGroups({
    surroundings: discoverySurroundings({
      clock: this.clock,
      lookup: (name) => {
        this.lookups++;
        return this.answer(name);
      },
    }),
    onGroups: (job, groups) => this.told.push([job, addressesOf(groups)]),
  });

  answerWith(...addresses: string[]): void {
    this.answer = () => Promise.resolve(addresses.map((address) => ({ type: 'A', address })));
  }

  async take(durationMs = 500): Promise<[string, string][]> {
    await this.clock.advance(durationMs);
    return this.told.splice(0);
  }
}

function addressesOf(groups: readonly TargetGroup[]): string {
  return groups
    .flatMap(({ targets }) => targets.map((labels) => labelValue(labels, '__address__')))
    .join(' ');
}

describe('the groups of jobs', () => {
  it('of the configuration are told at once', () => {
    const setup = new Setup();
    setup.groups.apply([{ jobName: 'a', discovery: [fixed('x:1', 'y:1'), fixed('z:1')] }]);
    expect(setup.told).toEqual([['a', 'x:1 y:1 z:1']]);
  });

  it('are told when they change, and only then', async () => {
    const setup = new Setup();
    setup.answerWith('10.0.0.1');
    setup.groups.apply([{ jobName: 'a', discovery: [dns('web')] }]);
    expect((await setup.take()).at(-1)).toEqual(['a', '10.0.0.1:80']);
    expect(await setup.take(5000)).toEqual([]);
    setup.answerWith('10.0.0.1', '10.0.0.2');
    expect(await setup.take(1500)).toEqual([['a', '10.0.0.1:80 10.0.0.2:80']]);
    setup.answerWith();
    expect(await setup.take(1500)).toEqual([['a', '']]);
  });

  it('stay as they were while a lookup fails', async () => {
    const setup = new Setup();
    setup.answerWith('10.0.0.1');
    setup.groups.apply([{ jobName: 'a', discovery: [dns('web')] }]);
    await setup.take();
    setup.answer = () => Promise.reject(new Error('SERVFAIL'));
    expect(await setup.take(5000)).toEqual([]);
  });

  it('that two jobs look for in the same way are looked for once', async () => {
    const setup = new Setup();
    setup.answerWith('10.0.0.1');
    setup.groups.apply([
      { jobName: 'a', discovery: [dns('web')] },
      { jobName: 'b', discovery: [dns('web')] },
    ]);
    const told = await setup.take();
    expect(setup.lookups).toBe(1);
    expect(told.slice(-2)).toEqual([
      ['a', '10.0.0.1:80'],
      ['b', '10.0.0.1:80'],
    ]);
  });

  it('go on undisturbed by a reload that changes another job', async () => {
    const setup = new Setup();
    setup.answerWith('10.0.0.1');
    setup.groups.apply([{ jobName: 'a', discovery: [dns('web', 60_000)] }]);
    await setup.take();
    setup.groups.apply([
      { jobName: 'a', discovery: [dns('web', 60_000)] },
      { jobName: 'b', discovery: [fixed('x:1')] },
    ]);
    expect(await setup.take()).toEqual([['b', 'x:1']]);
    expect(setup.lookups).toBe(1);
  });

  it('stay after a reload until a changed discovery has spoken, but not for ever', async () => {
    const setup = new Setup();
    setup.answerWith('10.0.0.1');
    setup.groups.apply([{ jobName: 'a', discovery: [dns('web')] }]);
    await setup.take();
    setup.answer = () => new Promise(() => {});
    setup.groups.apply([{ jobName: 'a', discovery: [dns('other')] }]);
    expect(await setup.take(4000)).toEqual([]);
    expect(await setup.take(2000)).toEqual([['a', '']]);
  });

  it('are no longer looked for once their job is gone', async () => {
    const setup = new Setup();
    setup.answerWith('10.0.0.1');
    setup.groups.apply([{ jobName: 'a', discovery: [dns('web')] }]);
    await setup.take();
    setup.groups.apply([]);
    const before = setup.lookups;
    await setup.take(10_000);
    expect(setup.lookups).toBe(before);
    expect(setup.clock.pendingCount).toBe(0);
  });
});
