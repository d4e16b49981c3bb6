// What Podman's socket answers where it is not as Docker's: as its source and documentation have it (4.3 to 6).
import { beforeEach, describe, expect, it } from 'vitest';
import { openDockerEngine } from '#docker';
import { Registry } from '#instrument';
import { silentLog } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { fakeHttpClient } from '../../test/fakes/scrape-config.ts';
import type { LifecycleEvent } from './container.ts';
import { createContainerRegistry } from './registry.ts';
import type { RunningRegistry } from './registry.ts';
import { StopWitness } from './stop-witness.ts';

const WEB = 'a'.repeat(64);
const MADE = 'b'.repeat(64);
const NEVER = '0001-01-01T00:00:00Z';
/** When the test begins, and a while later. */
const BEGIN_MS = Date.parse('2026-11-23T10:00:00Z');

const VERSION = {
  Components: [
    { Name: 'Podman Engine', Version: '5.4.2', Details: { APIVersion: '5.4.2' } },
    { Name: 'Conmon', Version: 'conmon version 2.1.12' },
  ],
  Version: '5.4.2',
  ApiVersion: '1.41',
  MinAPIVersion: '1.24',
};

const LIST = [
  {
    Id: WEB,
    Names: ['/web'],
    Image: 'docker.io/library/nginx:1.29',
    ImageID: 'sha256:1',
    Created: BEGIN_MS / 1000 - 600,
    // Health is not said here.
    Status: 'Up 10 minutes',
    State: 'running',
    Labels: null,
    Ports: [],
  },
  {
    Id: MADE,
    Names: ['/made'],
    Image: 'localhost/job:latest',
    ImageID: 'sha256:2',
    Created: BEGIN_MS / 1000 - 600,
    Status: 'Created',
    // Where the inspection says `created`.
    State: 'configured',
    Labels: {},
  },
];

let clock: FakeClock;
let state: Record<string, unknown>;
let restarts: number;
let asked: string[];
let tell: (line: string) => void;
let registry: RunningRegistry;
let witness: StopWitness;
let told: LifecycleEvent[];

function details(id: string): unknown {
  const isWeb = id === WEB;
  return {
    Id: id,
    Name: isWeb ? '/web' : '/made',
    Created: '2026-11-23T09:50:00.123456789Z',
    Image: 'sha256:1',
    RestartCount: restarts,
    State: isWeb
      ? state
      : { Status: 'created', Pid: 0, ExitCode: 0, StartedAt: NEVER, FinishedAt: NEVER },
    Config: { Image: 'docker.io/library/nginx:1.29', Labels: null, ExposedPorts: { '80/tcp': {} } },
    HostConfig: { Memory: 0, CgroupParent: 'user.slice', NetworkMode: 'bridge', Ulimits: [] },
    NetworkSettings: {
      Networks: { podman: { IPAddress: '10.88.0.5', NetworkID: 'podman' } },
      Ports: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
    },
  };
}

function answer(path: string): unknown {
  if (path === '/version') return VERSION;
  if (path === '/info') return { CgroupDriver: 'systemd', CgroupVersion: '2', NCPU: 2 };
  if (path === '/containers/json') return LIST;
  const [, id] = /^\/containers\/(\w+)\/json$/.exec(path) ?? [];
  return id === undefined ? undefined : details(id);
}

beforeEach(async () => {
  clock = new FakeClock(BEGIN_MS);
  asked = [];
  told = [];
  restarts = 0;
  state = {
    Status: 'running',
    Running: true,
    Pid: 77,
    ExitCode: 0,
    StartedAt: '2026-11-23T09:50:01Z',
    FinishedAt: NEVER,
    Health: { Status: 'healthy', FailingStreak: 0, Log: null },
  };
  const client = fakeHttpClient(({ url }) => {
    const path = new URL(url).pathname.replace(/^\/v[\d.]+/, '');
    asked.push(path);
    const found = answer(path);
    const body = JSON.stringify(
      found ?? { cause: 'no such container', message: 'no', response: 404 },
    );
    return found === undefined ? { status: 404, statusText: '404 Not Found', body } : { body };
  });
  const engine = openDockerEngine({
    address: 'unix:///run/podman/podman.sock',
    userAgent: 'Narthex/test',
    openHttpClient: () => ({
      ...client,
      // Older ones begin their answer with the first event.
      stream: ({ onBytes, signal }) => {
        tell = (line) => onBytes(new TextEncoder().encode(`${line}\n`));
        return new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
        });
      },
    }),
  });
  registry = createContainerRegistry({ engine, clock, log: silentLog, metrics: new Registry() });
  witness = new StopWitness();
  witness.watch(registry);
  registry.subscribe(({ event }) => event !== undefined && told.push(event));
  registry.start();
  await clock.advance(3000);
});

/** As the compatible endpoint writes it: labels and what Podman adds among the attributes. */
function event(action: string, more: Record<string, string> = {}, health?: string): void {
  const timeNano = clock.nowMs() * 1e6;
  tell(
    JSON.stringify({
      Type: 'container',
      Action: action,
      Actor: { ID: WEB, Attributes: { image: 'nginx', name: 'web', podId: '', ...more } },
      scope: 'local',
      time: Math.floor(timeNano / 1e9),
      timeNano,
      ...(health !== undefined && { HealthStatus: health }),
      status: action,
      id: WEB,
      from: 'nginx',
    }),
  );
}

async function end(exitCode: number, more: Record<string, unknown> = {}): Promise<void> {
  const FinishedAt = new Date(clock.nowMs()).toISOString();
  state = {
    ...state,
    Status: 'exited',
    Running: false,
    Pid: 0,
    ExitCode: exitCode,
    FinishedAt,
    ...more,
  };
  const code = String(exitCode);
  event('die', { containerExitCode: code, exitCode: code });
  await clock.advance(1500);
}

function reason(): string | undefined {
  const web = registry.find('web');
  return web && witness.reasonOf(web)?.text;
}

describe('Podman', () => {
  it('is watched as Docker Engine is', async () => {
    expect(registry.engine).toMatchObject({
      status: 'connected',
      product: 'Podman',
      version: '5.4.2',
      cgroupDriver: 'systemd',
      cgroupVersion: '2',
    });
    expect(registry.find('web')).toMatchObject({
      state: 'running',
      health: 'healthy',
      pid: 77,
      cgroupParent: 'user.slice',
      addresses: [{ network: 'podman', ip: '10.88.0.5' }],
      exposedPorts: [80],
      publishedPorts: [{ ip: '', hostPort: 8080, port: 80 }],
    });
    expect(registry.find('made')).toMatchObject({ state: 'created', finishedMs: 0 });
    asked = [];
    await clock.advance(120_000);
    // The list says nothing else than before, in its own words.
    expect(asked).toEqual(['/containers/json', '/containers/json']);
  });

  it('tells of health beside the attributes', async () => {
    state = {
      ...state,
      Health: { Status: 'unhealthy', FailingStreak: 3, Log: [{ Output: 'no\n' }] },
    };
    event('health_status', {}, 'unhealthy');
    await clock.advance(1500);
    expect(told).toMatchObject([
      { kind: 'health', attributes: { health: 'unhealthy', output: 'no' } },
    ]);
    expect(registry.find('web')?.health).toBe('unhealthy');
  });

  it('has words of its own in older versions', async () => {
    state = {
      ...state,
      Status: 'exited',
      Running: false,
      ExitCode: 3,
      FinishedAt: '2026-11-23T10:00:03Z',
    };
    event('died', { containerExitCode: '3' });
    await clock.advance(1500);
    expect(told).toMatchObject([{ kind: 'die', attributes: { exitCode: '3' } }]);
    event('remove');
    await clock.advance(1500);
    expect(registry.find('web')).toMatchObject({ state: 'removed', exitCode: 3 });
  });

  it.each([
    [143, 'asked to end, as `docker stop` does'],
    [137, 'by `docker kill`, `docker stop` after its grace period, or the kernel for memory'],
    [0, 'finished (exit code 0)'],
    [1, 'ended with an error of the application'],
  ])('often tells an end alone: of exit code %i nothing is made up', async (exitCode, text) => {
    await end(exitCode);
    expect(reason()).toContain(text);
  });

  it('notes a kill for memory, without an event', async () => {
    await end(137, { OOMKilled: true });
    expect(reason()).toContain('killed by the kernel: out of memory');
    expect(told.map(({ kind }) => kind)).toEqual(['oom', 'die']);
  });

  it.each([
    [137, 'killed by `docker kill`'],
    [143, 'ended by the signal that it was sent through the engine (SIGTERM'],
  ])('does not say which signal it sent: exit code %i tells it', async (exitCode, text) => {
    event('kill');
    await end(exitCode);
    expect(reason()).toContain(text);
    expect(told.find(({ kind }) => kind === 'die')?.attributes['requested']).toBe('true');
  });

  it.each([
    [137, 'killed by `docker stop` after its grace period'],
    [143, 'ended by the signal that it was sent through the engine (SIGTERM'],
    [0, 'ended when it was asked to (exit code 0)'],
  ])('tells that it stopped one before the end (%i) or after it', async (exitCode, text) => {
    event('stop');
    await end(exitCode);
    expect(reason()).toContain(text);
    expect(told.find(({ kind }) => kind === 'die')?.attributes['requested']).toBe('true');
  });

  it('tells that it stopped one after the end', async () => {
    await end(137);
    event('stop');
    await clock.advance(1500);
    expect(reason()).toContain('killed by `docker stop` after its grace period');
  });

  it('tells a start by the restart policy twice, and it is one', async () => {
    await end(1);
    told = [];
    state = {
      ...state,
      Status: 'running',
      Health: { Status: 'starting' },
      Running: true,
      Pid: 78,
      StartedAt: new Date(clock.nowMs()).toISOString(),
    };
    restarts = 1;
    event('restart');
    event('start');
    await clock.advance(1500);
    expect(told).toMatchObject([{ kind: 'restart', attributes: { by: 'policy' } }]);
  });
});
