import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// Pages as clients of several languages write them: what dashboards for them ask for. Counters grow with time.

export interface MetricPages {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Serves `/jvm`, `/go`, `/node`, `/gallery`, `/containers` and `/docker` on the loopback interface. */
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

/** The chapter's three services on one page. */
const GALLERY: readonly GrowingSeries[] = [
  ...GO,
  ['image_gallery_requests_total{code="200",method="get"}', 90, 2],
  ['image_gallery_requests_total{code="500",method="get"}', 10, 0.1],
  ['image_gallery_in_flight_requests', 1, 0],
  ['iotd_api_image_load_total{status="success"}', 3, 0.02],
  ['iotd_api_image_load_total{status="cached"}', 90, 1],
  ...(['count', 'sum'] as const).map((part): GrowingSeries => [
    `method_timed_seconds_${part}{class="iotd.ImageController",exception="none",method="get"}`,
    20,
    part === 'sum' ? 0.05 : 1,
  ]),
  ['method_timed_seconds_max{class="iotd.ImageController",exception="none",method="get"}', 0.2, 0],
  ['jvm_memory_used_bytes{area="heap",id="Eden"}', 60 * MIB, 0],
  ['tomcat_threads_current_threads{name="http-nio-80"}', 10, 0],
  ['access_log_total{hostname="a1"}', 50, 1],
  ['access_client_ip_current{hostname="a1"}', 3, 0],
  ['nodejs_external_memory_bytes{hostname="a1"}', 3 * MIB, 0],
  ['nodejs_active_handles{hostname="a1",type="Socket"}', 3, 0],
];

/** A container as cAdvisor tells of it, with what becomes of it. */
function containerSeries(name: string): GrowingSeries[] {
  const of = `id="/docker/${name}",name="${name}",image="shop/${name}"`;
  const swarm = 'container_label_com_docker_swarm';
  const roles = [
    'container_label_com_docker_compose_project="shop"',
    'container_label_com_docker_stack_namespace="shop"',
    `${swarm}_node_id="n1",${swarm}_service_name="shop_${name}"`,
  ];
  const labels = [of, ...roles].join(',');
  const inside = (more: string): string => `${labels},${more}`;
  const plain = [
    ['container_cpu_user_seconds_total', 4, 0.1],
    ['container_cpu_system_seconds_total', 1, 0.02],
    ['container_cpu_cfs_periods_total', 100, 10],
    ['container_cpu_cfs_throttled_periods_total', 5, 1],
    ['container_memory_working_set_bytes', 60 * MIB, 1000],
    ['container_memory_usage_bytes', 70 * MIB, 1000],
    ['container_memory_rss', 50 * MIB, 1000],
    ['container_memory_cache', 10 * MIB, 0],
    ['container_memory_swap', 0, 0],
    ['container_pressure_cpu_waiting_seconds_total', 1, 0.01],
    ['container_pressure_memory_waiting_seconds_total', 1, 0],
    ['container_pressure_io_waiting_seconds_total', 1, 0.01],
    ['container_processes', 2, 0],
    ['container_threads', 12, 0],
    ['container_file_descriptors', 30, 0],
    ['container_sockets', 6, 0],
    ['container_spec_cpu_quota', 50_000, 0],
    ['container_spec_cpu_period', 100_000, 0],
    ['container_spec_memory_limit_bytes', 128 * MIB, 0],
    ['container_tasks_state', 1, 0],
    ['container_started_time_seconds', NOW_SECONDS - 600, 0],
    ['container_finished_time_seconds', NOW_SECONDS - 620, 0],
    ['container_start_time_seconds', NOW_SECONDS - 600, 0],
    ['container_last_seen', NOW_SECONDS, 1],
    ['container_exit_code', name === 'web' ? 137 : 0, 0],
    ['container_stop_requested', 0, 0],
    ['container_oom_killed', 0, 0],
    ['container_restarts_total', 1, 0],
    ['container_deaths_total', 1, 0],
    ['container_oom_kills_total', 1, 0],
    ['container_health_state', 1, 0],
  ] as const;
  return [
    ...plain.map(([family, first, growth]): GrowingSeries => [
      `${family}{${labels}}`,
      first,
      growth,
    ]),
    [`container_cpu_usage_seconds_total{${inside('cpu="total"')}}`, 5, 0.12],
    ...['running', 'exited'].map((state): GrowingSeries => [
      `container_state{${inside(`state="${state}"`)}}`,
      state === 'running' ? 1 : 0,
      0,
    ]),
    ...['receive', 'transmit'].flatMap((way) =>
      ['bytes', 'packets', 'packets_dropped', 'errors'].map((what): GrowingSeries => [
        `container_network_${way}_${what}_total{${inside('interface="eth0"')}}`,
        100,
        what === 'bytes' ? 2000 : 0,
      ]),
    ),
    ...['reads', 'writes'].flatMap((way): GrowingSeries[] => [
      [`container_fs_${way}_bytes_total{${inside('device="/dev/vda"')}}`, 100, 5000],
      [`container_fs_${way}_total{${inside('device="/dev/vda"')}}`, 10, 2],
    ]),
  ];
}

/** The machine, as cAdvisor tells of it; `node_meta` is what swarmprom's node_exporter adds. */
const MACHINE: readonly GrowingSeries[] = [
  ['machine_cpu_cores', 4, 0],
  ['machine_memory_bytes', 8192 * MIB, 0],
  ['container_network_receive_bytes_total{id="/",interface="eth0"}', 100, 2000],
  ['container_network_transmit_bytes_total{id="/",interface="eth0"}', 100, 1000],
  ['container_fs_usage_bytes{id="/",device="/dev/vda"}', 4096 * MIB, 0],
  ['node_meta{node_id="n1",node_name="one",container_label_com_docker_swarm_node_id="n1"}', 1, 0],
];

const DOCKER: readonly GrowingSeries[] = [
  ...GO,
  [
    'engine_daemon_engine_info{version="27.1.0",architecture="x86_64",os_type="linux",os="Debian",kernel="6.1"}',
    1,
    0,
  ],
  ['engine_daemon_engine_cpus_cpus', 4, 0],
  ['engine_daemon_engine_memory_bytes', 8192 * MIB, 0],
  ['engine_daemon_events_total', 60, 0.5],
  ['engine_daemon_health_checks_total', 60, 0.5],
  ['engine_daemon_health_checks_failed_total', 2, 0],
  ...['running', 'paused', 'stopped'].map((state): GrowingSeries => [
    `engine_daemon_container_states_containers{state="${state}"}`,
    state === 'running' ? 2 : 0,
    0,
  ]),
  ...['container', 'image', 'network'].flatMap((kind) =>
    histogram(`engine_daemon_${kind}_actions_seconds`, 'action="create"', 0.2),
  ),
  ['swarm_manager_services_total', 2, 0],
  ['swarm_manager_tasks_total{state="running"}', 3, 0],
  ['swarm_manager_nodes{state="ready"}', 1, 0],
  ['swarm_node_info{node_id="n1",swarm_id="s1"}', 1, 0],
  ['swarm_node_manager', 1, 0],
];

const PAGES: Readonly<Record<string, readonly GrowingSeries[]>> = {
  jvm: JVM,
  go: GO,
  node: NODE,
  gallery: GALLERY,
  containers: [...containerSeries('web'), ...containerSeries('database'), ...MACHINE],
  docker: DOCKER,
};
