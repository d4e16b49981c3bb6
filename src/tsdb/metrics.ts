import type { MetricFamily, MetricType } from '#model';
import type { Registry } from '#instrument';
import type { AppendCounters } from './batch.ts';
import type { ExemplarStore } from './exemplars.ts';
import type { Head } from './head.ts';
import type { HeadStats } from './types.ts';
import type { Snapshots } from './snapshot/snapshots.ts';
import type { Wal } from './wal/log.ts';

export interface MetricSources {
  readonly head: Head;
  readonly stats: () => HeadStats;
  readonly wal: Wal;
  /** Of samples out of order. */
  readonly lateWal: Wal;
  readonly exemplars: ExemplarStore;
  readonly counters: AppendCounters;
  readonly blocks: { readonly minTimeMs: number | undefined };
  readonly retentionMs: number;
  readonly snapshots: Snapshots;
  /** Batches that are being filled. */
  readonly openBatches: () => number;
  readonly isCleanStart: boolean;
}

export type Row = readonly [
  name: string,
  type: MetricType,
  help: string,
  value: number,
  sampleType?: string,
];

/** Shows the database's numbers under Prometheus' names. The answer takes them away again. */
export function registerMetrics(registry: Registry, sources: MetricSources): () => void {
  return registry.collect(() => [
    ...headRows(sources).map(familyOf),
    samplesFamily(sources.head),
    ...ownFamilies(sources),
    ...walRows(sources).map(familyOf),
    ...exemplarRows(sources).map(familyOf),
    ...diskRows(sources).map(familyOf),
  ]);
}

export function familyOf([name, type, help, value, sampleType]: Row): MetricFamily {
  const labels = sampleType === undefined ? [] : [['type', sampleType] as const];
  return { name: `prometheus_tsdb_${name}`, type, help, metrics: [{ labels, value }] };
}

function samplesFamily({ samplesAppended, histogramsAppended }: Head): MetricFamily {
  return {
    name: 'prometheus_tsdb_head_samples_appended_total',
    help: 'Samples taken.',
    type: 'counter',
    metrics: [
      { labels: [['type', 'float']], value: samplesAppended - histogramsAppended },
      { labels: [['type', 'histogram']], value: histogramsAppended },
    ],
  };
}

/** What Prometheus has no name for. */
function ownFamilies({ counters, wal, lateWal }: MetricSources): MetricFamily[] {
  return [
    ownCounter(
      'samples_refused_total',
      'Samples refused because the memory for samples was used up.',
      counters.refused,
    ),
    ownCounter(
      'duplicate_samples_total',
      'Samples refused because another value was there for the same time.',
      counters.duplicate,
    ),
    ownCounter(
      'wal_fsyncs_failed_total',
      'Syncs of the logs that failed.',
      wal.syncsFailed + lateWal.syncsFailed,
    ),
  ];
}

function ownCounter(name: string, help: string, value: number): MetricFamily {
  return {
    name: `narthex_tsdb_${name}`,
    help,
    type: 'counter',
    metrics: [{ labels: [], value }],
  };
}

function headRows(sources: MetricSources): Row[] {
  const { head, counters, blocks, retentionMs } = sources;
  const { series } = head;
  const stats = sources.stats();
  const minTimeMs = stats.minTimeMs ?? 0;
  const maxTimeMs = stats.maxTimeMs ?? 0;
  // 0 says, as in Prometheus, that only the size counts.
  const retentionSeconds = retentionMs === Infinity ? 0 : retentionMs / 1000;
  const lowestMs = Math.min(blocks.minTimeMs ?? Infinity, stats.minTimeMs ?? maxTimeMs);
  return [
    ['head_series', 'gauge', 'Series in the head.', series.count],
    ['head_series_created_total', 'counter', 'Series made in the head.', series.created],
    ['head_series_removed_total', 'counter', 'Series removed from the head.', series.removed],
    ['head_stale_series', 'gauge', 'Series that end in a stale marker.', head.countStale()],
    ['head_truncations_total', 'counter', 'Times the head let old samples go.', head.truncations],
    ['head_truncations_failed_total', 'counter', 'Times that failed: it cannot.', 0],
    ['head_active_appenders', 'gauge', 'Batches being filled.', sources.openBatches()],
    [
      'head_series_not_found_total',
      'counter',
      'Samples for series that had left the head.',
      counters.notFound,
    ],
    ['head_chunks', 'gauge', 'Chunks in the head.', stats.chunkCount],
    ['head_chunks_created_total', 'counter', 'Chunks made in the head.', head.chunksCreated],
    ['head_chunks_removed_total', 'counter', 'Chunks removed from the head.', head.chunksRemoved],
    ['head_min_time', 'gauge', 'Oldest sample in the head, in milliseconds.', minTimeMs],
    ['head_max_time', 'gauge', 'Newest sample in the head, in milliseconds.', maxTimeMs],
    ['head_min_time_seconds', 'gauge', 'Oldest sample in the head.', minTimeMs / 1000],
    ['head_max_time_seconds', 'gauge', 'Newest sample in the head.', maxTimeMs / 1000],
    ['lowest_timestamp', 'gauge', 'Oldest sample stored, in milliseconds.', lowestMs],
    ['lowest_timestamp_seconds', 'gauge', 'Oldest sample stored.', lowestMs / 1000],
    ['retention_limit_seconds', 'gauge', 'How long samples are kept.', retentionSeconds],
    ['symbol_table_size_bytes', 'gauge', 'Memory of labels and postings.', series.labelBytes],
    [
      'out_of_order_samples_total',
      'counter',
      'Samples refused because a newer one was there.',
      counters.outOfOrder,
      'float',
    ],
    [
      'out_of_bound_samples_total',
      'counter',
      'Samples refused because they are too old.',
      counters.outOfBounds,
      'float',
    ],
  ];
}

/** What is told of each log. */
export function writerRows(name: string, wal: Wal): Row[] {
  const { writer } = wal;
  return [
    [`${name}_segment_current`, 'gauge', 'The segment that is written.', writer.segment],
    [`${name}_storage_size_bytes`, 'gauge', 'Size of the log on disk.', wal.bytesOnDisk()],
    [`${name}_completed_pages_total`, 'counter', 'Pages of the log filled.', writer.pagesCompleted],
    [`${name}_page_flushes_total`, 'counter', 'Writes to the log.', writer.flushes],
    [
      `${name}_writes_failed_total`,
      'counter',
      'Writes to the log that failed.',
      writer.writesFailed,
    ],
  ];
}

function walRows({ wal, lateWal }: MetricSources): Row[] {
  const corruptions = wal.corruptions + lateWal.corruptions;
  return [
    ...writerRows('wal', wal),
    ['wal_corruptions_total', 'counter', 'Damages found in the logs.', corruptions],
    [
      'wal_replay_unknown_refs_total',
      'counter',
      'Samples of the log at the start that belong to no series it knows.',
      wal.unknownRefs,
      'samples',
    ],
    ['wal_truncations_total', 'counter', 'Truncations of the log begun.', wal.truncations],
    [
      'wal_truncations_failed_total',
      'counter',
      'Truncations of the log that failed.',
      wal.truncationsFailed,
    ],
    ['checkpoint_deletions_total', 'counter', 'Old checkpoints given up.', wal.checkpointDeletions],
    [
      'checkpoint_deletions_failed_total',
      'counter',
      'Times that failed.',
      wal.checkpointDeletionsFailed,
    ],
    ['checkpoint_creations_total', 'counter', 'Checkpoints begun.', wal.truncations],
    [
      'checkpoint_creations_failed_total',
      'counter',
      'Checkpoints that failed.',
      wal.checkpointsFailed,
    ],
    [
      'data_replay_duration_seconds',
      'gauge',
      'How long the replay at start took.',
      wal.replayMs / 1000,
    ],
  ];
}

function exemplarRows({ exemplars }: MetricSources): Row[] {
  return [
    ['exemplar_exemplars_appended_total', 'counter', 'Exemplars taken.', exemplars.appended],
    ['exemplar_exemplars_in_storage', 'gauge', 'Exemplars kept.', exemplars.count],
    [
      'exemplar_series_with_exemplars_in_storage',
      'gauge',
      'Series with exemplars.',
      exemplars.seriesCount,
    ],
    [
      'exemplar_last_exemplars_timestamp_seconds',
      'gauge',
      'The oldest exemplar kept.',
      exemplars.oldestTimeMs / 1000,
    ],
    ['exemplar_max_exemplars', 'gauge', 'Exemplars kept at most.', exemplars.max],
    [
      'exemplar_out_of_order_exemplars_total',
      'counter',
      'Exemplars refused because a newer one was there.',
      exemplars.outOfOrder,
    ],
  ];
}

/** What is on disk beside the log, and how it was found. */
function diskRows({ snapshots, isCleanStart }: MetricSources): Row[] {
  return [
    [
      'snapshot_replay_error_total',
      'counter',
      'Snapshots of the head that could not be read.',
      snapshots.replayErrors,
    ],
    [
      'mmap_chunk_corruptions_total',
      'counter',
      'Damages found in closed chunks of the head.',
      snapshots.chunkCorruptions,
    ],
    [
      'head_chunks_storage_size_bytes',
      'gauge',
      'Size of the snapshot of the head with its closed chunks.',
      snapshots.bytesOnDisk,
    ],
    [
      'clean_start',
      'gauge',
      '0 where a lock was left by a process that is dead, else 1.',
      isCleanStart ? 1 : 0,
    ],
  ];
}
