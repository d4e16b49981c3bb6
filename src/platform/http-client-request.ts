import { HttpClientError } from './http-client-error.ts';

/** Values in order; several of one name are sent as several lines. Names as they are sent. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What would end a line, or does not fit into one byte. */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The head of a request, one byte a character. `place` comes from a URL, in which nothing stands that could end it.
 * Throws HttpClientError `url` where a header cannot be sent.
 */
export function requestHead(method: string, place: string, headers: RequestHeaders): string {
  let head = `${method} ${place} HTTP/1.1\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (typeof value === 'string') head += headerLine(name, value);
    else for (const one of value) head += headerLine(name, one);
  }
  return `${head}\r\n`;
}

function headerLine(name: string, value: string): string {
  if (!NAME.test(name)) {
    throw new HttpClientError('url', `net/http: invalid header field name ${JSON.stringify(name)}`);
  }
  if (FORBIDDEN.test(value)) {
    // The value may be a secret.
    throw new HttpClientError(
      'url',
      `net/http: invalid header field value for ${JSON.stringify(name)}`,
    );
  }
  return `${name}: ${value}\r\n`;
}
