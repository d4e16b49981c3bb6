/** How a flag's text is read. `list` may be given several times or with commas. */
export type FlagKind = 'boolean' | 'text' | 'duration' | 'count' | 'list';

export interface FlagDefinition {
  readonly name: string;
  readonly kind: FlagKind;
  /** As text; '' where there is none. */
  readonly fallback: string;
  readonly help: string;
  /** What may be given, where not everything may. */
  readonly choices?: readonly string[];
  /** Known, so that a command line for Prometheus starts; the log says that it does nothing. */
  readonly withoutEffect?: true;
  /** Ignoring it would be dangerous: it is refused, with this reason. */
  readonly refused?: string;
}

/** Prometheus 3.14's flags under its names, in the order in which `--help` shows them. */
export const FLAGS: readonly FlagDefinition[] = [
  flag('config.file', 'text', 'prometheus.yml', 'Prometheus configuration file.'),
  list('web.listen-address', '0.0.0.0:9090', 'Address to listen on for the page and the API.'),
  flag(
    'web.external-url',
    'text',
    '',
    'The URL under which the server is reached from outside, for example behind a proxy. Its path becomes the prefix of all addresses.',
  ),
  flag(
    'web.route-prefix',
    'text',
    '',
    'Prefix of all addresses inside. The path of --web.external-url unless given.',
  ),
  flag(
    'web.read-timeout',
    'duration',
    '5m',
    'A request must have arrived by then; idle connections are closed.',
  ),
  flag('web.max-connections', 'count', '512', 'Connections at the same time, at most.'),
  flag(
    'web.enable-lifecycle',
    'boolean',
    'false',
    'Allow to reload and to stop over HTTP (/-/reload, /-/quit).',
  ),
  flag(
    'web.enable-admin-api',
    'boolean',
    'false',
    'Allow changes to the storage over HTTP (/api/v1/admin/...).',
  ),
  flag(
    'web.enable-remote-write-receiver',
    'boolean',
    'false',
    'Accept samples by remote write (/api/v1/write).',
  ),
  flag('web.page-title', 'text', 'Narthex', 'Title of the page in the browser.'),
  flag(
    'web.cors.origin',
    'text',
    '.*',
    'Pages of which origins may read the API; an anchored regular expression, e.g. https?://(domain1|domain2)\\.com',
  ),
  flag('storage.tsdb.path', 'text', 'data/', 'Directory of the data, in the layout of Prometheus.'),
  flag('storage.tsdb.retention.time', 'duration', '15d', 'How long samples are kept.'),
  flag(
    'storage.tsdb.retention.size',
    'text',
    '',
    'What blocks and log may take, for example 512MB (B, KB, MB, GB, TB, PB, EB, by 1024); the oldest blocks are given up. If it is given and no time is, only the size counts.',
  ),
  flag(
    'storage.tsdb.min-block-duration',
    'duration',
    '2h',
    'What a block spans that is cut from memory. For tests; all else is made for the default.',
  ),
  flag(
    'storage.tsdb.max-block-duration',
    'duration',
    '',
    'What a merged block spans at most. Default: a tenth of the retention, but no more than 31 days.',
  ),
  flag(
    'storage.tsdb.snapshot-on-shutdown',
    'boolean',
    'true',
    'Write a snapshot of memory at a clean end, so that the next start need not read the log. Prometheus: --enable-feature=memory-snapshot-on-shutdown.',
  ),
  flag(
    'query.lookback-delta',
    'duration',
    '5m',
    'How long a sample stays visible to a query that asks for one instant.',
  ),
  flag('query.timeout', 'duration', '2m', 'What a query may take, waiting included.'),
  flag(
    'query.max-concurrency',
    'count',
    '20',
    'Queries that may run at the same time, at most; there are never more threads than this.',
  ),
  flag(
    'query.parallel-from',
    'duration',
    '300ms',
    'A query that would take longer, estimated, is worked at by idle query threads, too: sooner done, for some 15 % more CPU.',
  ),
  flag('query.max-samples', 'count', '50000000', 'Samples that one query may hold in memory.'),
  flag(
    'query.max-memory',
    'text',
    '',
    'What one query may hold in memory, estimated, for example 512MB; 0: no limit. Default: 1GB, less where all threads together would hold more than a quarter of the memory there is.',
  ),
  flag(
    'query.cache-size',
    'text',
    '64MB',
    'What results of range queries may take in memory, so that a panel that is refreshed computes only its new steps; 0: none is kept.',
  ),
  flag(
    'docker.host',
    'text',
    '',
    'Address of the Docker Engine or Podman whose containers are watched: unix:///path, tcp://host:port, https://host:port. Default: DOCKER_HOST, else the usual sockets. It is only read.',
  ),
  choice(
    'containers',
    'auto',
    ['auto', 'off'],
    'Watch containers: from the moment when there is an engine, or not at all.',
  ),
  choice(
    'containers.id-style',
    'role',
    ['role', 'docker', 'cgroup'],
    "The id label of containers' series: /docker/<name>, which a container made anew keeps, /docker/<64 digits>, or the path of its cgroup.",
  ),
  flag(
    'containers.labels',
    'text',
    'all',
    'Labels of containers that their series carry as container_label_...: all, none, or names with commas.',
  ),
  flag(
    'host.procfs',
    'text',
    '/proc',
    'Where /proc of the machine is; in a container where that of its host is mounted.',
  ),
  flag('host.sysfs', 'text', '/sys', 'Where /sys of the machine is.'),
  flag(
    'host.rootfs',
    'text',
    '/',
    "Where the machine's file systems are found; in a container where / of its host is mounted.",
  ),
  list(
    'host.collectors',
    '',
    'What is measured of the machine (/metrics/host): names for these alone, +name and -name to change the default.',
  ),
  list(
    'collector.textfile.directory',
    '',
    'Directory of files *.prom that go on the page /metrics/host, as node_exporter takes them.',
  ),
  flag(
    'dashboards.path',
    'text',
    '',
    'Directory of your own dashboards, JSON files in folders, for example a checkout of git. Default: dashboards in --storage.tsdb.path.',
  ),
  flag(
    'dashboards.provisioning',
    'text',
    '',
    "Directory of Grafana's provisioning files (dashboards/*.yaml, datasources/*.yaml), followed and only read.",
  ),
  flag(
    'dashboards.readonly',
    'boolean',
    'false',
    'Dashboards are changed by their files alone, not on the page.',
  ),
  list(
    'enable-feature',
    '',
    'Features to switch on: promql-experimental-functions, promql-duration-expr, promql-extended-range-selectors, promql-binop-fill-modifiers, promql-per-step-stats, promql-delayed-name-removal, type-and-unit-labels, extra-scrape-metrics, exemplar-storage.',
  ),
  choice(
    'log.level',
    'info',
    ['debug', 'info', 'warn', 'error'],
    'Log only messages of this level and above.',
  ),
  choice('log.format', 'logfmt', ['logfmt', 'json'], 'Form of log lines.'),
  {
    ...flag(
      'web.config.file',
      'text',
      '',
      'Refused: TLS and passwords for the page come with a later version.',
    ),
    refused: 'TLS and passwords are not supported yet; put a proxy in front and leave the flag out',
  },
  {
    ...flag('agent', 'boolean', 'false', 'Refused: agent mode.'),
    refused: 'there is no agent mode',
  },
  idle('auto-gomemlimit', 'boolean', 'true'),
  idle('auto-gomemlimit.ratio', 'text', '0.9'),
  idle('auto-gomaxprocs', 'boolean', 'true'),
  idle('config.auto-reload-interval', 'duration', '30s'),
  idle('web.max-notifications-subscribers', 'count', '16'),
  idle('web.user-assets', 'text', ''),
  idle('web.local-assets', 'text', ''),
  idle('web.console.templates', 'text', 'consoles'),
  idle('web.console.libraries', 'text', 'console_libraries'),
  idle('web.enable-otlp-receiver', 'boolean', 'false'),
  idle('web.remote-write-receiver.accepted-protobuf-messages', 'list', ''),
  idle('storage.tsdb.retention', 'duration', ''),
  idle('storage.tsdb.retention.percentage', 'text', ''),
  idle('storage.tsdb.no-lockfile', 'boolean', 'false'),
  idle('storage.tsdb.use-lockfile', 'boolean', 'false'),
  idle('storage.tsdb.allow-overlapping-blocks', 'boolean', 'true'),
  idle('storage.tsdb.wal-compression', 'boolean', 'true'),
  idle('storage.tsdb.wal-compression-type', 'text', 'snappy'),
  idle('storage.tsdb.wal-segment-size', 'text', ''),
  idle('storage.tsdb.max-block-chunk-segment-size', 'text', ''),
  idle('storage.tsdb.samples-per-chunk', 'count', '120'),
  idle('storage.tsdb.head-chunks-write-queue-size', 'count', '0'),
  idle('storage.tsdb.delay-compact-file.path', 'text', ''),
  idle('storage.agent.path', 'text', 'data-agent/'),
  idle('storage.agent.wal-compression', 'boolean', 'true'),
  idle('storage.agent.retention.min-time', 'duration', ''),
  idle('storage.agent.retention.max-time', 'duration', ''),
  idle('storage.agent.no-lockfile', 'boolean', 'false'),
  idle('storage.remote.flush-deadline', 'duration', '1m'),
  idle('storage.remote.read-sample-limit', 'count', '50000000'),
  idle('storage.remote.read-concurrent-limit', 'count', '10'),
  idle('storage.remote.read-max-bytes-in-frame', 'count', '1048576'),
  idle('rules.alert.for-outage-tolerance', 'duration', '1h'),
  idle('rules.alert.for-grace-period', 'duration', '10m'),
  idle('rules.alert.resend-delay', 'duration', '1m'),
  idle('rules.max-concurrent-evals', 'count', '4'),
  idle('alertmanager.notification-queue-capacity', 'count', '10000'),
  idle('alertmanager.notification-batch-size', 'count', '256'),
  idle('alertmanager.drain-notification-queue-on-shutdown', 'boolean', 'true'),
  idle('scrape.adjust-timestamps', 'boolean', 'true'),
  idle('scrape.timestamp-tolerance', 'duration', '2ms'),
  idle('scrape.discovery-reload-interval', 'duration', '5s'),
  idle('scrape.name-escaping-scheme', 'text', 'underscores'),
];

function flag(name: string, kind: FlagKind, fallback: string, help: string): FlagDefinition {
  return { name, kind, fallback, help };
}

function list(name: string, fallback: string, help: string): FlagDefinition {
  return { name, kind: 'list', fallback, help };
}

function choice(
  name: string,
  fallback: string,
  choices: readonly string[],
  help: string,
): FlagDefinition {
  return { name, kind: 'text', fallback, help, choices };
}

function idle(name: string, kind: FlagKind, fallback: string): FlagDefinition {
  return { name, kind, fallback, help: 'Known, without effect yet.', withoutEffect: true };
}
