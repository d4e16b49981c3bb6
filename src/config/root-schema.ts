import { DISCOVERY_FIELDS } from './cloud-schema.ts';
import { allOf } from './discovery-schema.ts';
import { checkHttpClient, countSet, httpClientFields, TLS_CONFIG } from './http-client-schema.ts';
import { quote } from './quote.ts';
import { hasEmptyEntry, RELABEL_RULE } from './relabel-schema.ts';
import {
  BOOL,
  DURATION,
  FLOAT,
  INT,
  oneOf,
  PATH,
  SECRET,
  SIZE,
  STRING,
  UINT64,
  URL_TEXT,
} from './scalars.ts';
import {
  always,
  booleanAt,
  listOf,
  mapOf,
  numberAt,
  optional,
  printed,
  stringAt,
  stringsAt,
  struct,
  type Problem,
  type Settings,
  type StructType,
} from './schema.ts';
import { checkStaticTargets, emptyDiscovery, GLOBAL, SCRAPE_CONFIG } from './scrape-schema.ts';

/** Headers that requests of ours set themselves, in lower case (Prometheus: config.reservedHeaders). */
const RESERVED_HEADERS = new Set([
  'host',
  'content-encoding',
  'content-length',
  'content-type',
  'user-agent',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'www-authenticate',
  'accept-encoding',
  'x-prometheus-remote-write-version',
  'x-prometheus-remote-read-version',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
]);

function checkHeaders(forbidden: string): (settings: Settings) => Problem | undefined {
  return (settings) => {
    const headers = settings['headers'] as ReadonlyMap<string, string> | undefined;
    for (const header of headers?.keys() ?? []) {
      const name = header.toLowerCase();
      if (name === 'authorization') return { message: forbidden, key: 'headers' };
      if (RESERVED_HEADERS.has(name)) {
        const message = `${header} is a reserved header. It must not be changed`;
        return { message, key: 'headers' };
      }
    }
    return undefined;
  };
}

const checkRemoteHeaders = checkHeaders(
  'authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or google_iam parameter',
);

const SIGV4: StructType = struct('sigv4.plain', [
  optional('region', STRING),
  optional('access_key', STRING),
  optional('secret_key', SECRET),
  optional('profile', STRING),
  optional('role_arn', STRING),
  optional('external_id', STRING),
  optional('use_fips_sts_endpoint', BOOL),
  optional('service_name', STRING),
]);

const AZURE_AD: StructType = struct('azuread.plain', [
  optional(
    'managed_identity',
    struct('azuread.ManagedIdentityConfig', [optional('client_id', STRING)]),
  ),
  optional(
    'workload_identity',
    struct('azuread.WorkloadIdentityConfig', [
      optional('client_id', STRING),
      optional('tenant_id', STRING),
      optional('token_file_path', STRING),
    ]),
  ),
  optional(
    'oauth',
    struct('azuread.OAuthConfig', [
      optional('client_id', STRING),
      optional('client_secret', SECRET),
      optional('client_secret_file', PATH),
      optional('tenant_id', STRING),
    ]),
  ),
  optional('sdk', struct('azuread.SDKConfig', [optional('tenant_id', STRING)])),
  optional('cloud', STRING, 'AzurePublic'),
  optional('scope', STRING),
]);

const QUEUE: StructType = struct(
  'config.plain',
  [
    optional('capacity', INT, 10_000),
    optional('max_shards', INT, 50),
    optional('min_shards', INT, 1),
    optional('max_samples_per_send', INT, 2000),
    optional('batch_send_deadline', DURATION, 5000),
    optional('min_backoff', DURATION, 30),
    optional('max_backoff', DURATION, 5000),
    optional('retry_on_http_429', BOOL),
    optional('sample_age_limit', DURATION),
  ],
  checkQueue,
);

function checkQueue(settings: Settings): Problem | undefined {
  for (const key of ['capacity', 'max_shards', 'min_shards', 'max_samples_per_send']) {
    if (numberAt(settings, key) > 0) continue;
    return { message: `remote write queue ${key} must be positive`, key };
  }
  if (numberAt(settings, 'min_shards') > numberAt(settings, 'max_shards')) {
    const message = 'remote write queue min_shards must not be greater than max_shards';
    return { message, key: 'min_shards' };
  }
  if (numberAt(settings, 'batch_send_deadline') <= 0) {
    const message = 'remote write queue batch_send_deadline must be positive';
    return { message, key: 'batch_send_deadline' };
  }
  return numberAt(settings, 'max_backoff') < numberAt(settings, 'min_backoff')
    ? {
        message: 'remote write queue max_backoff must not be less than min_backoff',
        key: 'max_backoff',
      }
    : undefined;
}

const METADATA: StructType = struct('config.MetadataConfig', [
  printed('send', BOOL, true),
  printed('send_interval', DURATION, 60_000),
  optional('max_samples_per_send', INT, 2000),
]);

const MESSAGES = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'];

const REMOTE_WRITE: StructType = struct(
  'config.plain',
  [
    printed('url', URL_TEXT),
    optional('remote_timeout', DURATION, 30_000),
    optional('headers', mapOf(STRING)),
    optional('write_relabel_configs', listOf(RELABEL_RULE)),
    optional('name', STRING),
    optional('send_exemplars', BOOL),
    optional('send_native_histograms', BOOL),
    optional('round_robin_dns', BOOL),
    optional('protobuf_message', STRING, MESSAGES[0]),
    ...httpClientFields({ enableHttp2: false }),
    always('queue_config', QUEUE),
    always('metadata_config', METADATA),
    optional('sigv4', SIGV4),
    optional('azuread', AZURE_AD),
    optional('google_iam', struct('googleiam.Config', [optional('credentials_file', PATH)])),
  ],
  allOf(checkRemoteWrite, checkHttpClient, checkRemoteAuth),
);

function checkRemoteWrite(settings: Settings): Problem | undefined {
  if (stringAt(settings, 'url') === '') {
    return { message: 'url for remote_write is empty', key: 'url' };
  }
  if (hasEmptyEntry(settings, 'write_relabel_configs')) {
    const message = 'empty or null relabeling rule in remote write config';
    return { message, key: 'write_relabel_configs' };
  }
  const headers = checkRemoteHeaders(settings);
  if (headers !== undefined) return headers;
  const written = stringAt(settings, 'protobuf_message');
  return MESSAGES.includes(written)
    ? undefined
    : {
        message: `invalid protobuf_message value: unknown type for remote write protobuf message ${written}, supported: ${MESSAGES.join(', ')}`,
        key: 'protobuf_message',
      };
}

function checkRemoteAuth(settings: Settings): Problem | undefined {
  const kinds = ['basic_auth', 'authorization', 'oauth2', 'sigv4', 'azuread', 'google_iam'];
  const given = kinds.filter((kind) => countSet(settings, kind) > 0);
  return given.length > 1
    ? `at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured. Currently configured: [${given.join(' ')}]`
    : undefined;
}

const REMOTE_READ: StructType = struct(
  'config.plain',
  [
    printed('url', URL_TEXT),
    optional('remote_timeout', DURATION, 60_000),
    optional('chunked_read_limit', UINT64, 50_000_000),
    optional('headers', mapOf(STRING)),
    optional('read_recent', BOOL),
    optional('name', STRING),
    ...httpClientFields({ enableHttp2: true }),
    optional('required_matchers', mapOf(STRING)),
    optional('filter_external_labels', BOOL, true),
  ],
  allOf(
    (settings) =>
      stringAt(settings, 'url') === ''
        ? { message: 'url for remote_read is empty', key: 'url' }
        : undefined,
    checkRemoteHeaders,
    checkHttpClient,
  ),
);

export const ALERTMANAGER: StructType = struct(
  'config.AlertmanagerConfig',
  [
    ...httpClientFields({ enableHttp2: true }),
    optional('sigv4', SIGV4),
    optional('scheme', STRING, 'http'),
    optional('path_prefix', STRING),
    optional('timeout', DURATION, 10_000),
    printed(
      'api_version',
      oneOf(
        'config.AlertmanagerAPIVersion',
        ['v2'],
        (written) => `expected Alertmanager api version to be one of [v2] but got ${written}`,
      ),
      'v2',
    ),
    optional('relabel_configs', listOf(RELABEL_RULE)),
    optional('alert_relabel_configs', listOf(RELABEL_RULE)),
    ...DISCOVERY_FIELDS,
  ],
  allOf(emptyDiscovery, checkHttpClient, checkAlertmanager),
);

function checkAlertmanager(settings: Settings): Problem | undefined {
  if (
    countSet(settings, 'basic_auth', 'authorization', 'oauth2') > 0 &&
    countSet(settings, 'sigv4') > 0
  ) {
    return 'at most one of basic_auth, authorization, oauth2, & sigv4 must be configured';
  }
  const targets = checkStaticTargets(settings, 'relabel_configs');
  if (targets !== undefined) return targets;
  if (hasEmptyEntry(settings, 'relabel_configs')) {
    return 'empty or null Alertmanager target relabeling rule';
  }
  return hasEmptyEntry(settings, 'alert_relabel_configs')
    ? 'empty or null Alertmanager alert relabeling rule'
    : undefined;
}

const ALERTING: StructType = struct(
  'config.plain',
  [
    optional('alert_relabel_configs', listOf(RELABEL_RULE)),
    optional('alertmanagers', listOf(ALERTMANAGER)),
  ],
  (settings) =>
    hasEmptyEntry(settings, 'alert_relabel_configs')
      ? { message: 'empty or null alert relabeling rule', key: 'alert_relabel_configs' }
      : undefined,
);

const RETENTION: StructType = struct(
  'config.plain',
  [optional('time', DURATION), optional('size', SIZE), optional('percentage', FLOAT)],
  (settings) => {
    if (numberAt(settings, 'size') < 0) {
      const message = `'storage.tsdb.retention.size' must be greater than or equal to 0, got ${numberAt(settings, 'size')}`;
      return { message, key: 'size' };
    }
    const percentage = numberAt(settings, 'percentage');
    return percentage < 0 || percentage > 100
      ? {
          message: `'storage.tsdb.retention.percentage' must be in the range [0, 100], got ${percentage}`,
          key: 'percentage',
        }
      : undefined;
  },
);

const CHUNK_ENCODING: StructType = struct(
  'config.plain',
  [optional('floats', STRING)],
  (settings) => {
    const floats = stringAt(settings, 'floats');
    return ['', 'xor', 'xor2'].includes(floats)
      ? undefined
      : {
          message: `'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2', or the field must be omitted entirely, got ${quote(floats)}`,
          key: 'floats',
        };
  },
);

const TSDB: StructType = struct(
  'config.plain',
  [
    optional('out_of_order_time_window', DURATION),
    optional('stale_series_compaction_threshold', FLOAT),
    optional('retention', RETENTION),
    optional('chunk_encoding', CHUNK_ENCODING),
  ],
  (settings) => {
    const threshold = numberAt(settings, 'stale_series_compaction_threshold');
    return threshold < 0 || threshold > 1
      ? {
          message: `'storage.tsdb.stale_series_compaction_threshold' must be in the range [0, 1], got ${threshold}`,
          key: 'stale_series_compaction_threshold',
        }
      : undefined;
  },
);

const STORAGE: StructType = struct('config.StorageConfig', [
  optional('tsdb', TSDB),
  optional('exemplars', struct('config.ExemplarsConfig', [optional('max_exemplars', INT)])),
]);

const TRACING: StructType = struct(
  'config.plain',
  [
    optional(
      'client_type',
      oneOf(
        'config.TracingClientType',
        ['http', 'grpc'],
        (written) => `expected tracing client type to be to be http or grpc, but got ${written}`,
      ),
      'grpc',
    ),
    optional('endpoint', STRING),
    optional('sampling_fraction', FLOAT),
    optional('insecure', BOOL),
    optional('tls_config', TLS_CONFIG),
    optional('headers', mapOf(STRING)),
    optional('compression', STRING),
    optional('timeout', DURATION),
  ],
  allOf(
    checkHeaders('custom authorization header configuration is not yet supported'),
    (settings) => {
      const compression = stringAt(settings, 'compression');
      if (stringAt(settings, 'endpoint') === '') return 'tracing endpoint must be set';
      return compression === '' || compression === 'gzip'
        ? undefined
        : {
            message: `invalid compression type ${compression} provided, valid options: gzip`,
            key: 'compression',
          };
    },
  ),
);

const OTLP: StructType = struct(
  'config.plain',
  [
    optional('promote_all_resource_attributes', BOOL),
    optional('promote_resource_attributes', listOf(STRING)),
    optional('ignore_resource_attributes', listOf(STRING)),
    optional('translation_strategy', STRING, 'UnderscoreEscapingWithSuffixes'),
    optional('keep_identifying_resource_attributes', BOOL),
    optional('convert_histograms_to_nhcb', BOOL),
    optional('promote_scope_metadata', BOOL),
    optional('label_name_underscore_sanitization', BOOL, true),
    optional('label_name_preserve_multiple_underscores', BOOL, true),
  ],
  checkOtlp,
);

function checkOtlp(settings: Settings): Problem | undefined {
  const ignored = stringsAt(settings, 'ignore_resource_attributes');
  if (!booleanAt(settings, 'promote_all_resource_attributes')) {
    return ignored.length > 0
      ? "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true"
      : trimAttributes(settings, 'promote_resource_attributes', 'promoted');
  }
  return stringsAt(settings, 'promote_resource_attributes').length > 0
    ? "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously"
    : trimAttributes(settings, 'ignore_resource_attributes', 'ignored');
}

function trimAttributes(settings: Settings, key: string, adjective: string): Problem | undefined {
  if (settings[key] === undefined) return undefined;
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const attribute of stringsAt(settings, key).map((text) => text.trim())) {
    if (attribute === '') problems.push(`empty ${adjective} OTel resource attribute`);
    else if (seen.has(attribute)) {
      problems.push(`duplicated ${adjective} OTel resource attribute ${quote(attribute)}`);
    }
    seen.add(attribute);
  }
  settings[key] = [...seen];
  return problems.length === 0
    ? undefined
    : { message: `invalid '${key}': ${problems.join('\n')}`, key };
}

/** One `*` in the last part of the path at most. */
const RULE_PATH = /^[^*]*(?:\*[^/]*)?$/;

function checkRoot(settings: Settings): Problem | undefined {
  const rules = stringsAt(settings, 'rule_files').find((path) => !RULE_PATH.test(path));
  if (rules !== undefined) {
    return { message: `invalid rule file path ${quote(rules)}`, key: 'rule_files' };
  }
  const key = 'scrape_config_files';
  const scrapes = stringsAt(settings, key).find((path) => !RULE_PATH.test(path));
  return scrapes === undefined
    ? undefined
    : { message: `invalid scrape config file path ${quote(scrapes)}`, key };
}

/** The whole of prometheus.yml. */
export const ROOT: StructType = struct(
  'config.plain',
  [
    optional('global', GLOBAL),
    always('runtime', struct('config.RuntimeConfig', [optional('gogc', INT, 75)])),
    optional('alerting', ALERTING),
    optional('rule_files', listOf(PATH)),
    optional('scrape_config_files', listOf(PATH)),
    optional('scrape_configs', listOf(SCRAPE_CONFIG)),
    optional('storage', STORAGE),
    optional('tracing', TRACING),
    optional('remote_write', listOf(REMOTE_WRITE)),
    optional('remote_read', listOf(REMOTE_READ)),
    always('otlp', OTLP),
  ],
  checkRoot,
);

/** A file of `scrape_config_files`. */
export const SCRAPE_CONFIGS_FILE: StructType = struct('config.ScrapeConfigs', [
  optional('scrape_configs', listOf(SCRAPE_CONFIG)),
]);
