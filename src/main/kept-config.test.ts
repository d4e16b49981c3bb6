import { describe, expect, it } from 'vitest';
import type { FoundApplication } from '#containers';
import { loadConfig } from '#config';
import type { Config, ScrapeConfig } from '#config';
import { applyRelabel, labelsFromObject, labelsToObject } from '#model';
import { container } from '../../test/fakes/containers.ts';
import { keptConfigText } from './kept-config.ts';
import type { KeptFacts } from './kept-config.ts';
import { zeroConfigText } from './zero-config.ts';

const own = {
  address: 'localhost:9090',
  prefix: '/p',
  hostName: 'box',
  watchesContainers: true,
};

const said = {
  scrape: undefined,
  ports: [],
  path: '',
  scheme: '',
  intervalMs: 0,
  job: '',
  decidedBy: '',
  problems: [],
} as const;

function found(
  name: string,
  ports: readonly number[],
  more: Partial<FoundApplication['labels']> & { labels?: Record<string, string>; at?: string } = {},
): FoundApplication {
  const { labels = {}, at = '10.0.0.1', ...read } = more;
  return {
    container: container(name, { labels, exposedPorts: [8080, 9999] }),
    labels: { ...said, ...read },
    targets: ports.map((port) => ({
      port,
      address: `${at}:${port}`,
      path: read.path ?? '/metrics',
      scheme: 'http',
    })),
  };
}

function kept(
  applications: readonly FoundApplication[],
  settings: Partial<KeptFacts> = {},
): Config {
  const text = keptConfigText({
    own,
    engineAddress: 'unix:///var/run/docker.sock',
    engineText: 'Docker Engine 28',
    running: 1,
    engineMetrics: undefined,
    applications,
    ...settings,
  });
  return read(text);
}

function read(text: string): Config {
  const loaded = loadConfig(text, { fileName: 'kept.yml', env: {} });
  if ('errors' in loaded) throw new Error(`${JSON.stringify(loaded.errors)}\n${text}`);
  return loaded.config;
}

function jobNames({ scrapeConfigs }: Config): string[] {
  return scrapeConfigs.map(({ jobName }) => jobName);
}

function job(config: Config, name: string): ScrapeConfig {
  const one = config.scrapeConfigs.find(({ jobName }) => jobName === name);
  if (one === undefined) throw new Error(`there is no job ${name}`);
  return one;
}

/** What a job makes of a container as docker_sd_configs discovers it; undefined where it drops it. */
function scraped(
  { relabelRules }: ScrapeConfig,
  name: string,
  discovered: Record<string, string> = {},
): Record<string, string> | undefined {
  const labels = applyRelabel(
    relabelRules,
    labelsFromObject({
      __address__: '10.0.0.1:8080',
      __metrics_path__: '/metrics',
      __meta_docker_container_name: `/${name}`,
      __meta_docker_port_private: '8080',
      ...discovered,
    }),
  );
  return labels && labelsToObject(labels);
}

describe('the configuration to keep', () => {
  it('without an engine watches the host and the server itself', () => {
    const config = kept([], { engineAddress: '', engineText: 'no socket' });
    expect(jobNames(config)).toEqual(['narthex', 'host']);
    expect(job(config, 'host').metricsPath).toBe('/p/metrics/host');
  });

  it('has the jobs that run without a file', () => {
    const running = read(zeroConfigText(own));
    expect(jobNames(kept([]))).toEqual(jobNames(running));
    for (const name of jobNames(running)) {
      const [ours, theirs] = [job(kept([]), name), job(running, name)];
      expect(ours).toMatchObject({
        metricsPath: theirs.metricsPath,
        honorLabels: theirs.honorLabels,
        sampleLimit: theirs.sampleLimit,
        bodySizeLimitBytes: theirs.bodySizeLimitBytes,
        scrapeIntervalMs: 5000,
      });
    }
  });

  it("scrapes the engine's own metrics where it serves them", () => {
    const docker = job(kept([], { engineMetrics: '127.0.0.1:9323' }), 'docker');
    expect(docker).toMatchObject({ metricsPath: '/metrics' });
    expect(docker.discovery).toMatchObject([
      { groups: [{ targets: [['__address__', '127.0.0.1:9323']] }] },
    ]);
  });

  it('follows labels', () => {
    const apps = job(kept([]), 'apps');
    expect(scraped(apps, 'web')).toBeUndefined();
    const port = { __meta_docker_container_label_narthex_port: '9102' };
    expect(scraped(apps, 'web', port)).toMatchObject({
      __address__: '10.0.0.1:9102',
      instance: 'web',
      container: 'web',
      job: 'web',
    });
    expect(
      scraped(apps, 'shop-web-1', {
        ...port,
        __meta_docker_container_label_narthex_path: '/stats',
        __meta_docker_container_label_narthex_interval: '15s',
        __meta_docker_container_label_com_docker_compose_service: 'web',
        __meta_docker_container_label_com_docker_compose_project: 'shop',
      }),
    ).toMatchObject({
      __metrics_path__: '/stats',
      __scrape_interval__: '15s',
      __scrape_timeout__: '15s',
      instance: 'shop-web-1',
      job: 'web',
      group: 'shop',
    });
    expect(
      scraped(apps, 'web', { ...port, __meta_docker_container_label_narthex_scrape: 'False' }),
    ).toBeUndefined();
  });

  it('names what was found by asking, and nothing else', () => {
    const config = kept([
      found('web', [8080]),
      found('api.v1', [8080, 9999], { path: '/q/metrics' }),
    ]);
    const jobOf = job(config, 'apps-found');
    expect(scraped(jobOf, 'web')).toMatchObject({ instance: 'web', __metrics_path__: '/metrics' });
    expect(scraped(jobOf, 'web', { __meta_docker_port_private: '9999' })).toBeUndefined();
    expect(scraped(jobOf, 'other')).toBeUndefined();
    expect(scraped(jobOf, 'apixv1')).toBeUndefined();
    expect(scraped(jobOf, 'api.v1', { __meta_docker_port_private: '9999' })).toMatchObject({
      instance: 'api.v1:9999',
      container: 'api.v1',
      __metrics_path__: '/q/metrics',
    });
  });

  it('scrapes nothing twice', () => {
    const label = { 'narthex.port': '8080' };
    const meta = { __meta_docker_container_label_narthex_port: '8080' };
    const plain = kept([found('web', [8080], { ports: [8080], labels: label })]);
    expect(jobNames(plain)).not.toContain('apps-found');
    expect(scraped(job(plain, 'apps'), 'web', meta)).toBeDefined();
    const query = kept([
      found('web', [8080], { ports: [8080], labels: label, path: '/q?format=prometheus' }),
    ]);
    expect(scraped(job(query, 'apps'), 'web', meta)).toBeUndefined();
    expect(job(query, 'apps-web')).toMatchObject({
      metricsPath: '/q',
      params: { format: ['prometheus'] },
    });
  });

  it('keeps a path that was found where the label names the port alone', () => {
    const spring = found('web', [8080], { ports: [8080], labels: { 'narthex.port': '8080' } });
    const [target] = spring.targets;
    const at = '/actuator/prometheus';
    const config = kept([
      { ...spring, targets: target === undefined ? [] : [{ ...target, path: at }] },
    ]);
    const meta = { __meta_docker_container_label_narthex_port: '8080' };
    expect(scraped(job(config, 'apps'), 'web', meta)).toMatchObject({ __metrics_path__: at });
  });

  it('writes down what labels say that discovery does not see', () => {
    const said = { ports: [8080], job: 'pay$', intervalMs: 2000 };
    const config = kept([found('web', [8080], said), found('odd', [9000], said)]);
    expect(scraped(job(config, 'apps-found'), 'web')).toMatchObject({
      job: 'pay$',
      __scrape_interval__: '2s',
      __scrape_timeout__: '2s',
    });
    const moved = job(config, 'apps-odd');
    expect(moved).toMatchObject({ scrapeIntervalMs: 2000, scrapeTimeoutMs: 2000 });
    expect(scraped(moved, 'odd')).toMatchObject({ __address__: '10.0.0.1:9000', job: 'pay$' });
  });

  it('names the published port where that is what is reached', () => {
    const config = kept([found('web', [8080], { at: '127.0.0.1' })]);
    expect(job(config, 'apps-web').discovery).toMatchObject([
      { kind: 'static', groups: [{ targets: [['__address__', '127.0.0.1:8080']] }] },
    ]);
  });
});
