import { isLegacyMetricName } from './labels.ts';

/**
 * How a name of any characters is shown to a reader that knows letters, digits, `_` and `:` alone
 * (prometheus/common: model/metric.go).
 */
export type EscapingScheme = 'allow-utf-8' | 'underscores' | 'dots' | 'values';

export const ESCAPING_SCHEMES: readonly EscapingScheme[] = [
  'allow-utf-8',
  'underscores',
  'dots',
  'values',
];

const VALUES_PREFIX = 'U__';

export function escapeName(name: string, scheme: EscapingScheme): string {
  switch (scheme) {
    case 'allow-utf-8':
      return name;
    case 'underscores':
      return mapCharacters(name, () => '_');
    case 'dots':
      // Even a plain name changes: its `_` are doubled, so that `_dot_` can be told from a dot.
      return mapCharacters(name.replaceAll('_', '__'), (char) => (char === '.' ? '_dot_' : '__'));
    case 'values':
      if (name === '' || isLegacyMetricName(name)) return name;
      return VALUES_PREFIX + mapCharacters(name.replaceAll('_', '__'), escapeCharacter);
  }
}

function escapeCharacter(char: string): string {
  return `_${(char.codePointAt(0) ?? 0).toString(16)}_`;
}

function mapCharacters(name: string, escape: (char: string) => string): string {
  let mapped = '';
  for (const char of name) {
    const isPlain = /[a-zA-Z_:]/.test(char) || (mapped !== '' && /[0-9]/.test(char));
    mapped += isPlain ? char : escape(char);
  }
  return mapped;
}

/** The reverse of `escapeName`, as far as the scheme can be reversed. What is no escape stays as it is. */
export function unescapeName(name: string, scheme: EscapingScheme): string {
  if (scheme === 'dots') return name.replaceAll('_dot_', '.').replaceAll('__', '_');
  if (scheme !== 'values' || !name.startsWith(VALUES_PREFIX)) return name;
  const escaped = name.slice(VALUES_PREFIX.length);
  let unescaped = '';
  for (let at = 0; at < escaped.length;) {
    if (escaped[at] !== '_') {
      unescaped += escaped[at++];
      continue;
    }
    const match = /^_(?:_|([0-9a-fA-F]{1,5})_)/.exec(escaped.slice(at, at + 8));
    if (match === null) return name;
    const code = Number.parseInt(match[1] ?? '5f', 16);
    if (code >= 0xd800 && code <= 0xdfff) return name;
    unescaped += String.fromCodePoint(code);
    at += match[0].length;
  }
  return unescaped;
}
