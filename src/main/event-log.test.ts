import { describe, expect, it } from 'vitest';
import { StopWitness } from '#containers';
import type { LifecycleEvent, Reading } from '#containers';
import type { AnnotationData } from '#contract';
import type { AnnotationQuery } from '#http';
import { Registry } from '#instrument';
import { MemoryDisk, silentLog } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { container, FakeContainers, NO_LIMITS } from '../../test/fakes/containers.ts';
import { EventLog } from './event-log.ts';

const NOW_MS = 1_700_000_000_000;

const CONTAINER = container('gallery-web-1', {
  id: 'a'.repeat(64),
  identity: {
    name: 'gallery-web-1',
    kind: 'compose',
    group: 'gallery',
    service: 'web',
    number: 1,
  },
  image: 'web:2',
  imageId: `sha256:${'2'.repeat(64)}`,
  state: 'exited',
  startedMs: NOW_MS - 4000,
  finishedMs: NOW_MS,
  exitCode: 137,
  isOomKilled: true,
  limits: { ...NO_LIMITS, memoryBytes: 64 << 20 },
});

const READING: Reading = {
  timeMs: NOW_MS - 2000,
  workingSetBytes: 67_000_000,
  memoryLimitBytes: 64 << 20,
  cpuSeconds: 1,
  memoryPressure: 0.43,
  oomKills: 0,
};

const EVERYTHING: AnnotationQuery = {
  startMs: 0,
  endMs: Infinity,
  names: [],
  groups: [],
  kinds: [],
  tags: [],
  limit: 1000,
};

/** A log that follows containers of which the test says what becomes of them. */
class Followed {
  readonly log: EventLog;
  readonly containers = new FakeContainers();
  readings: Readonly<Record<string, Reading>> = { [CONTAINER.id]: READING };

  constructor(disk = new MemoryDisk()) {
    const clock = new FakeClock(NOW_MS);
    this.log = new EventLog({
      clock,
      log: silentLog,
      registry: new Registry(),
      dataDir: 'data',
      retentionMs: Infinity,
      disk,
    });
    this.log.open();
    const witness = new StopWitness();
    witness.watch(this.containers);
    this.log.follow(this.containers, {
      readingOf: (id) => this.readings[id],
      reasonOf: (container) => witness.reasonOf(container),
    });
  }

  tell(event: Partial<LifecycleEvent>): void {
    const whole: LifecycleEvent = {
      kind: 'start',
      timeMs: NOW_MS,
      container: CONTAINER,
      previous: undefined,
      attributes: {},
      ...event,
    };
    this.containers.tell(whole);
  }

  async find(query: Partial<AnnotationQuery> = {}): Promise<readonly AnnotationData[]> {
    return (await this.log.find({ ...EVERYTHING, ...query })).annotations;
  }
}

type Told = Partial<LifecycleEvent>;

const sentences: readonly (readonly [Told, AnnotationData['severity'], string])[] = [
  [{ kind: 'create' }, 'info', 'gallery-web-1 was created from web:2'],
  [{ kind: 'create', previous: CONTAINER }, 'info', 'gallery-web-1 was created anew from web:2'],
  [{ kind: 'start' }, 'info', 'gallery-web-1 started'],
  [{ kind: 'start', attributes: { times: '7' } }, 'info', 'gallery-web-1 started (7 times)'],
  [
    { kind: 'restart', attributes: { by: 'policy' } },
    'warning',
    'gallery-web-1 was started again by its restart policy',
  ],
  [
    { kind: 'restart', attributes: { by: 'request' } },
    'info',
    'gallery-web-1 was restarted on request',
  ],
  [{ kind: 'kill', attributes: { signal: '15' } }, 'info', 'SIGTERM was sent to gallery-web-1'],
  [{ kind: 'stop' }, 'info', 'gallery-web-1 was stopped on request'],
  [
    { kind: 'oom' },
    'error',
    'the kernel killed a process of gallery-web-1: out of memory (limit 64 MiB)',
  ],
  [
    { kind: 'die' },
    'error',
    'gallery-web-1 was killed by the kernel: out of memory (limit 64 MiB); 2 s before it used 63.9 MiB of 64 MiB of memory, tasks waited for memory 43 % of the time',
  ],
  [
    {
      kind: 'health',
      container: { ...CONTAINER, health: 'unhealthy' },
      attributes: { output: 'no' },
    },
    'error',
    'gallery-web-1 is unhealthy: no',
  ],
  [
    { kind: 'health', container: { ...CONTAINER, health: 'healthy' } },
    'info',
    'gallery-web-1 is healthy',
  ],
  [
    { kind: 'image', previous: { ...CONTAINER, image: 'web:1' } },
    'info',
    'gallery-web-1 runs another image: web:2 instead of web:1',
  ],
  [
    { kind: 'image', previous: { ...CONTAINER, imageId: `sha256:${'1'.repeat(64)}` } },
    'info',
    'gallery-web-1 runs another image: web:2 (222222222222) instead of 111111111111',
  ],
  [{ kind: 'rename', attributes: { oldName: 'x' } }, 'info', 'gallery-web-1 was renamed from x'],
  [{ kind: 'update' }, 'info', 'the limits of gallery-web-1 were changed'],
  [{ kind: 'pause' }, 'warning', 'gallery-web-1 was paused'],
  [{ kind: 'unpause' }, 'info', 'gallery-web-1 goes on after a pause'],
  [{ kind: 'remove' }, 'info', 'gallery-web-1 was removed'],
  [
    { kind: 'remove', attributes: { unseen: 'true' } },
    'warning',
    'gallery-web-1 is gone, nobody saw it end',
  ],
];

describe('the log of events', () => {
  it.each(sentences)('of %j it says, as %s: %s', async (told, severity, text) => {
    const followed = new Followed();
    followed.tell(told);
    expect(await followed.find()).toMatchObject([{ severity, text, kind: told.kind }]);
  });

  it('keeps what an end was caused by, and what was read before', async () => {
    const followed = new Followed();
    followed.tell({ kind: 'die', attributes: { exitCode: '137' } });
    expect(await followed.find()).toEqual([
      {
        id: '1',
        time: NOW_MS,
        timeEnd: NOW_MS,
        count: 1,
        kind: 'die',
        severity: 'error',
        name: 'gallery-web-1',
        group: 'gallery',
        service: 'web',
        containerId: CONTAINER.id,
        image: 'web:2',
        text: expect.stringContaining('out of memory') as string,
        tags: ['container', 'die', 'gallery-web-1', 'gallery', 'web'],
        attributes: {
          exitCode: '137',
          cause: 'out-of-memory',
          memoryBytes: '67000000',
          memoryLimitBytes: '67108864',
          memoryPressure: '0.4300',
          readingAgeSeconds: '2.0',
        },
      },
    ]);
  });

  it('does not explain an end by a reading of long ago', async () => {
    const followed = new Followed();
    followed.readings = { [CONTAINER.id]: { ...READING, timeMs: NOW_MS - 61_000 } };
    followed.tell({ kind: 'die' });
    expect((await followed.find())[0]?.text).toMatch(/\(limit 64 MiB\)$/);
  });

  it('knows who killed a container by what went before', async () => {
    const followed = new Followed();
    const killed = { container: { ...CONTAINER, isOomKilled: false } };
    followed.readings = {};
    followed.tell({ kind: 'start', ...killed });
    followed.tell({ kind: 'kill', ...killed, attributes: { signal: '9' } });
    followed.tell({ kind: 'die', ...killed });
    const [, , end] = await followed.find();
    expect(end?.text).toBe(
      'gallery-web-1 was killed by `docker kill` or `docker rm -f` (SIGKILL, exit code 137)',
    );
  });

  it('names one that makes room for its successor by what both are known by', async () => {
    const followed = new Followed();
    followed.tell({
      kind: 'stop',
      container: { ...CONTAINER, line: 'gallery-web-1~aaaaaaaaaaaa' },
    });
    expect(await followed.find({ names: ['gallery-web-1'] })).toMatchObject([
      { text: 'gallery-web-1 was stopped on request' },
    ]);
  });

  it('counts what came so many times', async () => {
    const followed = new Followed();
    followed.tell({ kind: 'start', attributes: { times: '7' } });
    expect(await followed.find()).toMatchObject([{ count: 7, attributes: {} }]);
  });

  it('notes when the engine went and came back, once', async () => {
    const followed = new Followed();
    const { containers } = followed;
    containers.tell();
    const connected = containers.engine;
    containers.engine = { ...connected, status: 'unreachable', error: 'connection refused' };
    containers.tell();
    containers.tell();
    containers.engine = { ...connected, status: 'connecting' };
    containers.tell();
    containers.engine = connected;
    containers.tell();
    expect((await followed.find()).map(({ text }) => text)).toEqual([
      'the container engine cannot be reached: connection refused',
      'the container engine can be reached again: Docker Engine 28.0.0',
    ]);
  });

  it('finds after a restart what was there before', async () => {
    const disk = new MemoryDisk();
    const followed = new Followed(disk);
    followed.tell({ kind: 'start' });
    const before = await followed.find();
    followed.log.close();
    expect(await new Followed(disk).find({ names: ['gallery-web-1'] })).toEqual(before);
  });
});
