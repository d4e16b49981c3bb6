import type { Container, FoundApplication, FoundTarget, ScrapeLabels } from '#containers';
import { formatDuration } from '#model';
import { APPS_LIMITS } from './zero-config.ts';
import type { OwnPlace } from './zero-config.ts';

/** As the head has it. */
const SCRAPE_TIMEOUT_MS = 5000;

/** What was seen by looking once. */
export interface KeptFacts {
  readonly own: OwnPlace;
  /** As docker_sd_configs takes it; '' where there is no engine. */
  readonly engineAddress: string;
  /** `Docker Engine 28.0.0`, or why there is none. */
  readonly engineText: string;
  readonly running: number;
  /** `host:port` where the engine serves its own metrics; undefined where it does not. */
  readonly engineMetrics: string | undefined;
  readonly applications: readonly FoundApplication[];
}

/**
 * A prometheus.yml that does what runs without one, as far as an ordinary file can: labels are followed by discovery,
 * what was found by asking is written down. Prometheus reads it, too.
 */
export function keptConfigText(facts: KeptFacts): string {
  const { own, engineAddress } = facts;
  const jobs = [ownJob('narthex', '/metrics', own), ownJob('host', '/metrics/host', own)];
  if (engineAddress !== '') {
    jobs.push(
      `${ownJob('containers', '/metrics/containers', own)}    honor_labels: true\n`,
      engineJob(facts),
      labelledJob(facts),
      ...foundJobs(facts),
    );
  }
  return `${head(facts)}scrape_configs:
${jobs.join('\n')}`;
}

function head({ engineAddress, engineText, running, applications }: KeptFacts): string {
  const seen =
    engineAddress === ''
      ? `# There was no container engine: ${engineText}.`
      : `# Seen at ${engineAddress} (${engineText}): ${running} running containers, ${applications.length} with metrics.`;
  return `# What Narthex does without a configuration file. Containers that are found by asking their ports are written
# down as they were: run "narthex config show" again when there are new ones, or label them. An application that names no
# content type needs "fallback_scrape_protocol: PrometheusText0.0.4" in its job, which older Prometheus does not know.
${seen}
global:
  scrape_interval: 5s
  scrape_timeout: 5s
`;
}

function ownJob(name: string, path: string, { address, prefix, hostName }: OwnPlace): string {
  return `  - job_name: ${name}
    metrics_path: ${quoted(prefix + path)}
    static_configs:
      - targets: [${quoted(address)}]
        labels: {instance: ${quoted(hostName)}}
`;
}

function engineJob({ own, engineMetrics }: KeptFacts): string {
  if (engineMetrics === undefined) return ownJob('docker', '/metrics/docker', own);
  return ownJob('docker', '/metrics', { ...own, address: engineMetrics, prefix: '' });
}

/** Conventions of labels that are followed, by the name that discovery gives them; what comes later counts. */
const FAMILIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['prometheus', ['prometheus.port', 'prometheus-port']],
  ['prometheus_io', ['prometheus.io/port', 'prometheus.io.port']],
  ['narthex', ['narthex.port']],
]);

/** Ours, and those that some container uses. */
function familiesOf({ applications }: KeptFacts): readonly string[] {
  return [...FAMILIES]
    .filter(
      ([family, names]) =>
        family === 'narthex' ||
        applications.some(({ container }) => names.some((name) => name in container.labels)),
    )
    .map(([family]) => family);
}

const labelOf = (family: string, setting: string): string =>
  `__meta_docker_container_label_${family}_${setting}`;

/** Containers that say themselves where their metrics are. */
function labelledJob(facts: KeptFacts): string {
  const families = familiesOf(facts);
  const taken = (setting: string, target: string): string =>
    families.map((family) => copyRule(labelOf(family, setting), target)).join('');
  return `  # Containers with a label that names their port (narthex.port): path, scheme, interval and job as they say.
  - job_name: apps
${discovery(facts)}    relabel_configs:
${taken('port', '__tmp_port')}      - {source_labels: [__tmp_port], regex: '\\d+', action: keep}
${taken('scrape', '__tmp_scrape')}      - {source_labels: [__tmp_scrape], regex: '(?i:false|0|no|n|off|f)', action: drop}
      - source_labels: [__address__, __tmp_port]
        regex: (.+?)(?::\\d+)?;(\\d+)
        replacement: $1:$2
        target_label: __address__
${labelledExceptions(facts)}${taken('path', '__metrics_path__')}${taken('scheme', '__scheme__')}${taken('interval', '__scrape_interval__')}${taken('interval', '__scrape_timeout__')}${identityRules(facts)}`;
}

/** Whose path was found and is not said, and what a job of its own scrapes. */
function labelledExceptions({ applications }: KeptFacts): string {
  const single = applications.filter(({ labels }) => labels.ports.length === 1);
  const others = single.filter((one) => !isLabelled(one)).map(({ container }) => container);
  const names = others.map(nameRegex).join('|');
  const drop = `      - {source_labels: [__meta_docker_container_name], regex: ${quoted(names)}, action: drop}\n`;
  const paths = single.filter(isLabelled).flatMap(({ container, targets: [target] }) => {
    if (target === undefined || target.path === '/metrics') return [];
    const [name, path] = [quoted(nameRegex(container)), quoted(target.path)];
    return `      - {source_labels: [__meta_docker_container_name], regex: ${name}, replacement: ${path}, target_label: __metrics_path__}\n`;
  });
  return `${names === '' ? '' : drop}${paths.join('')}`;
}

function copyRule(source: string, target: string): string {
  return `      - {source_labels: [${source}], regex: '(.+)', target_label: ${target}}\n`;
}

/** What a container is known by, so that one that is made anew continues its series. */
function identityRules(facts: KeptFacts): string {
  const isSwarm = facts.applications.some(({ container }) => container.identity.kind === 'swarm');
  const swarm = [
    copyRule(labelOf('com_docker_swarm', 'service_name'), 'service'),
    copyRule(labelOf('com_docker_stack', 'namespace'), 'group'),
  ];
  return [
    `      - {source_labels: [__meta_docker_container_name], regex: '/(.+?)(?:\\.[a-z0-9]{25})?', target_label: instance}\n`,
    copyRule('instance', 'container'),
    copyRule('instance', 'job'),
    ...(isSwarm ? swarm : []),
    copyRule(labelOf('com_docker_compose', 'service'), 'service'),
    copyRule(labelOf('com_docker_compose', 'project'), 'group'),
    copyRule('service', 'job'),
    ...familiesOf(facts).map((family) => copyRule(labelOf(family, 'job'), 'job')),
  ].join('');
}

function discovery({ engineAddress }: KeptFacts): string {
  return `    sample_limit: ${APPS_LIMITS.samples}
    body_size_limit: ${APPS_LIMITS.body}
    follow_redirects: false
    tls_config: {insecure_skip_verify: true}
    docker_sd_configs:
      - {host: ${quoted(engineAddress)}, refresh_interval: 15s}
`;
}

interface Found extends FoundTarget {
  readonly container: Container;
  readonly labels: ScrapeLabels;
  readonly instance: string;
}

/** What the labelled job does not find: all ports that discovery lists in one job, others in one each. */
function foundJobs(facts: KeptFacts): string[] {
  const found = facts.applications
    .filter((application) => !isLabelled(application))
    .flatMap(({ container, labels, targets }) =>
      targets.map((target, i) => {
        const instance = i === 0 ? container.line : `${container.line}:${target.port}`;
        return { ...target, container, labels, instance };
      }),
    );
  const listed = found.filter((one) => isListed(one));
  const others = found.filter((one) => !isListed(one));
  return [
    ...(listed.length > 0 ? [listedJob(listed, facts)] : []),
    ...others.map(
      (one) => `${jobHead(one)}${isOwnAddress(one) ? movedPort(one, facts) : staticPart(one)}`,
    ),
  ];
}

/** The labelled job finds it just so. */
function isLabelled({ container, labels, targets }: FoundApplication): boolean {
  const names = [...FAMILIES.values()].flat();
  return (
    labels.ports.length === 1 &&
    !labels.path.includes('?') &&
    names.some((name) => name in container.labels) &&
    targets.every((target) => isOwnAddress({ ...target, container }))
  );
}

/** Discovery names that port, and its address is the container's. */
function isListed(one: Found): boolean {
  const { container, port, path, scheme } = one;
  const isPlain = scheme === 'http' && !path.includes('?');
  return isPlain && isOwnAddress(one) && container.exposedPorts.includes(port);
}

function listedJob(found: readonly Found[], facts: KeptFacts): string {
  const lines = found.map(({ address, path }) => `  #   ${address}${path}\n`);
  const paths = found.filter(({ path }) => path !== '/metrics');
  const renamed = found.filter(({ instance, container }) => instance !== container.line);
  const named = found.filter(({ labels }) => labels.job !== '');
  const paced = found.filter(({ labels }) => labels.intervalMs > 0);
  return `  # Found by asking exposed ports:
${lines.join('')}  - job_name: apps-found
${discovery(facts)}    relabel_configs:
      - source_labels: [__meta_docker_container_name, __meta_docker_port_private]
        regex: ${quoted(found.map(placeRegex).join('|'))}
        action: keep
${paths.map((one) => placeRule(one, '__metrics_path__', one.path)).join('')}${paced
    .map(
      (one) =>
        placeRule(one, '__scrape_interval__', intervalOf(one)) +
        placeRule(one, '__scrape_timeout__', timeoutOf(one)),
    )
    .join('')}${identityRules(facts)}${renamed
    .map((one) => placeRule(one, 'instance', one.instance))
    .join('')}${named.map((one) => placeRule(one, 'job', one.labels.job)).join('')}`;
}

function placeRule(one: Found, target: string, value: string): string {
  return `      - source_labels: [__meta_docker_container_name, __meta_docker_port_private]
        regex: ${quoted(placeRegex(one))}
        replacement: ${quotedReplacement(value)}
        target_label: ${target}
`;
}

function intervalOf({ labels }: Found): string {
  return formatDuration(labels.intervalMs);
}

/** No longer than the interval. */
function timeoutOf({ labels }: Found): string {
  return formatDuration(Math.min(labels.intervalMs, SCRAPE_TIMEOUT_MS));
}

function placeRegex({ container, port }: Found): string {
  return `${nameRegex(container)};${port}`;
}

function jobHead(found: Found): string {
  const { address, path, scheme, instance, labels } = found;
  const [place = '/metrics', query = ''] = path.split('?', 2);
  const parameters = [...new URLSearchParams(query)].map(
    ([name, value]) => `      ${quoted(name)}: [${quoted(value)}]\n`,
  );
  return `  # Found: ${address}${path}
  - job_name: ${quoted(`apps-${instance}`)}
    metrics_path: ${quoted(place)}
    scheme: ${scheme}
${labels.intervalMs === 0 ? '' : `    scrape_interval: ${intervalOf(found)}\n    scrape_timeout: ${timeoutOf(found)}\n`}${parameters.length === 0 ? '' : `    params:\n${parameters.join('')}`}`;
}

/** A port that is not exposed: discovery names another, or none. */
function movedPort({ container, port, instance, labels }: Found, facts: KeptFacts): string {
  const renamed = `      - {replacement: ${quoted(instance)}, target_label: instance}\n`;
  const named = `      - {replacement: ${quotedReplacement(labels.job)}, target_label: job}\n`;
  return `${discovery(facts)}    relabel_configs:
      - source_labels: [__meta_docker_container_name]
        regex: ${quoted(nameRegex(container))}
        action: keep
      - source_labels: [__address__]
        regex: (.+?)(?::\\d+)?
        replacement: $1:${port}
        target_label: __address__
${identityRules(facts)}${instance === container.line ? '' : renamed}${labels.job === '' ? '' : named}`;
}

/** The port that the engine publishes: discovery would name the container's own address. */
function staticPart({ container, address, instance, labels: said }: Found): string {
  const { line, identity } = container;
  const { group, service } = identity;
  const labels = {
    job: said.job || service || line,
    instance,
    container: line,
    ...(group !== '' && { group }),
    ...(service !== '' && { service }),
  };
  const text = Object.entries(labels).map(([name, value]) => `${name}: ${quoted(value)}`);
  return `    static_configs:
      - targets: [${quoted(address)}]
        labels: {${text.join(', ')}}
`;
}

function isOwnAddress({ container, address }: FoundTarget & { container: Container }): boolean {
  return container.addresses.some(
    ({ ip }) => address.startsWith(`${ip}:`) || address.startsWith(`[${ip}]:`),
  );
}

/** A task of Swarm has a name of its own each time. */
function nameRegex({ identity, line, containerName }: Container): string {
  const isSwarm = identity.kind === 'swarm';
  const name = isSwarm ? line : containerName;
  const escaped = name.replaceAll(/[.+*?()[\]{}|^$\\]/g, '\\$&');
  return `/${escaped}${isSwarm ? '\\..+' : ''}`;
}

/** A dollar would stand for what was matched. */
function quotedReplacement(text: string): string {
  return quoted(text.replaceAll('$', '$$$$'));
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
