import { beforeEach, expect, it } from 'vitest';
import { DockerError } from '#docker';
import type { ContainerDetails, EngineInfo } from '#docker';
import { Registry } from '#instrument';
import { MemoryDisk, silentLog } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { FakeDockerEngine } from '../../test/fakes/docker-engine.ts';
import { EnginePage } from './engine-page.ts';
import { createContainerRegistry } from './registry.ts';
import type { RunningRegistry } from './registry.ts';

/** An engine that tells of itself, and whose containers have health checks. */
class TellingEngine extends FakeDockerEngine {
  test: readonly string[] = [];
  infos = 0;
  infoFailure: Error | undefined;
  facts: EngineInfo = {};

  override async info(): Promise<EngineInfo> {
    this.infos++;
    if (this.infoFailure !== undefined) throw this.infoFailure;
    return { ...(await super.info()), ...this.facts };
  }

  override async container(id: string): Promise<ContainerDetails | undefined> {
    const details = await super.container(id);
    if (details === undefined) return undefined;
    return { ...details, Config: { ...details.Config, Healthcheck: { Test: this.test } } };
  }
}

let clock: FakeClock;
let engine: TellingEngine;
let registry: RunningRegistry;
let page: EnginePage;

beforeEach(async () => {
  clock = new FakeClock();
  engine = new TellingEngine(clock);
  const kept = { disk: new MemoryDisk(), dir: 'data/containers' };
  const shared = { clock, log: silentLog, kept };
  registry = createContainerRegistry({ engine, metrics: new Registry(), ...shared });
  page = new EnginePage({ registry, engine: () => engine, clock });
});

async function begin(): Promise<void> {
  registry.start();
  await clock.advance(300);
}

/** Samples of the page that begin so. */
async function samples(...names: readonly string[]): Promise<string[]> {
  const text = await page.write();
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines.filter((line) => names.some((name) => line.startsWith(name)));
}

it('the engine, its machine and the states of its containers have the names that it gives them', async () => {
  engine.facts = { NCPU: 4, MemTotal: 8e9, ServerVersion: '28.2.2', ID: 'x', OSType: 'linux' };
  engine.run('web');
  engine.run('db');
  engine.die(engine.run('job'), 3);
  engine.create('late');
  await begin();
  expect(await samples('engine_daemon_engine', 'engine_daemon_container_states')).toEqual([
    'engine_daemon_engine_info{architecture="",commit="",daemon_id="x",graphdriver="",kernel="",os="",os_type="linux",os_version="",version="28.2.2"} 1',
    'engine_daemon_engine_cpus_cpus 4',
    'engine_daemon_engine_memory_bytes 8e+09',
    'engine_daemon_container_states_containers{state="paused"} 0',
    'engine_daemon_container_states_containers{state="running"} 2',
    'engine_daemon_container_states_containers{state="stopped"} 2',
  ]);
});

it('what hardly changes is asked once a minute', async () => {
  await begin();
  const before = engine.infos;
  for (let i = 0; i < 12; i++) {
    await page.write();
    await clock.advance(5000);
  }
  expect(engine.infos - before).toBe(1);
  await page.write();
  expect(engine.infos - before).toBe(2);
});

it('what happens is counted from the first time that somebody asks', async () => {
  await begin();
  const before = engine.streamCount;
  engine.run('before');
  expect(engine.streamCount).toBe(before);
  await page.write();
  expect(engine.streamCount).toBe(before + 1);
  engine.die(engine.run('web'), 0);
  expect(await samples('engine_daemon_events', 'engine_daemon_container_actions')).toEqual([
    'engine_daemon_events_total 3',
    'engine_daemon_container_actions_seconds_count{action="create"} 1',
    'engine_daemon_container_actions_seconds_count{action="start"} 1',
    'engine_daemon_container_actions_seconds_count{action="delete"} 0',
    'engine_daemon_container_actions_seconds_count{action="commit"} 0',
  ]);
  await clock.advance(700_000);
  expect(engine.streamCount).toBe(before);
  page.close();
});

it.each([
  [['CMD-SHELL', 'curl -f localhost'], '/bin/sh -c curl -f localhost', 1],
  [['CMD', 'node', 'check.js'], 'node check.js', 1],
  [['CMD', 'node', 'check.js'], '/bin/bash', 0],
  [['NONE'], '/bin/bash', 0],
  [[], '/bin/bash', 0],
])('commands that are the health check %j count: %s', async (test, command, count) => {
  engine.test = test;
  await begin();
  await page.write();
  const id = engine.run('web');
  for (const [execID, exitCode] of [
    ['a', '0'],
    ['b', '1'],
  ] as const) {
    engine.tell(id, `exec_create: ${command}`, { execID });
    engine.tell(id, `exec_start: ${command}`, { execID });
    engine.tell(id, 'exec_die', { execID, exitCode });
  }
  engine.tell(id, 'exec_die', { execID: 'unknown', exitCode: '1' });
  await clock.advance(0);
  expect(await samples('engine_daemon_health')).toEqual([
    `engine_daemon_health_checks_total ${2 * count}`,
    `engine_daemon_health_checks_failed_total ${count}`,
  ]);
  page.close();
});

it('a health check that could not be started has failed when the next one begins', async () => {
  engine.test = ['CMD-SHELL', 'true'];
  await begin();
  await page.write();
  const id = engine.run('web');
  for (let i = 0; i < 3; i++) {
    engine.tell(id, 'exec_create: /bin/sh -c true', { execID: String(i) });
    await clock.advance(1000);
  }
  engine.die(id, 0);
  engine.start(id);
  engine.tell(id, 'exec_create: /bin/sh -c true', { execID: 'x' });
  engine.tell(id, 'exec_die', { execID: 'x', exitCode: '0' });
  await clock.advance(0);
  expect(await samples('engine_daemon_health')).toEqual([
    'engine_daemon_health_checks_total 4',
    'engine_daemon_health_checks_failed_total 2',
  ]);
  page.close();
});

it('a manager of a swarm counts its nodes, services and tasks', async () => {
  engine.facts = {
    Swarm: { LocalNodeState: 'active', NodeID: 'n', ControlAvailable: true, Cluster: { ID: 's' } },
  };
  await begin();
  expect(await samples('swarm_node', 'swarm_manager_services', 'swarm_manager_leader')).toEqual([
    'swarm_node_info{node_id="n",swarm_id="s"} 1',
    'swarm_node_manager 1',
    'swarm_manager_leader 0',
    'swarm_manager_services_total 0',
  ]);
  engine.facts = { Swarm: { LocalNodeState: 'active', NodeID: 'n' } };
  await clock.advance(61_000);
  expect(await samples('swarm_')).toEqual([
    'swarm_node_info{node_id="n",swarm_id=""} 1',
    'swarm_node_manager 0',
  ]);
});

it('what a proxy refuses is left out', async () => {
  await begin();
  engine.infoFailure = new DockerError('forbidden', 'no');
  expect(await samples('engine_daemon_engine')).toEqual([]);
  expect(await samples('engine_daemon_container_states')).toHaveLength(3);
});

it('without an engine there is no page, and why', async () => {
  await expect(
    new EnginePage({ registry, engine: () => undefined, clock }).write(),
  ).rejects.toThrow('there is no Docker Engine');
  engine.failure = new DockerError('permission-denied', 'not for us');
  await begin();
  await expect(page.write()).rejects.toThrow('not for us');
});

it('an engine that does not answer is asked again the next time', async () => {
  await begin();
  engine.infoFailure = new DockerError('timeout', 'no answer in time');
  await expect(page.write()).rejects.toThrow('no answer in time');
  engine.infoFailure = undefined;
  expect(await samples('engine_daemon_engine_info')).toHaveLength(1);
});
