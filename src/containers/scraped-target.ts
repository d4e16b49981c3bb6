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

/**
 * Tells which targets are a container's: by the id that discovery gave them, else by address: its own, a port that
 * is published for it, or a name that it has on its networks.
 */
export class TargetMatcher {
  readonly #id: string;
  readonly #hosts: ReadonlySet<string>;
  readonly #places: ReadonlySet<string>;

  constructor(container: Container) {
    const { identity, containerName, addresses, publishedPorts } = container;
    this.#id = container.id;
    this.#hosts = new Set(
      [containerName, identity.name, identity.service, ...addresses.map(({ ip }) => ip)].filter(
        (host) => host !== '' && !LOOPBACK.has(host),
      ),
    );
    const places = publishedPorts.map(({ ip, hostPort }) => `${publishedHost(ip)} ${hostPort}`);
    const isOnHost = container.networkMode === 'host';
    const ofHost = isOnHost ? container.exposedPorts.map((port) => `host ${port}`) : [];
    this.#places = new Set([...places, ...ofHost]);
  }

  /** `url`: of what is scraped; '' of a target that was dropped. */
  matches(discovered: Readonly<Record<string, string>>, url: string): boolean {
    const id = discovered[CONTAINER_ID] ?? '';
    if (id !== '') return id === this.#id;
    const scraped = url === '' ? undefined : splitUrl(url);
    return this.#isAt(splitAddress(discovered['__address__'] ?? '')) || this.#isAt(scraped);
  }

  #isAt(place: Place | undefined): boolean {
    if (place === undefined) return false;
    if (this.#hosts.has(place.host)) return true;
    const host = LOOPBACK.has(place.host) ? 'host' : place.host;
    return this.#places.has(`${host} ${place.port}`);
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
