import { describe, expect, test } from 'vitest';
import { Registry } from '#instrument';
import { MemoryDisk, silentLog } from '#platform';
import type { DiskFile } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { WatchedFile } from '../../test/fakes/watched-file.ts';
import type { EventQuery, NewEvent, StoredEvent } from './event.ts';
import { EventStore } from './event-store.ts';
import type { EventStoreOptions } from './event-store.ts';

const START_MS = 1_700_000_000_000;

function event(number: number, change: Partial<NewEvent> = {}): NewEvent {
  return {
    timeMs: START_MS + number * 1000,
    kind: 'die',
    severity: 'error',
    name: `web-${number}`,
    group: 'gallery',
    service: 'web',
    containerId: 'c'.repeat(64),
    image: 'web:1',
    text: `event ${number}`,
    tags: ['die', 'gallery'],
    attributes: { exitCode: '1' },
    count: 1,
    ...change,
  };
}

function open(disk: MemoryDisk, more: Partial<EventStoreOptions> = {}): EventStore {
  return new EventStore({
    disk,
    clock: new FakeClock(START_MS),
    log: silentLog,
    registry: new Registry(),
    dir: 'data/events',
    retentionMs: Infinity,
    ...more,
  });
}

const ALL: EventQuery = {
  startMs: 0,
  endMs: Infinity,
  names: [],
  groups: [],
  kinds: [],
  tags: [],
  limit: 100_000,
};

async function read(store: EventStore, query: Partial<EventQuery> = {}): Promise<StoredEvent[]> {
  return [...(await store.read({ ...ALL, ...query })).events];
}

async function texts(store: EventStore, query: Partial<EventQuery> = {}): Promise<string[]> {
  return (await read(store, query)).map(({ text }) => text);
}

function filled(): EventStore {
  const store = open(new MemoryDisk());
  store.add(event(1));
  store.add(event(3, { kind: 'start', severity: 'info', tags: ['start'] }));
  store.add(event(2, { group: 'other', tags: ['die', 'other'] }));
  return store;
}

describe('reading', () => {
  test.each<[string, Partial<EventQuery>, string[]]>([
    ['everything, newest first whatever the order of arrival', {}, ['3', '2', '1']],
    [
      'a range of time, both ends inclusive',
      { startMs: START_MS + 2000, endMs: START_MS + 3000 },
      ['3', '2'],
    ],
    ['names', { names: ['web-1', 'web-3'] }, ['3', '1']],
    ['groups', { groups: ['other'] }, ['2']],
    ['kinds', { kinds: ['die'] }, ['2', '1']],
    ['all of the tags', { tags: ['die', 'other'] }, ['2']],
    ['the newest of a limit', { limit: 2 }, ['3', '2']],
    ['nothing', { names: ['unknown'] }, []],
  ])('finds %s', async (_what, query, numbers) => {
    expect(await texts(filled(), query)).toEqual(numbers.map((number) => `event ${number}`));
  });

  test('says that there are more than the limit', async () => {
    expect(await filled().read({ ...ALL, limit: 2 })).toMatchObject({ isTruncated: true });
    expect(await filled().read({ ...ALL, limit: 3 })).toMatchObject({ isTruncated: false });
  });

  test('gives what was stored, after a restart too', async () => {
    const disk = new MemoryDisk();
    const store = open(disk);
    store.add(event(1));
    const before = await read(store);
    store.close();
    expect(before).toEqual([{ ...event(1), id: 1, untilMs: START_MS + 1000 }]);
    const again = open(disk);
    expect(await read(again)).toEqual(before);
    again.add(event(2));
    expect((await read(again)).map(({ id }) => id)).toEqual([2, 1]);
  });

  test('what was stored before a restart and is told again is there once', async () => {
    const disk = new MemoryDisk();
    open(disk).add(event(1));
    const again = open(disk);
    again.add(event(1));
    again.add(event(1, { kind: 'start' }));
    expect((await read(again)).map(({ kind }) => kind)).toEqual(['start', 'die']);
  });

  test('finds what is no longer in memory, in any segment', async () => {
    const disk = new MemoryDisk();
    const store = open(disk, { segmentBytesMax: 64 << 10, bytesMax: Infinity });
    const clock = new FakeClock(START_MS);
    const slow = open(disk, { clock, segmentBytesMax: 64 << 10, bytesMax: Infinity });
    store.close();
    for (let i = 0; i < 12_000; i++) {
      if (i % 1500 === 0) await clock.advance(61_000);
      slow.add(event(i));
    }
    slow.close();
    const again = open(disk, { segmentBytesMax: 64 << 10, bytesMax: Infinity });
    expect(disk.list('data/events').length).toBeGreaterThan(50);
    expect(await texts(again, { endMs: START_MS + 1000 })).toEqual(['event 1', 'event 0']);
    expect(await texts(again, { names: ['web-7'] })).toEqual(['event 7']);
    expect(await read(again)).toHaveLength(12_000);
    expect(await texts(again, { limit: 1 })).toEqual(['event 11999']);
  });
});

/** Dies at an operation: it and all that follow fail, the write among them leaves a part. */
class DyingDisk extends MemoryDisk {
  operationsLeft = Infinity;
  partBytes = 0;

  step(): void {
    if (this.operationsLeft-- <= 0) throw Object.assign(new Error('EIO: dead'), { code: 'EIO' });
  }

  override open(path: string, mode: 'read' | 'append'): DiskFile {
    this.step();
    const file = super.open(path, mode);
    return new WatchedFile(file, (deed, data) => {
      if (data !== undefined && this.operationsLeft === 0) {
        file.append(data.subarray(0, Math.min(this.partBytes, data.length - 1)));
      }
      if (deed === 'append' || deed === 'truncate') this.step();
    });
  }

  override remove(path: string): void {
    this.step();
    super.remove(path);
  }
}

const SMALL_SEGMENTS = { segmentBytesMax: 1000 };

describe('the death of the process', () => {
  const cases = Array.from({ length: 30 }, (_, i) =>
    [0, 1, 150, 9999].map((part) => [i, part] as const),
  );

  test.each(cases.flat())(
    'at operation %i, %i bytes into its write, loses nothing that was written',
    async (operation, partBytes) => {
      const disk = new DyingDisk();
      const store = open(disk, SMALL_SEGMENTS);
      disk.operationsLeft = operation;
      disk.partBytes = partBytes;
      let stored = 0;
      for (let i = 1; i <= 20; i++) {
        store.add(event(i));
        if (store.counts.unwritten === 0) stored = i;
      }
      const after = disk.copy();
      const again = open(after, SMALL_SEGMENTS);
      const found = (await texts(again)).toReversed();
      expect(found).toEqual(Array.from({ length: stored }, (_, i) => `event ${i + 1}`));
      expect(again.counts.damaged).toBe(0);
      again.add(event(99));
      again.close();
      const third = open(after, SMALL_SEGMENTS);
      expect((await texts(third))[0]).toBe('event 99');
      expect(third.counts.damaged).toBe(0);
    },
  );
});

describe('damage', () => {
  const path = 'data/events/00000001.jsonl';

  test('a line that was changed is passed over and counted, its neighbours are read', async () => {
    const disk = new MemoryDisk();
    const store = open(disk);
    for (let i = 1; i <= 3; i++) store.add(event(i));
    store.close();
    const bytes = disk.read(path).slice();
    bytes[Math.floor(bytes.length / 2)] = 0x21;
    disk.write(path, bytes);
    const again = open(disk);
    expect(await texts(again)).toEqual(['event 3', 'event 1']);
    expect(again.counts.damaged).toBe(1);
    expect(disk.read(path)).toHaveLength(bytes.length);
  });

  test('a file that cannot be cut is left alone, and the next begins', async () => {
    class Uncut extends MemoryDisk {
      override open(file: string, mode: 'read' | 'append'): DiskFile {
        if (mode === 'append' && file === path) throw new Error('EROFS');
        return super.open(file, mode);
      }
    }
    const disk = new Uncut();
    const whole = new MemoryDisk();
    open(whole).add(event(1));
    const line = whole.read(path);
    disk.write(path, new Uint8Array([...line, ...line.subarray(0, 50)]));
    const store = open(disk);
    store.add(event(2));
    expect(await texts(store)).toEqual(['event 2', 'event 1']);
    expect(disk.list('data/events')).toEqual(['00000001.jsonl', '00000002.jsonl']);
    expect(await texts(open(disk))).toEqual(['event 2', 'event 1']);
  });

  test.each(['', '\n\n\n', 'nonsense\n', '00000000 {"time":1}\n', '\0'.repeat(5000)])(
    'a file that holds %j is no hindrance',
    async (content) => {
      const disk = new MemoryDisk();
      disk.write(path, new TextEncoder().encode(content));
      const store = open(disk);
      store.add(event(1));
      store.close();
      expect(await texts(open(disk))).toEqual(['event 1']);
    },
  );
});

describe('a full disk', () => {
  test('keeps events in memory and in answers, and writes them when there is room', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock(START_MS);
    const store = open(disk, { clock });
    store.add(event(1));
    disk.freeBytes = 100;
    store.add(event(2));
    store.add(event(3));
    expect(await texts(store)).toEqual(['event 3', 'event 2', 'event 1']);
    expect(store.counts).toMatchObject({ unwritten: 2, writeFailures: 1, stored: 1 });
    expect(await texts(open(disk.copy()))).toEqual(['event 1']);
    disk.freeBytes = Infinity;
    await clock.advance(10_000);
    expect(store.counts).toMatchObject({ unwritten: 0, stored: 3, lost: 0 });
    expect(await texts(open(disk.copy()))).toEqual(['event 3', 'event 2', 'event 1']);
  });

  test('beyond what memory may hold the oldest is given up and counted', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock(START_MS);
    const store = open(disk, { clock });
    disk.freeBytes = 0;
    for (let i = 1; i <= 2100; i++) {
      if (i === 1500) await clock.advance(61_000);
      store.add(event(i));
    }
    expect(store.counts).toMatchObject({ unwritten: 2000, lost: 100 });
    expect(await texts(store, { limit: 1, endMs: START_MS + 101_000 })).toEqual(['event 101']);
  });
});

describe('limits', () => {
  test('a crash loop shows its first ends of a minute and counts the rest', async () => {
    const clock = new FakeClock(START_MS);
    const disk = new MemoryDisk();
    const store = open(disk, { clock });
    for (let i = 0; i < 5000; i++) store.add(event(i / 1000, { name: 'loop', text: `end ${i}` }));
    store.add(event(60, { name: 'calm' }));
    const expected = ['event 60', '4990 times more within a minute: end 4999', 'end 9'];
    expect((await texts(store)).slice(0, 3)).toEqual(expected);
    expect(store.counts).toMatchObject({ stored: 11, folded: 4990 });
    await clock.advance(60_000);
    expect(store.counts).toMatchObject({ stored: 12 });
    const [, folded] = await read(open(disk.copy()));
    expect(folded).toMatchObject({ count: 4990, untilMs: START_MS + 4999 });
    expect(await texts(store, { startMs: START_MS + 4000, names: ['loop'] })).toEqual([
      expected[1],
    ]);
    store.add(event(70, { name: 'loop', text: 'again' }));
    expect((await texts(store))[0]).toBe('again');
  });

  test('of very many containers at once only so many are shown each, all are counted', async () => {
    const store = open(new MemoryDisk());
    for (let i = 0; i < 5000; i++) store.add(event(0, { name: `n${i}` }));
    const found = await read(store);
    expect(found.length).toBeLessThan(2100);
    expect(found.reduce((count, one) => count + one.count, 0)).toBe(5000);
  });

  test('what is counted is written at the end', async () => {
    const disk = new MemoryDisk();
    const store = open(disk);
    for (let i = 0; i < 100; i++) store.add(event(0, { name: 'loop' }));
    store.close();
    const found = await read(open(disk));
    expect(found.reduce((count, one) => count + one.count, 0)).toBe(100);
  });

  test('an event that is too large is cut', async () => {
    const disk = new MemoryDisk();
    const store = open(disk);
    const attributes = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`a${i}`, '\u0001'.repeat(1000)]),
    );
    store.add(event(1, { text: '\u0001'.repeat(100_000), attributes }));
    store.add(event(2, { image: 'i'.repeat(2000) }));
    store.close();
    expect(store.counts).toMatchObject({ cut: 2 });
    const lines = new TextDecoder().decode(disk.read('data/events/00000001.jsonl')).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(16 << 10);
    const [second, first] = await read(open(disk));
    expect(second?.image).toHaveLength(512);
    expect(first?.name).toBe('web-1');
  });
});

describe('retention', () => {
  test('a segment goes when its newest event is too old, or when there are too many', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock(START_MS);
    const options = { clock, segmentBytesMax: 1000, retentionMs: 3_600_000, bytesMax: 5000 };
    const store = open(disk, options);
    for (let i = 0; i < 40; i++) store.add(event(i));
    expect(store.counts.bytes).toBeLessThanOrEqual(5000);
    expect((await texts(store))[0]).toBe('event 39');
    await clock.advance(3 * 3_600_000);
    expect(disk.list('data/events')).toHaveLength(1);
    store.add(event(3 * 3600));
    expect(disk.list('data/events')).toHaveLength(1);
    store.close();
    await clock.advance(10 * 3_600_000);
    open(disk, options);
    expect(disk.list('data/events')).toHaveLength(1);
  });
});
