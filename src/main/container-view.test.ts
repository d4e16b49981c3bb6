import { beforeEach, describe, expect, it } from 'vitest';
import { createContainerRegistry, stopReason } from '#containers';
import type { Choice, RunningRegistry } from '#containers';
import type { ContainerData } from '#contract';
import { DockerError } from '#docker';
import type { ActiveTargetView } from '#http';
import { Registry } from '#instrument';
import { silentLog } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { FakeDockerEngine } from '../../test/fakes/docker-engine.ts';
import { ContainerView } from './container-view.ts';

let clock: FakeClock;
let engine: FakeDockerEngine;
let registry: RunningRegistry;
let view: ContainerView;
let targets: ActiveTargetView[];
let choice: Choice | undefined;

beforeEach(async () => {
  clock = new FakeClock();
  engine = new FakeDockerEngine(clock);
  registry = createContainerRegistry({ engine, clock, log: silentLog, metrics: new Registry() });
  targets = [];
  choice = undefined;
  view = new ContainerView({
    registry,
    totals: (name) => registry.totals(name),
    leftOut: () => registry.leftOut,
    targets: { activeTargets: () => targets },
    measured: (id) =>
      registry.byId(id)?.line === 'web'
        ? { by: 'api', error: 'its files cannot be read' }
        : { by: 'none', error: '' },
    reasonOf: ({ exitCode, isOomKilled, limits, error, health }) =>
      exitCode === undefined
        ? undefined
        : stopReason({
            exitCode,
            isOomKilled,
            memoryLimitBytes: limits.memoryBytes,
            error,
            health,
            signals: undefined,
          }),
    choice: () => choice,
    logs: async (id, tail) => (await engine.logs(id)).slice(0, tail),
  });
  registry.start();
  await clock.advance(300);
});

function target(discoveredLabels: Record<string, string>, scrapeUrl: string): ActiveTargetView {
  return {
    scrapePool: 'apps',
    discoveredLabels,
    labels: { job: 'apps' },
    scrapeUrl,
    health: 'down',
    lastError: 'connection refused',
    lastScrapeMs: 0,
    lastScrapeDurationMs: 0,
    scrapeInterval: '5s',
    scrapeTimeout: '5s',
  };
}

function shown(name: string): ContainerData {
  const found = view.data().containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

describe('containers as the API shows them', () => {
  it('have what the registry knows, how they are measured, and why they stopped', async () => {
    const id = engine.run('eater', { hostConfig: { Memory: 64 << 20, PidsLimit: 10 } });
    engine.run('web');
    await clock.advance(1100);
    engine.die(id, 137, 'oom');
    await clock.advance(1100);
    expect(shown('eater')).toMatchObject({
      id,
      state: 'exited',
      exitCode: 137,
      oomKilled: true,
      stopReason: 'killed by the kernel: out of memory (limit 64 MiB)',
      memoryLimitBytes: 64 << 20,
      pidsLimit: 10,
      finishedAt: new Date(clock.nowMs() - 1100).toISOString(),
      targetsAbsentBecause: 'it does not run',
      measured: { by: 'none', error: '' },
    });
    expect(shown('web')).toMatchObject({
      exitCode: null,
      finishedAt: '',
      stopReason: '',
      restarts: 0,
      measured: { by: 'api', error: 'its files cannot be read' },
    });
    expect(view.data().engine).toEqual({
      address: 'unix:///var/run/docker.sock',
      status: 'connected',
      error: '',
      product: 'Docker Engine 28.2.2',
      measuring: 'its files cannot be read',
    });
  });

  it('tell how the one before ended while they have not ended themselves', async () => {
    const first = engine.run('web');
    await clock.advance(1100);
    engine.die(first, 3);
    engine.remove(first);
    engine.run('web');
    await clock.advance(1100);
    expect(shown('web')).toMatchObject({
      state: 'running',
      exitCode: 3,
      restarts: 1,
      stopReason: 'ended with an error of the application (exit code 3)',
    });
  });

  it('have the targets whose discovery names them, and those at their address', async () => {
    const id = engine.run('web');
    await clock.advance(1100);
    engine.tellNetwork(id, 'connect', { front: '172.30.0.5' });
    await clock.advance(1100);
    targets = [
      target({ __address__: '10.0.0.1:80', __meta_docker_container_id: id }, 'http://a/metrics'),
      target({ __address__: '172.30.0.5:9100' }, 'http://172.30.0.5:9100/metrics'),
      target({ __address__: '172.30.0.6:9100' }, 'http://172.30.0.6:9100/metrics'),
      target({ __meta_docker_container_id: 'other' }, 'http://172.30.0.5:9100/metrics'),
    ];
    const { targets: own, targetsAbsentBecause } = shown('web');
    expect(own.map(({ scrapeUrl }) => scrapeUrl)).toEqual([
      'http://a/metrics',
      'http://172.30.0.5:9100/metrics',
    ]);
    expect(own[0]).toEqual({
      scrapePool: 'apps',
      scrapeUrl: 'http://a/metrics',
      health: 'down',
      lastError: 'connection refused',
      labels: { job: 'apps' },
    });
    expect(targetsAbsentBecause).toBe('');
  });

  const choices: [Choice['kind'] | undefined, string][] = [
    [undefined, 'no scrape job has it as a target'],
    ['none', 'no port is exposed'],
    ['asking', 'its ports are being asked'],
  ];
  it.each(choices)('say why they have no target: %s', async (kind, because) => {
    engine.run('web');
    await clock.advance(1100);
    const found = { because: 'no port is exposed', ports: [], problems: [] };
    choice = kind && { kind, ...found };
    expect(shown('web').targetsAbsentBecause).toBe(because);
  });

  it('give their logs while they exist', async () => {
    const id = engine.run('web');
    await clock.advance(1100);
    const logs = await view.logs('web', 5);
    expect(logs?.lines.map(({ text }) => text)).toEqual([`hello from ${id}`]);
    expect(await view.logs('nobody', 5)).toBeUndefined();
    engine.failure = new DockerError('status', 'the driver keeps none');
    await expect(view.logs('web', 5)).rejects.toMatchObject({
      type: 'unavailable',
      message: 'the driver keeps none',
    });
    engine.failure = undefined;
    engine.remove(id);
    await clock.advance(1100);
    await expect(view.logs('web', 5)).rejects.toMatchObject({ type: 'not_found' });
  });

  it('tell that they changed', async () => {
    let calls = 0;
    const stop = view.subscribe(() => calls++);
    engine.run('web');
    await clock.advance(1100);
    expect(calls).toBe(2);
    stop();
    engine.run('other');
    await clock.advance(1100);
    expect(calls).toBe(2);
  });
});
