import { exponentialBuckets } from '#instrument';
import type { Histogram, Registry, Summary } from '#instrument';

/** Prometheus' bounds where none are given. */
const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** How long what the storage does for itself takes, in seconds, under Prometheus' names. */
export class StorageTimes {
  readonly walSync: Summary;
  readonly walTruncation: Summary;
  readonly headTrim: Summary;
  readonly compaction: Histogram;
  readonly tombstoneCleanup: Histogram;

  constructor(registry: Registry) {
    const summary = (name: string, help: string): Summary =>
      registry.summary({ name: `prometheus_tsdb_${name}`, help });
    const histogram = (name: string, help: string, buckets: readonly number[]): Histogram =>
      registry.histogram({ name: `prometheus_tsdb_${name}`, help, buckets });
    this.walSync = summary('wal_fsync_duration_seconds', 'Syncs of the log.');
    this.walTruncation = summary('wal_truncate_duration_seconds', 'Truncations of the log.');
    this.headTrim = summary('head_gc_duration_seconds', 'Looks for what may leave the head.');
    this.compaction = histogram(
      'compaction_duration_seconds',
      'Blocks cut or merged.',
      exponentialBuckets(1, 2, 14),
    );
    this.tombstoneCleanup = histogram(
      'tombstone_cleanup_seconds',
      'Blocks written anew without what was deleted.',
      DEFAULT_BUCKETS,
    );
  }
}
