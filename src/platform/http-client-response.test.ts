import { describe, expect, it } from 'vitest';
import { HttpClientError } from './http-client-error.ts';
import { ResponseReader } from './http-client-response.ts';

function reader(bodyBytesMax = 0): ResponseReader {
  return new ResponseReader({ bodyBytesMax, body: { bytes: new Uint8Array(0) } });
}

/** Gives the answer in pieces of a size. */
function read(answer: string, pieceBytes: number, into = reader()): ResponseReader {
  const bytes = Buffer.from(answer, 'latin1');
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    // A copy, which is overwritten as the memory of a socket is.
    const piece = Uint8Array.from(bytes.subarray(at, at + pieceBytes));
    into.take(piece);
    piece.fill(0x78);
  }
  return into;
}

function errorOf(run: () => unknown): HttpClientError {
  try {
    run();
  } catch (error) {
    if (error instanceof HttpClientError) return error;
    throw error;
  }
  throw new Error('no error');
}

const text = ({ body }: ResponseReader): string => Buffer.from(body).toString('latin1');

const WHOLE: readonly (readonly [string, string, string, boolean])[] = [
  ['a body of announced length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'abc', true],
  ['no body at all', 'HTTP/1.1 204 No Content\r\n\r\n', '', true],
  ['an empty body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '', true],
  [
    'chunks, with extensions and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x="y"\r\nabc\r\n0A\r\n0123456789\r\n0\r\nA: b\r\n\r\n',
    'abc0123456789',
    true,
  ],
  ['lines without carriage returns', 'HTTP/1.1 200 OK\nContent-Length: 1\n\na', 'a', true],
  [
    'announcements before it',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    'a',
    true,
  ],
  [
    'a connection that is to end',
    'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na',
    'a',
    false,
  ],
  ['an old server', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na', 'a', false],
  [
    'an old server that keeps connections',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na',
    'a',
    true,
  ],
  [
    'the same length twice',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\na',
    'a',
    true,
  ],
  [
    'a length beside chunks, which does not count',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    'a',
    false,
  ],
  ['more than was asked for', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc', 'a', false],
];

describe('an answer is read, however it is cut into pieces:', () => {
  it.each(WHOLE)('%s', (_, answer, body, keepsAlive) => {
    for (const pieceBytes of [1, 2, 3, 7, 64, 10_000]) {
      const into = read(answer, pieceBytes);
      expect(into.isDone).toBe(true);
      expect(text(into)).toBe(body);
      // What comes after the end in a piece of its own is seen by the connection.
      if (pieceBytes === 10_000) expect(into.keepsAlive).toBe(keepsAlive);
    }
  });

  it('one that goes on until the server closes', () => {
    const into = read('HTTP/1.1 200 Fine by me\r\nContent-Type: text/plain\r\n\r\nabc', 2);
    expect(into.isDone).toBe(false);
    into.end();
    expect(into.isDone).toBe(true);
    expect([into.status, into.statusMessage, text(into)]).toEqual([200, 'Fine by me', 'abc']);
    expect(into.headers.get('content-type')).toBe('text/plain');
    expect(into.keepsAlive).toBe(false);
  });
});

const HEAD = 'HTTP/1.1 200 OK\r\n';

describe('what may be read in two ways, or not at all, is an error:', () => {
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'connect'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n', 'connect'],
    ['a status that is none', 'HTTP/1.1 20x OK\r\n\r\n', 'connect'],
    ['another protocol from here on', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', 'connect'],
    ['a header without a name', `${HEAD}: x\r\n\r\n`, 'connect'],
    ['a blank before the colon', `${HEAD}Content-Length : 3\r\n\r\n`, 'connect'],
    ['a header that goes on in the next line', `${HEAD}A: b\r\n c\r\n\r\n`, 'connect'],
    ['two lengths', `${HEAD}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`, 'connect'],
    ['a length that is none', `${HEAD}Content-Length: +3\r\n\r\n`, 'connect'],
    [
      'an encoding that nobody asked for',
      `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n`,
      'connect',
    ],
    ['a head without end', `${HEAD}A: ${'b'.repeat(20_000)}`, 'connect'],
    ['a chunk of odd size', `${HEAD}Transfer-Encoding: chunked\r\n\r\n-1\r\n`, 'body'],
    ['a chunk longer than it says', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`, 'body'],
    [
      'a line without end',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(5000)}`,
      'body',
    ],
  ])('%s', (_, answer, code) => {
    for (const pieceBytes of [1, 1000, 100_000]) {
      expect(errorOf(() => read(answer, pieceBytes)).code).toBe(code);
    }
  });

  it.each([
    `${HEAD}Content-Length: 3\r\n\r\nab`,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`,
    'HTTP/1.1 200 OK\r\nConte',
  ])('an end before the end: %j', (answer) => {
    const into = read(answer, 5);
    expect(errorOf(() => into.end())).toMatchObject({ code: 'body', message: 'unexpected EOF' });
  });
});

it('a body of as many bytes as are allowed is refused, and of another status cut off', () => {
  const good = `${HEAD}Content-Length: 10\r\n\r\n0123456789`;
  expect(errorOf(() => read(good, 4, reader(10))).code).toBe('body-size-limit');
  expect(text(read(good, 4, reader(11)))).toBe('0123456789');
  const refusal = `HTTP/1.1 500 No\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(100_000)}`;
  const into = read(refusal, 10_000);
  expect([into.isDone, into.keepsAlive]).toEqual([true, false]);
  expect(into.body.length).toBeLessThan(100_000);
});

it('the body lies in the memory that was lent, which an announcement alone does not fill', () => {
  const lent = { bytes: new Uint8Array(100) };
  const memory = lent.bytes;
  const into = new ResponseReader({ bodyBytesMax: 0, body: lent });
  read(`${HEAD}Content-Length: 3\r\n\r\nabc`, 4, into);
  expect(into.body.buffer).toBe(memory.buffer);
  read(
    `${HEAD}Content-Length: 400000000\r\n\r\n${'x'.repeat(200)}`,
    1000,
    new ResponseReader({ bodyBytesMax: 0, body: lent }),
  );
  expect(lent.bytes.length).toBeLessThan(4_000_000);
});
