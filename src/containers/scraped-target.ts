import type { ScrapeConfig } from '#config';
import type { Container } from './container.ts';

/** A target as scraping shows it. */
export interface ScrapedTarget {
  readonly scrapePool: string;
  readonly discoveredLabels: Readonly<Record<string, string>>;
  /** Without those that begin with `__`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  /** '' where the last scrape went well. */
  readonly lastError: string;
  /** 0: there was none yet. */
  readonly lastScrapeMs: number;
  /** As Prometheus writes durations: `15s`. */
  readonly scrapeInterval: string;
  /** Samples of the last page. */
  readonly lastPage: {
    readonly scraped: number;
    readonly afterRelabelling: number;
    readonly duplicates: number;
    readonly outOfOrder: number;
    readonly outOfBounds: number;
  };
}

export interface DiscardedTarget {
  readonly scrapePool: string;
  readonly discoveredLabels: Readonly<Record<string, string>>;
}

/** All targets, of whatever job and discovery. */
export interface ScrapedTargets {
  active(): readonly ScrapedTarget[];
  /** Those that relabelling dropped. */
  dropped(): readonly DiscardedTarget[];
  config(pool: string): ScrapeConfig | undefined;
}

const CONTAINER_ID = '__meta_docker_container_id';
const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1', 'host.docker.internal']);

const NOBODY: readonly string[] = [];

/**
 * Tells whose targets are whose: by the id that discovery gave a target, else by address: one that a container has,
 * a port that is published for it, or a name that it has on its networks. Of containers that do not run any more the
 * addresses may be those of others by now.
 */
export class TargetOwners {
  readonly #ids = new Map<string, readonly string[]>();
  /** By host alone, and by host and port. */
  readonly #owners = new Map<string, string[]>();

  constructor(containers: readonly Container[]) {
    for (const container of containers) {
      this.#ids.set(container.id, [container.id]);
      if (container.state === 'running' || container.state === 'paused') this.#add(container);
    }
  }

  /** Ids of the containers whose target it is; several, where a name is that of several. `url`: '' of one that was dropped. */
  of(discovered: Readonly<Record<string, string>>, url: string): readonly string[] {
    const id = discovered[CONTAINER_ID] ?? '';
    if (id !== '') return this.#ids.get(id) ?? NOBODY;
    const found = this.#at(splitAddress(discovered['__address__'] ?? ''));
    if (found !== undefined || url === '') return found ?? NOBODY;
    return this.#at(splitUrl(url)) ?? NOBODY;
  }

  #add({ id, identity, containerName, addresses, ...ports }: Container): void {
    const hosts = [
      containerName,
      identity.name,
      identity.service,
      ...addresses.map(({ ip }) => ip),
    ];
    for (const host of new Set(hosts)) {
      if (host !== '' && !LOOPBACK.has(host)) this.#put(host, id);
    }
    const places = ports.publishedPorts.map(
      ({ ip, hostPort }) => `${publishedHost(ip)} ${hostPort}`,
    );
    const ofHost = ports.networkMode === 'host' ? ports.exposedPorts : [];
    for (const place of new Set([...places, ...ofHost.map((port) => `host ${port}`)])) {
      this.#put(place, id);
    }
  }

  #put(key: string, id: string): void {
    const known = this.#owners.get(key);
    if (known === undefined) this.#owners.set(key, [id]);
    else known.push(id);
  }

  #at(place: Place | undefined): readonly string[] | undefined {
    if (place === undefined) return undefined;
    const host = LOOPBACK.has(place.host) ? 'host' : place.host;
    return this.#owners.get(place.host) ?? this.#owners.get(`${host} ${place.port}`);
  }
}

interface Place {
  readonly host: string;
  readonly port: string;
}

/** What a published address is called that every or the loopback address reaches. */
function publishedHost(ip: string): string {
  return ['', '0.0.0.0', '::'].includes(ip) || LOOPBACK.has(ip) ? 'host' : ip;
}

function splitAddress(address: string): Place | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address);
  return match === null ? undefined : { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' };
}

/** Host and port of what is scraped; the scheme's port where none is named. */
export function splitUrl(url: string): Place | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (protocol === 'https:' ? '443' : '80') : port,
  };
}
