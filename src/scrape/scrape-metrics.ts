import type { Counter, Gauge, Histogram, Registry, Summary } from '#instrument';

/** Counters of how pages were taken, under Prometheus' names. */
export interface PageMetrics {
  readonly exceededSampleLimit: Counter;
  readonly exceededBodySizeLimit: Counter;
  readonly exceededLabelLimits: Counter;
  readonly exceededBucketLimit: Pick<Counter, 'inc'>;
  readonly duplicateTimestamps: Counter;
  readonly outOfOrder: Counter;
  readonly outOfBounds: Counter;
  readonly exemplarsOutOfOrder: Counter;
}

export interface ScrapeMetrics extends PageMetrics {
  readonly intervalSeconds: Summary;
  /** Ours: how long after its time on the grid a scrape began. */
  readonly latenessSeconds: Histogram;
  /** Ours: scrapes left out because the one before took too long. */
  readonly missedScrapes: Counter;
  readonly durationSeconds: Histogram;
  readonly pools: Counter;
  readonly poolsFailed: Counter;
  readonly poolReloads: Counter;
  readonly poolReloadsFailed: Counter;
  readonly poolSyncs: Counter;
  readonly poolTargets: Gauge;
  readonly poolTargetLimit: Gauge;
  readonly poolExceededTargetLimit: Counter;
  readonly syncSeconds: Summary;
  readonly syncFailed: Counter;
}

export function createScrapeMetrics(registry: Registry): ScrapeMetrics {
  return { ...pageMetrics(registry), ...loopMetrics(registry), ...poolMetrics(registry) };
}

/** Shown once it counts: a name of Prometheus' that promtool's lint finds fault with. */
function lateCounter(create: () => Counter): Pick<Counter, 'inc'> {
  let counter: Counter | undefined;
  return {
    inc: (by, labelValues) => {
      counter ??= create();
      counter.inc(by, labelValues);
    },
  };
}

function pageMetrics(registry: Registry): PageMetrics {
  const counter = (name: string, help: string): Counter =>
    registry.counter({ name: `prometheus_target_${name}_total`, help });
  return {
    exceededSampleLimit: counter(
      'scrapes_exceeded_sample_limit',
      'Total number of scrapes that hit the sample limit and were rejected.',
    ),
    exceededBodySizeLimit: counter(
      'scrapes_exceeded_body_size_limit',
      'Total number of scrapes that hit the body size limit.',
    ),
    exceededBucketLimit: lateCounter(() =>
      counter(
        'scrapes_exceeded_native_histogram_bucket_limit',
        'Total number of scrapes that hit the native histogram bucket limit and were rejected.',
      ),
    ),
    exceededLabelLimits: counter(
      'scrape_pool_exceeded_label_limits',
      'Total number of times scrape pools hit the label limits, during sync or config reload.',
    ),
    duplicateTimestamps: counter(
      'scrapes_sample_duplicate_timestamp',
      'Total number of samples rejected due to duplicate timestamps but different values.',
    ),
    outOfOrder: counter(
      'scrapes_sample_out_of_order',
      'Total number of samples rejected due to not being out of the expected order.',
    ),
    outOfBounds: counter(
      'scrapes_sample_out_of_bounds',
      'Total number of samples rejected due to timestamp falling outside of the time bounds.',
    ),
    exemplarsOutOfOrder: counter(
      'scrapes_exemplar_out_of_order',
      'Total number of exemplar rejected due to not being out of the expected order.',
    ),
  };
}

function loopMetrics(registry: Registry) {
  return {
    intervalSeconds: registry.summary({
      name: 'prometheus_target_interval_length_seconds',
      help: 'Actual intervals between scrapes.',
      labelNames: ['interval'],
    }),
    latenessSeconds: registry.histogram({
      name: 'narthex_scrape_lateness_seconds',
      help: 'How long after its due time a scrape began.',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    }),
    missedScrapes: registry.counter({
      name: 'narthex_scrapes_missed_total',
      help: 'Scrapes that were left out because the one before was still going on.',
    }),
    durationSeconds: registry.histogram({
      name: 'prometheus_target_scrape_duration_seconds',
      help: 'Scrape request latency histogram.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    }),
  } satisfies Partial<ScrapeMetrics>;
}

function poolMetrics(registry: Registry) {
  const labelNames = ['scrape_job'];
  const counter = (name: string, help: string): Counter =>
    registry.counter({ name: `prometheus_target_${name}_total`, help });
  return {
    pools: counter('scrape_pools', 'Total number of scrape pool creation attempts.'),
    poolsFailed: counter(
      'scrape_pools_failed',
      'Total number of scrape pool creations that failed.',
    ),
    poolReloads: counter('scrape_pool_reloads', 'Total number of scrape pool reloads.'),
    poolReloadsFailed: counter(
      'scrape_pool_reloads_failed',
      'Total number of failed scrape pool reloads.',
    ),
    poolExceededTargetLimit: counter(
      'scrape_pool_exceeded_target_limit',
      'Total number of times scrape pools hit the target limit, during sync or config reload.',
    ),
    poolSyncs: registry.counter({
      name: 'prometheus_target_scrape_pool_sync_total',
      help: 'Total number of syncs that were executed on a scrape pool.',
      labelNames,
    }),
    poolTargets: registry.gauge({
      name: 'prometheus_target_scrape_pool_targets',
      help: 'Current number of targets in this scrape pool.',
      labelNames,
    }),
    poolTargetLimit: registry.gauge({
      name: 'prometheus_target_scrape_pool_target_limit',
      help: 'Maximum number of targets allowed in this scrape pool.',
      labelNames,
    }),
    syncSeconds: registry.summary({
      name: 'prometheus_target_sync_length_seconds',
      help: 'Actual interval to sync the scrape pool.',
      labelNames,
    }),
    syncFailed: registry.counter({
      name: 'prometheus_target_sync_failed_total',
      help: 'Total number of target sync failures.',
      labelNames,
    }),
  } satisfies Partial<ScrapeMetrics>;
}
