/** `meta.json` of a block; see docs/formats/block.md. Times in milliseconds since the epoch. */
export interface BlockMeta {
  readonly ulid: string;
  /** Inclusive. */
  readonly minTimeMs: number;
  /** Exclusive. */
  readonly maxTimeMs: number;
  readonly stats: BlockStats;
  readonly compaction: BlockCompaction;
}

export interface BlockStats {
  readonly sampleCount: number;
  /** Of those, native histograms. */
  readonly histogramSampleCount: number;
  readonly seriesCount: number;
  readonly chunkCount: number;
  readonly tombstoneCount: number;
}

export interface BlockCompaction {
  /** 1: cut from the head. */
  readonly level: number;
  /** The blocks of level 1 that its samples came from. */
  readonly sources: readonly string[];
  readonly parents: readonly BlockParent[];
  /** It holds no samples any more. */
  readonly deletable: boolean;
  readonly failed: boolean;
  readonly hints: readonly string[];
}

export interface BlockParent {
  readonly ulid: string;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/** Of compaction: what a block was made of. Prometheus' words. */
export const LATE_HINT = 'from-out-of-order';
export const STALE_HINT = 'from-stale-series';

/** Made of some series of the head only: at its time the head may still have others, and no block. */
export function isPartial({ compaction }: BlockMeta): boolean {
  return compaction.hints.some((hint) => hint === LATE_HINT || hint === STALE_HINT);
}

/** Of two samples at one time the one that came first stays: it is not in a block of late samples, or in the older one. */
export function byArrival(a: BlockMeta, b: BlockMeta): number {
  return Number(isLate(a)) - Number(isLate(b));
}

function isLate({ compaction }: BlockMeta): boolean {
  return compaction.hints.includes(LATE_HINT);
}

/** Why a block cannot be used: what is damaged, by file. */
export class BlockDamagedError extends Error {
  override readonly name = 'BlockDamagedError';
  readonly code = 'block-damaged';
}

/** As Prometheus writes it, indented by tabs. */
export function formatMeta(meta: BlockMeta): string {
  const { stats, compaction } = meta;
  const floats = stats.sampleCount - stats.histogramSampleCount;
  const content = {
    ulid: meta.ulid,
    minTime: meta.minTimeMs,
    maxTime: meta.maxTimeMs,
    stats: {
      ...some('numSamples', stats.sampleCount),
      ...some('numFloatSamples', floats),
      ...some('numHistogramSamples', stats.histogramSampleCount),
      ...some('numSeries', stats.seriesCount),
      ...some('numChunks', stats.chunkCount),
      ...some('numTombstones', stats.tombstoneCount),
    },
    compaction: {
      level: compaction.level,
      ...(compaction.sources.length > 0 && { sources: compaction.sources }),
      ...(compaction.deletable && { deletable: true }),
      ...(compaction.parents.length > 0 && { parents: compaction.parents.map(parentContent) }),
      ...(compaction.failed && { failed: true }),
      ...(compaction.hints.length > 0 && { hints: compaction.hints }),
    },
    version: 1,
  };
  return `${JSON.stringify(content, undefined, '\t')}\n`;
}

function some(name: string, count: number): Record<string, number> {
  return count === 0 ? {} : { [name]: count };
}

function parentContent(parent: BlockParent): object {
  return { ulid: parent.ulid, minTime: parent.minTimeMs, maxTime: parent.maxTimeMs };
}

type Content = Readonly<Record<string, unknown>>;

/** Throws BlockDamagedError. */
export function parseMeta(text: string): BlockMeta {
  const content = contentOf(text);
  if (content['version'] !== 1) {
    throw new BlockDamagedError('cannot read meta.json: its version is not 1');
  }
  const minTimeMs = content['minTime'];
  const maxTimeMs = content['maxTime'];
  if (!isWhole(minTimeMs) || !isWhole(maxTimeMs) || maxTimeMs < minTimeMs) {
    throw new BlockDamagedError('cannot read meta.json: its times make no sense');
  }
  const stats = objectOf(content['stats']);
  return {
    ulid: textOf(content['ulid']),
    minTimeMs,
    maxTimeMs,
    stats: {
      sampleCount: countOf(stats['numSamples']),
      histogramSampleCount: countOf(stats['numHistogramSamples']),
      seriesCount: countOf(stats['numSeries']),
      chunkCount: countOf(stats['numChunks']),
      tombstoneCount: countOf(stats['numTombstones']),
    },
    compaction: compactionOf(objectOf(content['compaction'])),
  };
}

function contentOf(text: string): Content {
  try {
    return objectOf(JSON.parse(text));
  } catch (error) {
    throw new BlockDamagedError('cannot read meta.json: it is not JSON', { cause: error });
  }
}

function compactionOf(content: Content): BlockCompaction {
  return {
    level: Math.max(1, countOf(content['level'])),
    sources: listOf(content['sources']).map(textOf),
    parents: listOf(content['parents']).map((item) => {
      const parent = objectOf(item);
      return {
        ulid: textOf(parent['ulid']),
        minTimeMs: Number(parent['minTime'] ?? 0),
        maxTimeMs: Number(parent['maxTime'] ?? 0),
      };
    }),
    deletable: content['deletable'] === true,
    failed: content['failed'] === true,
    hints: listOf(content['hints']).map(textOf),
  };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function objectOf(value: unknown): Content {
  return typeof value === 'object' && value !== null ? (value as Content) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function countOf(value: unknown): number {
  return isWhole(value) && value > 0 ? value : 0;
}
