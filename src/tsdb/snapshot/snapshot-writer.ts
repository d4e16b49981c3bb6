import { ByteWriter } from '#bytes';
import { storedResetHint } from '#model';
import type { FloatHistogram } from '#model';
import type { Disk } from '#platform';
import { SampleColumns } from '#storage';
import { ChunkColumns } from '../block/block-series.ts';
import { ChunkKind } from '../block/layout.ts';
import { encodeHistograms } from '../block/histogram-chunker.ts';
import { copyWords } from '../block/sample-chunker.ts';
import type { EncoderState } from '../chunk-encoder.ts';
import {
  CHUNK_COUNT,
  CHUNK_DATA,
  CHUNK_DATA_BITS,
  CHUNK_MIN_TIME,
  CHUNK_NEXT,
  baseOf,
} from '../chunk-memory.ts';
import type { ExemplarStore } from '../exemplars.ts';
import type { Head } from '../head.ts';
import { isHistogramChunk, readHistogramChunk } from '../histogram-chunk.ts';
import { REGION_BLOCKS_LOG2 } from '../memory.ts';
import { DescribedMetrics } from '../metadata-table.ts';
import type { MetadataTable } from '../metadata-table.ts';
import type { SeriesAlias } from '../wal/replay.ts';
import { WalWriter } from '../wal/writer.ts';
import type { StoredChunk } from './head-chunks.ts';
import { HeadChunksWriter } from './head-chunks-writer.ts';
import { encodeExemplarRecords, encodeTombstoneRecord } from './other-records.ts';
import { encodeNoChunk, encodeOpenChunk, encodeSeriesStart } from './series-record.ts';
import { StateWriter } from './state-file.ts';
import type { RefAlias } from './state-file.ts';

/** What a snapshot is made of. Nobody writes to it meanwhile. */
export interface SnapshotSource {
  readonly disk: Disk;
  readonly head: Head;
  readonly exemplars: ExemplarStore;
  readonly metadata: MetadataTable;
  /** Further numbers that the log has for series. */
  readonly aliases: ReadonlyMap<number, SeriesAlias>;
  /** Lets other work go on. Rejects where the snapshot is to be given up. */
  readonly pause: () => Promise<void>;
}

export interface SnapshotStats {
  readonly seriesCount: number;
  readonly chunkCount: number;
  readonly chunkBytes: number;
}

/** Between two pauses: some milliseconds. */
const ROWS_A_STEP = 5000;
/** Files of a snapshot, as those of the log. */
const SEGMENT_BYTES: number = 128 << 20;
const ALL = { startMs: -Infinity, endMs: Infinity, countMax: 0x7fffffff };

/**
 * Writes the series with their open chunks into `snapshotDir`, their closed ones into `chunksDir`, which are
 * made. Resolves when both survive a power failure but for their own names. Rejects with the disk's error,
 * StorageError `log-write`, or what `pause` rejects with.
 */
export async function writeSnapshot(
  source: SnapshotSource,
  snapshotDir: string,
  chunksDir: string,
): Promise<SnapshotStats> {
  const { disk } = source;
  disk.makeDir(snapshotDir);
  const errors: unknown[] = [];
  const records = new WalWriter({
    disk,
    dir: snapshotDir,
    segment: 0,
    segmentBytes: SEGMENT_BYTES,
    // Nearly all records are too short to get shorter.
    compression: 'none',
    onSyncError: (error) => void errors.push(error),
  });
  const chunks = new HeadChunksWriter(disk, chunksDir);
  try {
    const writer = new SnapshotWriter(source, records, chunks);
    await writer.run();
    await records.close();
    if (errors.length > 0) throw errors[0];
    await chunks.finish();
    await writer.finishState(snapshotDir);
    disk.syncDir(snapshotDir);
    return writer.stats;
  } catch (error) {
    await records.close();
    await chunks.abandon();
    throw error;
  }
}

class SnapshotWriter {
  readonly #source: SnapshotSource;
  readonly #records: WalWriter;
  readonly #chunks: HeadChunksWriter;
  readonly #state: StateWriter = new StateWriter();
  readonly #described: DescribedMetrics;
  readonly #record: ByteWriter = new ByteWriter(1 << 16);
  /** Of one chunk of floats. */
  readonly #chunk: ChunkColumns = new ChunkColumns();
  readonly #histograms: SampleColumns = new SampleColumns();
  /** The histogram before, of the series that is written. */
  #previous: FloatHistogram | undefined;
  #seriesCount = 0;

  constructor(source: SnapshotSource, records: WalWriter, chunks: HeadChunksWriter) {
    this.#source = source;
    this.#described = new DescribedMetrics(source.head.series, source.metadata);
    this.#records = records;
    this.#chunks = chunks;
  }

  get stats(): SnapshotStats {
    const { chunkCount, byteCount } = this.#chunks;
    return { seriesCount: this.#seriesCount, chunkCount, chunkBytes: byteCount };
  }

  async run(): Promise<void> {
    const { head, exemplars, pause } = this.#source;
    const { rowEnd } = head.series;
    for (let row = 1; row < rowEnd; row += ROWS_A_STEP) {
      this.#addRows(row, Math.min(rowEnd, row + ROWS_A_STEP));
      await pause();
    }
    encodeTombstoneRecord(this.#record, head);
    this.#endRecord();
    encodeExemplarRecords(this.#record, head, exemplars, () => this.#endRecord());
    this.#records.commit();
  }

  async finishState(dir: string): Promise<void> {
    const { disk, head, aliases } = this.#source;
    const { series } = head;
    const named: RefAlias[] = [];
    for (const [ref, { seriesRef }] of aliases) {
      const row = series.rowOf(seriesRef);
      if (row !== 0 && series.logged[row] === 1) named.push({ ref, seriesRef: series.walRef[row] });
    }
    const counts = { ...this.stats, walRefLast: series.walRefLast };
    await this.#state.finish(disk, dir, counts, named);
  }

  #addRows(start: number, end: number): void {
    const { series, views } = this.#source.head;
    for (let row = start; row < end; row++) {
      const labels = views.seriesLabels[row];
      // The log does not know it: it has no samples.
      if (labels === 0 || series.logged[row] === 0) continue;
      encodeSeriesStart(this.#record, series.walRef[row], views, labels);
      const state = this.#addChunks(row);
      this.#endRecord();
      this.#state.add(state);
      this.#describe(row);
      this.#seriesCount++;
    }
    this.#records.commit();
  }

  #describe(row: number): void {
    const found = this.#described.ofRow(row);
    if (found === undefined) return;
    for (const id of found.ids) this.#state.describe(found.metric, this.#source.metadata.at(id));
  }

  #endRecord(): void {
    if (this.#record.length > 0) this.#records.add(this.#record.view());
    this.#record.clear();
  }

  /** Closed chunks go to their files, the open one into the record. The answer is what its encoder must know. */
  #addChunks(row: number): EncoderState | undefined {
    const { views } = this.#source.head;
    let chunk = views.seriesFirstChunk[row];
    this.#previous = undefined;
    if (chunk === 0) {
      encodeNoChunk(this.#record);
      return undefined;
    }
    for (;;) {
      const words = views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
      const base = baseOf(chunk);
      const next = words[base + CHUNK_NEXT];
      if (next === 0) return this.#addOpenChunk(row, chunk);
      if (isHistogramChunk(words, base)) {
        this.#encodeHistograms(chunk);
        this.#writeClosed(row, this.#chunk.count);
      } else {
        this.#previous = undefined;
        // When its last sample is, and how many bits it fills, could only be told by decoding it.
        const ref = this.#source.head.series.walRef[row];
        const minTimeMs = this.#minTimeOf(chunk);
        const maxTimeMs = this.#minTimeOf(next) - 1;
        this.#chunks.writeBlock({ ref, minTimeMs, maxTimeMs, kind: ChunkKind.xor }, words, base);
      }
      chunk = next;
    }
  }

  #addOpenChunk(row: number, chunk: number): EncoderState | undefined {
    const { head } = this.#source;
    const words = head.views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
    if (isHistogramChunk(words, baseOf(chunk))) {
      this.#encodeHistograms(chunk);
      const last = this.#chunk.count - 1;
      this.#writeClosed(row, last);
      const histogram = this.#histograms.histograms[this.#histograms.length - 1];
      if (histogram !== undefined) encodeOpenChunk(this.#record, this.#stored(last), histogram);
      return undefined;
    }
    const { encoder } = head.series;
    const bits = Math.min(encoder.bits[row], CHUNK_DATA_BITS);
    this.#encodeFloats(chunk, bits, encoder.lastTime[row]);
    const value = { high: encoder.lastHigh[row], low: encoder.lastLow[row] };
    encodeOpenChunk(this.#record, this.#stored(0), value);
    return {
      bits: encoder.bits[row],
      leading: encoder.leading[row],
      trailing: encoder.trailing[row],
      lastDeltaMs: encoder.lastDelta[row],
    };
  }

  #encodeFloats(chunk: number, bits: number, maxTimeMs: number): void {
    const { views } = this.#source.head;
    const words = views.regionWords[chunk >>> REGION_BLOCKS_LOG2];
    const base = baseOf(chunk);
    const columns = this.#chunk;
    columns.clear();
    columns.begin(ChunkKind.xor);
    columns.bytes.writeUint16(words[base + CHUNK_COUNT]);
    copyWords(words, base + CHUNK_DATA, bits, columns.bytes);
    columns.end(this.#minTimeOf(chunk), maxTimeMs);
  }

  /** Becomes several chunks where the layout of the buckets changes. */
  #encodeHistograms(chunk: number): void {
    const columns = this.#histograms;
    columns.clear();
    readHistogramChunk(this.#source.head.views, chunk, ALL, columns);
    for (let i = 0; i < columns.length; i++) {
      const histogram = withToldReset(this.#previous, columns.histograms[i]);
      columns.histograms[i] = histogram;
      this.#previous = histogram;
    }
    this.#chunk.clear();
    encodeHistograms(columns, 0, columns.length, this.#chunk);
  }

  /** The first so many of the chunks that were encoded. */
  #writeClosed(row: number, count: number): void {
    const ref = this.#source.head.series.walRef[row];
    for (let i = 0; i < count; i++) {
      const { kind, minTimeMs, maxTimeMs, data } = this.#stored(i);
      this.#chunks.write({ ref, minTimeMs, maxTimeMs, kind }, data);
    }
  }

  #stored(index: number): StoredChunk {
    const { kinds, minTimes, maxTimes, starts, lengths, bytes } = this.#chunk;
    const start = starts[index];
    const data = bytes.buffer.subarray(start, start + lengths[index]);
    return {
      kind: kinds[index],
      minTimeMs: minTimes[index],
      maxTimeMs: maxTimes[index],
      data,
    };
  }

  #minTimeOf(chunk: number): number {
    const { regionTimes } = this.#source.head.views;
    return regionTimes[chunk >>> REGION_BLOCKS_LOG2][(baseOf(chunk) >>> 1) + CHUNK_MIN_TIME];
  }
}

/**
 * The head keeps a reset that it was told of as `unknown`. Where the counts do not show it, it must be told again
 * to whoever reads the chunk.
 */
function withToldReset(
  previous: FloatHistogram | undefined,
  histogram: FloatHistogram | undefined,
): FloatHistogram | undefined {
  if (histogram?.counterResetHint !== 'unknown') return histogram;
  const isTold = storedResetHint(previous, histogram) === 'not_reset';
  return isTold ? { ...histogram, counterResetHint: 'reset' } : histogram;
}
