import { compareLabels, labelsKey } from '#model';
import type { Labels } from '#model';
import { systemDisk } from '#platform';
import type { Disk } from '#platform';
import { SampleColumns } from '#storage';
import type { BlockMeta } from '../block/block-meta.ts';
import { writeBlock } from '../block/block-writer.ts';
import { LEVEL_ONE } from '../block/compactor.ts';
import { sizedBlock } from '../block/block-list.ts';
import { listedSource } from '../block/listed-source.ts';
import type { ListedSeries } from '../block/listed-source.ts';
import { createUlid } from '../block/ulid.ts';

/** Samples that contradict each other. */
export class BackfillError extends Error {
  readonly code = 'duplicate';
  readonly labels: Labels;
  readonly timestampMs: number;
  constructor(labels: Labels, timestampMs: number) {
    super(`cannot store two values of one series at ${new Date(timestampMs).toISOString()}`);
    this.name = 'BackfillError';
    this.labels = labels;
    this.timestampMs = timestampMs;
  }
}

export interface BlockFillerOptions {
  /** Where blocks are written to; made if absent. */
  readonly dir: string;
  /** What one block spans, aligned to the epoch. Milliseconds. */
  readonly rangeMs: number;
  readonly nowMs: () => number;
  readonly disk?: Disk;
}

export interface FilledBlock {
  readonly meta: BlockMeta;
  readonly bytes: number;
}

/** Most series of a file of samples have few. */
const ROWS_START = 16;

/** Collects samples in any order, then writes them as blocks. */
export class BlockFiller {
  readonly #options: BlockFillerOptions;
  readonly #byLabels = new Map<string, number>();
  readonly #series: { readonly labels: Labels; samples: SampleColumns }[] = [];

  constructor(options: BlockFillerOptions) {
    this.#options = options;
  }

  /** A number for `add`, valid until `write`. */
  seriesOf(labels: Labels): number {
    const key = labelsKey(labels);
    const known = this.#byLabels.get(key);
    if (known !== undefined) return known;
    const made = this.#series.push({ labels, samples: new SampleColumns(ROWS_START) }) - 1;
    this.#byLabels.set(key, made);
    return made;
  }

  add(series: number, timestampMs: number, value: number): void {
    this.#series[series].samples.push(timestampMs, value);
  }

  /**
   * Writes a block for each range that has samples, the oldest first, and forgets them. Throws
   * BackfillError where a series has two values at one time, or the disk's error.
   */
  *write(): Generator<FilledBlock> {
    const series = this.#series.splice(0).toSorted((a, b) => compareLabels(a.labels, b.labels));
    this.#byLabels.clear();
    for (const one of series) one.samples = sortedByTime(one.labels, one.samples);
    for (const [startMs, parts] of this.#ranges(series)) yield this.#writeBlock(startMs, parts);
  }

  /** By the start of each range that has samples. */
  #ranges(series: readonly ListedSeries[]): [number, ListedSeries[]][] {
    const { rangeMs } = this.#options;
    const ranges = new Map<number, ListedSeries[]>();
    for (const { labels, samples } of series) {
      for (let row = 0; row < samples.length;) {
        const startMs = Math.floor(samples.timestampsMs[row] / rangeMs) * rangeMs;
        let end = row + 1;
        while (end < samples.length && samples.timestampsMs[end] < startMs + rangeMs) end++;
        const parts = ranges.get(startMs) ?? [];
        parts.push({ labels, samples: rowsOf(samples, row, end) });
        ranges.set(startMs, parts);
        row = end;
      }
    }
    return [...ranges].toSorted(([a], [b]) => a - b);
  }

  /** As narrow as its samples, as Prometheus has it. */
  #writeBlock(startMs: number, parts: readonly ListedSeries[]): FilledBlock {
    const { dir, nowMs, disk = systemDisk } = this.#options;
    let minTimeMs = Infinity;
    let lastMs = startMs;
    for (const { samples } of parts) {
      minTimeMs = Math.min(minTimeMs, samples.timestampsMs[0]);
      lastMs = Math.max(lastMs, samples.timestampsMs[samples.length - 1]);
    }
    const ulid = createUlid(nowMs());
    const compaction = { ...LEVEL_ONE, sources: [ulid] };
    const block = { disk, dir, ulid, minTimeMs, maxTimeMs: lastMs + 1, compaction };
    const meta = writeBlock(block, listedSource(parts));
    if (meta === undefined) throw new Error('BUG: a range without samples was to be written');
    return sizedBlock(disk, dir, meta);
  }
}

function rowsOf(samples: SampleColumns, start: number, end: number): SampleColumns {
  const rows = new SampleColumns(end - start);
  rows.timestampsMs.set(samples.timestampsMs.subarray(start, end));
  rows.values.set(samples.values.subarray(start, end));
  rows.length = end - start;
  return rows;
}

/** The same sample given twice counts once. */
function sortedByTime(labels: Labels, samples: SampleColumns): SampleColumns {
  const { timestampsMs, values, length } = samples;
  if (isAscending(samples)) return samples;
  const order = Uint32Array.from({ length }, (_, row) => row);
  order.sort((a, b) => timestampsMs[a] - timestampsMs[b] || a - b);
  const sorted = new SampleColumns(length);
  for (const row of order) {
    const last = sorted.length - 1;
    if (last < 0 || sorted.timestampsMs[last] !== timestampsMs[row]) {
      sorted.push(timestampsMs[row], values[row]);
    } else if (!Object.is(sorted.values[last], values[row])) {
      throw new BackfillError(labels, timestampsMs[row]);
    }
  }
  return sorted;
}

function isAscending({ timestampsMs, length }: SampleColumns): boolean {
  for (let row = 1; row < length; row++) {
    if (timestampsMs[row] <= timestampsMs[row - 1]) return false;
  }
  return true;
}
