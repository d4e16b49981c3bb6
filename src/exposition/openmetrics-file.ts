import { OpenMetricsParser } from './openmetrics-parser.ts';
import { EntryKind } from './page-parser.ts';
import type { PageParser } from './page-parser.ts';
import { quoteName } from './write-text.ts';

/** Where the bytes of a page come from that may be too large for memory. */
export interface ByteSource {
  readonly bytes: number;
  /** Reads up to `into.length` bytes; the answer is how many, 0 at the end. */
  readAt(position: number, into: Uint8Array): number;
}

/** Why a file of samples cannot be read, and where. */
export class OpenMetricsFileError extends Error {
  readonly code = 'bad-page';
  /** Counted from 1. */
  readonly line: number;
  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.name = 'OpenMetricsFileError';
    this.line = line;
  }
}

/** A part of the file that is parsed by itself. */
interface Piece {
  readonly start: number;
  readonly end: number;
  /** Of its first byte, counted from 0. */
  readonly line: number;
  /** The `# TYPE` line that is in force where it begins. */
  readonly typeLine: string;
}

export type SampleVisit = (parser: PageParser, piece: number) => void;

/** Bytes of a piece, and of the longest line. */
const PIECE_BYTES: number = 8 * 1024 * 1024;
const NEWLINE = 10;
const CLOSING = new TextEncoder().encode('# EOF\n');

/** Reads a large OpenMetrics page piece by piece, each sample with its timestamp. */
export class OpenMetricsFile {
  readonly #source: ByteSource;
  readonly #pieceBytes: number;
  readonly #pieces: Piece[] = [];

  constructor(source: ByteSource, pieceBytes: number = PIECE_BYTES) {
    this.#source = source;
    this.#pieceBytes = pieceBytes;
  }

  /** Reads the whole file; what is wrong with it is found. Throws OpenMetricsFileError. */
  scan(visit: SampleVisit): void {
    this.#pieces.length = 0;
    let next: Piece | undefined = { start: 0, end: 0, line: 0, typeLine: '' };
    for (let index = 0; next !== undefined; index++) next = this.#scanPiece(next, index, visit);
  }

  /** Reads pieces that `scan` has numbered, the last one included. */
  read(first: number, last: number, visit: SampleVisit): void {
    for (const [offset, piece] of this.#pieces.slice(first, last + 1).entries()) {
      const content = new Uint8Array(piece.end - piece.start);
      this.#source.readAt(piece.start, content);
      this.#parse(piece, content, (parser) => visit(parser, first + offset));
    }
  }

  /** The answer is where the next piece begins; undefined at the end. */
  #scanPiece(from: Piece, index: number, visit: SampleVisit): Piece | undefined {
    const rest = this.#source.bytes - from.start;
    const content = new Uint8Array(Math.min(rest, this.#pieceBytes));
    this.#source.readAt(from.start, content);
    const isLast = content.length === rest;
    const length = isLast ? rest : content.lastIndexOf(NEWLINE) + 1;
    if (length === 0 && !isLast)
      throw new OpenMetricsFileError('the line is too long', from.line + 1);
    const piece = { ...from, end: from.start + length };
    this.#pieces.push(piece);
    const whole = content.subarray(0, length);
    const typeLine = this.#parse(piece, whole, (parser) => visit(parser, index));
    if (isLast) return undefined;
    return { start: piece.end, end: 0, line: piece.line + countLines(whole), typeLine };
  }

  /** The answer is the type line that is in force at the end. */
  #parse(piece: Piece, content: Uint8Array, visit: (parser: PageParser) => void): string {
    const isLast = piece.end === this.#source.bytes;
    const opening = new TextEncoder().encode(piece.typeLine);
    const page = Buffer.concat([opening, content, isLast ? new Uint8Array(0) : CLOSING]);
    // Lines before those of the file.
    const firstLine = piece.line - (opening.length > 0 ? 1 : 0);
    const parser = new OpenMetricsParser(page);
    let { typeLine } = piece;
    for (;;) {
      const kind = parser.next();
      if (kind === EntryKind.end) return typeLine;
      if (kind === EntryKind.error) {
        const line = firstLine + (parser.error?.line ?? 1);
        throw new OpenMetricsFileError(parser.error?.message ?? '', line);
      }
      if (kind === EntryKind.type) {
        typeLine = `# TYPE ${quoteName(parser.metricName)} ${parser.metricType}\n`;
      }
      if (kind !== EntryKind.series) continue;
      if (parser.timestampMs === undefined) {
        const line = firstLine + countLines(page.subarray(0, parser.seriesStart)) + 1;
        throw new OpenMetricsFileError('expected a timestamp for the sample, got none', line);
      }
      visit(parser);
    }
  }
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
