import { expect, it } from 'vitest';
import { requestHead } from './http-client-request.ts';

it('the head of a request has a line for each value', () => {
  expect(requestHead('GET', '/a?b', { Host: 'x:1', 'X-Many': ['1', '2'] })).toBe(
    'GET /a?b HTTP/1.1\r\nHost: x:1\r\nX-Many: 1\r\nX-Many: 2\r\n\r\n',
  );
});

it.each([
  ['X', 'a\r\nInjected: b'],
  ['X', 'a\nb'],
  ['X', 'a\0b'],
  ['X', '\u20ac'],
  ['X\r\nY', 'a'],
  ['X Y', 'a'],
  ['', 'a'],
])('a header that would break the request is refused: %j %j', (name, value) => {
  expect(() => requestHead('GET', '/', { [name]: value })).toThrow(/invalid header field/);
});
