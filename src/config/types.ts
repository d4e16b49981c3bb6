import type { Labels, RelabelRule } from '#model';

/** A secret never prints: JSON, template strings and logs show `<secret>`. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return this.#value === '' ? '' : '<secret>';
  }
  toJSON(): string {
    return this.toString();
  }
}

export type ScrapeProtocol =
  | 'PrometheusProto'
  | 'OpenMetricsText1.0.0'
  | 'OpenMetricsText0.0.1'
  | 'PrometheusText1.0.0'
  | 'PrometheusText0.0.4';

export type NameValidationScheme = 'utf8' | 'legacy';
export type NameEscapingScheme = 'allow-utf-8' | 'underscores' | 'dots' | 'values';

export interface TlsConfig {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: Secret;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
  readonly minVersion?: 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';
  readonly maxVersion?: 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';
}

export interface BasicAuth {
  readonly username?: string;
  readonly usernameFile?: string;
  readonly password?: Secret;
  readonly passwordFile?: string;
}

export interface Authorization {
  /** `Bearer` unless given. */
  readonly type: string;
  readonly credentials?: Secret;
  readonly credentialsFile?: string;
}

export interface Oauth2 {
  readonly clientId: string;
  readonly clientSecret?: Secret;
  readonly clientSecretFile?: string;
  readonly scopes: readonly string[];
  readonly tokenUrl: string;
  readonly endpointParams: Readonly<Record<string, string>>;
  readonly tls: TlsConfig;
  readonly proxy: ProxyConfig;
}

export interface ProxyConfig {
  readonly proxyUrl?: string;
  readonly noProxy?: string;
  readonly proxyFromEnvironment: boolean;
  readonly proxyConnectHeader: Readonly<Record<string, readonly Secret[]>>;
}

/** How to speak to one HTTP server (Prometheus: common/config HTTPClientConfig). */
export interface HttpClientConfig {
  readonly basicAuth?: BasicAuth;
  readonly authorization?: Authorization;
  readonly oauth2?: Oauth2;
  readonly tls: TlsConfig;
  readonly proxy: ProxyConfig;
  readonly followRedirects: boolean;
  readonly enableHttp2: boolean;
  readonly httpHeaders: Readonly<
    Record<
      string,
      {
        readonly values: readonly string[];
        readonly secrets: readonly Secret[];
        readonly files: readonly string[];
      }
    >
  >;
}

/** Targets that share labels; what every discovery yields. */
export interface TargetGroup {
  /** Where the group is from; a later group of the same source replaces it. */
  readonly source: string;
  /** Each target's own labels, `__address__` among them. */
  readonly targets: readonly Labels[];
  readonly labels: Labels;
}

export type DnsRecordType = 'A' | 'AAAA' | 'SRV' | 'MX' | 'NS';

export type KubernetesRole = 'node' | 'pod' | 'service' | 'endpoints' | 'endpointslice' | 'ingress';

/** `kubernetes_sd_configs`; without `apiServer` and `kubeconfigFile` the pod's own service account is used. */
export interface KubernetesConfig {
  readonly kind: 'kubernetes';
  readonly role: KubernetesRole;
  /** '' where not given, as the next one. */
  readonly apiServer: string;
  readonly kubeconfigFile: string;
  /** None and not the own one: all. */
  readonly namespaces: { readonly names: readonly string[]; readonly ownNamespace: boolean };
  /** Checked; at most one of each role. */
  readonly selectors: readonly {
    readonly role: KubernetesRole;
    readonly label: string;
    readonly field: string;
  }[];
  readonly attachMetadata: {
    readonly node: boolean;
    readonly namespace: boolean;
    readonly deployment: boolean;
    readonly job: boolean;
    readonly cronJob: boolean;
  };
  readonly httpClient: HttpClientConfig;
}

/** What the Docker Engine's lists are narrowed by: `{ label: ['a=b'] }`. */
export type DockerFilters = Readonly<Record<string, readonly string[]>>;

export type DiscoveryConfig =
  | KubernetesConfig
  | { readonly kind: 'static'; readonly groups: readonly TargetGroup[] }
  | { readonly kind: 'file'; readonly files: readonly string[]; readonly refreshIntervalMs: number }
  | {
      readonly kind: 'dns';
      readonly names: readonly string[];
      readonly type: DnsRecordType;
      readonly port: number;
      readonly refreshIntervalMs: number;
    }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly refreshIntervalMs: number;
      readonly httpClient: HttpClientConfig;
    }
  /**
   * What is found in the containers of this machine: of jobs that run without a configuration file. No key of YAML
   * stands for it. `self`: our own pages about them; `engine`: the engine's metrics; `applications`: theirs.
   */
  | { readonly kind: 'containers'; readonly role: 'self' | 'engine' | 'applications' }
  | {
      readonly kind: 'docker';
      /** As DOCKER_HOST has it. */
      readonly host: string;
      /** Of containers that expose none. */
      readonly port: number;
      readonly filters: DockerFilters;
      /** Address of containers that have the host's network. */
      readonly hostNetworkingHost: string;
      readonly matchFirstNetwork: boolean;
      readonly refreshIntervalMs: number;
      readonly httpClient: HttpClientConfig;
    }
  | {
      readonly kind: 'dockerswarm';
      readonly host: string;
      readonly role: 'services' | 'tasks' | 'nodes';
      readonly port: number;
      readonly filters: DockerFilters;
      readonly refreshIntervalMs: number;
      readonly httpClient: HttpClientConfig;
    }
  /** Checked and kept, but no machinery of ours drives it (yet). `name` is the YAML key without `_sd_configs`. */
  | { readonly kind: 'unsupported'; readonly name: string; readonly settings: unknown };

export interface ScrapeConfig {
  readonly jobName: string;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly scrapeProtocols: readonly ScrapeProtocol[];
  readonly fallbackScrapeProtocol?: ScrapeProtocol;
  readonly metricsPath: string;
  readonly scheme: 'http' | 'https';
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly enableCompression: boolean;
  readonly scrapeNativeHistograms: boolean;
  readonly alwaysScrapeClassicHistograms: boolean;
  readonly convertClassicHistogramsToNhcb: boolean;
  readonly extraScrapeMetrics: boolean;
  readonly scrapeFailureLogFile?: string;
  /** Limits: 0 means none. */
  readonly bodySizeLimitBytes: number;
  readonly sampleLimit: number;
  readonly targetLimit: number;
  readonly labelLimit: number;
  readonly labelNameLengthLimit: number;
  readonly labelValueLengthLimit: number;
  readonly nativeHistogramBucketLimit: number;
  readonly nativeHistogramMinBucketFactor: number;
  readonly keepDroppedTargets: number;
  readonly metricNameValidationScheme: NameValidationScheme;
  readonly metricNameEscapingScheme: NameEscapingScheme;
  readonly httpClient: HttpClientConfig;
  readonly discovery: readonly DiscoveryConfig[];
  readonly relabelRules: readonly RelabelRule[];
  readonly metricRelabelRules: readonly RelabelRule[];
  /** The job as it counts, defaults included, secrets hidden, as YAML. Loaded jobs have it. */
  readonly yaml?: string;
}

export interface GlobalConfig {
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly evaluationIntervalMs: number;
  readonly ruleQueryOffsetMs: number;
  readonly externalLabels: Labels;
  readonly queryLogFile?: string;
}

export interface StorageConfig {
  readonly outOfOrderTimeWindowMs: number;
  readonly exemplarsMax: number;
  /** `stale_series_compaction_threshold`, 0 to 1; undefined where the file does not name it. */
  readonly staleSeriesShare: number | undefined;
}

/** The whole configuration file, checked, with defaults filled in. */
export interface Config {
  readonly global: GlobalConfig;
  readonly scrapeConfigs: readonly ScrapeConfig[];
  /** Sections that are checked and kept as read until their machinery exists. */
  readonly ruleFiles: readonly string[];
  readonly alerting: unknown;
  readonly remoteWrite: readonly unknown[];
  readonly remoteRead: readonly unknown[];
  readonly storage: StorageConfig;
  /** Sections present in the file that have no effect yet, for the log: `rule_files`, `alerting`, ... */
  readonly withoutEffect: readonly string[];
  /** The file as it counts, defaults included, secrets hidden, as YAML; for the configuration page. */
  readonly yaml: string;
}
