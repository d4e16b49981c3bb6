import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Registry } from '#instrument';
import type { PieceReader } from '#platform';
import { CHUNK_BYTES } from './query/json-bytes.ts';
import type { AnswerPiece, QueryAnswer } from './query/request.ts';

/** So much of one answer may wait for its client, in bytes; when all answers together hold the other, less. */
const ANSWER_BYTES_MAX: number = 16 << 20;
const ALL_BYTES_MAX: number = 64 << 20;
/** Every answer may have so many pieces under way, whatever the others hold. */
const PIECES_MIN = 2;
/** And so many before the first one has come, where there is room: a thread need not wait for us at once. */
const PIECES_AHEAD = 8;

/** A client that takes nothing of a large answer for so long is left. */
const READ_TIMEOUT_MS = 30_000;

/** What large answers hold in memory for their clients, and how they end. */
export interface PieceRoom {
  /** In the main thread or on their way there. */
  bytesHeld: number;
  readonly begun: () => void;
  readonly cutOff: (reason: string) => void;
}

export function createPieceRoom(registry: Registry): PieceRoom {
  const begun = registry.counter({
    name: 'narthex_http_answers_in_pieces_total',
    help: 'Answers so large that they were sent while they were written.',
  });
  const cutOff = registry.counter({
    name: 'narthex_http_answers_cut_off_total',
    help: 'Answers that ended before their end: the client read too slowly, or an error came after the beginning.',
    labelNames: ['reason'],
  });
  const room: PieceRoom = {
    bytesHeld: 0,
    begun: () => begun.inc(),
    cutOff: (reason) => cutOff.inc(1, [reason]),
  };
  registry.collect(() => [
    {
      name: 'narthex_http_answer_bytes_held',
      help: 'Bytes of large answers that wait for their clients or may be sent at once.',
      type: 'gauge' as const,
      metrics: [{ labels: [], value: room.bytesHeld }],
    },
  ]);
  return room;
}

/**
 * Sends a large answer piece by piece, and asks for more as its client reads. A client that reads slowly
 * makes the answer wait in memory up to a limit, then the thread that writes it (see SendPiece).
 */
export class PieceSender implements PieceReader {
  readonly ahead: number;
  readonly #reply: FastifyReply;
  readonly #raw: ServerResponse;
  readonly #room: PieceRoom;
  #hasBegun = false;
  #isClosed = false;
  /** Pieces that may come, and bytes that have come and are not read. */
  #expected: number;
  #unread = 0;

  constructor(reply: FastifyReply, room: PieceRoom) {
    this.#reply = reply;
    this.#raw = reply.raw;
    this.#room = room;
    this.ahead = room.bytesHeld < ALL_BYTES_MAX ? PIECES_AHEAD : PIECES_MIN;
    this.#expected = this.ahead;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  receive(piece: unknown, more: (count: number) => void): void {
    const { head, body } = piece as AnswerPiece;
    if (head !== undefined) this.#begin(head);
    if (this.#isClosed) return;
    this.#expected--;
    this.#unread += body.length;
    this.#room.bytesHeld += body.length - CHUNK_BYTES;
    this.#raw.write(bufferOf(body), () => {
      if (this.#isClosed) return;
      this.#unread -= body.length;
      this.#room.bytesHeld -= body.length;
      this.#askForMore(more);
    });
    this.#askForMore(more);
  }

  /** What came last. An error can no more be told: the connection ends in the middle of the answer. */
  end(answer: QueryAnswer): void {
    this.#room.bytesHeld -= this.#expected * CHUNK_BYTES;
    this.#expected = 0;
    if (answer.status === 200) this.#raw.end(bufferOf(answer.body));
    else this.cutOff(answer.refusedBy ?? 'error');
  }

  /** Not counted where the client has gone. */
  cutOff(reason: string): void {
    if (this.#isClosed) return;
    this.#room.cutOff(reason);
    this.#raw.destroy();
  }

  #begin({ status, headers }: Required<AnswerPiece>['head']): void {
    this.#hasBegun = true;
    this.#room.begun();
    this.#room.bytesHeld += this.#expected * CHUNK_BYTES;
    this.#raw.once('close', () => this.#closed());
    this.#isClosed = this.#raw.destroyed;
    setHeaders(this.#reply, headers);
    this.#reply.hijack();
    for (const [name, value] of Object.entries(this.#reply.getHeaders())) {
      if (value !== undefined) this.#raw.setHeader(name, value);
    }
    this.#raw.writeHead(status);
    this.#raw.setTimeout(READ_TIMEOUT_MS, () => this.cutOff('slow_reader'));
  }

  #closed(): void {
    this.#isClosed = true;
    this.#room.bytesHeld -= this.#unread + this.#expected * CHUNK_BYTES;
    this.#unread = 0;
    this.#expected = 0;
  }

  #askForMore(more: (count: number) => void): void {
    let count = 0;
    while (this.#hasRoom()) {
      count++;
      this.#expected++;
      this.#room.bytesHeld += CHUNK_BYTES;
    }
    if (count > 0) more(count);
  }

  #hasRoom(): boolean {
    const own = this.#unread + this.#expected * CHUNK_BYTES;
    if (own < PIECES_MIN * CHUNK_BYTES) return true;
    return own < ANSWER_BYTES_MAX && this.#room.bytesHeld < ALL_BYTES_MAX;
  }
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** Of an answer, with `vary` where it is compressed. */
export function setHeaders(reply: FastifyReply, headers: Readonly<Record<string, string>>): void {
  reply.headers(headers);
  if (headers['content-encoding'] === undefined) return;
  const before = reply.getHeader('vary');
  const vary = before === undefined ? '' : `${String(before)}, `;
  reply.header('vary', `${vary}Accept-Encoding`);
}
