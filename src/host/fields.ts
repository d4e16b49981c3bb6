const SPACE = 0x20;
const TAB = 0x09;
const NEWLINE = 0x0a;

/** The words of a line, split at blanks and tabs. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  const { length } = line;
  let at = 0;
  while (at < length) {
    while (at < length && isBlank(line.charCodeAt(at))) at++;
    const start = at;
    while (at < length && !isBlank(line.charCodeAt(at))) at++;
    if (at > start) words.push(line.slice(start, at));
  }
  return words;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === NEWLINE;
}

/** Lines without their ends, blank ones left out. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** The rest of the line that begins with `key` and a blank; undefined where there is none. */
export function lineAfter(text: string, key: string): string | undefined {
  const head = `${key} `;
  let start = text.startsWith(head) ? 0 : text.indexOf(`\n${head}`) + 1;
  if (start === 0 && !text.startsWith(head)) return undefined;
  start += head.length;
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end);
}

/** The first number on that line; undefined where there is none. */
export function numberAfter(text: string, key: string): number | undefined {
  const rest = lineAfter(text, key);
  if (rest === undefined) return undefined;
  const value = Number.parseFloat(rest);
  return Number.isNaN(value) ? undefined : value;
}

/** Throws `cannot read ...` where a word is no number. */
export function numberFrom(word: string | undefined, what: string): number {
  const value = word === undefined || word === '' ? NaN : Number(word);
  if (Number.isNaN(value)) throw new Error(`cannot read ${what}: ${JSON.stringify(word)}`);
  return value;
}
