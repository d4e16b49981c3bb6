import type { TargetGroup } from '#config';
import { formatDuration, labelsFromPairs } from '#model';
import type { Labels } from '#model';
import type { Container } from './container.ts';
import type { ScrapeLabels } from './scrape-labels.ts';

/** A port of a container that is scraped. */
export interface FoundTarget {
  readonly port: number;
  /** `host:port` */
  readonly address: string;
  /** May have a query. */
  readonly path: string;
  readonly scheme: 'http' | 'https';
}

/** What was found in one container. */
export interface FoundApplication {
  readonly container: Container;
  readonly labels: ScrapeLabels;
  readonly targets: readonly FoundTarget[];
}

/** Parameters of a path beyond that are left out. */
const PARAMETERS_MAX = 16;
/** Of a target whose interval a label makes shorter than that of its job, the time-out is no longer than the interval. */
const TIMEOUT_MS_MAX = 5000;

/**
 * The targets of one container as discovery tells them. They are labelled by what the container is known by, so
 * that a container made anew continues its series.
 */
export function targetGroupOf(
  container: Container,
  labels: ScrapeLabels,
  found: readonly FoundTarget[],
): TargetGroup {
  const first = found[0]?.port;
  const targets = found.map((target) =>
    targetLabels(container, { labels, target, isFirst: target.port === first }),
  );
  return { source: sourceOf(container.id), targets, labels: commonLabels(container, labels) };
}

export function sourceOf(id: string): string {
  return `containers/${id}`;
}

function targetLabels(
  { line }: Container,
  of: {
    readonly labels: ScrapeLabels;
    readonly target: FoundTarget;
    readonly isFirst: boolean;
  },
): Labels {
  const { address, path, port, scheme } = of.target;
  const { intervalMs } = of.labels;
  const [place = '', query = ''] = split(path);
  const pairs: [string, string][] = [
    ['__address__', address],
    ['__scheme__', scheme],
    ['__metrics_path__', place],
    ['__meta_docker_port_private', String(port)],
    // Of several ports of one container each needs an instance of its own.
    ['instance', of.isFirst ? line : `${line}:${port}`],
  ];
  if (intervalMs > 0) {
    pairs.push(
      ['__scrape_interval__', formatDuration(intervalMs)],
      ['__scrape_timeout__', formatDuration(Math.min(intervalMs, TIMEOUT_MS_MAX))],
    );
  }
  const parameters = [...new URLSearchParams(query)].slice(0, PARAMETERS_MAX);
  for (const [key, value] of parameters) {
    if (/^[\w-]+$/.test(key)) pairs.push([`__param_${key}`, value]);
  }
  return labelsFromPairs(new Map(pairs));
}

function split(path: string): string[] {
  const at = path.indexOf('?');
  return at < 0 ? [path] : [path.slice(0, at), path.slice(at + 1)];
}

function commonLabels(container: Container, labels: ScrapeLabels): Labels {
  const { identity } = container;
  return labelsFromPairs(
    new Map([
      ['job', labels.job || jobOf(container)],
      ['container', container.line],
      ['group', identity.group],
      ['service', identity.service],
      // Under the names of docker_sd_configs, so that pages and the doctor can tie a target to its container.
      ['__meta_docker_container_id', container.id],
      ['__meta_docker_container_name', `/${container.containerName}`],
      ['__meta_docker_container_network_mode', container.networkMode],
    ]),
  );
}

/** The service that it is a replica of, else its name. */
export function jobOf({ identity }: Container): string {
  return identity.service === '' ? identity.name : identity.service;
}
