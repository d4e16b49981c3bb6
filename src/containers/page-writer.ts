/** Writes families of the Prometheus text format, one after the other. */
export interface FamilyWriter {
  /**
   * Begins a family; its samples follow at once, and no other of its name comes on the page. One without samples
   * leaves no trace. `help` is one line; it stays as it was the first time.
   */
  family(name: string, type: 'counter' | 'gauge', help: string): void;
  /** `labels`: as they stand between the braces (`labelText`); '' for none. */
  sample(labels: string, value: number): void;
  /** The same from bytes, `more` behind `labels`; the value is written as `value / scale`. */
  sampleBytes(labels: Uint8Array, more: Uint8Array, value: number, scale: number): void;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const POINT = 0x2e;
const MINUS = 0x2d;
const ZERO = 0x30;

/** A name, labels and a number take at most so much beyond their bytes: braces, space, digits, newline. */
const LINE_OVERHEAD_BYTES = 40;
const FIRST_BYTES = 64 << 10;

/** Families whose first lines are kept; a page has far fewer. */
const FAMILIES_MAX = 1000;

const encoder = new TextEncoder();

/**
 * A page in one buffer that is used again for the next page. Hot: `sampleBytes` runs for each sample of each
 * container, and makes no string and no object.
 */
export class PageWriter implements FamilyWriter {
  #bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  #length = 0;
  /** Of the family that was begun; undefined when it is written. */
  #header: Uint8Array | undefined;
  #name: Uint8Array = new Uint8Array(0);
  readonly #families = new Map<
    string,
    { readonly name: Uint8Array; readonly header: Uint8Array }
  >();
  #samples = 0;

  /** Forgets what was written. */
  begin(): void {
    this.#length = 0;
    this.#samples = 0;
  }

  /** Samples on the page. */
  get samples(): number {
    return this.#samples;
  }

  /** The page as bytes of the caller's own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  family(name: string, type: 'counter' | 'gauge', help: string): void {
    let known = this.#families.get(name);
    if (known === undefined) {
      const header = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
      known = { name: encoder.encode(name), header: encoder.encode(header) };
      if (this.#families.size < FAMILIES_MAX) this.#families.set(name, known);
    }
    this.#name = known.name;
    this.#header = known.header;
  }

  sample(labels: string, value: number): void {
    this.sampleBytes(encoder.encode(labels), NO_BYTES, value, 1);
  }

  /**
   * `labels` and `more` stand one behind the other between the braces. The value is written as `value / scale`,
   * exactly where `value` is a whole number and `scale` a power of ten.
   */
  sampleBytes(labels: Uint8Array, more: Uint8Array, value: number, scale: number): void {
    if (this.#header !== undefined) this.#writeHeader(this.#header);
    const name = this.#name;
    this.#ensure(name.length + labels.length + more.length + LINE_OVERHEAD_BYTES);
    const bytes = this.#bytes;
    let at = copyBytes(name, bytes, this.#length);
    if (labels.length + more.length > 0) {
      bytes[at++] = BRACE_OPEN;
      at = copyBytes(labels, bytes, at);
      at = copyBytes(more, bytes, at);
      bytes[at++] = BRACE_CLOSE;
    }
    bytes[at++] = SPACE;
    at = scale === 1 ? writeNumber(value, bytes, at) : writeScaled(value, scale, bytes, at);
    bytes[at++] = NEWLINE;
    this.#length = at;
    this.#samples++;
  }

  #writeHeader(header: Uint8Array): void {
    this.#ensure(header.length);
    this.#length = copyBytes(header, this.#bytes, this.#length);
    this.#header = undefined;
  }

  #ensure(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

const NO_BYTES = new Uint8Array(0);

/** Shorter runs are copied byte by byte: a call costs more. */
const COPY_BYTES_MIN = 24;

function copyBytes(from: Uint8Array, to: Uint8Array, at: number): number {
  if (from.length >= COPY_BYTES_MIN) to.set(from, at);
  else for (let i = 0; i < from.length; i++) to[at + i] = from[i] as number;
  return at + from.length;
}

/** Whole numbers up to here are written digit by digit. */
const WHOLE_MAX = Number.MAX_SAFE_INTEGER;

function writeNumber(value: number, to: Uint8Array, at: number): number {
  if (!Number.isInteger(value) || value > WHOLE_MAX || value < -WHOLE_MAX) {
    return writeText(numberText(value), to, at);
  }
  if (value >= 0) return writeWhole(value, to, at);
  to[at] = MINUS;
  return writeWhole(-value, to, at + 1);
}

function writeScaled(value: number, scale: number, to: Uint8Array, at: number): number {
  if (!Number.isInteger(value) || value > WHOLE_MAX || value < 0) {
    return writeText(numberText(value / scale), to, at);
  }
  const whole = Math.floor(value / scale);
  let rest = value - whole * scale;
  let end = writeWhole(whole, to, at);
  if (rest === 0) return end;
  to[end++] = POINT;
  // Fractions keep as many digits as the scale has; zeros at their end are not written.
  for (let place = scale / 10; rest > 0; place /= 10) {
    const digit = Math.floor(rest / place);
    to[end++] = ZERO + digit;
    rest -= digit * place;
  }
  return end;
}

/** Nine digits at a time fit the processor's own whole numbers. */
const CHUNK = 1_000_000_000;

function writeWhole(value: number, to: Uint8Array, at: number): number {
  if (value < CHUNK) return writeSmall(value, to, at, 0);
  const high = Math.floor(value / CHUNK);
  return writeSmall(value - high * CHUNK, to, writeWhole(high, to, at), 9);
}

/** Below 10^9, with leading zeros up to `digitsMin`. */
function writeSmall(value: number, to: Uint8Array, at: number, digitsMin: number): number {
  let digits = 1;
  for (let bound = 10; bound <= value && digits < 9; bound *= 10) digits++;
  if (digits < digitsMin) digits = digitsMin;
  let rest = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    to[i] = ZERO + (rest - next * 10);
    rest = next;
  }
  return at + digits;
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function writeText(text: string, to: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) to[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** Labels as text between the braces. Names must be valid; values are escaped; empty ones are left out. */
export function labelText(labels: Iterable<readonly [name: string, value: string]>): string {
  let text = '';
  for (const [name, value] of labels) {
    if (value === '') continue;
    if (text !== '') text += ',';
    text += `${name}="${escapeValue(value)}"`;
  }
  return text;
}

function escapeValue(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', '\\n');
}
