import type { Counter, Gauge, Histogram, Registry, Summary } from '#instrument';

/** The names are Prometheus', so that its dashboards and alerts go on working. */
export interface DiscoveryMetrics {
  readonly discoveredTargets: Gauge;
  readonly receivedUpdates: Counter;
  readonly updates: Counter;
  readonly failedConfigs: Gauge;
  readonly refreshFailures: Counter;
  readonly refreshDurationSeconds: Summary;
  readonly fileReadErrors: Counter;
  readonly fileWatcherErrors: Counter;
  readonly fileModifiedSeconds: Gauge;
  readonly fileScanDurationSeconds: Histogram;
  readonly dnsLookups: Counter;
  readonly dnsLookupFailures: Counter;
  readonly httpFailures: Counter;
  readonly kubernetesEvents: Counter;
  readonly kubernetesFailures: Counter;
  readonly kubernetesRequests: Counter;
  readonly kubernetesRequestSeconds: Summary;
  /** Ours alone. */
  readonly kubernetesObjectsLeftOut: Counter;
}

export function createDiscoveryMetrics(registry: Registry): DiscoveryMetrics {
  return {
    ...updateMetrics(registry),
    ...mechanismMetrics(registry),
    ...kubernetesMetrics(registry),
  };
}

function updateMetrics(registry: Registry) {
  return {
    discoveredTargets: registry.gauge({
      name: 'prometheus_sd_discovered_targets',
      help: 'Current number of discovered targets.',
      labelNames: ['name', 'config'],
    }),
    receivedUpdates: registry.counter({
      name: 'prometheus_sd_received_updates_total',
      help: 'Total number of update events received from the SD providers.',
      labelNames: ['name'],
    }),
    updates: registry.counter({
      name: 'prometheus_sd_updates_total',
      help: 'Total number of update events sent to the SD consumers.',
      labelNames: ['name'],
    }),
    failedConfigs: registry.gauge({
      name: 'prometheus_sd_failed_configs',
      help: 'Current number of service discovery configurations that failed to load.',
      labelNames: ['name'],
    }),
    refreshFailures: registry.counter({
      name: 'prometheus_sd_refresh_failures_total',
      help: 'Number of refresh failures for the given SD mechanism.',
      labelNames: ['mechanism'],
    }),
    refreshDurationSeconds: registry.summary({
      name: 'prometheus_sd_refresh_duration_seconds',
      help: 'The duration of a refresh in seconds for the given SD mechanism.',
      labelNames: ['mechanism'],
    }),
  } satisfies Partial<DiscoveryMetrics>;
}

function mechanismMetrics(registry: Registry) {
  return {
    fileReadErrors: registry.counter({
      name: 'prometheus_sd_file_read_errors_total',
      help: 'The number of File-SD read errors.',
    }),
    fileWatcherErrors: registry.counter({
      name: 'prometheus_sd_file_watcher_errors_total',
      help: 'The number of File-SD errors caused by filesystem watch failures.',
    }),
    fileModifiedSeconds: registry.gauge({
      name: 'prometheus_sd_file_mtime_seconds',
      help: 'Timestamp (mtime) of files read by FileSD. Timestamp is set at read time.',
      labelNames: ['filename'],
    }),
    fileScanDurationSeconds: registry.histogram({
      name: 'prometheus_sd_file_scan_duration_seconds',
      help: 'The duration of the File-SD scan in seconds.',
      buckets: [0.001, 0.01, 0.1, 1, 10],
    }),
    dnsLookups: registry.counter({
      name: 'prometheus_sd_dns_lookups_total',
      help: 'The number of DNS-SD lookups.',
    }),
    dnsLookupFailures: registry.counter({
      name: 'prometheus_sd_dns_lookup_failures_total',
      help: 'The number of DNS-SD lookup failures.',
    }),
    httpFailures: registry.counter({
      name: 'prometheus_sd_http_failures_total',
      help: 'Number of HTTP service discovery refresh failures.',
    }),
  } satisfies Partial<DiscoveryMetrics>;
}

const KUBERNETES_ROLES = ['endpointslice', 'endpoints', 'node', 'pod', 'service', 'ingress'];

function kubernetesMetrics(registry: Registry) {
  const metrics = {
    kubernetesEvents: registry.counter({
      name: 'prometheus_sd_kubernetes_events_total',
      help: 'The number of Kubernetes events handled.',
      labelNames: ['role', 'event'],
    }),
    kubernetesFailures: registry.counter({
      name: 'prometheus_sd_kubernetes_failures_total',
      help: 'The number of failed WATCH/LIST requests.',
    }),
    kubernetesRequests: registry.counter({
      name: 'prometheus_sd_kubernetes_http_request_total',
      help: 'Total number of HTTP requests to the Kubernetes API by status code.',
      labelNames: ['status_code'],
    }),
    kubernetesRequestSeconds: registry.summary({
      name: 'prometheus_sd_kubernetes_http_request_duration_seconds',
      help: 'Summary of latencies for HTTP requests to the Kubernetes API by endpoint.',
      labelNames: ['endpoint'],
    }),
    kubernetesObjectsLeftOut: registry.counter({
      name: 'narthex_sd_kubernetes_objects_left_out_total',
      help: 'Objects of the Kubernetes API that were left out since too many are kept already.',
      labelNames: ['kind'],
    }),
  } satisfies Partial<DiscoveryMetrics>;
  for (const role of KUBERNETES_ROLES) {
    for (const event of ['add', 'delete', 'update']) metrics.kubernetesEvents.inc(0, [role, event]);
  }
  return metrics;
}
