import type { Clock, HttpClient, HttpClientOptions, Log } from '#platform';
import type { DiscoveryConfig, TargetGroup } from '#config';
import { dnsDiscovery } from './dns-discovery.ts';
import { dockerDiscovery } from './docker/docker-discovery.ts';
import { swarmDiscovery } from './docker/swarm-discovery.ts';
import type { DnsLookup } from './dns-lookup.ts';
import type { DiscoveryMetrics } from './discovery-metrics.ts';
import { fileDiscovery } from './file-discovery.ts';
import type { GroupFiles } from './group-files.ts';
import { httpDiscovery } from './http-discovery.ts';
import { kubernetesDiscovery } from './kubernetes/kubernetes-discovery.ts';

/**
 * Receives what was found. A group replaces the one of the same source; one without targets says
 * that the source is gone. Groups that are not named stay as they were.
 */
export type OnGroups = (groups: readonly TargetGroup[]) => void;

/** Something that finds targets. */
export interface Discovery {
  /** Starts looking, and calls until the function it returns is called. */
  run(onGroups: OnGroups): () => void;
}

/** All that discoveries need of the outside world. */
export interface DiscoverySurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: DiscoveryMetrics;
  readonly files: GroupFiles;
  readonly lookup: DnsLookup;
  readonly openHttpClient: (options: HttpClientOptions) => HttpClient;
  /** What http_sd says of itself: `Narthex/0.1.0`. */
  readonly userAgent: string;
  /** Where a pod learns of its cluster. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent: containers are not watched. */
  readonly containers?: (role: ContainerRole) => Discovery;
}

export type ContainerRole = Extract<DiscoveryConfig, { kind: 'containers' }>['role'];

/** Undefined for kinds that have no machinery here. */
export function createDiscovery(
  config: DiscoveryConfig,
  surroundings: DiscoverySurroundings,
): Discovery | undefined {
  switch (config.kind) {
    case 'static':
      return staticDiscovery(config.groups);
    case 'file':
      return fileDiscovery(config, surroundings);
    case 'dns':
      return dnsDiscovery(config, surroundings);
    case 'http':
      return httpDiscovery(config, surroundings);
    case 'containers':
      return surroundings.containers?.(config.role);
    case 'kubernetes':
      return kubernetesDiscovery(config, surroundings);
    case 'docker':
      return dockerDiscovery(config, surroundings);
    case 'dockerswarm':
      return swarmDiscovery(config, surroundings);
    case 'unsupported':
      return undefined;
  }
}

function staticDiscovery(groups: readonly TargetGroup[]): Discovery {
  return {
    run: (onGroups) => {
      onGroups(groups);
      return () => {};
    },
  };
}
