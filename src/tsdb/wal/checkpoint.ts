import { join } from 'node:path';
import { ByteWriter } from '#bytes';
import type { Disk } from '#platform';
import type { Head } from '../head.ts';
import { DescribedMetrics } from '../metadata-table.ts';
import type { MetadataTable } from '../metadata-table.ts';
import { checkpointName, checkpointNumbers, segmentName, segmentNumbers } from './layout.ts';
import {
  encodeMetadata,
  encodeMetadataHeader,
  encodeSeriesHeader,
  encodeTombstone,
  encodeTombstonesHeader,
} from './records.ts';
import type { SeriesAlias } from './replay.ts';
import { WalWriter } from './writer.ts';

export interface CheckpointSource {
  readonly disk: Disk;
  /** The directory of the log. */
  readonly dir: string;
  readonly head: Head;
  readonly metadata: MetadataTable;
  /** Further numbers that the log has for series. */
  readonly aliases: Map<number, SeriesAlias>;
  readonly segmentBytes: number;
  readonly compression: 'none' | 'snappy';
  /** Lets other work go on. */
  readonly pause: () => Promise<void>;
}

/** Rows between two pauses: some milliseconds. */
const ROWS_A_STEP = 10_000;

/**
 * Writes what is to replace the segments up to `lastSegment`, of which no sample is wanted any more: the
 * records of the series that live on. Throws the disk's error; the log is as before then.
 */
export async function writeCheckpoint(
  source: CheckpointSource,
  lastSegment: number,
): Promise<void> {
  const { disk, dir } = source;
  const path = join(dir, checkpointName(lastSegment));
  const temporary = `${path}.tmp`;
  // One of before, after which a segment could not be removed: it knows all series that it must.
  if (disk.exists(path)) {
    disk.syncDir(dir);
    return;
  }
  disk.remove(temporary);
  disk.makeDir(temporary);
  try {
    await writeSeries(source, temporary, lastSegment);
    disk.rename(temporary, path);
    disk.syncDir(dir);
  } catch (error) {
    disk.remove(temporary);
    throw error;
  }
}

/** Removes what the newest checkpoint replaces. */
export function removeReplaced(disk: Disk, dir: string, lastSegment: number): void {
  const names = disk.list(dir);
  for (const segment of segmentNumbers(names)) {
    if (segment <= lastSegment) disk.remove(join(dir, segmentName(segment)));
  }
  for (const segment of checkpointNumbers(names)) {
    if (segment < lastSegment) disk.remove(join(dir, checkpointName(segment)));
  }
}

async function writeSeries(
  source: CheckpointSource,
  dir: string,
  lastSegment: number,
): Promise<void> {
  const errors: unknown[] = [];
  const { disk, segmentBytes, compression } = source;
  const onSyncError = (error: unknown): void => void errors.push(error);
  const writer = new WalWriter({ disk, dir, segment: 0, segmentBytes, compression, onSyncError });
  writer.open();
  const { series } = source.head;
  const described = new DescribedMetrics(series, source.metadata);
  // A metric that loses its last series before its turn is described anew when it comes back.
  source.metadata.startAge();
  for (let row = 1; row < series.rowEnd; row += ROWS_A_STEP) {
    const rows = { start: row, end: Math.min(series.rowEnd, row + ROWS_A_STEP) };
    addRows(source, writer, rows, described);
    writer.commit();
    await source.pause();
  }
  addAliases(source, writer, lastSegment);
  addDeletions(source, writer);
  writer.commit();
  await writer.close();
  if (errors.length > 0) throw errors[0];
}

function addRows(
  source: CheckpointSource,
  writer: WalWriter,
  { start, end }: { readonly start: number; readonly end: number },
  described: DescribedMetrics,
): void {
  const { series, views } = source.head;
  const seriesRecord = new ByteWriter(1 << 16);
  const metadataRecord = new ByteWriter(1 << 12);
  encodeSeriesHeader(seriesRecord);
  encodeMetadataHeader(metadataRecord);
  for (let row = start; row < end; row++) {
    if (views.seriesLabels[row] === 0 || series.logged[row] === 0) continue;
    seriesRecord.writeInt64(series.walRef[row]);
    series.copyLabels(row, seriesRecord);
    for (const id of described.ofRow(row)?.ids ?? []) {
      encodeMetadata(metadataRecord, series.walRef[row], source.metadata.at(id));
    }
  }
  if (seriesRecord.length > 1) writer.add(seriesRecord.view());
  if (metadataRecord.length > 1) writer.add(metadataRecord.view());
}

/** What is deleted may stand elsewhere than in the log, as in the chunks of a snapshot. */
function addDeletions({ head }: CheckpointSource, writer: WalWriter): void {
  const { series, views } = head;
  const { rows, starts, bounds } = head.deletions;
  const record = new ByteWriter(1 << 12);
  encodeTombstonesHeader(record);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (views.seriesLabels[row] === 0 || series.logged[row] === 0) continue;
    for (let at = starts[i]; at < starts[i + 1]; at += 2) {
      encodeTombstone(record, series.walRef[row], bounds[at], bounds[at + 1]);
    }
  }
  if (record.length > 1) writer.add(record.view());
}

/** Those that segments still use; of series that still live. */
function addAliases(source: CheckpointSource, writer: WalWriter, lastSegment: number): void {
  const { series } = source.head;
  const record = new ByteWriter(1 << 12);
  encodeSeriesHeader(record);
  for (const [ref, { seriesRef, segment }] of source.aliases) {
    const row = series.rowOf(seriesRef);
    if (segment <= lastSegment || row === 0) source.aliases.delete(ref);
    else {
      record.writeInt64(ref);
      series.copyLabels(row, record);
    }
  }
  if (record.length > 1) writer.add(record.view());
}
