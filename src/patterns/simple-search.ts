import type { Search, SearchMatcher } from './search.ts';

// Most patterns of dashboards are a text with or without anchors and `.*` around it: `/ read$/`, `/.*Total.*/`. They
// need no automaton, so that the page need not load one for them.

interface SimplePart {
  readonly literal: string;
  /** After `^`, before `$`: of the whole text. */
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  /** `.*`, which takes what it can of the line. */
  readonly takesBefore: boolean;
  readonly takesAfter: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const PART = /^(\^?)(\.\*)?([\s\S]*?)(\.\*)?(\$?)$/;
const LITERAL = /^(?:[^\\.+*?()|[\]{}^$\n\uD800-\uDFFF]|\\[/.+*?()|[\]{}^$-])*$/;

/** The matches that RE2 has, without RE2; undefined for a pattern that needs it. Alternatives may be simple, too. */
export function simpleSearch(source: string, flags: string): Search | undefined {
  if (flags !== '') return undefined;
  const parts: SimplePart[] = [];
  const whole = /^\^\(\?:([^()|]*)\)\$$/.exec(source)?.[1];
  for (const text of whole === undefined ? source.split('|') : [`^${whole}$`]) {
    const part = readPart(text);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return {
    groupCount: () => 0,
    namedGroups: () => ({}),
    matcher: (text) => matcherOf(parts, text),
  };
}

function readPart(source: string): SimplePart | undefined {
  const [, start, before, middle = '', after, end] = PART.exec(source) ?? [];
  if (!LITERAL.test(middle)) return undefined;
  return {
    literal: middle.replaceAll(/\\(.)/g, '$1'),
    isAtStart: start === '^',
    isAtEnd: end === '$',
    takesBefore: before !== undefined,
    takesAfter: after !== undefined,
  };
}

function matcherOf(parts: readonly SimplePart[], text: string): SearchMatcher {
  let found: Span | undefined;
  let from = 0;
  return {
    find: () => {
      found = from > text.length ? undefined : firstSpan(parts, text, from);
      if (found === undefined) return false;
      from = found.end === found.start ? found.end + 1 : found.end;
      return true;
    },
    start: () => found?.start ?? -1,
    end: () => found?.end ?? -1,
    group: (group) =>
      group === 0 && found !== undefined ? text.slice(found.start, found.end) : null,
  };
}

/** The leftmost; of several there the first alternative, as it is written. */
function firstSpan(parts: readonly SimplePart[], text: string, from: number): Span | undefined {
  let first: Span | undefined;
  for (const part of parts) {
    const span = part.takesBefore ? spanInLine(part, text, from) : spanOfLiteral(part, text, from);
    if (span !== undefined && (first === undefined || span.start < first.start)) first = span;
  }
  return first;
}

function spanOfLiteral(part: SimplePart, text: string, from: number): Span | undefined {
  const { literal, isAtStart, isAtEnd, takesAfter } = part;
  let start = from;
  if (isAtEnd) {
    const earliest = takesAfter ? text.lastIndexOf('\n') + 1 : text.length - literal.length;
    start = Math.max(from, earliest);
  }
  if (!isAtStart) start = text.indexOf(literal, start);
  else if (start > 0 || !text.startsWith(literal)) return undefined;
  if (start < 0) return undefined;
  const end = start + literal.length;
  return { start, end: takesAfter ? endOfLine(text, end) : end };
}

/** What `.*` before the literal gives back is what follows its last place in the line. */
function spanInLine(part: SimplePart, text: string, from: number): Span | undefined {
  const { literal, isAtStart, isAtEnd, takesAfter } = part;
  const start = isAtEnd
    ? Math.max(from, text.lastIndexOf('\n') + 1)
    : lineWith(literal, text, from);
  if (start < 0 || (isAtStart && start > 0)) return undefined;
  const line = text.slice(start, endOfLine(text, start));
  const at = isAtEnd && !takesAfter ? line.length - literal.length : line.lastIndexOf(literal);
  if (at < 0 || !line.startsWith(literal, at)) return undefined;
  return { start, end: start + (takesAfter ? line.length : at + literal.length) };
}

/** Where the first line begins, or what is left of it, that has the literal; -1 for none. */
function lineWith(literal: string, text: string, from: number): number {
  const at = text.indexOf(literal, from);
  if (at < 0) return -1;
  return at === 0 ? 0 : Math.max(from, text.lastIndexOf('\n', at - 1) + 1);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
