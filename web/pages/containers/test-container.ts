import type { ContainerData } from '#contract';

/** A container that runs and has nothing special, for tests. */
export function container(change: Partial<ContainerData> = {}): ContainerData {
  return {
    name: 'redis',
    id: '0123456789abcdef'.repeat(4),
    containerName: 'redis',
    kind: 'name',
    group: '',
    service: '',
    number: 0,
    image: 'redis:7',
    imageId: '',
    state: 'running',
    health: 'none',
    createdAt: '2026-11-23T10:00:00Z',
    startedAt: '2026-11-23T10:00:00Z',
    finishedAt: '',
    exitCode: null,
    stopReason: '',
    oomKilled: false,
    restarts: 0,
    memoryLimitBytes: 0,
    cpuLimit: 0,
    pidsLimit: 0,
    addresses: [],
    exposedPorts: [],
    publishedPorts: [],
    labels: {},
    measured: { by: 'cgroup', error: '' },
    targets: [],
    targetsAbsentBecause: '',
    ...change,
  };
}
