import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiscovery, createDiscoveryMetrics, systemGroupFiles } from '#discovery';
import type { DiscoverySurroundings } from '#discovery';
import { Registry } from '#instrument';
import type { KubernetesConfig, TargetGroup } from '#config';
import { createHttpClient, silentLog, systemClock } from '#platform';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discoverySurroundings, kubernetesConfig } from '../fakes/scrape-config.ts';
import { untilQuery } from './api.ts';
import { KubernetesApi } from './kubernetes-api.ts';
import type { ApiObject } from './kubernetes-api.ts';
import { startNarthex } from './narthex.ts';
import { CertificateFolder } from './scrape-certificates.ts';
import { closeServers, eventually, serve } from './scrape-servers.ts';

// There is no cluster here: a server of our own stands for the API server (see kubernetes-api.ts).

const PODS = '/api/v1/pods';
const POD_CONFIG = kubernetesConfig();

function pod(name: string, ip = '10.1.0.1', port = 80): ApiObject {
  return {
    metadata: { name, namespace: 'shop', labels: { app: name } },
    spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ containerPort: port }] }] },
    status: { podIP: ip, phase: 'Running' },
  };
}

let api: KubernetesApi;
let server: string;
let stops: (() => void)[];
let errors: string[];
let registry: Registry;

beforeEach(async () => {
  api = new KubernetesApi();
  server = await api.listen();
  stops = [];
  errors = [];
  registry = new Registry();
});

afterEach(async () => {
  for (const stop of stops) stop();
  await eventually(() => api.watchCount === 0, 'no watch is left');
  await api.close();
});

/** Runs a discovery; the answer is what is known at each moment, by source. */
function run(
  config: Partial<KubernetesConfig>,
  given: Partial<DiscoverySurroundings> = {},
): ReadonlyMap<string, TargetGroup> {
  const groups = new Map<string, TargetGroup>();
  const surroundings = discoverySurroundings({
    clock: systemClock,
    log: { ...silentLog, error: (_, fields) => errors.push(String(fields?.['err'])) },
    metrics: createDiscoveryMetrics(registry),
    files: systemGroupFiles,
    openHttpClient: createHttpClient,
    ...given,
  });
  const whole = { ...POD_CONFIG, apiServer: server, ...config };
  const discovery = createDiscovery(whole, surroundings);
  if (discovery === undefined) throw new Error('no discovery');
  stops.push(
    discovery.run((changed) => {
      for (const group of changed) {
        if (group.targets.length === 0) groups.delete(group.source);
        else groups.set(group.source, group);
      }
    }),
  );
  return groups;
}

const has = (groups: ReadonlyMap<string, unknown>, ...names: readonly string[]): boolean =>
  [...groups.keys()].toSorted().join(' ') === names.map((name) => `pod/shop/${name}`).join(' ');

describe('pods of an API server', () => {
  it('are found page by page, and what becomes of them at once', async () => {
    for (const name of ['a', 'b', 'c']) api.put(PODS, pod(name));
    const groups = run({});
    await eventually(() => has(groups, 'a', 'b', 'c'), 'the list');
    expect(api.requests.filter((one) => one.includes('limit=')).length).toBe(2);
    await eventually(() => api.watchCount === 1, 'a watch');
    api.put(PODS, pod('d'));
    api.remove(PODS, pod('a'));
    api.put(PODS, pod('b', '10.1.0.99'));
    await eventually(() => has(groups, 'b', 'c', 'd'), 'the changes');
    await eventually(() => JSON.stringify([...groups]).includes('10.1.0.99:80'), 'the address');
    expect(errors).toEqual([]);
  });

  it('stay known while streams break, and nothing is missed', async () => {
    api.put(PODS, pod('a'));
    const groups = run({});
    await eventually(() => api.watchCount === 1, 'a watch');
    api.breakWatches();
    api.put(PODS, pod('b'));
    await eventually(() => has(groups, 'a', 'b'), 'what came while nobody watched');
    // One list alone: the watch went on from its version.
    expect(api.requests.filter((one) => one.includes('limit=')).length).toBe(1);
    expect(errors).toHaveLength(1);
  });

  it('are listed anew where their version is forgotten, at the beginning of a watch or within', async () => {
    api.put(PODS, pod('a'));
    api.put(PODS, pod('b'));
    const groups = run({});
    await eventually(() => api.watchCount === 1, 'a watch');
    api.breakWatches();
    api.remove(PODS, pod('a'));
    api.forget();
    await eventually(() => has(groups, 'b'), 'what went while nobody watched');
    await eventually(() => api.watchCount === 1, 'a second watch');
    api.put(PODS, pod('c'));
    api.expireWatches();
    await eventually(() => has(groups, 'b', 'c'), 'the list after an error event');
    await eventually(() => api.watchCount === 1, 'a third watch');
  });

  it('move on with bookmarks', async () => {
    const groups = run({});
    await eventually(() => api.watchCount === 1, 'a watch');
    api.put('/api/v1/nodes', { metadata: { name: 'n1' } });
    api.forget();
    api.sendBookmarks();
    await new Promise((resolve) => setTimeout(resolve, 50));
    api.breakWatches();
    api.put(PODS, pod('a'));
    await eventually(() => has(groups, 'a'), 'a watch from the version of the bookmark');
    expect(api.requests.filter((one) => one.includes('limit=')).length).toBe(1);
  });

  it('are asked for by namespace and selector', async () => {
    api.put(PODS, pod('a'));
    api.put(PODS, { ...pod('b'), metadata: { name: 'b', namespace: 'other' } });
    const groups = run({
      namespaces: { names: ['shop', 'none'], ownNamespace: false },
      selectors: [{ role: 'pod', label: 'app in (a,b)', field: 'spec.nodeName=n1' }],
    });
    await eventually(() => has(groups, 'a'), 'those of the namespace');
    await eventually(() => api.watchCount === 2, 'two watches');
    const query = 'labelSelector=app+in+%28a%2Cb%29&fieldSelector=spec.nodeName%3Dn1';
    for (const namespace of ['shop', 'none']) {
      expect(api.requests).toContain(`/api/v1/namespaces/${namespace}/pods?${query}&limit=250`);
    }
  });

  it('are told when all that they need is there', async () => {
    api.put(PODS, pod('a'));
    api.refuse = (path) => (path.endsWith('/nodes') ? 403 : undefined);
    const groups = run({ attachMetadata: { ...POD_CONFIG.attachMetadata, node: true } });
    await eventually(() => errors.length > 0 && api.watchCount === 1, 'the refusal');
    expect(errors[0]).toBe('refused with 403');
    expect(groups.size).toBe(0);
    api.put('/api/v1/nodes', { metadata: { name: 'n1', labels: { zone: 'z' } } });
    api.refuse = () => undefined;
    await eventually(() => has(groups, 'a'), 'the nodes may be seen');
    expect(groups.get('pod/shop/a')?.labels).toContain('__meta_kubernetes_node_label_zone');
  });
});

describe('endpoint slices', () => {
  it('are put together from slices, services, pods', async () => {
    api.put(PODS, pod('a'));
    api.put('/api/v1/services', { metadata: { name: 'web', namespace: 'shop' }, spec: {} });
    api.put('/apis/discovery.k8s.io/v1/endpointslices', {
      metadata: {
        name: 's',
        namespace: 'shop',
        labels: { 'kubernetes.io/service-name': 'web' },
      },
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints: [
        { addresses: ['10.1.0.1'], targetRef: { kind: 'Pod', name: 'a', namespace: 'shop' } },
      ],
    });
    const groups = run({ role: 'endpointslice' });
    const text = (): string => JSON.stringify([...groups]);
    await eventually(() => text().includes('"__meta_kubernetes_pod_phase","Running"'), 'a pod');
    expect(text()).toContain('"__meta_kubernetes_service_name","web"');
    await eventually(() => api.watchCount === 3, 'three watches');
    api.put(PODS, { ...pod('a'), status: { podIP: '10.1.0.1', phase: 'Failed' } });
    await eventually(() => text().includes('"__meta_kubernetes_pod_phase","Failed"'), 'its phase');
  });
});

describe('credentials', () => {
  let certificates: CertificateFolder;
  let folder: string;

  beforeAll(() => {
    certificates = new CertificateFolder();
    folder = mkdtempSync(join(tmpdir(), 'narthex-kubernetes-'));
  });

  afterAll(() => {
    certificates.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('of a kubeconfig, written while we wait for it', async () => {
    const secure = new KubernetesApi();
    const url = await secure.listen(certificates.issue('api', 'IP:127.0.0.1'));
    secure.put(PODS, pod('a'));
    const kubeconfigFile = join(folder, 'config');
    const groups = run({ apiServer: '', kubeconfigFile });
    await eventually(() => errors.length > 0, 'there is no file');
    const authority = readFileSync(certificates.authority.certFile).toString('base64');
    writeFileSync(
      kubeconfigFile,
      `
current-context: x
contexts: [{name: x, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: '${url}', certificate-authority-data: ${authority}}}]
users: [{name: u, user: {token: secret}}]
`,
    );
    await eventually(() => has(groups, 'a'), 'the pods');
    expect([...secure.authorizations]).toEqual(['Bearer secret']);
    expect(errors.join('')).not.toContain('secret');
    await secure.close();
  });

  it('of a pod: the account, whose token changes under way', async () => {
    const secure = new KubernetesApi();
    const url = new URL(await secure.listen(certificates.issue('own', 'IP:127.0.0.1')));
    secure.put(PODS, pod('a'));
    const account = '/var/run/secrets/kubernetes.io/serviceaccount';
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'first');
    const place = (path: string): string =>
      path === `${account}/ca.crt` ? certificates.authority.certFile : tokenFile;
    const environment = {
      KUBERNETES_SERVICE_HOST: url.hostname,
      KUBERNETES_SERVICE_PORT: url.port,
    };
    const groups = run(
      { apiServer: '' },
      {
        environment,
        files: { ...systemGroupFiles, read: (path) => systemGroupFiles.read(place(path)) },
        // The paths of a pod are not on this machine.
        openHttpClient: (config) =>
          createHttpClient(config, {
            readFile: (path) => Promise.resolve(readFileSync(place(path), 'utf8')),
            environment: {},
            nowMs: Date.now,
          }),
      },
    );
    await eventually(() => has(groups, 'a') && secure.watchCount === 1, 'the pods');
    writeFileSync(tokenFile, 'second');
    secure.breakWatches();
    await eventually(() => secure.authorizations.has('Bearer second'), 'the new token');
    expect([...secure.authorizations]).toEqual(['Bearer first', 'Bearer second']);
    await secure.close();
  });
});

it('a server scrapes what a prometheus.yml lets it find in a cluster', async () => {
  const target = await serve((_, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.end('shop_orders_total 5\n');
  });
  const { hostname, port } = new URL(target.url);
  api.put(PODS, pod('web', hostname, Number(port)));
  const narthex = await startNarthex({
    config: () => `
scrape_configs:
  - job_name: pods
    scrape_interval: 1s
    kubernetes_sd_configs:
      - role: pod
        api_server: ${server}
        selectors: [{role: pod, label: app=web}]
    relabel_configs:
      - {source_labels: [__meta_kubernetes_pod_label_app], target_label: app}
      - {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
`,
  });
  try {
    const query = 'shop_orders_total{app="web",namespace="shop"}';
    const [series] = await untilQuery(narthex.url, query, (result) => result.length > 0);
    expect(series?.value?.[1]).toBe('5');
    const metrics = await (await fetch(`${narthex.url}/metrics`)).text();
    expect(metrics).toContain('prometheus_sd_kubernetes_events_total{role="pod",event="add"} 1');
    expect(metrics).toContain('prometheus_sd_kubernetes_http_request_total{status_code="200"}');
    expect(narthex.output()).not.toContain('without effect');
  } finally {
    await narthex.stop();
    await closeServers();
  }
});
