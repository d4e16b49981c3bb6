import { formatDuration, parseDuration } from '#model';
import { nearestName } from './error.ts';
import { quote } from './quote.ts';
import type { Problem, ScalarResult, ScalarType, Shown } from './schema.ts';
import { formatSize, parseSize } from './size.ts';
import { Secret } from './types.ts';
import { scalarBool, scalarNumber } from './yaml-scalar.ts';

function showText(value: unknown): Shown {
  return typeof value === 'string' ? value : '';
}

export const STRING: ScalarType = {
  kind: 'scalar',
  typeName: 'string',
  zero: '',
  read: ({ text }) => ({ value: text }),
  show: showText,
};

/** A text that Prometheus does not check, but whose password is to stay hidden. */
export const UNCHECKED_URL: ScalarType = {
  ...STRING,
  show: (value) => redactUrl(typeof value === 'string' ? value : ''),
};

export const PATH: ScalarType = { ...STRING, isPath: true };

export const BOOL: ScalarType = {
  kind: 'scalar',
  typeName: 'bool',
  zero: false,
  read: ({ text, tag }) => (tag === 'bool' ? { value: scalarBool(text) } : 'mismatch'),
  show: (value) => value === true,
};

/** A boolean that knows whether the file gives it. */
export const OPTIONAL_BOOL: ScalarType = {
  ...BOOL,
  zero: undefined,
  show: (value) => (typeof value === 'boolean' ? value : null),
};

function readNumber(text: string, tag: string): number | undefined {
  return tag === 'int' || tag === 'float' ? scalarNumber(text) : undefined;
}

function integer(typeName: string, least: number): ScalarType {
  return {
    kind: 'scalar',
    typeName,
    zero: 0,
    read: ({ text, tag }): ScalarResult => {
      const number = readNumber(text, tag);
      if (number === undefined || !Number.isFinite(number) || number < least) return 'mismatch';
      return { value: Math.trunc(number) };
    },
    show: (value) => value as number,
  };
}

export const INT: ScalarType = integer('int', -(2 ** 63));
export const UINT: ScalarType = integer('uint', 0);
export const UINT64: ScalarType = integer('uint64', 0);

export const FLOAT: ScalarType = {
  kind: 'scalar',
  typeName: 'float64',
  zero: 0,
  read: ({ text, tag }): ScalarResult => {
    const number = readNumber(text, tag);
    return number === undefined ? 'mismatch' : { value: number };
  },
  show: (value) => value as number,
};

function parsed(parse: (text: string) => unknown): ScalarType['read'] {
  return ({ text }) => {
    try {
      return { value: parse(text) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** Milliseconds. */
export const DURATION: ScalarType = {
  kind: 'scalar',
  typeName: 'model.Duration',
  zero: 0,
  read: parsed(parseDuration),
  show: (value) => formatDuration(value as number),
};

/** Bytes. */
export const SIZE: ScalarType = {
  kind: 'scalar',
  typeName: 'units.Base2Bytes',
  zero: 0,
  read: parsed(parseSize),
  show: (value) => formatSize(value as number),
};

export const SECRET: ScalarType = {
  kind: 'scalar',
  typeName: 'config.Secret',
  zero: undefined,
  read: ({ text }) => ({ value: text === '' ? undefined : new Secret(text) }),
  show: (value) => (value === undefined ? '' : '<secret>'),
};

/** An absolute or relative URL, kept as written; a password in it is never shown. */
export const URL_TEXT: ScalarType = {
  kind: 'scalar',
  typeName: 'config.URL',
  zero: '',
  read: ({ text }) => {
    const problem = urlProblem(text);
    return problem === undefined ? { value: text } : { problem };
  },
  show: (value) => redactUrl(typeof value === 'string' ? value : ''),
};

const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]*:/;
const CONTROL = /[\p{Cc}]/u;

/** What Go's url.Parse finds wrong with a text, in its words. */
export function urlProblem(text: string): string | undefined {
  const fault = urlFault(text);
  return fault === undefined ? undefined : `parse ${quote(redactUrl(text))}: ${fault}`;
}

function urlFault(text: string): string | undefined {
  if (CONTROL.test(text)) return 'net/url: invalid control character in URL';
  if (text.startsWith(':')) return 'missing protocol scheme';
  const rest = text.replace(SCHEME, '');
  if (rest === text && /^[^/?#]*:/.test(text)) {
    return 'first path segment in URL cannot contain colon';
  }
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text.split('?')[0] ?? '');
  if (badEscape !== null) return `invalid URL escape ${quote(badEscape[0])}`;
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const port = /:([^:\]]*)$/.exec(host)?.[1];
  if (port !== undefined && !/^[0-9]*$/.test(port)) {
    return `invalid port ${quote(`:${port}`)} after host`;
  }
  return /[ <>"]/.test(host) ? `invalid character ${quote(host)} in host name` : undefined;
}

/** Scheme and host of a URL; both empty where it has none. */
export function urlParts(text: string): { scheme: string; host: string } {
  const scheme = SCHEME.exec(text)?.[0].slice(0, -1) ?? '';
  const authority = /^(?:[^:/?#]+:)?\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  return { scheme, host: authority.slice(authority.lastIndexOf('@') + 1) };
}

function redactUrl(text: string): string {
  return text.replace(/^([^/?#]*\/\/[^/?#@:]*):[^/?#]*@/, '$1:xxxxx@');
}

/** A problem with the nearest of the words that would do. */
export function withNearest(message: string, written: string, words: readonly string[]): Problem {
  const nearest = nearestName(written, words);
  const remedy =
    nearest === undefined
      ? `use ${words.filter((word) => word !== '').join(', ')}`
      : `did you mean ${nearest}?`;
  return { message, remedy };
}

/** One of a few words; `problem` is the message for another. Nothing written is the zero ''. */
export function oneOf(
  typeName: string,
  words: readonly string[],
  problem: (written: string) => string,
): ScalarType {
  return {
    ...STRING,
    typeName,
    read: ({ text }) =>
      words.includes(text) ? { value: text } : { problem: withNearest(problem(text), text, words) },
  };
}
