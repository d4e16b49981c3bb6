/** Where a text stops being JSON, and why. Both count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Objects and lists inside each other; dashboards have some fifteen, and what walks over them recurses. */
const DEPTH_MAX = 200;

/** Undefined: the text is JSON of bearable depth. The parser of Node 20 does not say where it stopped. */
export function findJsonFault(text: string): JsonFault | undefined {
  const reader = new JsonReader(text);
  const message = reader.read();
  return message === '' ? undefined : { ...placeOf(text, reader.position), message };
}

function placeOf(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: position - lineStart + 1 };
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Walks over the text without recursion. */
class JsonReader {
  position = 0;
  readonly #text: string;
  /** What closes each of the objects and lists that are open. */
  readonly #closers: ('}' | ']')[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** What is wrong at `position`; '' where nothing is. */
  read(): string {
    for (;;) {
      const fault = this.#value();
      if (fault !== '') return fault;
      const after = this.#afterValue();
      if (after !== 'more') return after === 'end' ? '' : after;
    }
  }

  /** A scalar, or the beginning of an object or list as far as its first value. */
  #value(): string {
    for (;;) {
      const sign = this.#peek();
      if (sign === '{' || sign === '[') {
        if (this.#closers.length === DEPTH_MAX) return `more than ${DEPTH_MAX} levels`;
        this.position++;
        const closer = sign === '{' ? '}' : ']';
        this.#closers.push(closer);
        if (this.#peek() === closer) return '';
        const fault = closer === '}' ? this.#key() : '';
        if (fault !== '') return fault;
        continue;
      }
      if (sign === '"') return this.#string();
      return this.#matches(NUMBER) || this.#matches(WORD) ? '' : this.#unexpected('a value');
    }
  }

  /** Closes what ends here; `more` where a value follows, `end` where nothing does. */
  #afterValue(): string {
    for (;;) {
      const closer = this.#closers.at(-1);
      const sign = this.#peek();
      if (closer === undefined) return sign === '' ? 'end' : this.#unexpected('the end');
      if (sign === closer) {
        this.#closers.pop();
        this.position++;
      } else if (sign === ',') {
        this.position++;
        const fault = closer === '}' ? this.#key() : '';
        return fault === '' ? 'more' : fault;
      } else return this.#unexpected(`"," or "${closer}"`);
    }
  }

  #key(): string {
    if (this.#peek() !== '"') return this.#unexpected('a name in quotes');
    const fault = this.#string();
    if (fault !== '') return fault;
    if (this.#peek() !== ':') return this.#unexpected('":"');
    this.position++;
    return '';
  }

  #string(): string {
    for (this.position++; this.position < this.#text.length;) {
      const code = this.#text.charCodeAt(this.position);
      if (code === QUOTE) {
        this.position++;
        return '';
      }
      if (code < 0x20) return 'a line break or control character in a string';
      if (code !== BACKSLASH) this.position++;
      else if (!this.#matches(ESCAPE)) return 'a backslash that begins no escape';
    }
    return 'a string without an end';
  }

  #matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    if (!pattern.test(this.#text)) return false;
    this.position = pattern.lastIndex;
    return true;
  }

  /** The next sign that is no space; '' at the end. */
  #peek(): string {
    while (isSpace(this.#text.charCodeAt(this.position))) this.position++;
    return this.#text.charAt(this.position);
  }

  #unexpected(wanted: string): string {
    const sign = this.#peek();
    const found = sign === '' ? 'the end of the file' : JSON.stringify(sign);
    return `expected ${wanted}, found ${found}`;
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
