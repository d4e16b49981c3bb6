import type { HttpClientConfig, KubernetesConfig, ScrapeConfig } from '#config';
import { silentLog } from '#platform';
import type { HttpClient, HttpRequest, HttpResponse } from '#platform';
import type { DiscoverySurroundings } from '#discovery';
import { createDiscoveryMetrics } from '#discovery';
import { Registry } from '#instrument';
import { FakeClock } from './clock.ts';

export const plainHttpClient: HttpClientConfig = {
  tls: { insecureSkipVerify: false },
  proxy: { proxyFromEnvironment: false, proxyConnectHeader: {} },
  followRedirects: true,
  enableHttp2: true,
  httpHeaders: {},
};

/** A scrape config with Prometheus' defaults and an interval of one second. */
export function scrapeConfig(settings: Partial<ScrapeConfig> = {}): ScrapeConfig {
  return {
    jobName: 'job',
    scrapeIntervalMs: 1000,
    scrapeTimeoutMs: 1000,
    scrapeProtocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText0.0.4'],
    metricsPath: '/metrics',
    scheme: 'http',
    params: {},
    honorLabels: false,
    honorTimestamps: true,
    trackTimestampsStaleness: false,
    enableCompression: true,
    scrapeNativeHistograms: false,
    alwaysScrapeClassicHistograms: false,
    convertClassicHistogramsToNhcb: false,
    extraScrapeMetrics: false,
    bodySizeLimitBytes: 0,
    sampleLimit: 0,
    targetLimit: 0,
    labelLimit: 0,
    labelNameLengthLimit: 0,
    labelValueLengthLimit: 0,
    nativeHistogramBucketLimit: 0,
    nativeHistogramMinBucketFactor: 0,
    keepDroppedTargets: 0,
    metricNameValidationScheme: 'utf8',
    metricNameEscapingScheme: 'allow-utf-8',
    httpClient: plainHttpClient,
    discovery: [],
    relabelRules: [],
    metricRelabelRules: [],
    ...settings,
  };
}

/** Discovery of pods from within a cluster. */
export function kubernetesConfig(settings: Partial<KubernetesConfig> = {}): KubernetesConfig {
  return {
    kind: 'kubernetes',
    role: 'pod',
    apiServer: '',
    kubeconfigFile: '',
    namespaces: { names: [], ownNamespace: false },
    selectors: [],
    attachMetadata: {
      node: false,
      namespace: false,
      deployment: false,
      job: false,
      cronJob: false,
    },
    httpClient: plainHttpClient,
    ...settings,
  };
}

export type Answer = Partial<Omit<HttpResponse, 'body'>> & { readonly body?: string };

/** A client whose answers a test gives; an Error is what fails. */
export function fakeHttpClient(
  answer: (request: HttpRequest) => Answer | Error | Promise<Answer | Error>,
): HttpClient {
  return {
    fetch: async (request) => {
      const given = await answer(request);
      if (given instanceof Error) throw given;
      return {
        status: 200,
        statusText: '200 OK',
        contentType: 'text/plain; version=0.0.4',
        ...given,
        body: lend(request.bodyBuffer, new TextEncoder().encode(given.body ?? '')),
      };
    },
    stream: async ({ onOpen, onBytes, ...request }) => {
      const given = await answer(request);
      if (given instanceof Error) throw given;
      const { status = 200, statusText = '200 OK', contentType = 'application/json' } = given;
      const said = new TextEncoder().encode(given.body ?? '');
      const isGood = status >= 200 && status <= 299;
      if (isGood) {
        onOpen?.();
        onBytes(said);
      }
      return { status, statusText, contentType, body: isGood ? new Uint8Array(0) : said };
    },
    close: () => {},
  };
}

/** Puts a body where the caller wants it, as the real client does, over what lies there. */
function lend(buffer: HttpRequest['bodyBuffer'], body: Uint8Array): Uint8Array {
  if (buffer === undefined) return body;
  if (buffer.bytes.length < body.length) buffer.bytes = new Uint8Array(body.length + 16);
  buffer.bytes.set(body);
  return buffer.bytes.subarray(0, body.length);
}

/** Discovery's outside world: nothing is there unless a test puts it there. */
export function discoverySurroundings(
  given: Partial<DiscoverySurroundings> = {},
): DiscoverySurroundings {
  return {
    clock: new FakeClock(),
    log: silentLog,
    metrics: createDiscoveryMetrics(new Registry()),
    files: {
      list: () => Promise.resolve([]),
      read: (path) => Promise.reject(new Error(`open ${path}: no such file or directory`)),
      watch: () => () => {},
    },
    lookup: () => Promise.resolve([]),
    openHttpClient: () => fakeHttpClient(() => new Error('no server')),
    userAgent: 'Narthex/test',
    environment: {},
    ...given,
  };
}
