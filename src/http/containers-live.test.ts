import { beforeEach, describe, expect, it } from 'vitest';
import type { ContainersData } from '#contract';
import { FakeClock } from '../../test/fakes/clock.ts';
import { FakeEventSink } from '../../test/fakes/event-sink.ts';
import { CHANGE_MS, LiveContainers, LOOK_MS } from './containers-live.ts';
import { BACKLOG_BYTES_MAX, HEARTBEAT_MS } from './live/event-stream.ts';

class Sink extends FakeEventSink {
  /** The addresses that were told: each event has another. */
  get told(): string[] {
    return this.read().map(({ name, data }) => {
      expect(name).toBe('containers');
      return (JSON.parse(data) as ContainersData).engine.address;
    });
  }
}

let clock: FakeClock;
let live: LiveContainers;
let address: string;
let reads: number;
let subscribers: Set<() => void>;

beforeEach(() => {
  clock = new FakeClock();
  address = 'a';
  reads = 0;
  subscribers = new Set();
  live = new LiveContainers({
    clock,
    source: {
      data: () => {
        reads++;
        const engine = { address, status: 'connected', error: '', product: '', measuring: '' };
        return { engine, containers: [], leftOut: 0 } as ContainersData;
      },
      subscribe: (listener) => {
        subscribers.add(listener);
        return () => subscribers.delete(listener);
      },
    },
    clientsMax: 3,
  });
});

function enter(): { sink: Sink; leave: () => void } {
  const sink = new Sink();
  const visit = live.enter();
  visit.begin(sink);
  return { sink, leave: () => visit.leave() };
}

function change(to: string): void {
  address = to;
  for (const listener of subscribers) listener();
}

describe('those who watch the containers', () => {
  it('get all at once, and all again after a change, once a second', async () => {
    const { sink } = enter();
    expect(sink.told).toEqual(['a']);
    for (const to of ['b', 'c', 'd']) {
      change(to);
      await clock.advance(100);
    }
    expect(sink.told).toEqual([]);
    await clock.advance(CHANGE_MS - 300);
    expect(sink.told).toEqual(['d']);
    await clock.advance(CHANGE_MS * 2);
    change('e');
    await clock.advance(1);
    expect(sink.told).toEqual(['e']);
  });

  it('get what nobody tells within seconds, and nothing where nothing changed', async () => {
    const { sink } = enter();
    expect(sink.told).toEqual(['a']);
    await clock.advance(LOOK_MS * 3);
    change('a');
    await clock.advance(CHANGE_MS);
    expect(sink.told).toEqual([]);
    address = 'b';
    await clock.advance(LOOK_MS);
    expect(sink.told).toEqual(['b']);
  });

  it('share one reading', async () => {
    const sinks = [enter(), enter(), enter()].map(({ sink }) => sink);
    expect(reads).toBe(1);
    await clock.advance(CHANGE_MS);
    change('b');
    await clock.advance(1);
    expect(reads).toBe(2);
    for (const sink of sinks) expect(sink.told).toEqual(['a', 'b']);
  });

  it('are as many as there is room for', () => {
    const clients = [enter(), enter(), enter()];
    expect(() => enter()).toThrow('too many clients');
    expect(live.clients.refused).toBe(1);
    clients[0]?.leave();
    clients[0]?.leave();
    expect(live.clients.count).toBe(2);
    enter();
    expect(() => enter()).toThrow('too many clients');
  });

  it('are dropped where they do not read', async () => {
    const { sink } = enter();
    sink.writableLength = BACKLOG_BYTES_MAX + 1000;
    change('b');
    await clock.advance(CHANGE_MS);
    expect(sink.isDestroyed).toBe(true);
    expect(live.clients.dropped).toBe(1);
  });

  it('cost nothing once they have left', async () => {
    const { leave } = enter();
    leave();
    reads = 0;
    expect(subscribers.size).toBe(0);
    expect(clock.pendingCount).toBe(0);
    await clock.advance(60_000);
    expect(reads).toBe(0);
    address = 'z';
    expect(enter().sink.told).toEqual(['z']);
  });

  it('see that the connection lives, and its end', async () => {
    const { sink } = enter();
    sink.text = '';
    await clock.advance(HEARTBEAT_MS);
    expect(sink.text).toBe(':\n\n');
    live.close();
    expect(sink.isEnded).toBe(true);
    expect(clock.pendingCount).toBe(0);
    expect(() => live.enter()).toThrow('too many');
  });
});
