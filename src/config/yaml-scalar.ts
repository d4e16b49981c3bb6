/** What a bare word means in YAML 1.1 as Go reads it; a quoted word is always `str`. */
export type ScalarTag = 'str' | 'null' | 'bool' | 'int' | 'float' | 'timestamp' | 'merge';

const WORDS: ReadonlyMap<string, ScalarTag> = new Map([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, 'null'] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, 'bool'] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, 'bool'] as const,
  ),
  ...['.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, 'float'] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, 'float'] as const),
  ['<<', 'merge'],
]);

const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)$/;
const FLOAT = /^[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+][0-9]+)?$/;
const TIMESTAMP = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt ])/;

export function scalarTag(text: string): ScalarTag {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (INTEGER.test(text)) return 'int';
  if (FLOAT.test(text)) return 'float';
  return TIMESTAMP.test(text) ? 'timestamp' : 'str';
}

export function scalarBool(text: string): boolean {
  return /^(?:y|yes|true|on)$/i.test(text);
}

export function scalarNumber(text: string): number {
  if (/^[+]?\.inf$/i.test(text)) return Infinity;
  if (/^-\.inf$/i.test(text)) return -Infinity;
  if (/^\.nan$/i.test(text)) return Number.NaN;
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  if (/^0[0-7]+$/.test(digits)) return sign * Number(`0o${digits}`);
  return sign * Number(digits);
}
