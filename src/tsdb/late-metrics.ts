import type { MetricFamily, MetricType } from '#model';
import type { Histogram, Registry } from '#instrument';
import type { AppendCounters } from './batch.ts';
import type { Head } from './head.ts';
import type { LateLog } from './wal/late-log.ts';

export interface LateMetricSources {
  readonly head: Head;
  readonly log: LateLog;
  readonly counters: AppendCounters;
}

type Row = readonly [name: string, type: MetricType, help: string, value: number];

/** How late samples were, in seconds: Prometheus' name and buckets. */
export function lateDelays(registry: Registry): Histogram {
  return registry.histogram({
    name: 'prometheus_tsdb_sample_ooo_delta',
    help: 'How many seconds older than the newest sample of all those out of order were, refused ones included.',
    buckets: [600, 1800, 3600, 7200, 10_800, 21_600, 43_200],
  });
}

/** Shows the numbers of samples out of order under Prometheus' names. The answer takes them away again. */
export function registerLateMetrics(registry: Registry, sources: LateMetricSources): () => void {
  return registry.collect(() => [
    appendedFamily(sources.head),
    tooOldFamily(sources.counters),
    ...logRows(sources.log).map(familyOf),
  ]);
}

function familyOf([name, type, help, value]: Row): MetricFamily {
  return { name: `prometheus_tsdb_${name}`, type, help, metrics: [{ labels: [], value }] };
}

function appendedFamily({ late }: Head): MetricFamily {
  return {
    name: 'prometheus_tsdb_head_out_of_order_samples_appended_total',
    help: 'Samples taken out of order.',
    type: 'counter',
    metrics: [
      { labels: [['type', 'float']], value: late.appended - late.histogramsAppended },
      { labels: [['type', 'histogram']], value: late.histogramsAppended },
    ],
  };
}

function tooOldFamily({ tooOld }: AppendCounters): MetricFamily {
  return {
    name: 'prometheus_tsdb_too_old_samples_total',
    help: 'Samples refused because they are older than the out-of-order window.',
    type: 'counter',
    metrics: [{ labels: [['type', 'float']], value: tooOld }],
  };
}

/** None before there is such a log. */
function logRows({ exists, wal, rewrites, rewritesFailed }: LateLog): Row[] {
  if (!exists) return [];
  const { writer } = wal;
  return [
    ['out_of_order_wbl_segment_current', 'gauge', 'The segment that is written.', writer.segment],
    ['out_of_order_wbl_storage_size_bytes', 'gauge', 'Size of the log on disk.', wal.bytesOnDisk()],
    [
      'out_of_order_wbl_completed_pages_total',
      'counter',
      'Pages of the log filled.',
      writer.pagesCompleted,
    ],
    ['out_of_order_wbl_page_flushes_total', 'counter', 'Writes to the log.', writer.flushes],
    [
      'out_of_order_wbl_writes_failed_total',
      'counter',
      'Writes to the log that failed.',
      writer.writesFailed,
    ],
    ['out_of_order_wbl_corruptions_total', 'counter', 'Damages found in the log.', wal.corruptions],
    [
      'out_of_order_wbl_fsyncs_failed_total',
      'counter',
      'Syncs of the log that failed.',
      wal.syncsFailed,
    ],
    ['out_of_order_wbl_truncations_total', 'counter', 'Truncations of the log begun.', rewrites],
    [
      'out_of_order_wbl_truncations_failed_total',
      'counter',
      'Truncations that failed.',
      rewritesFailed,
    ],
  ];
}
