import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// What dashboards ask for and no machine of the tests has: programs in other languages, hardware, and versions that are
// long gone. Counters grow with time.

export interface MetricPages {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Serves `/jvm`, `/go`, `/node` and the others of `PAGES` on the loopback interface. */
export async function serveMetricPages(): Promise<MetricPages> {
  const startMs = Date.now();
  const server = createServer((request, response) => {
    const series = PAGES[(request.url ?? '').slice(1)];
    response.statusCode = series === undefined ? 404 : 200;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(pageAt(series ?? [], (Date.now() - startMs) / 1000));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { port, close };
}

/** Text of a series, its first value, and how much it grows each second. */
type GrowingSeries = readonly [string, number, number];

function pageAt(series: readonly GrowingSeries[], seconds: number): string {
  const lines = series.map(([text, first, growth]) => `${text} ${first + growth * seconds}\n`);
  return lines.join('');
}

/** Buckets, sum and count of a histogram with equally many observations in each bucket. */
function histogram(name: string, labels: string, growth: number): GrowingSeries[] {
  const bounds = ['0.01', '0.1', '1', '+Inf'];
  const more = labels === '' ? '' : `${labels},`;
  const buckets = bounds.map((le, index): GrowingSeries => {
    const share = (index + 1) / bounds.length;
    return [`${name}_bucket{${more}le="${le}"}`, 10 * share, growth * share];
  });
  return [
    ...buckets,
    [`${name}_sum{${labels}}`, 2, growth / 5],
    [`${name}_count{${labels}}`, 10, growth],
  ];
}

const MIB = 2 ** 20;
const NOW_SECONDS = Date.now() / 1000;

const PROCESS: readonly GrowingSeries[] = [
  ['process_cpu_seconds_total', 10, 0.2],
  ['process_cpu_user_seconds_total', 8, 0.15],
  ['process_cpu_system_seconds_total', 2, 0.05],
  ['process_start_time_seconds', NOW_SECONDS - 3600, 0],
  ['process_resident_memory_bytes', 80 * MIB, 1000],
  ['process_virtual_memory_bytes', 900 * MIB, 0],
  ['process_open_fds', 20, 0],
  ['process_max_fds', 1024, 0],
];

const GO: readonly GrowingSeries[] = [
  ...PROCESS,
  ['go_info{version="go1.24.1"}', 1, 0],
  ['go_goroutines', 12, 0],
  ['go_threads', 9, 0],
  ['go_gc_duration_seconds{quantile="0"}', 0.0001, 0],
  ['go_gc_duration_seconds{quantile="0.5"}', 0.0003, 0],
  ['go_gc_duration_seconds{quantile="1"}', 0.002, 0],
  ['go_gc_duration_seconds_sum', 0.5, 0.001],
  ['go_gc_duration_seconds_count', 900, 2],
  ['go_memstats_alloc_bytes', 20 * MIB, 0],
  ['go_memstats_alloc_bytes_total', 900 * MIB, 3 * MIB],
  ['go_memstats_heap_alloc_bytes', 20 * MIB, 0],
  ['go_memstats_heap_inuse_bytes', 24 * MIB, 0],
  ['go_memstats_heap_idle_bytes', 12 * MIB, 0],
  ['go_memstats_heap_released_bytes', 6 * MIB, 0],
  ['go_memstats_heap_objects', 120_000, 0],
  ['go_memstats_stack_inuse_bytes', 2 * MIB, 0],
  ['go_memstats_next_gc_bytes', 40 * MIB, 0],
  ['go_memstats_sys_bytes', 60 * MIB, 0],
  ['go_memstats_mallocs_total', 9_000_000, 20_000],
  ['go_memstats_frees_total', 8_900_000, 20_000],
];

const NODE: readonly GrowingSeries[] = [
  ...PROCESS,
  ['nodejs_version_info{version="v22.11.0",major="22",minor="11",patch="0"}', 1, 0],
  ['nodejs_eventloop_lag_seconds', 0.004, 0],
  ['nodejs_eventloop_lag_mean_seconds', 0.011, 0],
  ['nodejs_eventloop_lag_p50_seconds', 0.01, 0],
  ['nodejs_eventloop_lag_p90_seconds', 0.012, 0],
  ['nodejs_eventloop_lag_p99_seconds', 0.02, 0],
  ['nodejs_eventloop_lag_max_seconds', 0.05, 0],
  ['nodejs_active_resources{type="TCPSocketWrap"}', 4, 0],
  ['nodejs_active_resources_total', 4, 0],
  ['nodejs_active_handles{type="Socket"}', 4, 0],
  ['nodejs_active_handles_total', 4, 0],
  ['nodejs_active_requests_total', 0, 0],
  ['nodejs_heap_size_total_bytes', 40 * MIB, 0],
  ['nodejs_heap_size_used_bytes', 30 * MIB, 1000],
  ['nodejs_external_memory_bytes', 3 * MIB, 0],
  ...['new', 'old'].flatMap((space): GrowingSeries[] => [
    [`nodejs_heap_space_size_total_bytes{space="${space}"}`, 20 * MIB, 0],
    [`nodejs_heap_space_size_used_bytes{space="${space}"}`, 15 * MIB, 0],
    [`nodejs_heap_space_size_available_bytes{space="${space}"}`, 5 * MIB, 0],
  ]),
  ...histogram('nodejs_gc_duration_seconds', 'kind="minor"', 1),
  ...histogram('http_request_duration_seconds', 'method="GET",route="/",status_code="200"', 5),
  ...histogram('http_request_duration_seconds', 'method="GET",route="/",status_code="500"', 0.1),
];

const heap = (id: string): string => `application="shop",area="heap",id="${id}"`;
const nonheap = (id: string): string => `application="shop",area="nonheap",id="${id}"`;

const JVM: readonly GrowingSeries[] = [
  ...[heap('G1 Eden Space'), heap('G1 Old Gen'), nonheap('Metaspace')].flatMap(
    (labels): GrowingSeries[] => [
      [`jvm_memory_used_bytes{${labels}}`, 60 * MIB, 1000],
      [`jvm_memory_committed_bytes{${labels}}`, 100 * MIB, 0],
      [`jvm_memory_max_bytes{${labels}}`, labels.includes('Old') ? 512 * MIB : -1, 0],
    ],
  ),
  ...['direct', 'mapped'].flatMap((id): GrowingSeries[] => [
    [`jvm_buffer_memory_used_bytes{application="shop",id="${id}"}`, 8192, 0],
    [`jvm_buffer_total_capacity_bytes{application="shop",id="${id}"}`, 8192, 0],
    [`jvm_buffer_count_buffers{application="shop",id="${id}"}`, 2, 0],
  ]),
  ...(
    [
      ['process_uptime_seconds', 3600, 1],
      ['process_start_time_seconds', NOW_SECONDS - 3600, 0],
      ['process_cpu_usage', 0.1, 0],
      ['process_files_open_files', 60, 0],
      ['process_files_max_files', 1024, 0],
      ['process_threads', 30, 0],
      ['process_memory_vss_bytes', 900 * MIB, 0],
      ['process_memory_rss_bytes', 300 * MIB, 0],
      ['process_memory_swap_bytes', 0, 0],
      ['system_cpu_usage', 0.3, 0],
      ['system_cpu_count', 4, 0],
      ['system_load_average_1m', 1.5, 0],
      ['jvm_threads_live_threads', 30, 0],
      ['jvm_threads_daemon_threads', 25, 0],
      ['jvm_threads_peak_threads', 33, 0],
      ['jvm_classes_loaded_classes', 9000, 0],
      ['jvm_gc_memory_allocated_bytes_total', 900 * MIB, MIB],
      ['jvm_gc_memory_promoted_bytes_total', 90 * MIB, 1000],
      ['tomcat_threads_busy_threads', 2, 0],
      ['tomcat_threads_current_threads', 10, 0],
      ['tomcat_threads_config_max_threads', 200, 0],
      ['jetty_threads_busy', 2, 0],
      ['jetty_threads_current', 10, 0],
      ['jetty_threads_config_max', 200, 0],
    ] as const
  ).map(([name, first, growth]): GrowingSeries => [`${name}{application="shop"}`, first, growth]),
  ...['runnable', 'waiting', 'blocked'].map((state): GrowingSeries => [
    `jvm_threads_states_threads{application="shop",state="${state}"}`,
    10,
    0,
  ]),
  ...['info', 'warn', 'error'].map((level): GrowingSeries => [
    `logback_events_total{application="shop",level="${level}"}`,
    10,
    0.1,
  ]),
  ...['200', '500'].flatMap((status): GrowingSeries[] => {
    const labels = `application="shop",method="GET",status="${status}",uri="/"`;
    return [
      [`http_server_requests_seconds_count{${labels}}`, 100, 2],
      [`http_server_requests_seconds_sum{${labels}}`, 10, 0.2],
      [`http_server_requests_seconds_max{${labels}}`, 0.4, 0],
    ];
  }),
  ['jvm_gc_pause_seconds_count{application="shop",action="end of minor GC",cause="G1"}', 40, 0.2],
  ['jvm_gc_pause_seconds_sum{application="shop",action="end of minor GC",cause="G1"}', 1, 0.004],
  ['jvm_gc_pause_seconds_max{application="shop",action="end of minor GC",cause="G1"}', 0.05, 0],
  ['hikaricp_connections_active{application="shop",pool="main"}', 2, 0],
  ['hikaricp_connections_idle{application="shop",pool="main"}', 8, 0],
  ['hikaricp_connections_pending{application="shop",pool="main"}', 0, 0],
];

/** What the chapter's services in Go and Java say of themselves; ours, which run in containers, are in JavaScript. */
const GALLERY: readonly GrowingSeries[] = [
  ...GO,
  ['jvm_memory_used_bytes{area="heap",id="Eden"}', 60 * MIB, 0],
  ['tomcat_threads_current_threads{name="http-nio-80"}', 10, 0],
];

/** A machine with sensors, fans, a battery, a choice of frequencies, accounting of its scheduler, and systemd. */
const CHIP = 'chip="platform_coretemp_0",sensor="temp1"';
const FAN = 'chip="platform_coretemp_0",sensor="fan1"';
const SOCKET = 'name="ssh.socket"';
const HARDWARE: readonly GrowingSeries[] = [
  ['node_hwmon_chip_names{chip="platform_coretemp_0",chip_name="coretemp"}', 1, 0],
  [`node_hwmon_temp_celsius{${CHIP}}`, 40, 0.05],
  [`node_hwmon_temp_crit_alarm_celsius{${CHIP}}`, 0, 0],
  [`node_hwmon_temp_crit_celsius{${CHIP}}`, 100, 0],
  [`node_hwmon_temp_crit_hyst_celsius{${CHIP}}`, 95, 0],
  [`node_hwmon_temp_max_celsius{${CHIP}}`, 84, 0],
  [`node_hwmon_fan_rpm{${FAN}}`, 2000, 2],
  [`node_hwmon_fan_min_rpm{${FAN}}`, 800, 0],
  ['node_cooling_device_cur_state{name="0",type="Processor"}', 1, 0.01],
  ['node_cooling_device_max_state{name="0",type="Processor"}', 10, 0],
  ['node_power_supply_online{power_supply="AC"}', 1, 0],
  ...['0', '1'].flatMap((cpu): GrowingSeries[] => [
    [`node_cpu_scaling_frequency_hertz{cpu="${cpu}"}`, 2.4e9, 1e5],
    [`node_cpu_scaling_frequency_min_hertz{cpu="${cpu}"}`, 8e8, 0],
    [`node_cpu_scaling_frequency_max_hertz{cpu="${cpu}"}`, 4.2e9, 0],
    [`node_schedstat_running_seconds_total{cpu="${cpu}"}`, 900, 0.3],
    [`node_schedstat_waiting_seconds_total{cpu="${cpu}"}`, 90, 0.02],
    [`node_schedstat_timeslices_total{cpu="${cpu}"}`, 90_000, 400],
  ]),
  ...['activating', 'active', 'deactivating', 'failed', 'inactive'].map((state): GrowingSeries => [
    `node_systemd_units{state="${state}"}`,
    state === 'active' ? 180 : 1,
    0,
  ]),
  [`node_systemd_socket_current_connections{${SOCKET}}`, 2, 0],
  [`node_systemd_socket_accepted_connections_total{${SOCKET}}`, 90, 0.2],
  [`node_systemd_socket_refused_connections_total{${SOCKET}}`, 1, 0.01],
];

/** A machine of 2016: Docker's layers on aufs, and node_exporter 0.14 in a container with the host at /rootfs. */
const OLD_MACHINE: readonly GrowingSeries[] = [
  'device="/dev/vda1",fstype="ext4",mountpoint="/rootfs"',
  'device="none",fstype="aufs",mountpoint="/rootfs/var/lib/docker/aufs/mnt"',
].flatMap((labels): GrowingSeries[] => [
  [`node_filesystem_size_bytes{${labels}}`, 40_960 * MIB, 0],
  [`node_filesystem_free_bytes{${labels}}`, 12_288 * MIB, -MIB],
]);

/** What the first Prometheus 2 and those before it said, under names that they alone had. */
const OLD_PROMETHEUS: readonly GrowingSeries[] = [
  ['prometheus_tsdb_head_samples_appended_total', 90_000, 800],
  ['prometheus_tsdb_retention_cutoffs_total', 3, 0.01],
  ['prometheus_tsdb_retention_cutoffs_failures_total', 0, 0],
  ['prometheus_local_storage_target_heap_size_bytes', 2048 * MIB, 0],
  ['prometheus_evaluator_duration_seconds_sum', 4, 0.02],
  ['prometheus_evaluator_duration_seconds_count', 900, 4],
  ['prometheus_evaluator_iterations_total', 900, 1],
  ['prometheus_evaluator_iterations_missed_total', 2, 0.01],
  ['prometheus_evaluator_iterations_skipped_total', 1, 0.01],
  ['http_request_duration_microseconds_count{handler="query"}', 90, 2],
];

const PAGES: Readonly<Record<string, readonly GrowingSeries[]>> = {
  jvm: JVM,
  go: GO,
  node: NODE,
  'image-gallery': GALLERY,
  hardware: HARDWARE,
  'old-machine': OLD_MACHINE,
  'old-prometheus': OLD_PROMETHEUS,
};
