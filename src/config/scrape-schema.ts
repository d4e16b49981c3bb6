import { isLabelName, type NameValidation } from '#model';
import { DISCOVERY_FIELDS } from './cloud-schema.ts';
import { checkHttpClient, httpClientFields } from './http-client-schema.ts';
import { quote } from './quote.ts';
import { hasEmptyEntry, RELABEL_RULE } from './relabel-schema.ts';
import {
  BOOL,
  DURATION,
  FLOAT,
  OPTIONAL_BOOL,
  PATH,
  SIZE,
  STRING,
  UINT,
  oneOf,
} from './scalars.ts';
import {
  listOf,
  mapOf,
  numberAt,
  optional,
  printed,
  sectionsAt,
  stringAt,
  stringsAt,
  struct,
  type Field,
  type Problem,
  type Settings,
  type StructType,
} from './schema.ts';

export const SCRAPE_PROTOCOLS: readonly string[] = [
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
];

export const SCRAPE_PROTOCOLS_WITH_HISTOGRAMS: readonly string[] = [
  'PrometheusProto',
  ...SCRAPE_PROTOCOLS,
];

const ESCAPING_SCHEMES = new Set(['allow-utf-8', 'underscores', 'dots', 'values']);

const VALIDATION_SCHEME = oneOf(
  'model.ValidationScheme',
  ['utf8', 'legacy', ''],
  (written) => `unrecognized ValidationScheme: ${quote(written)}`,
);

const PROTOCOL_LIST = listOf({ ...STRING, typeName: 'config.ScrapeProtocol' });

const LIMIT_FIELDS: readonly Field[] = [
  optional('body_size_limit', SIZE),
  optional('sample_limit', UINT),
  optional('target_limit', UINT),
  optional('label_limit', UINT),
  optional('label_name_length_limit', UINT),
  optional('label_value_length_limit', UINT),
];

/** The limits that a job takes from the global section where it has none itself. */
export const INHERITED_LIMITS: readonly string[] = [
  ...LIMIT_FIELDS.map((field) => field.key),
  'keep_dropped_targets',
  'scrape_failure_log_file',
];

const EXTERNAL_LABELS = mapOf(STRING);

export const GLOBAL: StructType = struct(
  'config.plain',
  [
    optional('scrape_interval', DURATION),
    optional('scrape_timeout', DURATION),
    optional('scrape_protocols', PROTOCOL_LIST),
    optional('evaluation_interval', DURATION),
    optional('rule_query_offset', DURATION),
    optional('query_log_file', PATH),
    optional('scrape_failure_log_file', PATH),
    optional('external_labels', EXTERNAL_LABELS),
    ...LIMIT_FIELDS,
    optional('keep_dropped_targets', UINT),
    optional('metric_name_validation_scheme', VALIDATION_SCHEME),
    optional('metric_name_escaping_scheme', STRING),
    optional('scrape_native_histograms', OPTIONAL_BOOL),
    optional('convert_classic_histograms_to_nhcb', BOOL),
    optional('always_scrape_classic_histograms', BOOL),
    optional('extra_scrape_metrics', BOOL),
  ],
  checkGlobal,
);

/** What counts where the file has no global section, or an empty one. */
export function defaultGlobal(): Settings {
  const settings: Settings = {};
  for (const field of GLOBAL.fields) {
    settings[field.key] = field.type.kind === 'scalar' ? field.type.zero : undefined;
  }
  checkGlobal(settings);
  settings['metric_name_escaping_scheme'] = 'allow-utf-8';
  return settings;
}

function checkGlobal(settings: Settings): Problem | undefined {
  settings['metric_name_validation_scheme'] ||= 'utf8';
  return checkExternalLabels(settings) ?? completeIntervals(settings) ?? checkGlobalRest(settings);
}

function checkExternalLabels(settings: Settings): Problem | undefined {
  const validation = stringAt(settings, 'metric_name_validation_scheme') as NameValidation;
  const labels = settings['external_labels'] as ReadonlyMap<string, string> | undefined;
  for (const [name, value] of labels ?? []) {
    const key = 'external_labels';
    if (!isLabelName(name, validation)) {
      return { message: `${quote(name)} is not a valid label name`, key };
    }
    if (value !== '' && !isLabelName(value, 'utf8')) {
      return { message: `${quote(value)} is not a valid label value`, key };
    }
  }
  return undefined;
}

/** Fills in intervals and timeout in the order that lets a timeout be compared with its interval. */
function completeIntervals(settings: Settings): Problem | undefined {
  settings['scrape_interval'] ||= 60_000;
  const intervalMs = numberAt(settings, 'scrape_interval');
  if (numberAt(settings, 'scrape_timeout') > intervalMs) {
    return {
      message: 'global scrape timeout greater than scrape interval',
      key: 'scrape_timeout',
      remedy: 'raise scrape_interval or lower scrape_timeout',
    };
  }
  settings['scrape_timeout'] ||= Math.min(10_000, intervalMs);
  settings['evaluation_interval'] ||= 60_000;
  return undefined;
}

function checkGlobalRest(settings: Settings): Problem | undefined {
  settings['scrape_native_histograms'] ??= false;
  if (settings['scrape_protocols'] === undefined) return undefined;
  const problem = protocolsProblem(stringsAt(settings, 'scrape_protocols'));
  return problem === undefined
    ? undefined
    : { message: `${problem} for global config`, key: 'scrape_protocols' };
}

export function protocolsProblem(protocols: readonly string[]): string | undefined {
  if (protocols.length === 0) return 'scrape_protocols cannot be empty';
  const seen = new Set<string>();
  for (const protocol of protocols) {
    const key = protocol.toLowerCase();
    if (seen.has(key)) {
      return `duplicated protocol in scrape_protocols, got [${protocols.join(' ')}]`;
    }
    const problem = protocolProblem(protocol);
    if (problem !== undefined) return `scrape_protocols: ${problem}`;
    seen.add(key);
  }
  return undefined;
}

export function protocolProblem(protocol: string): string | undefined {
  if (SCRAPE_PROTOCOLS_WITH_HISTOGRAMS.includes(protocol)) return undefined;
  const supported = SCRAPE_PROTOCOLS_WITH_HISTOGRAMS.toSorted().join(' ');
  return `unknown scrape protocol ${protocol}, supported: [${supported}]`;
}

export function escapingProblem(where: string, scheme: string): string | undefined {
  if (ESCAPING_SCHEMES.has(scheme)) return undefined;
  return `unknown ${where} name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or 'values', got ${quote(scheme)}`;
}

export const SCRAPE_CONFIG: StructType = struct(
  'config.ScrapeConfig',
  [
    printed('job_name', STRING),
    optional('honor_labels', BOOL),
    printed('honor_timestamps', BOOL, true),
    printed('track_timestamps_staleness', BOOL),
    optional('params', mapOf(listOf(STRING))),
    optional('scrape_interval', DURATION),
    optional('scrape_timeout', DURATION),
    optional('scrape_protocols', PROTOCOL_LIST),
    optional('fallback_scrape_protocol', { ...STRING, typeName: 'config.ScrapeProtocol' }),
    optional('scrape_native_histograms', OPTIONAL_BOOL),
    optional('always_scrape_classic_histograms', OPTIONAL_BOOL),
    optional('convert_classic_histograms_to_nhcb', OPTIONAL_BOOL),
    optional('scrape_failure_log_file', PATH),
    optional('metrics_path', STRING, '/metrics'),
    optional('scheme', STRING, 'http'),
    printed('enable_compression', BOOL, true),
    ...LIMIT_FIELDS,
    optional('native_histogram_bucket_limit', UINT),
    optional('native_histogram_min_bucket_factor', FLOAT),
    optional('keep_dropped_targets', UINT),
    optional('metric_name_validation_scheme', VALIDATION_SCHEME),
    optional('metric_name_escaping_scheme', STRING),
    optional('extra_scrape_metrics', OPTIONAL_BOOL),
    ...httpClientFields({ enableHttp2: true }),
    optional('relabel_configs', listOf(RELABEL_RULE)),
    optional('metric_relabel_configs', listOf(RELABEL_RULE)),
    ...DISCOVERY_FIELDS,
  ],
  checkScrapeConfig,
);

function checkScrapeConfig(settings: Settings): Problem | undefined {
  const empty = emptyDiscovery(settings);
  if (empty !== undefined) return empty;
  if (stringAt(settings, 'job_name') === '') {
    return { message: 'job_name is empty', remedy: 'give the job a name: job_name: my-service' };
  }
  const problem = checkHttpClient(settings) ?? checkStaticTargets(settings, 'relabel_configs');
  if (problem !== undefined) return problem;
  if (hasEmptyEntry(settings, 'relabel_configs')) {
    const message = 'empty or null target relabeling rule in scrape config';
    return { message, key: 'relabel_configs' };
  }
  return hasEmptyEntry(settings, 'metric_relabel_configs')
    ? {
        message: 'empty or null metric relabeling rule in scrape config',
        key: 'metric_relabel_configs',
      }
    : undefined;
}

/** A list of discoveries with an entry that says nothing. */
export function emptyDiscovery(settings: Settings): Problem | undefined {
  for (const { key } of DISCOVERY_FIELDS) {
    if (sectionsAt(settings, key).some((section) => section === null || isBlank(section))) {
      return { message: `empty or null section in ${key}`, key };
    }
  }
  return undefined;
}

function isBlank(section: Settings): boolean {
  return Object.values(section).every((value) => value === undefined);
}

/** Without relabelling a target with a path in it can never be an address: mostly a URL put there. */
export function checkStaticTargets(settings: Settings, rulesKey: string): Problem | undefined {
  if (sectionsAt(settings, rulesKey).length > 0) return undefined;
  for (const group of sectionsAt(settings, 'static_configs')) {
    const bad = stringsAt(group ?? {}, 'targets').find((target) => target.includes('/'));
    if (bad === undefined) continue;
    return {
      message: `${quote(bad)} is not a valid hostname`,
      key: 'static_configs',
      remedy: targetRemedy(bad),
    };
  }
  return undefined;
}

function targetRemedy(target: string): string {
  const rest = target.replace(/^https?:\/\//, '');
  const [host = '', ...path] = rest.split('/');
  const scheme = target.startsWith('https://') ? ' and scheme: https' : '';
  const metricsPath = path.join('/') === '' ? '' : ` and metrics_path: /${path.join('/')}`;
  return `write ${host}${scheme}${metricsPath}`;
}
