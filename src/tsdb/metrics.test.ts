import { expect, test } from 'vitest';
import { Registry } from '#instrument';
import { labelsFromObject } from '#model';
import type { FamilyMetric } from '#model';
import { MemoryDisk } from '#platform';
import { AppendStatus } from '#storage';
import type { Database } from './types.ts';
import { PollingClock, compactionOf, openOn } from '../../test/fakes/database.ts';

/** What Prometheus 2.42 shows of its storage, but for isolation_high_watermark and isolation_low_watermark. */
const THEIR_NAMES = `
blocks_loaded checkpoint_creations_failed_total checkpoint_creations_total checkpoint_deletions_failed_total
checkpoint_deletions_total clean_start compaction_chunk_range_seconds compaction_chunk_samples
compaction_chunk_size_bytes compaction_duration_seconds compaction_populating_block compactions_failed_total
compactions_skipped_total compactions_total compactions_triggered_total data_replay_duration_seconds
exemplar_exemplars_appended_total exemplar_exemplars_in_storage exemplar_last_exemplars_timestamp_seconds
exemplar_max_exemplars exemplar_out_of_order_exemplars_total exemplar_series_with_exemplars_in_storage
head_active_appenders head_chunks head_chunks_created_total head_chunks_removed_total
head_chunks_storage_size_bytes head_gc_duration_seconds head_max_time head_max_time_seconds head_min_time
head_min_time_seconds head_out_of_order_samples_appended_total head_samples_appended_total head_series
head_series_created_total head_series_not_found_total head_series_removed_total
head_truncations_failed_total head_truncations_total lowest_timestamp lowest_timestamp_seconds
mmap_chunk_corruptions_total out_of_bound_samples_total out_of_order_samples_total reloads_failures_total
reloads_total retention_limit_bytes size_retentions_total snapshot_replay_error_total storage_blocks_bytes
symbol_table_size_bytes time_retentions_total tombstone_cleanup_seconds too_old_samples_total
vertical_compactions_total wal_completed_pages_total wal_corruptions_total wal_fsync_duration_seconds
wal_page_flushes_total wal_segment_current wal_storage_size_bytes wal_truncate_duration_seconds
wal_truncations_failed_total wal_truncations_total wal_writes_failed_total`
  .trim()
  .split(/\s+/);

const clock = new PollingClock(1_700_000_000_000);

interface Opened {
  readonly database: Database;
  readonly registry: Registry;
}

async function open(disk: MemoryDisk): Promise<Opened> {
  const registry = new Registry();
  const database = await openOn(disk, clock, { registry });
  database.startCompaction(compactionOf(database, disk, clock));
  await database.compact();
  return { database, registry };
}

function metric({ registry }: Opened, name: string): FamilyMetric | undefined {
  const family = registry.gather().find((one) => one.name === `prometheus_tsdb_${name}`);
  return family?.metrics[0];
}

test("every metric that Prometheus' storage shows is there", async () => {
  const opened = await open(new MemoryDisk());
  const names = new Set(
    opened.registry.gather().map(({ name }) => name.replace('prometheus_tsdb_', '')),
  );
  expect(THEIR_NAMES.filter((name) => !names.has(name))).toEqual([]);
  await opened.database.close();
});

function write({ database }: Opened, count: number, stepMs: number): number {
  let ref = 0;
  for (let i = 0; i < count; i++) {
    clock.timeMs += stepMs;
    const appender = database.appender();
    ref = appender.seriesRef(labelsFromObject({ __name__: 'a' }));
    appender.append(ref, clock.timeMs, i);
    appender.commit();
  }
  return ref;
}

test('what was cut is counted by its chunks, and the head as truncated', async () => {
  const opened = await open(new MemoryDisk());
  write(opened, 400, 60_000);
  await opened.database.compact();
  const blocks = Number(metric(opened, 'blocks_loaded')?.value);
  expect(blocks).toBeGreaterThan(1);
  expect(metric(opened, 'compaction_duration_seconds')?.histogram?.count).toBeGreaterThanOrEqual(
    blocks,
  );
  const samples = metric(opened, 'compaction_chunk_samples')?.histogram;
  // One chunk a block, of the samples of two hours.
  expect(samples?.count).toBeGreaterThanOrEqual(blocks);
  expect(samples?.sum).toBeGreaterThan(120);
  expect(samples?.sum).toBeLessThan(400);
  expect(metric(opened, 'compaction_chunk_size_bytes')?.histogram?.count).toBe(samples?.count);
  expect(metric(opened, 'compaction_chunk_range_seconds')?.histogram?.count).toBe(samples?.count);
  expect(metric(opened, 'compaction_populating_block')?.value).toBe(0);
  expect(metric(opened, 'reloads_total')?.value).toBeGreaterThan(blocks);
  await opened.database.close();
});

test('a batch that is open is seen, and a sample for a series that has left', async () => {
  const opened = await open(new MemoryDisk());
  const ref = write(opened, 1, 1000);
  const appender = opened.database.appender();
  expect(metric(opened, 'head_active_appenders')?.value).toBe(1);
  expect(appender.append(ref + 1000, clock.timeMs, 1)).toBe(AppendStatus.unknownSeries);
  appender.rollback();
  expect(metric(opened, 'head_active_appenders')?.value).toBe(0);
  expect(metric(opened, 'head_series_not_found_total')?.value).toBe(1);
  await opened.database.close();
});

test('after a restart samples are counted anew, and a lock that was left is told', async () => {
  const disk = new MemoryDisk();
  const before = await open(disk);
  expect(metric(before, 'clean_start')?.value).toBe(1);
  write(before, 5, 1000);
  expect(metric(before, 'head_samples_appended_total')?.value).toBe(5);
  const killed = disk.copy();
  // Of a process that is dead.
  const owner = { pid: 999_999_999, startTicks: '1', pidNamespace: 'other', host: 'other' };
  killed.write('data/lock', Buffer.from(JSON.stringify(owner)));
  const after = await open(killed);
  expect(metric(after, 'clean_start')?.value).toBe(0);
  expect(metric(after, 'head_samples_appended_total')?.value).toBe(0);
  expect(metric(after, 'head_series')?.value).toBe(1);
  write(after, 2, 1000);
  expect(metric(after, 'head_samples_appended_total')?.value).toBe(2);
  await before.database.close();
  await after.database.close();
});
