import { beforeEach, describe, expect, it } from 'vitest';
import type { ChangeMark, UnchangedTimes } from '#storage';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { FakeEventSink } from '../../../test/fakes/event-sink.ts';
import { errorAnswer, jsonAnswer } from '../query/envelope.ts';
import type { QueryAnswer, QueryRequest } from '../query/request.ts';
import { BACKLOG_BYTES_MAX, HEARTBEAT_MS } from './event-stream.ts';
import { LiveQueries } from './live-queries.ts';
import type { LiveQuestion, LiveVisit } from './live-queries.ts';

const STEP_MS = 5000;
const MARK: ChangeMark = { commit: 0, deletion: 0, drop: 0 };
/** On the grid of the steps. */
const NOW_MS = 1_700_000_000_000;

class Sink extends FakeEventSink {
  /** Name, what the query was asked for in seconds from NOW_MS, and what the event says that it has. */
  get events(): string[] {
    return this.read().map(({ id, name, data }) => {
      const { start, end, step, ...answer } = JSON.parse(data) as Record<string, number>;
      expect(step).toBe(STEP_MS / 1000);
      const [from, to] = [start, end].map((seconds) => (seconds ?? NaN) - NOW_MS / 1000);
      const [given] = Object.values(answer);
      expect(to).toBe((Number(id) - NOW_MS) / 1000);
      return `${name} ${given} id ${from}..${to}`;
    });
  }
}

let clock: FakeClock;
let live: LiveQueries;
let asked: QueryRequest[];
let storedUntilMs: () => number;
let unchanged: UnchangedTimes | undefined;
let answer: (request: QueryRequest) => QueryAnswer;

beforeEach(() => {
  clock = new FakeClock(NOW_MS);
  asked = [];
  // Each scrape takes 300 ms; the next is due at each second.
  storedUntilMs = () => Math.floor((clock.nowMs() - 300) / 1000) * 1000 + 1000;
  unchanged = { startMs: -Infinity, endMs: Infinity };
  answer = (request) => jsonAnswer(Buffer.from(rangeOf(request)));
  live = new LiveQueries({
    clock,
    runner: {
      run: async (request) => {
        asked.push(request);
        return await Promise.resolve(answer(request));
      },
    },
    changes: () => ({ mark: () => MARK, unchangedSince: () => unchanged }),
    storedUntilMs: () => storedUntilMs(),
    patienceMs: () => 3000,
    subqueryStepMs: () => 60_000,
    timeoutMs: 0,
    clientsMax: 3,
    queriesMax: 4,
  });
});

function rangeOf({ params }: QueryRequest): string {
  const found = new Map(params);
  const seconds = ['start', 'end'].map((name) => Number(found.get(name)) - NOW_MS / 1000);
  return JSON.stringify({ asked: seconds.join('..') });
}

async function enter(more: Partial<LiveQuestion> = {}): Promise<{ sink: Sink; leave: () => void }> {
  const startMs = NOW_MS - 30_000;
  const question = {
    kind: 'range' as const,
    query: 'up',
    lookbackDelta: '',
    stepMs: STEP_MS,
    knownMs: undefined,
    startMs,
  };
  const client = live.clients.enter();
  const visit = await live.follow({ ...question, ...more });
  const sink = new Sink();
  client.begin(sink);
  visit.start((event) => client.send(event));
  const leave = (): void => {
    visit.leave();
    client.leave();
  };
  return { sink, leave };
}

describe('a live query', () => {
  it('begins with all steps whose scrapes have arrived, and gets each new one', async () => {
    const { sink } = await enter();
    expect(sink.events).toEqual(['range -30..-5 id -30..-5']);
    await clock.advance(400);
    expect(sink.events).toEqual(['steps 0..0 id 0..0']);
    await clock.advance(4700);
    expect(sink.events).toEqual([]);
    await clock.advance(5000);
    expect(sink.events).toEqual(['steps 5..5 id 5..5']);
  });

  it('waits for a slow scrape, but not for long', async () => {
    storedUntilMs = () => NOW_MS - 700;
    const { sink } = await enter();
    await clock.advance(2900);
    expect(sink.events).toEqual(['range -30..-5 id -30..-5']);
    await clock.advance(200);
    expect(sink.events).toEqual(['steps 0..0 id 0..0']);
  });

  it('waits a while where nothing is scraped, since samples come from elsewhere', async () => {
    storedUntilMs = () => Infinity;
    const { sink } = await enter();
    await clock.advance(8100);
    expect(sink.events).toEqual([
      'range -30..-5 id -30..-5',
      'steps 0..0 id 0..0',
      'steps 5..5 id 5..5',
    ]);
  });

  it('gets steps again whose samples came late, ten of them at most', async () => {
    const { sink } = await enter();
    await clock.advance(400);
    unchanged = { startMs: -Infinity, endMs: NOW_MS - 5001 };
    await clock.advance(5000);
    expect(sink.events.slice(2)).toEqual(['steps -5..5 id -5..5']);
    unchanged = { startMs: -Infinity, endMs: 0 };
    await clock.advance(5000);
    expect(sink.events).toEqual(['steps -40..10 id -40..10']);
    unchanged = undefined;
    await clock.advance(5000);
    expect(sink.events).toEqual(['steps -35..15 id -35..15']);
  });

  it('says that an evaluation failed, and sends its step with the next', async () => {
    const { sink } = await enter();
    answer = () => errorAnswer('timeout', 'too slow');
    await clock.advance(400);
    expect(sink.events[1]).toMatch(/^failure error/);
    answer = (request) => jsonAnswer(Buffer.from(rangeOf(request)));
    await clock.advance(5000);
    expect(sink.events).toEqual(['steps 0..5 id 0..5']);
  });

  it('goes on where it was when its client comes back, corrections included', async () => {
    const { sink } = await enter({ startMs: NOW_MS - 3_600_000, knownMs: NOW_MS - 60_000 });
    expect(sink.events).toEqual(['range -110..-5 id -110..-5']);
    const other = await enter({ knownMs: NOW_MS - 60_001 });
    expect(other.sink.events).toEqual(['range -30..-5 id -30..-5']);
  });

  it('may ask for the newest step alone', async () => {
    const { sink } = await enter({ kind: 'instant' });
    await clock.advance(400);
    const times = asked.map(({ endpoint, params }) => [endpoint, ...params.slice(2)]);
    expect(times).toEqual([
      ['query', ['time', String(NOW_MS / 1000 - 5)]],
      ['query', ['time', String(NOW_MS / 1000)]],
    ]);
    expect(sink.events.map((event) => event.split(' id ')[1])).toEqual(['-5..-5', '0..0']);
  });
});

describe('live queries', () => {
  it('share an evaluation where they ask for the same', async () => {
    const clients = [await enter(), await enter({ startMs: NOW_MS - 10_000 })];
    const other = await enter({ query: 'down' });
    expect([live.clients.count, live.feedCount]).toEqual([3, 2]);
    asked = [];
    await clock.advance(400);
    expect(asked.map(({ params }) => params[0]?.[1])).toEqual(['up', 'down']);
    for (const { sink } of clients) expect(sink.events[1]).toBe('steps 0..0 id 0..0');
    for (const { leave } of [...clients, other]) leave();
    expect([live.clients.count, live.feedCount]).toEqual([0, 0]);
    asked = [];
    await clock.advance(60_000);
    expect(asked).toEqual([]);
  });

  it('are refused beyond their limit, and let in again', async () => {
    const clients = [await enter(), await enter(), await enter()];
    await expect(enter()).rejects.toThrow('too many live queries');
    expect(live.clients.refused).toBe(1);
    clients[0]?.leave();
    clients[0]?.leave();
    await enter();
    await expect(enter()).rejects.toThrow('too many live queries');
  });

  it('are refused beyond so many of all clients together', async () => {
    const question = { kind: 'range', query: 'up', lookbackDelta: '', knownMs: undefined } as const;
    const ask = async (startMs: number): Promise<LiveVisit> =>
      await live.follow({ ...question, stepMs: STEP_MS, startMs });
    const visits = [await ask(0), await ask(1), await ask(2), await ask(2)];
    expect([live.queryCount, live.feedCount]).toEqual([4, 3]);
    await expect(ask(3)).rejects.toThrow('too many live queries');
    expect(live.queriesRefused).toBe(1);
    visits[0]?.leave();
    await ask(3);
    expect([live.queryCount, live.feedCount]).toEqual([4, 3]);
  });

  it('drop a client that does not read', async () => {
    const { sink } = await enter();
    sink.writableLength = BACKLOG_BYTES_MAX;
    await clock.advance(400);
    expect(sink.isDestroyed).toBe(false);
    sink.writableLength = BACKLOG_BYTES_MAX + 1000;
    await clock.advance(5000);
    expect(sink.isDestroyed).toBe(true);
    expect(live.clients.dropped).toBe(1);
  });

  it('show that they live, to those who have read all', async () => {
    const quiet = await enter({ stepMs: 3_600_000 });
    const busy = await enter({ stepMs: 3_600_000 });
    busy.sink.writableLength = 1;
    quiet.sink.text = '';
    busy.sink.text = '';
    await clock.advance(HEARTBEAT_MS * 2);
    expect(quiet.sink.text).toBe(':\n\n:\n\n');
    expect(busy.sink.text).toBe('');
  });

  it('end with the server', async () => {
    const { sink } = await enter();
    live.close();
    expect(sink.isEnded).toBe(true);
    await expect(enter()).rejects.toThrow('too many');
    asked = [];
    await clock.advance(60_000);
    expect(asked).toEqual([]);
  });
});
