import { labelsFromPairs, type Labels, type NameValidation, type RelabelRule } from '#model';
import { DISCOVERY_KEYS } from './cloud-schema.ts';
import { printYaml, showSettings } from './print.ts';
import { relabelRules } from './relabel-schema.ts';
import { SCRAPE_CONFIG } from './scrape-schema.ts';
import {
  booleanAt,
  listAt,
  numberAt,
  sectionAt,
  sectionsAt,
  stringAt,
  stringsAt,
  type Settings,
} from './schema.ts';
import type {
  Authorization,
  BasicAuth,
  DiscoveryConfig,
  DnsRecordType,
  DockerFilters,
  GlobalConfig,
  HttpClientConfig,
  KubernetesConfig,
  KubernetesRole,
  NameEscapingScheme,
  Oauth2,
  ProxyConfig,
  ScrapeConfig,
  ScrapeProtocol,
  Secret,
  TargetGroup,
  TlsConfig,
} from './types.ts';

/** The given entries without those that are undefined or ''. */
function given<Part extends object>(part: { [Key in keyof Part]: Part[Key] | undefined }): Part {
  const entries = Object.entries(part).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(entries) as Part;
}

function mapAt<Value>(settings: Settings, key: string): ReadonlyMap<string, Value> {
  return (settings[key] as ReadonlyMap<string, Value> | undefined) ?? new Map<string, Value>();
}

function secretAt(settings: Settings, key: string): Secret | undefined {
  return settings[key] as Secret | undefined;
}

function buildTls(tls: Settings | undefined): TlsConfig {
  if (tls === undefined) return { insecureSkipVerify: false };
  const min = stringAt(tls, 'min_version') as TlsConfig['minVersion'] | '';
  const max = stringAt(tls, 'max_version') as TlsConfig['maxVersion'] | '';
  return {
    insecureSkipVerify: booleanAt(tls, 'insecure_skip_verify'),
    ...given<Omit<TlsConfig, 'insecureSkipVerify' | 'minVersion' | 'maxVersion'>>({
      ca: stringAt(tls, 'ca'),
      cert: stringAt(tls, 'cert'),
      key: secretAt(tls, 'key'),
      caFile: stringAt(tls, 'ca_file'),
      certFile: stringAt(tls, 'cert_file'),
      keyFile: stringAt(tls, 'key_file'),
      serverName: stringAt(tls, 'server_name'),
    }),
    ...(min ? { minVersion: min } : {}),
    ...(max ? { maxVersion: max } : {}),
  };
}

function buildProxy(settings: Settings): ProxyConfig {
  return {
    ...given<Pick<ProxyConfig, 'proxyUrl' | 'noProxy'>>({
      proxyUrl: stringAt(settings, 'proxy_url'),
      noProxy: stringAt(settings, 'no_proxy'),
    }),
    proxyFromEnvironment: booleanAt(settings, 'proxy_from_environment'),
    proxyConnectHeader: Object.fromEntries(
      [...mapAt<readonly Secret[] | undefined>(settings, 'proxy_connect_header')].map(
        ([name, values]) => [name, (values ?? []).filter((value) => value !== undefined)],
      ),
    ),
  };
}

function buildBasicAuth(auth: Settings): BasicAuth {
  return given<BasicAuth>({
    username: stringAt(auth, 'username'),
    usernameFile: stringAt(auth, 'username_file'),
    password: secretAt(auth, 'password'),
    passwordFile: stringAt(auth, 'password_file'),
  });
}

function buildAuthorization(authorization: Settings): Authorization {
  return {
    type: stringAt(authorization, 'type'),
    ...given<Omit<Authorization, 'type'>>({
      credentials: secretAt(authorization, 'credentials'),
      credentialsFile: stringAt(authorization, 'credentials_file'),
    }),
  };
}

function buildOauth2(oauth2: Settings): Oauth2 {
  return {
    clientId: stringAt(oauth2, 'client_id'),
    ...given<Pick<Oauth2, 'clientSecret' | 'clientSecretFile'>>({
      clientSecret: secretAt(oauth2, 'client_secret'),
      clientSecretFile: stringAt(oauth2, 'client_secret_file'),
    }),
    scopes: stringsAt(oauth2, 'scopes'),
    tokenUrl: stringAt(oauth2, 'token_url'),
    endpointParams: Object.fromEntries(mapAt<string>(oauth2, 'endpoint_params')),
    tls: buildTls(sectionAt(oauth2, 'tls_config')),
    proxy: buildProxy(oauth2),
  };
}

export function buildHttpClient(settings: Settings): HttpClientConfig {
  const basicAuth = sectionAt(settings, 'basic_auth');
  const authorization = sectionAt(settings, 'authorization');
  const oauth2 = sectionAt(settings, 'oauth2');
  return {
    ...(basicAuth === undefined ? {} : { basicAuth: buildBasicAuth(basicAuth) }),
    ...(authorization === undefined ? {} : { authorization: buildAuthorization(authorization) }),
    ...(oauth2 === undefined ? {} : { oauth2: buildOauth2(oauth2) }),
    tls: buildTls(sectionAt(settings, 'tls_config')),
    proxy: buildProxy(settings),
    followRedirects: booleanAt(settings, 'follow_redirects'),
    enableHttp2: booleanAt(settings, 'enable_http2'),
    httpHeaders: Object.fromEntries(
      [...mapAt<Settings | undefined>(settings, 'http_headers')].map(([name, header = {}]) => [
        name,
        {
          values: stringsAt(header, 'values'),
          secrets: listAt(header, 'secrets').filter((secret) => secret !== undefined) as Secret[],
          files: stringsAt(header, 'files'),
        },
      ]),
    ),
  };
}

export function buildGroups(sections: readonly (Settings | null)[]): readonly TargetGroup[] {
  return sections.map((section, index) => ({
    source: String(index),
    targets: stringsAt(section ?? {}, 'targets').map((address): Labels => ['__address__', address]),
    labels: labelsFromPairs(mapAt<string>(section ?? {}, 'labels')),
  }));
}

/** The discoveries of a job: each kind in the order of the schema, all static groups as one. */
export function buildDiscovery(settings: Settings): readonly DiscoveryConfig[] {
  const configs: DiscoveryConfig[] = [];
  for (const [key, name] of DISCOVERY_KEYS) {
    for (const section of sectionsAt(settings, key)) {
      if (section !== null) configs.push(buildOneDiscovery(name, section));
    }
  }
  const groups = sectionsAt(settings, 'static_configs');
  if (groups.length > 0) configs.push({ kind: 'static', groups: buildGroups(groups) });
  return configs;
}

type SwarmRole = Extract<DiscoveryConfig, { kind: 'dockerswarm' }>['role'];

function buildOneDiscovery(name: string, section: Settings): DiscoveryConfig {
  const refreshIntervalMs = numberAt(section, 'refresh_interval');
  if (name === 'file') {
    return { kind: 'file', files: stringsAt(section, 'files'), refreshIntervalMs };
  }
  if (name === 'dns') {
    return {
      kind: 'dns',
      names: stringsAt(section, 'names'),
      type: stringAt(section, 'type').toUpperCase() as DnsRecordType,
      port: numberAt(section, 'port'),
      refreshIntervalMs,
    };
  }
  if (name === 'http') {
    const httpClient = buildHttpClient(section);
    return { kind: 'http', url: stringAt(section, 'url'), refreshIntervalMs, httpClient };
  }
  if (name === 'kubernetes') return buildKubernetes(section);
  if (name === 'docker' || name === 'dockerswarm') return buildDocker(name, section);
  return { kind: 'unsupported', name, settings: section };
}

function buildDocker(kind: 'docker' | 'dockerswarm', section: Settings): DiscoveryConfig {
  const shared = {
    host: stringAt(section, 'host'),
    port: numberAt(section, 'port'),
    filters: buildFilters(sectionsAt(section, 'filters')),
    refreshIntervalMs: numberAt(section, 'refresh_interval'),
    httpClient: buildHttpClient(section),
  };
  if (kind === 'dockerswarm') {
    return { kind, ...shared, role: stringAt(section, 'role') as SwarmRole };
  }
  return {
    kind,
    ...shared,
    hostNetworkingHost: stringAt(section, 'host_networking_host'),
    matchFirstNetwork: booleanAt(section, 'match_first_network'),
  };
}

/** Values of a name that is given several times come together. */
function buildFilters(sections: readonly (Settings | null)[]): DockerFilters {
  const filters: Record<string, readonly string[]> = {};
  for (const section of sections) {
    const name = stringAt(section ?? {}, 'name');
    const values = stringsAt(section ?? {}, 'values');
    if (values.length > 0) filters[name] = [...(filters[name] ?? []), ...values];
  }
  return filters;
}

function buildKubernetes(section: Settings): KubernetesConfig {
  const namespaces = sectionAt(section, 'namespaces') ?? {};
  const attach = sectionAt(section, 'attach_metadata') ?? {};
  return {
    kind: 'kubernetes',
    role: stringAt(section, 'role') as KubernetesRole,
    apiServer: stringAt(section, 'api_server'),
    kubeconfigFile: stringAt(section, 'kubeconfig_file'),
    namespaces: {
      names: stringsAt(namespaces, 'names'),
      ownNamespace: booleanAt(namespaces, 'own_namespace'),
    },
    selectors: sectionsAt(section, 'selectors').map((selector) => ({
      role: stringAt(selector ?? {}, 'role') as KubernetesRole,
      label: stringAt(selector ?? {}, 'label'),
      field: stringAt(selector ?? {}, 'field'),
    })),
    attachMetadata: {
      node: booleanAt(attach, 'node'),
      namespace: booleanAt(attach, 'namespace'),
      deployment: booleanAt(attach, 'deployment'),
      job: booleanAt(attach, 'job'),
      cronJob: booleanAt(attach, 'cronjob'),
    },
    httpClient: buildHttpClient(section),
  };
}

function buildRules(job: Settings, key: string): readonly RelabelRule[] {
  const validation = stringAt(job, 'metric_name_validation_scheme') as NameValidation;
  const rules = relabelRules(job, key, validation);
  return 'problem' in rules ? [] : rules;
}

/** A completed job as the scraper takes it. */
export function buildJob(job: Settings): ScrapeConfig {
  return {
    jobName: stringAt(job, 'job_name'),
    scrapeIntervalMs: numberAt(job, 'scrape_interval'),
    scrapeTimeoutMs: numberAt(job, 'scrape_timeout'),
    scrapeProtocols: stringsAt(job, 'scrape_protocols') as readonly ScrapeProtocol[],
    metricsPath: stringAt(job, 'metrics_path'),
    scheme: stringAt(job, 'scheme') as 'http' | 'https',
    params: buildParams(job),
    honorLabels: booleanAt(job, 'honor_labels'),
    honorTimestamps: booleanAt(job, 'honor_timestamps'),
    trackTimestampsStaleness: booleanAt(job, 'track_timestamps_staleness'),
    enableCompression: booleanAt(job, 'enable_compression'),
    ...buildHistograms(job),
    ...buildLimits(job),
    ...buildOptional(job),
    metricNameValidationScheme: stringAt(job, 'metric_name_validation_scheme') as NameValidation,
    metricNameEscapingScheme: stringAt(job, 'metric_name_escaping_scheme') as NameEscapingScheme,
    httpClient: buildHttpClient(job),
    discovery: buildDiscovery(job),
    relabelRules: buildRules(job, 'relabel_configs'),
    metricRelabelRules: buildRules(job, 'metric_relabel_configs'),
    yaml: printYaml(showSettings(job, SCRAPE_CONFIG)),
  };
}

function buildParams(job: Settings): Readonly<Record<string, readonly string[]>> {
  const params = [...mapAt<readonly string[] | undefined>(job, 'params')];
  return Object.fromEntries(params.map(([name, values]) => [name, values ?? []]));
}

type Histograms = Pick<
  ScrapeConfig,
  | 'scrapeNativeHistograms'
  | 'alwaysScrapeClassicHistograms'
  | 'convertClassicHistogramsToNhcb'
  | 'extraScrapeMetrics'
  | 'nativeHistogramBucketLimit'
  | 'nativeHistogramMinBucketFactor'
>;

function buildHistograms(job: Settings): Histograms {
  return {
    scrapeNativeHistograms: booleanAt(job, 'scrape_native_histograms'),
    alwaysScrapeClassicHistograms: booleanAt(job, 'always_scrape_classic_histograms'),
    convertClassicHistogramsToNhcb: booleanAt(job, 'convert_classic_histograms_to_nhcb'),
    extraScrapeMetrics: booleanAt(job, 'extra_scrape_metrics'),
    nativeHistogramBucketLimit: numberAt(job, 'native_histogram_bucket_limit'),
    nativeHistogramMinBucketFactor: numberAt(job, 'native_histogram_min_bucket_factor'),
  };
}

type Limits = Pick<
  ScrapeConfig,
  | 'bodySizeLimitBytes'
  | 'sampleLimit'
  | 'targetLimit'
  | 'labelLimit'
  | 'labelNameLengthLimit'
  | 'labelValueLengthLimit'
  | 'keepDroppedTargets'
>;

function buildLimits(job: Settings): Limits {
  return {
    bodySizeLimitBytes: numberAt(job, 'body_size_limit'),
    sampleLimit: numberAt(job, 'sample_limit'),
    targetLimit: numberAt(job, 'target_limit'),
    labelLimit: numberAt(job, 'label_limit'),
    labelNameLengthLimit: numberAt(job, 'label_name_length_limit'),
    labelValueLengthLimit: numberAt(job, 'label_value_length_limit'),
    keepDroppedTargets: numberAt(job, 'keep_dropped_targets'),
  };
}

function buildOptional(
  job: Settings,
): Pick<ScrapeConfig, 'fallbackScrapeProtocol' | 'scrapeFailureLogFile'> {
  const fallback = stringAt(job, 'fallback_scrape_protocol');
  return {
    ...given<Pick<ScrapeConfig, 'scrapeFailureLogFile'>>({
      scrapeFailureLogFile: stringAt(job, 'scrape_failure_log_file'),
    }),
    ...(fallback === '' ? {} : { fallbackScrapeProtocol: fallback as ScrapeProtocol }),
  };
}

export function buildGlobal(global: Settings, externalLabels: Labels): GlobalConfig {
  return {
    scrapeIntervalMs: numberAt(global, 'scrape_interval'),
    scrapeTimeoutMs: numberAt(global, 'scrape_timeout'),
    evaluationIntervalMs: numberAt(global, 'evaluation_interval'),
    ruleQueryOffsetMs: numberAt(global, 'rule_query_offset'),
    externalLabels,
    ...given<Pick<GlobalConfig, 'queryLogFile'>>({
      queryLogFile: stringAt(global, 'query_log_file'),
    }),
  };
}
