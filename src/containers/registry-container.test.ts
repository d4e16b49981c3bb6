import { describe, expect, it } from 'vitest';
import type { ContainerDetails } from '#docker';
import { containerOf, containerOfEvent } from './registry-container.ts';

const ID = 'a'.repeat(64);

function details(more: Partial<ContainerDetails> = {}): ContainerDetails {
  return {
    Id: ID,
    Name: '/web',
    Created: '2026-01-01T00:00:00.123456789Z',
    Image: 'sha256:1',
    State: { Status: 'running', Running: true, Pid: 7, StartedAt: '2026-01-01T00:00:01Z' },
    Config: { Image: 'web:1', Labels: null },
    ...more,
  };
}

type State = ContainerDetails['State'];

describe('a container as the engine describes it', () => {
  it('has what was asked for, and zero where nothing was', () => {
    const { limits } = containerOf(details());
    expect(new Set(Object.values(limits))).toEqual(new Set([0]));
    const asked = containerOf(
      details({
        HostConfig: {
          NetworkMode: 'bridge',
          CgroupParent: '/team',
          Memory: 64,
          MemorySwap: -1,
          CpuQuota: 50_000,
          PidsLimit: -1,
          CpuShares: 512,
        },
      }),
    );
    expect(asked).toMatchObject({ networkMode: 'bridge', cgroupParent: '/team' });
    expect(asked.limits).toMatchObject({ memoryBytes: 64, memorySwapBytes: 0, pids: 0 });
    expect(asked.limits).toMatchObject({ cpus: 0.5, cpuQuotaUs: 50_000, cpuShares: 512 });
  });

  const cpus: [ContainerDetails['HostConfig'], number][] = [
    [{ NanoCpus: 1_500_000_000 }, 1.5],
    [{ CpuQuota: 20_000, CpuPeriod: 10_000 }, 2],
    [{ CpuQuota: -1, CpuPeriod: 10_000 }, 0],
    [{}, 0],
  ];
  it.each(cpus)('has of %j so many CPUs: %d', (HostConfig = {}, expected) => {
    expect(containerOf(details({ HostConfig })).limits.cpus).toBe(expected);
  });

  it('is reached at its addresses and at what is published, by TCP', () => {
    const found = containerOf(
      details({
        Config: { ExposedPorts: { '9100/tcp': {}, '53/udp': {}, '80': {} } },
        NetworkSettings: {
          Networks: {
            front: { IPAddress: '172.18.0.2' },
            back: { IPAddress: '', GlobalIPv6Address: 'fd00::2' },
            none: { IPAddress: '' },
          },
          Ports: {
            '8080/tcp': [
              { HostIp: '0.0.0.0', HostPort: '18080' },
              { HostIp: '::', HostPort: '18080' },
            ],
            '53/udp': [{ HostIp: '0.0.0.0', HostPort: '53' }],
            '443/tcp': null,
          },
        },
      }),
    );
    expect(found.addresses).toEqual([
      { network: 'back', ip: 'fd00::2' },
      { network: 'front', ip: '172.18.0.2' },
    ]);
    expect(found.exposedPorts).toEqual([80, 443, 8080, 9100]);
    expect(found.publishedPorts).toEqual([
      { ip: '0.0.0.0', hostPort: 18_080, port: 8080 },
      { ip: '::', hostPort: 18_080, port: 8080 },
    ]);
  });

  const states: [Partial<State> & { Status: string }, string][] = [
    [{ Status: 'running' }, 'running'],
    [{ Status: 'stopping' }, 'running'],
    [{ Status: 'configured' }, 'created'],
    [{ Status: 'initialized' }, 'created'],
    [{ Status: 'stopped' }, 'exited'],
    [{ Status: 'dead' }, 'dead'],
    [{ Status: 'something new' }, 'exited'],
  ];
  it.each(states)('is with %j %s', (State, expected) => {
    expect(containerOf(details({ State })).state).toBe(expected);
  });

  const STARTED = '2026-01-01T00:00:01Z';
  const FINISHED = '2026-01-01T00:00:02Z';
  const NEVER = '0001-01-01T00:00:00Z';
  const before = { ...containerOf(details()), exitCode: 9, isOomKilled: true };
  const ends: [string, State, number | undefined, boolean][] = [
    ['never ended', { Status: 'running', FinishedAt: NEVER, ExitCode: 0 }, undefined, false],
    ['was made', { Status: 'created', FinishedAt: NEVER, ExitCode: 0 }, undefined, false],
    ['ended', { Status: 'exited', FinishedAt: FINISHED, ExitCode: 3 }, 3, false],
    [
      'was killed for memory',
      { Status: 'exited', FinishedAt: FINISHED, ExitCode: 137, OOMKilled: true },
      137,
      true,
    ],
    [
      'waits to be started again',
      { Status: 'restarting', Running: true, Restarting: true, FinishedAt: FINISHED, ExitCode: 1 },
      1,
      false,
    ],
  ];
  it.each(ends)('that %s says how it ended', (_what, State, exitCode, isOomKilled) => {
    expect(containerOf(details({ State }))).toMatchObject({ exitCode, isOomKilled });
  });

  it('that runs again keeps how it ended before', () => {
    const State: State = {
      Status: 'running',
      Running: true,
      StartedAt: STARTED,
      FinishedAt: '2026-01-01T00:00:00.5Z',
      ExitCode: 0,
    };
    const now = containerOf(details({ State }), before);
    expect(now).toMatchObject({ exitCode: 9, isOomKilled: true });
    expect(now.finishedMs).toBe(Date.parse('2026-01-01T00:00:00.500Z'));
  });

  it('has labels that are bounded in number and length', () => {
    const many = Array.from({ length: 1000 }, (_, i) => [`l${i}`, 'x'.repeat(100_000)]);
    const Labels = Object.fromEntries(many) as Record<string, string>;
    const { labels } = containerOf(details({ Config: { Labels } }));
    expect(Object.keys(labels)).toHaveLength(256);
    expect(labels['l0']).toHaveLength(4096);
  });

  it('may be known from an event alone', () => {
    const attributes = {
      name: 'job',
      image: 'tool:1',
      exitCode: '3',
      execDuration: '1',
      team: 'a',
    };
    const found = containerOfEvent({
      type: 'container',
      action: 'die',
      actor: { id: ID, attributes },
      timeMs: 1000,
    });
    expect(found).toMatchObject({
      id: ID,
      containerName: 'job',
      image: 'tool:1',
      labels: { team: 'a' },
      createdMs: 1000,
    });
  });
});
