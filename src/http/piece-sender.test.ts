import { EventEmitter } from 'node:events';
import type { FastifyReply } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { Registry } from '#instrument';
import { createPieceRoom, PieceSender, type PieceRoom } from './piece-sender.ts';

const HEAD = { status: 200, headers: { 'content-encoding': 'gzip' } };
const PIECE_BYTES = 256 << 10;

/** A connection whose client reads when it is told to. */
class FakeResponse extends EventEmitter {
  readonly headers = new Map<string, unknown>();
  readonly written: number[] = [];
  readonly #unread: (() => void)[] = [];
  destroyed = false;
  ended = false;
  onTimeout = (): void => {};

  setHeader(name: string, value: unknown): void {
    this.headers.set(name, value);
  }
  writeHead(): void {}
  setTimeout(_ms: number, onTimeout: () => void): void {
    this.onTimeout = onTimeout;
  }
  write(body: Uint8Array, read: () => void): void {
    this.written.push(body.length);
    this.#unread.push(read);
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
  /** The client reads so many pieces. */
  read(count: number): void {
    for (const read of this.#unread.splice(0, count)) read();
  }
}

function senderOf(raw: FakeResponse, room: PieceRoom): PieceSender {
  const headers: Record<string, string> = { vary: 'Origin' };
  const reply = {
    raw,
    headers: (more: object) => Object.assign(headers, more),
    header: (name: string, value: string) => (headers[name] = value),
    getHeader: (name: string) => headers[name],
    getHeaders: () => headers,
    hijack: () => {},
  };
  return new PieceSender(reply as unknown as FastifyReply, room);
}

/** A thread that always has another piece; `allowed` is how many it could send altogether. */
function startThread(sender: PieceSender): { sent: number; allowed: number } {
  const thread = { sent: 0, allowed: sender.ahead };
  const more = (count: number): void => {
    thread.allowed += count;
  };
  const body = new Uint8Array(PIECE_BYTES);
  sendAll = () => {
    while (thread.sent < thread.allowed) {
      sender.receive({ ...(thread.sent++ === 0 && { head: HEAD }), body }, more);
    }
  };
  sendAll();
  return thread;
}

let sendAll = (): void => {};
let registry: Registry;
let room: PieceRoom;
beforeEach(() => {
  registry = new Registry();
  room = createPieceRoom(registry);
});

describe('PieceSender', () => {
  it('lets a thread run ahead of its client up to a limit, then as the client reads', () => {
    const raw = new FakeResponse();
    const thread = startThread(senderOf(raw, room));
    expect(thread.sent).toBe(64);
    expect(room.bytesHeld).toBe(64 * PIECE_BYTES);
    raw.read(3);
    sendAll();
    expect(thread.sent).toBe(67);
    expect(raw.headers.get('vary')).toBe('Origin, Accept-Encoding');
  });

  it('lets all threads together run ahead up to a limit, and each a little', () => {
    const threads = Array.from({ length: 8 }, () =>
      startThread(senderOf(new FakeResponse(), room)),
    );
    const sent = threads.map((thread) => thread.sent);
    expect(sent.slice(0, 3)).toEqual([64, 64, 64]);
    expect(sent.slice(5)).toEqual([2, 2, 2]);
    expect(room.bytesHeld).toBeLessThanOrEqual((256 + 8 * 8) * PIECE_BYTES);
  });

  it('holds nothing once the client has read all', () => {
    const raw = new FakeResponse();
    const sender = senderOf(raw, room);
    const thread = startThread(sender);
    sender.end({ status: 200, headers: {}, body: new Uint8Array(1) });
    expect([raw.ended, raw.destroyed]).toEqual([true, false]);
    raw.read(thread.sent);
    raw.destroy();
    expect(room.bytesHeld).toBe(0);
  });

  it.each([
    ['an error', 'execution', 'error'],
    ['a limit', 'timeout', 'timeout'],
  ])('ends in the middle where %s comes after the beginning', (_, refusal, reason) => {
    const raw = new FakeResponse();
    const sender = senderOf(raw, room);
    startThread(sender);
    const refusedBy = refusal === 'timeout' ? { refusedBy: 'timeout' as const } : {};
    sender.end({ status: 503, headers: {}, body: new Uint8Array(1), ...refusedBy });
    expect([raw.ended, raw.destroyed]).toEqual([false, true]);
    expect(cutOff()).toEqual([[reason, 1]]);
    raw.read(100);
    expect(room.bytesHeld).toBe(0);
  });

  it('leaves a client that takes nothing for too long', () => {
    const raw = new FakeResponse();
    startThread(senderOf(raw, room));
    raw.onTimeout();
    expect(raw.destroyed).toBe(true);
    expect(cutOff()).toEqual([['slow_reader', 1]]);
    expect(room.bytesHeld).toBe(0);
  });

  it('does not count a client that goes', () => {
    const raw = new FakeResponse();
    const sender = senderOf(raw, room);
    startThread(sender);
    raw.destroy();
    sender.end({ status: 499, headers: {}, body: new Uint8Array(1) });
    expect(cutOff()).toEqual([]);
    expect(room.bytesHeld).toBe(0);
  });
});

/** Reasons and how often. */
function cutOff(): (readonly [string | undefined, number | undefined])[] {
  const family = registry
    .gather()
    .find(({ name }) => name === 'narthex_http_answers_cut_off_total');
  return (family?.metrics ?? []).map(({ labels, value }) => [labels[0]?.[1], value] as const);
}
