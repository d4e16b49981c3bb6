import { RE2JS } from 're2js';

/**
 * A regular expression in RE2 syntax that must match the whole string, as all of Prometheus'
 * matchers and relabel rules do. Matching takes time linear in the input.
 */
export interface AnchoredRegexp {
  readonly source: string;
  readonly test: (text: string) => boolean;
  /** The compiled form, for groups and replacement. */
  readonly compiled: RE2JS;
}

const META = /[\\.+*?()|[\]{}^$]/;

/** Throws RE2JSSyntaxException, whose message is that of Go's regexp package. */
export function compileAnchored(source: string): AnchoredRegexp {
  const compiled = compileWrapped(source);
  return { source, test: fastTest(source) ?? ((text) => compiled.matches(text)), compiled };
}

/** As `compileAnchored`, for a pattern that is known to be right: compiled, which takes milliseconds, when it is used. */
export function anchoredOnUse(source: string): AnchoredRegexp {
  let compiled: RE2JS | undefined;
  const compile = (): RE2JS => (compiled ??= compileWrapped(source));
  return {
    source,
    test: fastTest(source) ?? ((text) => compile().matches(text)),
    get compiled() {
      return compile();
    },
  };
}

/**
 * The pattern by itself is compiled too where wrapping could hide that it is bad (`a)b(`), or where
 * the message would quote the wrapping.
 */
function compileWrapped(source: string): RE2JS {
  if (/[()]/.test(source)) RE2JS.compile(source);
  try {
    return RE2JS.compile(`^(?s:${source})$`);
  } catch (error) {
    RE2JS.compile(source);
    throw error;
  }
}

/** Alternations of literals, prefixes, suffixes and infixes need no automaton. */
function fastTest(source: string): ((text: string) => boolean) | undefined {
  if (source === '.*') return () => true;
  if (source === '.+') return (text) => text !== '';
  if (source === '') return (text) => text === '';
  const alternatives = source.split('|');
  if (alternatives.every((part) => !META.test(part))) {
    const set = new Set(alternatives);
    return (text) => set.has(text);
  }
  return affixTest(source);
}

function affixTest(source: string): ((text: string) => boolean) | undefined {
  const head = wildcardAt(source, 0);
  const tail = source.length > head.length ? wildcardAt(source, source.length - 2) : '';
  const literal = source.slice(head.length, source.length - tail.length);
  if (literal === '' || META.test(literal) || (head === '' && tail === '')) return undefined;
  const before = head === '.+' ? 1 : 0;
  const after = tail === '.+' ? 1 : 0;
  if (head === '') {
    return (text) => text.startsWith(literal) && text.length >= literal.length + after;
  }
  if (tail === '') {
    return (text) => text.endsWith(literal) && text.length >= literal.length + before;
  }
  return (text) => {
    const at = text.indexOf(literal, before);
    return at >= 0 && text.length >= at + literal.length + after;
  };
}

function wildcardAt(source: string, at: number): string {
  const two = source.slice(at, at + 2);
  return two === '.*' || two === '.+' ? two : '';
}
