import type { MetricFamily } from '#model';
import type { Histogram, Registry } from '#instrument';
import type { AppendCounters } from './batch.ts';
import type { Head } from './head.ts';
import { familyOf, writerRows } from './metrics.ts';
import type { Row } from './metrics.ts';
import type { LateLog } from './wal/late-log.ts';

export interface LateMetricSources {
  readonly head: Head;
  readonly log: LateLog;
  readonly counters: AppendCounters;
}

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
  const name = 'out_of_order_wbl';
  return [
    ...writerRows(name, wal),
    [`${name}_truncations_total`, 'counter', 'Truncations of the log begun.', rewrites],
    [`${name}_truncations_failed_total`, 'counter', 'Truncations that failed.', rewritesFailed],
  ];
}
