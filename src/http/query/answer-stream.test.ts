import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AnswerStream } from './answer-stream.ts';
import { ApiError } from './api-error.ts';
import { JsonBytes } from './json-bytes.ts';
import type { AnswerPiece } from './request.ts';

const TEXTS = Array.from({ length: 40 }, (_, i) => `${i} `.repeat(30_000));

function writeAll(stream: AnswerStream): Uint8Array {
  const out = new JsonBytes(stream);
  for (const text of TEXTS) out.write(text);
  return out.finish();
}

describe('AnswerStream', () => {
  it.each([false, true])(
    'sends the head with the first piece, and keeps the end (gzip %s)',
    (gzip) => {
      const pieces: AnswerPiece[] = [];
      const given: ArrayBuffer[] = [];
      const stream = new AnswerStream((piece, transfer) => {
        // As a transfer does: the sender has them no longer.
        const copy = structuredClone(piece, { transfer: [...transfer] }) as AnswerPiece;
        pieces.push(copy);
        given.push(...transfer);
        return 'sent';
      }, gzip);
      const body = writeAll(stream);
      expect(stream.hasBegun).toBe(true);
      const end = stream.finish({ status: 200, headers: {}, body });
      expect(given.every(({ byteLength }) => byteLength === 0)).toBe(true);
      expect(pieces[0]?.head?.status).toBe(200);
      expect(pieces[0]?.head?.headers['content-encoding']).toBe(gzip ? 'gzip' : undefined);
      expect(pieces.slice(1).every(({ head }) => head === undefined)).toBe(true);
      const all = Buffer.concat([...pieces.map((piece) => piece.body), end.body]);
      expect((gzip ? gunzipSync(all) : all).toString()).toBe(TEXTS.join(''));
    },
  );

  it.each([
    ['cancelled', 'canceled'],
    ['no-room', 'timeout'],
  ] as const)('fails where a piece is not sent: %s', (sent, type) => {
    const stream = new AnswerStream(() => sent, false);
    const failed = (): unknown => {
      try {
        return writeAll(stream);
      } catch (error) {
        return error instanceof ApiError ? error.type : error;
      }
    };
    expect(failed()).toBe(type);
    expect(stream.hasBegun).toBe(false);
  });
});
