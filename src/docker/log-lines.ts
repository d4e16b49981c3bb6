import type { LogLine } from './engine.ts';

/** A longer line is cut; the engine's own logs cut at 16 KiB, applications may write more. */
export const LOG_LINE_BYTES_MAX = 65_536;

/** Of all lines together the last are kept. */
export const LOG_BYTES_MAX: number = 4 * 2 ** 20;

const FRAME_HEAD_BYTES = 8;

type Stream = LogLine['stream'];

/** A line under way. */
interface Pending {
  bytes: Uint8Array;
  length: number;
}

/**
 * Takes the log of a container apart, asked for with timestamps: frames of 8 bytes head (stream, 3 zeros, length,
 * big-endian) where its two streams are apart; the plain text where it has a terminal, told by its first byte, which
 * is a digit of a year and no stream. Keeps the last `linesMax` lines.
 */
export class LogLineReader {
  readonly #linesMax: number;
  readonly #pending: Record<Stream, Pending> = { stdout: emptyLine(), stderr: emptyLine() };
  readonly #decoder = new TextDecoder();
  #lines: { readonly line: LogLine; readonly bytes: number }[] = [];
  #bytes = 0;
  #form: 'unknown' | 'frames' | 'text' = 'unknown';
  #stream: Stream = 'stdout';
  readonly #head = new Uint8Array(FRAME_HEAD_BYTES);
  #headLength = 0;
  /** Bytes of the frame that have not come. */
  #rest = 0;

  constructor(linesMax: number) {
    this.#linesMax = linesMax;
  }

  readonly take = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    if (this.#form === 'unknown') this.#form = (bytes[0] ?? 0) <= 2 ? 'frames' : 'text';
    if (this.#form === 'text') this.#add('stdout', bytes);
    else this.#takeFrames(bytes);
  };

  /** Oldest first. */
  lines(): readonly LogLine[] {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#pending[stream].length > 0) this.#finish(stream);
    }
    this.#trim();
    return this.#lines.map(({ line }) => line);
  }

  #takeFrames(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#rest > 0) {
        const end = Math.min(bytes.length, at + this.#rest);
        this.#rest -= end - at;
        this.#add(this.#stream, bytes.subarray(at, end));
        at = end;
        continue;
      }
      this.#head[this.#headLength++] = bytes[at++] ?? 0;
      if (this.#headLength === FRAME_HEAD_BYTES) this.#readHead();
    }
  }

  #readHead(): void {
    this.#headLength = 0;
    this.#stream = this.#head[0] === 2 ? 'stderr' : 'stdout';
    this.#rest = new DataView(this.#head.buffer).getUint32(4);
  }

  #add(stream: Stream, bytes: Uint8Array): void {
    let start = 0;
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, start)) {
      append(this.#pending[stream], bytes.subarray(start, at));
      this.#finish(stream);
      start = at + 1;
    }
    append(this.#pending[stream], bytes.subarray(start));
  }

  #finish(stream: Stream): void {
    const pending = this.#pending[stream];
    const text = this.#decoder.decode(pending.bytes.subarray(0, pending.length)).replace(/\r$/, '');
    const bytes = pending.length;
    pending.length = 0;
    const space = text.indexOf(' ');
    const line = {
      stream,
      time: text.slice(0, space < 0 ? text.length : space),
      text: space < 0 ? '' : text.slice(space + 1),
    };
    this.#lines.push({ line, bytes });
    this.#bytes += bytes;
    if (this.#bytes > LOG_BYTES_MAX || this.#lines.length >= 2 * this.#linesMax) this.#trim();
  }

  #trim(): void {
    let first = Math.max(0, this.#lines.length - this.#linesMax);
    for (let i = 0; i < first; i++) this.#bytes -= this.#lines[i]?.bytes ?? 0;
    while (this.#bytes > LOG_BYTES_MAX) this.#bytes -= this.#lines[first++]?.bytes ?? 0;
    this.#lines = this.#lines.slice(first);
  }
}

function emptyLine(): Pending {
  return { bytes: new Uint8Array(0), length: 0 };
}

/** What goes beyond the limit is left out. */
function append(line: Pending, given: Uint8Array): void {
  const bytes = given.subarray(0, LOG_LINE_BYTES_MAX - line.length);
  const length = line.length + bytes.length;
  if (length > line.bytes.length) {
    const grown = new Uint8Array(Math.min(LOG_LINE_BYTES_MAX, Math.max(256, length * 2)));
    grown.set(line.bytes.subarray(0, line.length));
    line.bytes = grown;
  }
  line.bytes.set(bytes, line.length);
  line.length = length;
}
