import { utf8Length } from './position.ts';
import { quoteGo } from './quote.ts';

export type TokenKind =
  | 'error'
  | 'endOfInput'
  | 'identifier'
  /** A name with a colon in it. */
  | 'metricIdentifier'
  | 'number'
  | 'duration'
  | 'string'
  | 'operator'
  | 'aggregator'
  | 'keyword'
  /** Words that are functions and parts of `@` and of duration expressions too. */
  | 'preprocessor'
  | 'punctuation';

export interface Token {
  readonly kind: TokenKind;
  /** What it means: words in lower case, symbols as written; the message of an error. */
  readonly value: string;
  /** As written. */
  readonly text: string;
  /** UTF-16 offset. */
  readonly start: number;
  readonly end: number;
}

const WORDS_OF_KIND: readonly (readonly [TokenKind, readonly string[]])[] = [
  ['operator', ['and', 'or', 'unless', 'atan2']],
  [
    'aggregator',
    [
      'sum',
      'avg',
      'count',
      'min',
      'max',
      'group',
      'stddev',
      'stdvar',
      'topk',
      'bottomk',
      'count_values',
      'quantile',
      'limitk',
      'limit_ratio',
    ],
  ],
  [
    'keyword',
    [
      'offset',
      'smoothed',
      'anchored',
      'by',
      'without',
      'on',
      'ignoring',
      'group_left',
      'group_right',
      'fill',
      'fill_left',
      'fill_right',
      'bool',
    ],
  ],
  ['preprocessor', ['start', 'end', 'step', 'range', 'max_of', 'min_of']],
  ['number', ['inf', 'nan']],
];

/** The kind of each word that is more than a name; keys in lower case. */
export const KIND_OF_WORD: ReadonlyMap<string, TokenKind> = new Map(
  WORDS_OF_KIND.flatMap(([kind, words]) => words.map((word) => [word, kind] as const)),
);

/** The longest word in the table; longer ones need no look-up. */
export const WORD_LENGTH_MAX: number = Math.max(...[...KIND_OF_WORD.keys()].map((w) => w.length));

const NOUN: Partial<Record<TokenKind, string>> = {
  identifier: 'identifier',
  metricIdentifier: 'metric identifier',
  number: 'number',
  duration: 'duration',
  string: 'string',
};

/** How Prometheus' messages name a token: `identifier "foo"`, `<op:*>`, `"}"`. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'endOfInput':
      return 'end of input';
    case 'keyword':
      return `<${token.text}>`;
    case 'operator':
      return `<op:${token.text}>`;
    case 'aggregator':
      return `<aggr:${token.text}>`;
    case 'identifier':
    case 'metricIdentifier':
      return `${NOUN[token.kind]} ${quoteGo(token.text)}`;
    default: {
      const noun = NOUN[token.kind];
      return noun === undefined ? shorten(token.text) : `${noun} ${shorten(token.text)}`;
    }
  }
}

function shorten(text: string): string {
  if (utf8Length(text) <= 10) return quoteGo(text);
  return `${quoteGo(Array.from(text).slice(0, 10).join(''))}...`;
}
