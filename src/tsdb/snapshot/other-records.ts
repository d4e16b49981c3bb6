import { ByteReader, ByteWriter } from '#bytes';
import { decodeTombstoneRows, encodeTombstones } from '../block/tombstones.ts';
import type { Intervals } from '../block/tombstones.ts';
import type { ExemplarStore } from '../exemplars.ts';
import type { Head } from '../head.ts';
import { encodeExemplarRows } from '../wal/records.ts';
import type { LoggedExemplar } from '../wal/records.ts';
import { SnapshotRecord } from './layout.ts';

/** In one record, as Prometheus has it. */
const EXEMPLARS_A_RECORD = 10_000;

/** Stands behind all series, also where nothing was deleted: it says that no series is missing. */
export function encodeTombstoneRecord(out: ByteWriter, head: Head): void {
  const content = new ByteWriter(64);
  encodeTombstones(content, deletedByRef(head));
  out.writeByte(SnapshotRecord.tombstones);
  out.writeUvarint(content.length);
  out.writeBytes(content.view());
}

function* deletedByRef(head: Head): Generator<readonly [number, Intervals]> {
  const { rows, starts, bounds } = head.deletions;
  const { series, views } = head;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (views.seriesLabels[row] === 0) continue;
    yield [series.walRef[row], [...bounds.subarray(starts[i], starts[i + 1])]];
  }
}

/** What follows the type. Throws DecodeError. */
export function decodeTombstoneRecord(reader: ByteReader): Map<number, number[]> {
  const bytes = reader.readBytes(reader.readUvarint());
  return decodeTombstoneRows(new ByteReader(bytes));
}

/** Of series that the head has; `end` is called after each record. */
export function encodeExemplarRecords(
  out: ByteWriter,
  head: Head,
  exemplars: ExemplarStore,
  end: () => void,
): void {
  let batch: LoggedExemplar[] = [];
  const endBatch = (): void => {
    if (batch.length === 0) return;
    out.writeByte(SnapshotRecord.exemplars);
    encodeExemplarRows(out, batch);
    batch = [];
    end();
  };
  const { series } = head;
  for (const [seriesRef, { labels, value, timestampMs }] of exemplars.inOrder()) {
    const row = series.rowOf(seriesRef);
    if (row === 0 || series.logged[row] === 0) continue;
    batch.push({ ref: series.walRef[row], timeMs: timestampMs, value, labels });
    if (batch.length === EXEMPLARS_A_RECORD) endBatch();
  }
  endBatch();
}
