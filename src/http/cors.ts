import { compileAnchored } from '#model';

const HEADERS = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-expose-headers': 'Date',
  vary: 'Origin',
} as const;

/** The headers that let a page of `origin` read an answer; none for an origin that is not allowed. */
export type Cors = (origin: string | undefined) => Readonly<Record<string, string>>;

/** Throws the regex compiler's error for a bad pattern. */
export function createCors(pattern: string): Cors {
  const { test } = compileAnchored(pattern);
  return (origin) => {
    if (origin === undefined || origin === '') return {};
    if (pattern === '.*') return { ...HEADERS, 'access-control-allow-origin': '*' };
    return test(origin) ? { ...HEADERS, 'access-control-allow-origin': origin } : {};
  };
}
