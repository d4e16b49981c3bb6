/** What exporters called otherwise later. */
export interface MetricRename {
  /** The old name, or a pattern that matches the whole of it. */
  readonly from: string | RegExp;
  /** `$1` stands for what the pattern captured. */
  readonly to: string;
  readonly since: string;
  /** What else changed, which a rewritten query does not make up for; absent: nothing. */
  readonly note?: string;
}

const NODE_EXPORTER = 'node_exporter 0.16';
const PROMETHEUS_2 = 'Prometheus 2';
const MICROMETER = 'Micrometer 1.1';
const DOCKER = 'Docker 1.13';
const MILLISECONDS = 'seconds now, milliseconds before';

/**
 * Sources: node_exporter's V0_16_UPGRADE_GUIDE; Prometheus' migration guide to 2.0 and its CHANGELOG; Micrometer's
 * release notes of 1.1 (base units became part of names); prom-client's CHANGELOG.
 */
export const METRIC_RENAMES: readonly MetricRename[] = [
  { from: 'node_cpu', to: 'node_cpu_seconds_total', since: NODE_EXPORTER },
  { from: /node_(boot_time|time)/, to: 'node_$1_seconds', since: NODE_EXPORTER },
  {
    from: /node_(intr|context_switches|forks|interrupts)/,
    to: 'node_$1_total',
    since: NODE_EXPORTER,
  },
  {
    from: /node_memory_([A-Z]\w*?)(?<!_bytes)/,
    to: 'node_memory_$1_bytes',
    since: NODE_EXPORTER,
  },
  {
    from: /node_filesystem_(size|free|avail)/,
    to: 'node_filesystem_$1_bytes',
    since: NODE_EXPORTER,
  },
  {
    from: /node_network_((?:receive|transmit)_\w+?)(?<!_total)/,
    to: 'node_network_$1_total',
    since: NODE_EXPORTER,
  },
  { from: 'node_disk_bytes_read', to: 'node_disk_read_bytes_total', since: NODE_EXPORTER },
  { from: 'node_disk_bytes_written', to: 'node_disk_written_bytes_total', since: NODE_EXPORTER },
  {
    from: /node_disk_sectors_(read|written)/,
    to: 'node_disk_$1_bytes_total',
    since: NODE_EXPORTER,
    note: 'bytes now, sectors before',
  },
  {
    from: /node_disk_((?:reads|writes)_(?:completed|merged))/,
    to: 'node_disk_$1_total',
    since: NODE_EXPORTER,
  },
  {
    from: /node_disk_(io|read|write)_time_ms/,
    to: 'node_disk_$1_time_seconds_total',
    since: NODE_EXPORTER,
    note: MILLISECONDS,
  },
  {
    from: 'node_disk_io_time_weighted',
    to: 'node_disk_io_time_weighted_seconds_total',
    since: NODE_EXPORTER,
    note: MILLISECONDS,
  },
  { from: 'node_vmstat_oom_kill_total', to: 'node_vmstat_oom_kill', since: NODE_EXPORTER },

  {
    from: /prometheus_local_storage_memory_(series|chunks)/,
    to: 'prometheus_tsdb_head_$1',
    since: PROMETHEUS_2,
  },
  {
    from: 'prometheus_local_storage_ingested_samples_total',
    to: 'prometheus_tsdb_head_samples_appended_total',
    since: PROMETHEUS_2,
  },
  {
    from: /prometheus_evaluator_(duration_seconds(?:_sum|_count)?|iterations_(?:missed_)?total)/,
    to: 'prometheus_rule_group_$1',
    since: PROMETHEUS_2,
  },
  {
    from: /http_(request_duration|response_size|request_size)_(?:microseconds|bytes)(_sum|_count)/,
    to: 'prometheus_http_$1_seconds$2',
    since: PROMETHEUS_2,
    note: 'seconds now, microseconds before',
  },
  {
    from: 'prometheus_tsdb_retention_cutoffs_total',
    to: 'prometheus_tsdb_time_retentions_total',
    since: 'Prometheus 2.7',
  },

  { from: /jvm_threads_(live|daemon|peak)/, to: 'jvm_threads_$1_threads', since: MICROMETER },
  { from: /jvm_classes_(loaded|unloaded)/, to: 'jvm_classes_$1_classes', since: MICROMETER },
  { from: 'jvm_buffer_count', to: 'jvm_buffer_count_buffers', since: MICROMETER },
  { from: /process_files_(open|max)/, to: 'process_files_$1_files', since: MICROMETER },
  {
    from: /tomcat_threads_(busy|current|config_max)/,
    to: 'tomcat_threads_$1_threads',
    since: MICROMETER,
  },
  {
    from: /tomcat_sessions_(active_current|active_max|created|expired|rejected)/,
    to: 'tomcat_sessions_$1_sessions',
    since: MICROMETER,
  },

  { from: 'process_heap_bytes', to: 'nodejs_heap_size_used_bytes', since: 'prom-client 11' },
  {
    from: 'http_request_duration_microseconds',
    to: 'http_request_duration_seconds',
    since: 'client_golang 0.9',
    note: 'seconds now, microseconds before',
  },
  // Written in many places without the unit, which the engine has had in its names from the first.
  { from: 'engine_daemon_engine_cpus', to: 'engine_daemon_engine_cpus_cpus', since: DOCKER },
  { from: 'engine_daemon_engine_memory', to: 'engine_daemon_engine_memory_bytes', since: DOCKER },
  {
    from: 'engine_daemon_container_states',
    to: 'engine_daemon_container_states_containers',
    since: DOCKER,
  },
  {
    from: /engine_daemon_(container|image|network)_actions(?:_total|_count)?/,
    to: 'engine_daemon_$1_actions_seconds_count',
    since: DOCKER,
  },
  // Counters of OpenMetrics end so; some libraries began to write it, some programs stopped.
  { from: /(\w+?)(?<!_total)/, to: '$1_total', since: 'OpenMetrics' },
  { from: /(\w+)_total/, to: '$1', since: 'OpenMetrics' },
];

/** Labels of cAdvisor in the kubelet: Kubernetes 1.14 had both, 1.16 the new ones alone. */
export const LABEL_RENAMES: Readonly<
  Record<string, { readonly to: string; readonly since: string }>
> = {
  container_name: { to: 'container', since: 'Kubernetes 1.16' },
  pod_name: { to: 'pod', since: 'Kubernetes 1.16' },
};

/** The rename of a metric whose new name is here. */
export function renameOf(
  name: string,
  names: ReadonlySet<string>,
): (MetricRename & { readonly name: string }) | undefined {
  for (const rename of METRIC_RENAMES) {
    const to = renamedBy(name, rename);
    if (to !== undefined && to !== name && names.has(to)) return { ...rename, name: to };
  }
  return undefined;
}

function renamedBy(name: string, { from, to }: MetricRename): string | undefined {
  if (typeof from === 'string') return name === from ? to : undefined;
  const whole = new RegExp(`^(?:${from.source})$`);
  return whole.test(name) ? name.replace(whole, to) : undefined;
}
