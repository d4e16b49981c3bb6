import { OpenMetricsFile } from '#exposition';
import type { PageParser } from '#exposition';
import { formatLabels, parseDuration } from '#model';
import { systemDisk } from '#platform';
import { BLOCK_RANGE_MS, BackfillError, BlockFiller } from '#tsdb';
import { blockTable } from './block-table.ts';
import { CommandError, isOn, textOf } from './command.ts';
import type { CommandInput } from './command.ts';

/** Samples held in memory at a time, 16 bytes each; a single block may have more. */
const SAMPLES_MAX = 5_000_000;

/** Blocks span two hours, or that times a power of three. */
const RANGE_FACTOR = 3;
const RANGE_STEPS = 9;

/** Prints each block that it makes. */
export function createBlocksFromOpenMetrics(input: CommandInput): number {
  const rangeMs = blockRangeOf(parseDuration(textOf(input.options, 'max-block-duration')));
  const file = systemDisk.open(textOf(input.words, 'file'), 'read');
  try {
    const page = new OpenMetricsFile(file);
    const backfill = new Backfill(page, rangeMs, input);
    for (const group of groupRanges(backfill.countSamples(), SAMPLES_MAX)) backfill.write(group);
  } finally {
    file.close();
  }
  return 0;
}

/** The longest that is allowed, as promtool has it. */
export function blockRangeOf(durationMaxMs: number): number {
  let rangeMs = BLOCK_RANGE_MS;
  for (let i = 0; i < RANGE_STEPS && rangeMs * RANGE_FACTOR <= durationMaxMs; i++) {
    rangeMs *= RANGE_FACTOR;
  }
  return rangeMs;
}

/** What a file holds of a block's range. */
export interface RangeCount {
  /** The block's number, counted from the epoch. */
  readonly range: number;
  samples: number;
  /** Pieces of the file where it has samples, inclusive. */
  readonly firstPiece: number;
  lastPiece: number;
}

/** Neighbours that fit into memory together are read together. */
export function groupRanges(ranges: readonly RangeCount[], samplesMax: number): RangeCount[][] {
  const groups: RangeCount[][] = [];
  let samples = Infinity;
  for (const range of ranges.toSorted((a, b) => a.range - b.range)) {
    samples += range.samples;
    const group = groups.at(-1);
    if (group !== undefined && samples <= samplesMax) {
      group.push(range);
    } else {
      groups.push([range]);
      samples = range.samples;
    }
  }
  return groups;
}

class Backfill {
  readonly #page: OpenMetricsFile;
  readonly #rangeMs: number;
  readonly #input: CommandInput;
  readonly #filler: BlockFiller;
  /** By how a series is written; what it means depends on the type in force. */
  readonly #seriesByText = new Map<string, number>();
  #type = '';
  #hasHeader = true;

  constructor(page: OpenMetricsFile, rangeMs: number, input: CommandInput) {
    this.#page = page;
    this.#rangeMs = rangeMs;
    this.#input = input;
    const dir = textOf(input.words, 'directory') || 'data/';
    this.#filler = new BlockFiller({ dir, rangeMs, nowMs: input.nowMs });
  }

  countSamples(): RangeCount[] {
    const ranges = new Map<number, RangeCount>();
    this.#page.scan(({ timestampMs = 0 }, piece) => {
      const range = Math.floor(timestampMs / this.#rangeMs);
      const known = ranges.get(range);
      if (known === undefined) {
        ranges.set(range, { range, samples: 1, firstPiece: piece, lastPiece: piece });
      } else {
        known.samples++;
        known.lastPiece = piece;
      }
    });
    return [...ranges.values()];
  }

  write(group: readonly RangeCount[]): void {
    const startMs = Math.min(...group.map(({ range }) => range)) * this.#rangeMs;
    const endMs = (Math.max(...group.map(({ range }) => range)) + 1) * this.#rangeMs;
    const first = Math.min(...group.map(({ firstPiece }) => firstPiece));
    const last = Math.max(...group.map(({ lastPiece }) => lastPiece));
    this.#seriesByText.clear();
    this.#page.read(first, last, (parser) => {
      const { timestampMs = 0, value } = parser;
      if (timestampMs < startMs || timestampMs >= endMs) return;
      this.#filler.add(this.#seriesOf(parser), timestampMs, value);
    });
    this.#writeBlocks();
  }

  #seriesOf(parser: PageParser): number {
    if (parser.metricType !== this.#type) {
      this.#type = parser.metricType;
      this.#seriesByText.clear();
    }
    const { bytes, seriesStart, seriesEnd } = parser;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + seriesStart, seriesEnd - seriesStart);
    const key = text.toString('latin1');
    const known = this.#seriesByText.get(key);
    if (known !== undefined) return known;
    const series = this.#filler.seriesOf(parser.labels());
    this.#seriesByText.set(key, series);
    return series;
  }

  #writeBlocks(): void {
    const { output } = this.#input;
    const isForPeople = isOn(this.#input, 'human-readable');
    try {
      for (const block of this.#filler.write()) {
        if (isOn(this.#input, 'quiet')) continue;
        output.write(blockTable([block], { isForPeople, hasHeader: this.#hasHeader }));
        output.flush();
        this.#hasHeader = false;
      }
    } catch (error) {
      if (!(error instanceof BackfillError)) throw error;
      throw new CommandError(`${error.message}: ${formatLabels(error.labels)}`, { cause: error });
    }
  }
}
