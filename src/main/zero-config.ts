import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config, ScrapeConfig } from '#config';
import type { ContainerRole } from '#discovery';
import type { Settings } from './settings.ts';

/** How this server reaches itself. */
export interface OwnPlace {
  /** `host:port` */
  readonly address: string;
  /** '' or `/prefix`. */
  readonly prefix: string;
  /** Name of this machine, for `instance`. */
  readonly hostName: string;
  readonly watchesContainers: boolean;
}

const EVERYWHERE = new Set(['0.0.0.0', '::', '']);

export function ownPlace(settings: Settings): OwnPlace {
  const { host, port } = settings.listen;
  return {
    address: `${EVERYWHERE.has(host) ? 'localhost' : bracketed(host)}:${port}`,
    prefix: settings.routePrefix,
    hostName: hostName(settings.host.rootPath),
    watchesContainers: settings.containers.isOn,
  };
}

/** Of the machine: a container has a name of its own, but may see the files of its host. */
function hostName(rootPath: string): string {
  if (rootPath === '/') return hostname();
  try {
    return readFileSync(join(rootPath, 'etc/hostname'), 'utf8').trim() || hostname();
  } catch {
    return hostname();
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Jobs whose targets are found in the containers of this machine. */
const ROLES: ReadonlyMap<string, ContainerRole> = new Map([
  ['containers', 'self'],
  ['docker', 'engine'],
  ['apps', 'applications'],
]);

/** Samples and bytes of one application's page; a page beyond is refused, and the target says so. */
export const APPS_LIMITS = { samples: 100_000, body: '64MB' };

/** What runs where no file was named and none is there, as YAML. */
export function zeroConfigText(own: OwnPlace): string {
  const jobs = own.watchesContainers
    ? [ownJob('narthex', '/metrics', own), ownJob('host', '/metrics/host', own), containerJobs(own)]
    : [ownJob('narthex', '/metrics', own), ownJob('host', '/metrics/host', own)];
  return `# Built in, because no configuration file was given and none was found. "narthex config show"
# prints a file of your own that does the same.
global:
  scrape_interval: 5s
  scrape_timeout: 5s
scrape_configs:
${jobs.join('\n')}`;
}

function ownJob(name: string, path: string, { address, prefix, hostName }: OwnPlace): string {
  return `  - job_name: ${name}
    metrics_path: ${quoted(prefix + path)}
    static_configs:
      - targets: [${quoted(address)}]
        labels: {instance: ${quoted(hostName)}}
`;
}

function containerJobs({ prefix }: OwnPlace): string {
  return `  # Once there is an engine: what we measure of its containers.
  - job_name: containers
    metrics_path: ${quoted(`${prefix}/metrics/containers`)}
    honor_labels: true
  # The engine's own metrics where it serves them, else what we make of its API.
  - job_name: docker
    metrics_path: ${quoted(`${prefix}/metrics/docker`)}
  # Applications found in containers: by their labels, else by asking exposed ports once.
  - job_name: apps
    fallback_scrape_protocol: PrometheusText0.0.4
    sample_limit: ${APPS_LIMITS.samples}
    body_size_limit: ${APPS_LIMITS.body}
    follow_redirects: false
    # A container's address stands in no certificate.
    tls_config: {insecure_skip_verify: true}
`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Gives the jobs that run without a file the discoveries that no key of YAML stands for. */
export function withContainerDiscovery(config: Config): Config {
  return { ...config, scrapeConfigs: config.scrapeConfigs.map(withRole) };
}

function withRole(job: ScrapeConfig): ScrapeConfig {
  const role = ROLES.get(job.jobName);
  return role === undefined ? job : { ...job, discovery: [{ kind: 'containers', role }] };
}
