import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../api/client.ts';
import type { StreamEvent } from './event-lines.ts';
import { FOLLOWED_MAX, LiveConnection, type LiveQuestion } from './live-connection.ts';

const NOW_MS = 1_700_000_000_000;
const NOW_S = NOW_MS / 1000;
const UP: LiveQuestion = {
  type: 'range',
  query: 'up',
  stepMs: 5000,
  phaseMs: 0,
  rangeMs: 20_000,
};
const DOWN: LiveQuestion = { ...UP, query: 'down' };

interface Opened {
  readonly queries: readonly Readonly<Record<string, unknown>>[];
  readonly signal: AbortSignal;
  /** Hands the page an event; undefined ends the stream. */
  give(event: StreamEvent | undefined): void;
}

let clock: PageClock;
let opened: Opened[];
let refusal: ApiError | undefined;
let connection: LiveConnection;

beforeEach(() => {
  clock = new PageClock();
  opened = [];
  refusal = undefined;
  connection = new LiveConnection({
    open: (body, signal) => streamOf(body, signal),
    nowMs: () => clock.nowMs,
    later: (delayMs, act) => clock.later(delayMs, act),
  });
});

/** Time that goes on where it is told to. */
class PageClock {
  nowMs = NOW_MS;
  readonly #timers = new Set<{ readonly atMs: number; readonly act: () => void }>();

  later(delayMs: number, act: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, act };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  async advance(byMs: number): Promise<void> {
    const untilMs = this.nowMs + byMs;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
      const [next] = due.toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.act();
    }
    this.nowMs = untilMs;
  }
}

/** What was promised happens. */
async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

const asleep = (): void => undefined;

async function* streamOf(body: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  let wake = asleep;
  const waiting: (StreamEvent | undefined)[] = [];
  const { queries } = JSON.parse(body) as Pick<Opened, 'queries'>;
  opened.push({
    queries,
    signal,
    give: (event) => {
      waiting.push(event);
      wake();
    },
  });
  if (refusal !== undefined) throw refusal;
  for (;;) {
    while (waiting.length > 0) {
      const event = waiting.shift();
      if (event === undefined) return;
      yield event;
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

/** Steps from `start` to `end`, in seconds from now, each with its own time as value. */
function steps(query: number, start: number, end: number): StreamEvent {
  const values: [number, string][] = [];
  for (let at = start; at <= end; at += 5) values.push([NOW_S + at, String(at)]);
  const data = { resultType: 'matrix', result: [{ metric: { a: 'b' }, values }] };
  const answer = {
    query,
    status: 'success',
    data,
    start: NOW_S + start,
    end: NOW_S + end,
    step: 5,
  };
  return { id: `${query}:1`, name: 'steps', data: JSON.stringify(answer) };
}

function valuesOf(question: LiveQuestion): string[] {
  const { result } = connection.stateOf(question);
  if (result?.data.resultType !== 'matrix') return [];
  return Array.from(result.data.result[0]?.values ?? [], String);
}

describe('a live connection', () => {
  it('asks for all queries of a moment at once, equal ones once', async () => {
    for (const question of [UP, DOWN, { ...UP }]) connection.follow(question, () => undefined);
    await clock.advance(100);
    expect(opened.map(({ queries }) => queries)).toEqual([
      [
        { type: 'range', query: 'up', step: 5, start: NOW_S - 20 },
        { type: 'range', query: 'down', step: 5, start: NOW_S - 20 },
      ],
    ]);
    expect(connection.status).toBe('connecting');
  });

  it('continues what is there, and tells all who look in one go', async () => {
    let told = 0;
    connection.follow(UP, () => told++);
    connection.follow(DOWN, () => told++);
    await clock.advance(100);
    opened[0]?.give(steps(0, -20, -5));
    opened[0]?.give(steps(1, -20, -5));
    await clock.advance(100);
    expect([connection.status, told]).toEqual(['open', 2]);
    opened[0]?.give(steps(0, -5, 5));
    await clock.advance(100);
    expect(told).toBe(3);
    expect(valuesOf(UP)).toEqual(['-15', '-10', '-5', '0', '5']);
    expect(valuesOf(DOWN)).toEqual(['-20', '-15', '-10', '-5']);
  });

  it('comes back where it was after the connection is lost', async () => {
    connection.follow(UP, () => undefined);
    await clock.advance(100);
    opened[0]?.give(steps(0, -20, -5));
    await clock.advance(100);
    opened[0]?.give(undefined);
    await clock.advance(100);
    expect([connection.status, connection.isServing]).toEqual(['lost', true]);
    await clock.advance(1000);
    expect(opened[1]?.queries[0]).toMatchObject({ last_event_id: String(NOW_MS - 5000) });
    opened[1]?.give(steps(0, -5, 0));
    await clock.advance(100);
    expect(connection.status).toBe('open');
    expect(valuesOf(UP)).toEqual(['-20', '-15', '-10', '-5', '0']);
  });

  it('says that panels are to be asked for while it fails again and again', async () => {
    refusal = new ApiError('unavailable', 'too many live queries', 503);
    connection.follow(UP, () => undefined);
    await clock.advance(2000);
    expect(connection.isServing).toBe(false);
    expect(connection.stateOf(UP).error?.message).toBe('too many live queries');
    refusal = undefined;
    await clock.advance(30_000);
    opened.at(-1)?.give(steps(0, -20, -5));
    await clock.advance(100);
    expect([connection.status, connection.isServing]).toEqual(['open', true]);
  });

  it('takes silence for the end', async () => {
    connection.follow(UP, () => undefined);
    await clock.advance(60_000);
    expect(opened[0]?.signal.aborted).toBe(true);
    expect(opened).toHaveLength(2);
  });

  it('rests while nobody looks', async () => {
    const leave = connection.follow(UP, () => undefined);
    await clock.advance(100);
    connection.pause();
    expect([connection.status, opened[0]?.signal.aborted]).toEqual(['resting', true]);
    await clock.advance(120_000);
    expect(opened).toHaveLength(1);
    connection.resume();
    await clock.advance(100);
    expect(opened).toHaveLength(2);
    leave();
    await clock.advance(120_000);
    expect([opened.length, connection.status]).toEqual([2, 'resting']);
  });

  it('tells which query the server does not follow', async () => {
    connection.follow(UP, () => undefined);
    await clock.advance(100);
    const answer = { query: 0, status: 'error', errorType: 'bad_data', error: 'parse error' };
    opened[0]?.give({ id: '0', name: 'refused', data: JSON.stringify(answer) });
    await clock.advance(100);
    expect(connection.stateOf(UP)).toMatchObject({ isRefused: true, result: undefined });
  });

  it('refuses more queries than the server takes', async () => {
    const questions = Array.from({ length: FOLLOWED_MAX + 1 }, (_, i) => ({
      ...UP,
      query: `q${i}`,
    }));
    for (const question of questions) connection.follow(question, () => undefined);
    await clock.advance(100);
    expect(opened[0]?.queries).toHaveLength(FOLLOWED_MAX);
    expect(questions.filter((one) => connection.stateOf(one).isRefused)).toHaveLength(1);
  });
});
