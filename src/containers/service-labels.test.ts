import { beforeEach, describe, expect, it } from 'vitest';
import { DockerError } from '#docker';
import { Registry } from '#instrument';
import { silentLog } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { FakeDockerEngine } from '../../test/fakes/docker-engine.ts';
import { createContainerRegistry } from './registry.ts';
import type { RunningRegistry } from './registry.ts';

let clock: FakeClock;
let engine: FakeDockerEngine;
let registry: RunningRegistry;
let changes: number;

beforeEach(() => {
  clock = new FakeClock();
  engine = new FakeDockerEngine(clock);
});

async function begin(): Promise<void> {
  const metrics = new Registry();
  registry = createContainerRegistry({ engine, clock, log: silentLog, metrics });
  changes = 0;
  registry.subscribe(() => changes++);
  registry.start();
  await clock.advance(300);
}

const replica = (service: string): { labels: Record<string, string> } => ({
  labels: { 'com.docker.swarm.service.id': service },
});

/** By container, what its service says. */
function said(): Record<string, unknown> {
  return Object.fromEntries(registry.containers().map((one) => [one.line, one.serviceLabels]));
}

describe('labels of Swarm services', () => {
  it('are known of their containers from the beginning, as far as they are about scraping', async () => {
    engine.serviceLabels = { s1: { 'narthex.port': '80', 'traefik.enable': 'true' }, s2: {} };
    engine.run('web', replica('s1'));
    engine.run('api', replica('s2'));
    engine.run('plain');
    await begin();
    expect(said()).toEqual({ web: { 'narthex.port': '80' }, api: undefined, plain: undefined });
    expect(engine.serviceLists).toBe(1);
  });

  it('are not asked for where there is no container of a service', async () => {
    engine.run('plain');
    await begin();
    await clock.advance(200_000);
    expect(engine.serviceLists).toBe(0);
  });

  it('are known before a container of a new service is told of', async () => {
    await begin();
    engine.serviceLabels = { s1: { 'narthex.scrape': 'false' } };
    engine.run('web', replica('s1'));
    await clock.advance(100);
    expect(said()).toEqual({ web: { 'narthex.scrape': 'false' } });
    engine.run('odd', replica('gone'));
    await clock.advance(100);
    const lists = engine.serviceLists;
    engine.run('odd2', replica('gone'));
    await clock.advance(100);
    expect(engine.serviceLists).toBe(lists);
  });

  it('follow an update of the service at once, and one that no event told within a minute', async () => {
    engine.serviceLabels = { s1: { 'narthex.port': '80' } };
    engine.run('web', replica('s1'));
    await begin();
    engine.serviceLabels = { s1: { 'narthex.port': '81' } };
    for (let i = 0; i < 5; i++) engine.tellService('s1', 'update');
    changes = 0;
    await clock.advance(200);
    expect(said()).toEqual({ web: { 'narthex.port': '81' } });
    expect([changes, engine.serviceLists]).toEqual([1, 2]);
    engine.serviceLabels = { s1: {} };
    await clock.advance(61_000);
    expect(said()).toEqual({ web: undefined });
  });

  it('stay where the service has gone before its containers', async () => {
    engine.serviceLabels = { s1: { 'narthex.scrape': 'false' } };
    const id = engine.run('web', replica('s1'));
    await begin();
    engine.serviceLabels = {};
    await clock.advance(61_000);
    engine.stop(id);
    await clock.advance(1100);
    expect(registry.find('web')).toMatchObject({
      state: 'exited',
      serviceLabels: { 'narthex.scrape': 'false' },
    });
  });

  it.each(['no-manager', 'forbidden'] as const)(
    'where the engine answers "%s" the containers are watched all the same',
    async (code) => {
      engine.serviceFailure = new DockerError(code, 'no');
      engine.run('web', replica('s1'));
      engine.run('api', replica('s2'));
      await begin();
      expect(registry.engine.status).toBe('connected');
      expect(said()).toEqual({ web: undefined, api: undefined });
      expect(engine.serviceLists).toBe(1);
      engine.serviceFailure = undefined;
      engine.serviceLabels = { s1: { 'narthex.port': '80' } };
      await clock.advance(121_000);
      expect(said()).toEqual({ web: { 'narthex.port': '80' }, api: undefined });
    },
  );
});
