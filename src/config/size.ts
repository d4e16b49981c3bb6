import { quote } from './quote.ts';

/** Each step is 1024 times the one before; `KB` and `KiB` are the same here. */
const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

const NUMBER = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)/;
const UNIT = /^[^0-9.]*/;

/** Parses `512MB`, `1GiB512MiB`, `0` to bytes. Throws an Error in the words of alecthomas/units. */
export function parseSize(text: string): number {
  const isNegative = text.startsWith('-');
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '') throw new Error(`units: invalid ${text}`);
  let bytes = 0;
  while (rest !== '') {
    const number = NUMBER.exec(rest)?.[0];
    if (number === undefined) throw new Error(`units: invalid ${text}`);
    const unit = UNIT.exec(rest.slice(number.length))?.[0] ?? '';
    const factor = unitBytes(unit);
    if (factor === undefined) throw new Error(`units: unknown unit ${unit} in ${text}`);
    bytes += Number(number) * factor;
    rest = rest.slice(number.length + unit.length);
  }
  if (bytes >= 2 ** 63) throw new Error(`units: overflow parsing unit ${quote(text)}`);
  return Math.trunc(isNegative ? -bytes : bytes);
}

function unitBytes(unit: string): number | undefined {
  if (unit === 'B') return 1;
  const step = PREFIXES.findIndex(
    (prefix) => prefix !== '' && (unit === `${prefix}B` || unit === `${prefix}iB`),
  );
  return step < 0 ? undefined : 1024 ** step;
}

/** Writes bytes as `15MiB`, `1GiB512MiB`, `0B`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return '0B';
  let rest = Math.abs(bytes);
  let text = bytes < 0 ? '-' : '';
  for (let step = PREFIXES.length - 1; step >= 0; step--) {
    const unit = 1024 ** step;
    const count = Math.floor(rest / unit);
    if (count > 0) text += `${count}${PREFIXES[step] ?? ''}${step === 0 ? 'B' : 'iB'}`;
    rest -= count * unit;
  }
  return text;
}
