import { beforeEach, describe, expect, it } from 'vitest';
import { DockerError } from '#docker';
import { Registry } from '#instrument';
import { MemoryDisk, silentLog } from '#platform';
import { FakeClock, settle } from '../../test/fakes/clock.ts';
import { FakeDockerEngine } from '../../test/fakes/docker-engine.ts';
import type { Container, LifecycleEvent } from './container.ts';
import { GONE_FOR_MS } from './gone.ts';
import { createContainerRegistry } from './registry.ts';
import type { RunningRegistry } from './registry.ts';

const DIR = 'data/containers';

let clock: FakeClock;
let engine: FakeDockerEngine;
let disk: MemoryDisk;
let metrics: Registry;
let registry: RunningRegistry;
let told: LifecycleEvent[];
let changes: number;

beforeEach(() => {
  clock = new FakeClock();
  engine = new FakeDockerEngine(clock);
  disk = new MemoryDisk();
});

/** A process begins, with what another left on disk. */
async function begin(limit?: number): Promise<void> {
  metrics = new Registry();
  const kept = { disk, dir: DIR };
  const more = limit === undefined ? {} : { limit };
  registry = createContainerRegistry({ engine, clock, log: silentLog, metrics, kept, ...more });
  told = [];
  changes = 0;
  registry.subscribe(({ event }) => {
    changes++;
    if (event !== undefined) told.push(event);
  });
  registry.start();
  await clock.advance(300);
}

/** What was told since the last time: `redis die exitCode=137`. */
function words(): string[] {
  const events = told;
  told = [];
  return events.map(({ kind, container, attributes }) => {
    const more = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
    return [container.identity.name, kind, ...more].join(' ');
  });
}

function states(): string[] {
  return registry.containers().map(({ line, state }) => `${line} ${state}`);
}

function found(name: string): Container {
  const container = registry.find(name);
  if (container === undefined) throw new Error(`no container ${name}`);
  return container;
}

function own(name: string): number | undefined {
  const family = metrics.gather().find((one) => one.name === `narthex_containers_${name}`);
  return family?.metrics.reduce((sum, { value }) => sum + (value ?? 0), 0);
}

const accesslog = {
  labels: {
    'com.docker.compose.project': 'gallery',
    'com.docker.compose.service': 'accesslog',
    'com.docker.compose.container-number': '1',
  },
};

describe('the registry of containers', () => {
  it('knows those that are there, and tells nothing of what was before it', async () => {
    engine.run('web');
    engine.die(engine.run('job'), 3);
    await begin();
    expect(states()).toEqual(['job exited', 'web running']);
    expect(found('job')).toMatchObject({ exitCode: 3, isOomKilled: false });
    expect(registry.engine).toMatchObject({
      status: 'connected',
      error: '',
      product: 'Docker Engine',
      version: '28.2.2',
      cgroupVersion: '1',
    });
    expect(words()).toEqual([]);
    expect(changes).toBeGreaterThan(0);
  });

  it('tells what happens, with the container as it is then', async () => {
    await begin();
    const id = engine.create('web');
    await clock.advance(100);
    expect(words()).toEqual(['web create']);
    engine.start(id);
    await clock.advance(1100);
    expect(words()).toEqual(['web start']);
    const { pid } = found('web');
    expect(pid).toBeGreaterThan(0);
    engine.pause(id, true);
    await clock.advance(1100);
    engine.pause(id, false);
    await clock.advance(1100);
    expect(words()).toEqual(['web pause', 'web unpause']);
    engine.stop(id);
    await clock.advance(1100);
    const [kill, die, stop] = told;
    expect(kill?.container.state).toBe('running');
    expect(die?.container).toMatchObject({ state: 'exited', exitCode: 143, pid: 0 });
    expect(stop?.container.exitCode).toBe(143);
    expect(words()).toEqual([
      'web kill signal=15',
      'web die exitCode=143 requested=true',
      'web stop',
    ]);
    engine.remove(id);
    await clock.advance(1100);
    expect(words()).toEqual(['web remove']);
    expect(states()).toEqual(['web removed']);
    expect(registry.byId(id)).toMatchObject({ state: 'removed', exitCode: 143 });
  });

  const kills: [string, 'oom' | 'untold'][] = [
    ['that the engine tells (cgroups of version 1)', 'oom'],
    ['that the engine only notes (version 2)', 'untold'],
  ];
  it.each(kills)('tells an end by a kill for memory %s', async (_title, how) => {
    await begin();
    const id = engine.run('eater');
    await clock.advance(1100);
    told = [];
    engine.die(id, 137, how);
    await clock.advance(1100);
    expect(told.map(({ kind }) => kind)).toEqual(['oom', 'die']);
    expect(told[1]?.container.isOomKilled).toBe(true);
    expect(words()[1]).toBe('eater die exitCode=137 oomKilled=true');
    expect(found('eater')).toMatchObject({ isOomKilled: true, exitCode: 137 });
    expect(registry.totals('eater')).toMatchObject({ starts: 1, deaths: 1, oomKills: 1 });
    engine.start(id);
    await clock.advance(1100);
    // It runs again, but how it last ended stays known.
    expect(found('eater')).toMatchObject({ state: 'running', isOomKilled: true, exitCode: 137 });
  });

  it('tells a signal before the end that it brought about, as late as it may come', async () => {
    await begin();
    const id = engine.run('web');
    await clock.advance(1100);
    told = [];
    engine.die(id, 137);
    await clock.advance(20);
    engine.kill(id, 9);
    await clock.advance(1100);
    expect(words()).toEqual(['web kill signal=9', 'web die exitCode=137 requested=true']);
  });

  it('takes a child that was killed for memory for no end', async () => {
    await begin();
    const id = engine.run('shell');
    await clock.advance(1100);
    engine.tell(id, 'oom');
    await clock.advance(60_000);
    engine.die(id, 1);
    await clock.advance(1100);
    expect(words().slice(-2)).toEqual(['shell oom', 'shell die exitCode=1']);
    expect(found('shell').isOomKilled).toBe(false);
  });

  it('tells health with the first line of what the check wrote', async () => {
    await begin();
    const id = engine.run('web', { hasHealthCheck: true });
    await clock.advance(1100);
    expect(found('web').health).toBe('starting');
    told = [];
    engine.check(id, 'healthy', '');
    await clock.advance(1100);
    engine.check(id, 'unhealthy', '\nconnection refused \nmore');
    await clock.advance(1100);
    expect(words()).toEqual([
      'web health health=healthy',
      'web health health=unhealthy output=connection refused',
    ]);
    expect(found('web').health).toBe('unhealthy');
  });

  it('tells restarts by policy from starts by hand, and counts them', async () => {
    await begin();
    const id = engine.run('web', { restartPolicy: 'always' });
    await clock.advance(1100);
    engine.die(id, 1);
    await clock.advance(10);
    engine.startAgain(id);
    await clock.advance(1100);
    expect(words().slice(2)).toEqual(['web die exitCode=1', 'web restart by=policy']);
    engine.stop(id);
    await clock.advance(10);
    engine.start(id);
    engine.tell(id, 'restart');
    await clock.advance(1100);
    expect(words().slice(-2)).toEqual(['web start', 'web restart by=request']);
    expect(registry.totals('web')).toMatchObject({ starts: 3, deaths: 2, oomKills: 0 });
    // The policy waits a while after the next.
    engine.die(id, 1);
    await clock.advance(1100);
    expect(found('web').state).toBe('restarting');
    expect(registry.totals('web')).toMatchObject({ starts: 3, deaths: 3, oomKills: 0 });
    engine.startAgain(id);
    await clock.advance(1100);
    expect(words().slice(-2)).toEqual(['web die exitCode=1', 'web restart by=policy']);
    expect(registry.totals('web')).toMatchObject({ starts: 4, deaths: 3, oomKills: 0 });
  });

  it('looks at a container that crashes ten times a second once a second', async () => {
    await begin();
    const id = engine.run('loop', { restartPolicy: 'always' });
    await clock.advance(2000);
    engine.inspections = 0;
    told = [];
    for (let i = 0; i < 100; i++) {
      engine.die(id, 1);
      await clock.advance(50);
      engine.startAgain(id);
      await clock.advance(50);
    }
    expect(engine.inspections).toBeLessThanOrEqual(11);
    expect(told.length).toBeLessThanOrEqual(22);
    await clock.advance(2000);
    const dies = told.filter(({ kind }) => kind === 'die');
    const times = dies.reduce((sum, { attributes }) => sum + Number(attributes['times'] ?? 1), 0);
    expect(times).toBe(100);
    expect(registry.totals('loop')).toMatchObject({ starts: 101, deaths: 100, oomKills: 0 });
    expect(found('loop').restarts).toBe(100);
  });

  it('knows a container that has gone before it could be looked at', async () => {
    await begin();
    const id = engine.run('job', { labels: { team: 'a' }, image: 'tool:1' });
    engine.die(id, 7);
    engine.remove(id);
    await clock.advance(100);
    expect(words()).toEqual(['job create', 'job start', 'job die exitCode=7', 'job remove']);
    expect(found('job')).toMatchObject({
      state: 'removed',
      exitCode: 7,
      labels: { team: 'a' },
      image: 'tool:1',
    });
  });

  it('tells a new name with the name that it is known by from then on', async () => {
    await begin();
    const id = engine.run('web');
    await clock.advance(2000);
    engine.rename(id, 'site');
    await clock.advance(1100);
    expect(told.at(-1)?.container).toMatchObject({ line: 'site', identity: { name: 'site' } });
    expect(words().at(-1)).toBe('site rename oldName=web name=site');
    expect(states()).toEqual(['site running']);
    expect(registry.find('web')).toBeUndefined();
  });

  it('takes new addresses from the events of networks', async () => {
    await begin();
    const id = engine.run('web');
    await clock.advance(2000);
    changes = 0;
    const inspections = engine.inspections;
    engine.tellNetwork(id, 'connect', { backend: '172.30.0.5' });
    await clock.advance(100);
    expect(engine.inspections).toBe(inspections + 1);
    expect(changes).toBe(1);
    expect(found('web').addresses).toEqual([{ network: 'backend', ip: '172.30.0.5' }]);
  });
});

describe('the identity of a container', () => {
  it('goes on when it is re-created, and a new image is told', async () => {
    await begin();
    const first = engine.run('gallery-accesslog-1', { ...accesslog, image: 'log:1' });
    await clock.advance(1100);
    const temporary = `${first.slice(0, 12)}_gallery-accesslog-1`;
    const second = engine.create(temporary, { ...accesslog, image: 'log:2' });
    await clock.advance(1100);
    expect(states()).toEqual(['gallery-accesslog-1 running']);
    engine.stop(first);
    engine.remove(first);
    engine.rename(second, 'gallery-accesslog-1');
    engine.start(second);
    await clock.advance(1100);
    expect(states()).toEqual(['gallery-accesslog-1 running']);
    expect(found('gallery-accesslog-1').id).toBe(second);
    expect(told.find(({ kind }) => kind === 'remove')?.attributes).toEqual({ replaced: 'true' });
    const image = told.find(({ kind }) => kind === 'image');
    expect(image).toMatchObject({
      container: { id: second },
      previous: { id: first },
      attributes: { from: 'log:1', to: 'log:2' },
    });
    expect(registry.totals('gallery-accesslog-1')).toMatchObject({ starts: 2, deaths: 1 });
  });

  it('keeps how the one before ended, and whether that was asked for', async () => {
    await begin();
    const first = engine.run('a', accesslog);
    await clock.advance(1100);
    engine.die(first, 3);
    await clock.advance(400);
    const second = engine.run('a', accesslog);
    const endMs = clock.nowMs() - 400;
    await clock.advance(1100);
    const end = { id: first, finishedMs: endMs, exitCode: 3, isOomKilled: false };
    expect(registry.totals('a').end).toEqual({ ...end, isRequested: false });
    engine.remove(first);
    await clock.advance(1100);
    engine.stop(second);
    await clock.advance(1100);
    expect(registry.totals('a').end).toMatchObject({ id: second, isRequested: true });
    engine.start(second);
    engine.die(second, 4);
    await clock.advance(1100);
    expect(registry.totals('a').end).toMatchObject({ exitCode: 4, isRequested: false });
    expect(registry.totals('b').end).toBeUndefined();
  });

  it('is shared by two that run: the newer has the line', async () => {
    await begin();
    const first = engine.run('a', accesslog);
    await clock.advance(1100);
    const second = engine.create('a', accesslog);
    await clock.advance(1100);
    expect(found('a').id).toBe(first);
    engine.start(second);
    await clock.advance(1100);
    const other = `a~${first.slice(0, 12)}`;
    expect(states()).toEqual(['a running', `${other} running`]);
    expect(found('a').id).toBe(second);
    expect(found(other).id).toBe(first);
    expect(registry.byId(first)?.line).toBe(other);
    engine.die(second, 1);
    await clock.advance(1100);
    expect(states()).toEqual(['a running']);
    expect(found('a').id).toBe(first);
  });
});

describe('an engine that goes away', () => {
  it('is told, and its containers stay as they were known', async () => {
    engine.run('web');
    await begin();
    engine.failure = new DockerError('connect', 'cannot reach it');
    engine.endStreams();
    await clock.advance(1000);
    expect(registry.engine).toMatchObject({ status: 'unreachable', error: 'cannot reach it' });
    expect(states()).toEqual(['web running']);
    engine.failure = new DockerError('no-engine', 'nothing listens');
    await clock.advance(10_000);
    expect(registry.engine.status).toBe('absent');
    engine.failure = undefined;
    await clock.advance(6000);
    expect(registry.engine).toMatchObject({ status: 'connected', error: '' });
    expect(own('engine_reconnects_total')).toBeGreaterThan(2);
  });

  it('is listened to from where it was left', async () => {
    const id = engine.run('web');
    await begin();
    await clock.advance(5000);
    engine.pause(id, true);
    await clock.advance(5000);
    const pausedMs = clock.nowMs() - 5000;
    told = [];
    engine.failure = new DockerError('connect', 'cannot reach it');
    engine.endStreams();
    await clock.advance(1000);
    engine.pause(id, false);
    engine.die(id, 9);
    engine.remove(id);
    engine.run('other');
    await clock.advance(1000);
    engine.failure = undefined;
    await clock.advance(6000);
    expect(engine.askedSinceMs).toEqual([undefined, pausedMs]);
    expect(words().toSorted()).toEqual([
      'other create',
      'other start',
      'web die exitCode=9',
      'web remove',
      'web unpause',
    ]);
    expect(engine.streamCount).toBe(1);
  });

  it('may have forgotten its events: the list says what became of each', async () => {
    const web = engine.run('web');
    const job = engine.run('job', { hasHealthCheck: true, restartPolicy: 'always' });
    engine.run('gone');
    await begin();
    engine.failure = new DockerError('connect', 'cannot reach it');
    engine.endStreams();
    await clock.advance(5000);
    engine.die(web, 137, 'untold');
    engine.die(job, 1);
    await clock.advance(3000);
    engine.startAgain(job);
    engine.check(job, 'unhealthy', 'no');
    engine.remove(registry.find('gone')?.id ?? '');
    engine.run('new');
    engine.forgetEvents();
    engine.failure = undefined;
    await clock.advance(6000);
    expect(words().toSorted()).toEqual([
      'gone remove unseen=true',
      'job die',
      'job health health=unhealthy output=no',
      'job restart by=policy',
      'new create',
      'new start',
      'web die exitCode=137 oomKilled=true',
      'web oom',
    ]);
    expect(states()).toEqual(['gone removed', 'job running', 'new running', 'web exited']);
    expect(registry.totals('job')).toMatchObject({ starts: 2, deaths: 1, oomKills: 0 });
  });

  it('is not asked in a hurry when it ends its streams at once', async () => {
    await begin();
    engine.lists = 0;
    for (let i = 0; i < 300; i++) {
      engine.endStreams();
      await clock.advance(200);
    }
    expect(engine.lists).toBeLessThan(25);
    expect(registry.engine.status).toBe('connected');
  });

  it('is watched where a proxy keeps to itself what it is', async () => {
    engine.run('web');
    engine.factsFailure = new DockerError('forbidden', 'no');
    await begin();
    expect(registry.engine).toMatchObject({ status: 'connected', product: '', version: '' });
    expect(states()).toEqual(['web running']);
  });

  it('is asked for its list where its events may not be listened to', async () => {
    engine.eventFailure = new DockerError('forbidden', 'GET /events is refused');
    const id = engine.run('web');
    await begin();
    expect(registry.engine.status).toBe('connected');
    expect(registry.engine.error).toContain('/events is refused');
    await clock.advance(2000);
    engine.die(id, 2);
    await clock.advance(6000);
    expect(words()).toEqual(['web die exitCode=2']);
  });

  it('is given up where the list fails while its stream stays open', async () => {
    await begin();
    engine.failure = new DockerError('timeout', 'no answer in time');
    await clock.advance(61_000);
    expect(registry.engine).toMatchObject({ status: 'unreachable', error: 'no answer in time' });
    expect(engine.streamCount).toBe(0);
  });
});

describe('the list, read every minute', () => {
  it('finds what no event told, and asks only for what changed', async () => {
    for (let i = 0; i < 20; i++) engine.run(`quiet-${i}`);
    const id = engine.run('web');
    await begin();
    await clock.advance(61_000);
    engine.isSilent = true;
    engine.die(id, 5);
    const late = engine.run('late');
    const { inspections } = engine;
    await clock.advance(60_000);
    // The fake says `Up 3 minutes` of all.
    expect(engine.inspections - inspections).toBe(2);
    expect(words()).toEqual(['web die exitCode=5', 'late create', 'late start']);
    // What comes late is not told twice.
    engine.tellSilenced();
    engine.die(late, 1);
    await clock.advance(1100);
    expect(words()).toEqual(['late die exitCode=1']);
  });

  it('is read with few inspections at a time', async () => {
    engine.delay = async () => await settle();
    for (let i = 0; i < 30; i++) engine.run(`web-${i}`);
    await begin();
    for (let round = 0; round < 20; round++) await clock.advance(1);
    expect(engine.concurrentInspectionsMax).toBe(4);
    expect(states()).toHaveLength(30);
  });

  it('shows an inspection that fails in a count, and tries again', async () => {
    await begin();
    const id = engine.run('web');
    await clock.advance(2000);
    engine.failure = new DockerError('timeout', 'no answer in time');
    engine.die(id, 4);
    await clock.advance(1100);
    expect(own('inspect_failures_total')).toBe(1);
    expect(found('web')).toMatchObject({ state: 'exited', exitCode: 4 });
    expect(words().at(-1)).toBe('web die exitCode=4');
  });
});

describe('containers that have gone', () => {
  it('are known for a day', async () => {
    await begin();
    engine.remove(engine.run('job'));
    await clock.advance(GONE_FOR_MS - 60_000);
    expect(states()).toEqual(['job removed']);
    await clock.advance(120_000);
    expect(states()).toEqual([]);
    expect(registry.totals('job')).toMatchObject({ starts: 0, deaths: 0, oomKills: 0 });
  });

  it('are known to the next process, with what happened between', async () => {
    await begin();
    const [web, late] = [engine.run('web'), engine.run('late')];
    engine.die(engine.run('dead'), 3);
    const gone = engine.run('gone');
    await clock.advance(1100);
    engine.die(gone, 137, 'oom');
    engine.remove(gone);
    await clock.advance(1100);
    await registry.stop();
    engine.die(web, 4);
    engine.die(late, 5);
    engine.remove(late);
    await begin();
    expect(states()).toEqual(['dead exited', 'gone removed', 'late removed', 'web exited']);
    expect(found('gone')).toMatchObject({ exitCode: 137, isOomKilled: true, pid: 0 });
    expect(words()).toEqual(['web die exitCode=4', 'late die exitCode=5', 'late remove']);
    expect(registry.totals('gone')).toMatchObject({ starts: 1, deaths: 1, oomKills: 1 });
    expect(registry.totals('web')).toMatchObject({ starts: 1, deaths: 1, oomKills: 0 });
  });

  it('are written while the process runs, and damage to the file does no harm', async () => {
    await begin();
    engine.remove(engine.run('job'));
    await clock.advance(11_000);
    expect(disk.list(DIR)).toEqual(['known.json']);
    const text = new TextDecoder().decode(disk.read(`${DIR}/known.json`));
    for (const damaged of [text.slice(0, -10), '{"version":99}', '[]', '{"version":1}', '']) {
      disk.write(`${DIR}/known.json`, new TextEncoder().encode(damaged));
      await begin();
      expect(states()).toEqual([]);
    }
    disk.write(`${DIR}/known.json`, new TextEncoder().encode(text));
    await begin();
    expect(states()).toEqual(['job removed']);
  });

  it('are not written where the disk is full, which is counted', async () => {
    await begin();
    disk.freeBytes = 10;
    engine.run('web');
    await clock.advance(11_000);
    expect(own('save_failures_total')).toBe(1);
    disk.freeBytes = Infinity;
    engine.run('job');
    await clock.advance(11_000);
    await begin();
    expect(states()).toEqual(['job running', 'web running']);
  });
});

describe('limits', () => {
  it('leave containers out, those that do not run first, and say so', async () => {
    for (let i = 0; i < 3; i++) engine.create(`idle-${i}`);
    for (let i = 0; i < 4; i++) engine.run(`web-${i}`);
    await begin(5);
    expect(states().filter((state) => state.endsWith('running'))).toHaveLength(4);
    expect(states()).toHaveLength(5);
    expect(registry.leftOut).toBe(2);
    expect(own('left_out')).toBe(2);
    const id = engine.run('more');
    await clock.advance(1100);
    expect(registry.find('more')).toBeUndefined();
    expect(registry.byId(id)).toBeUndefined();
  });

  it('hold in churn: nothing grows', async () => {
    await begin();
    for (let i = 0; i < 1500; i++) {
      const id = engine.run(`job-${i}`);
      if (i % 3 === 0) await clock.advance(60);
      engine.die(id, i % 2);
      if (i % 5 === 0) await clock.advance(1100);
      engine.remove(id);
    }
    await clock.advance(5000);
    expect(own('existing')).toBe(0);
    expect(own('remembered')).toBe(1000);
    expect(own('forgotten_early_total')).toBe(500);
    expect(registry.held()).toEqual({ looks: 0, pending: 0, totals: 1000 });
    expect(told.filter(({ kind }) => kind === 'die')).toHaveLength(1500);
    expect(clock.pendingCount).toBeLessThan(10);
    expect(own('engine_events_lost_total')).toBe(0);
  });

  it('hold for containers that have gone between the list and the look at them', async () => {
    engine.delay = async () => await settle();
    const ids = Array.from({ length: 20 }, (_, i) => engine.run(`job-${i}`));
    const begun = begin();
    // The list has been read, four are being looked at.
    while (engine.inspections === 0) await Promise.resolve();
    engine.isSilent = true;
    for (const id of ids) engine.remove(id);
    await begun;
    for (let round = 0; round < 20; round++) await clock.advance(1);
    // Those four are found missing by the next list.
    expect(own('existing')).toBe(4);
    engine.delay = async () => {};
    await clock.advance(61_000);
    expect(own('existing')).toBe(0);
    expect(registry.held()).toMatchObject({ looks: 0, pending: 0 });
  });

  it('hold for events of containers that nobody can be asked about', async () => {
    await begin(10);
    engine.delay = async () => await new Promise(() => {});
    const id = engine.run('stuck');
    await clock.advance(1100);
    for (let i = 0; i < 1000; i++) engine.tell(id, 'pause');
    expect(registry.held().pending).toBe(1);
    // All have the same time: only the first is an event of its own.
    expect(own('engine_events_lost_total')).toBe(0);
    for (let i = 0; i < 1000; i++) {
      await clock.advance(1);
      engine.tell(id, 'pause');
    }
    expect(own('engine_events_lost_total')).toBeGreaterThan(700);
  });

  it('end with it: no timer and no stream is left', async () => {
    engine.run('web');
    await begin();
    await registry.stop();
    expect(clock.pendingCount).toBe(0);
    expect(engine.streamCount).toBe(0);
  });
});
