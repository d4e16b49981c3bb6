import { labelsFromPairs } from '#model';
import type { Labels } from '#model';
import type { ContainerSummary, NetworkEndpoint, Port } from '#docker';
import type { DiscoveryConfig } from '#config';
import type { Discovery, DiscoverySurroundings } from '../discovery.ts';
import { hostPort } from '../host-port.ts';
import { doing, engineDiscovery } from './engine-discovery.ts';
import { DOCKER, networkLabels, objectLabels } from './meta-labels.ts';
import type { LabelPairs } from './meta-labels.ts';

type DockerConfig = Extract<DiscoveryConfig, { kind: 'docker' }>;

/** What adds, removes or moves a running container; Podman words two of them otherwise. */
const ACTIONS = ['start', 'die', 'died', 'destroy', 'remove', 'rename', 'connect', 'disconnect'];

/** The containers of a Docker Engine, a target for each network and port. */
export function dockerDiscovery(
  config: DockerConfig,
  surroundings: DiscoverySurroundings,
): Discovery {
  return engineDiscovery(config, surroundings, () => ({
    source: 'Docker',
    eventFilters: { type: ['container', 'network'], event: ACTIONS },
    // A busy engine may still list what it has told the end of.
    afterEventMs: 2000,
    targets: async (engine, signal) => {
      const query = { all: false, filters: config.filters };
      const containers = await doing('listing containers', engine.containers(query, signal));
      const networks = await doing('computing network labels', engine.networks({}, signal));
      return containerTargets(containers, networkLabels(networks, DOCKER), config);
    },
  }));
}

type Networks = readonly (readonly [name: string, endpoint: NetworkEndpoint])[];

function containerTargets(
  containers: readonly ContainerSummary[],
  networks: ReadonlyMap<string, LabelPairs>,
  config: DockerConfig,
): readonly Labels[] {
  const byId = new Map(containers.map((container) => [container.Id, container]));
  const targets: Labels[] = [];
  for (const container of containers) {
    const name = container.Names?.[0];
    if (name === undefined) continue;
    const common = containerLabels(container, name);
    for (const [, endpoint] of chosenNetworks(networksOf(container, byId), config)) {
      const shared = [...common, ...(networks.get(endpoint.NetworkID ?? '') ?? [])];
      targets.push(...endpointTargets(container, { endpoint, shared, config }));
    }
  }
  return targets;
}

function containerLabels(container: ContainerSummary, name: string): LabelPairs {
  return [
    [`${DOCKER}container_id`, container.Id],
    [`${DOCKER}container_name`, name],
    [`${DOCKER}container_network_mode`, container.HostConfig?.NetworkMode ?? ''],
    [`${DOCKER}container_image`, container.Image ?? ''],
    [`${DOCKER}container_image_id`, container.ImageID ?? ''],
    ...objectLabels(`${DOCKER}container_`, container.Labels),
  ];
}

/** Its own networks, or those of the container whose network it shares. Sorted by name. */
function networksOf(
  container: ContainerSummary,
  byId: ReadonlyMap<string, ContainerSummary>,
): Networks {
  const seen = new Set<string>();
  let current: ContainerSummary | undefined = container;
  while (current !== undefined && !seen.has(current.Id)) {
    const found = Object.entries(current.NetworkSettings?.Networks ?? {});
    if (found.length > 0) return found.toSorted(([a], [b]) => (a < b ? -1 : 1));
    seen.add(current.Id);
    const mode: string = current.HostConfig?.NetworkMode ?? '';
    current = mode.startsWith('container:') ? byId.get(mode.slice('container:'.length)) : undefined;
  }
  return [];
}

function chosenNetworks(networks: Networks, { matchFirstNetwork }: DockerConfig): Networks {
  // An engine writes null for a network that it does not know (yet).
  const known = networks.filter(([, endpoint]) => endpoint !== null);
  return matchFirstNetwork ? known.slice(0, 1) : known;
}

function endpointTargets(
  container: ContainerSummary,
  {
    endpoint,
    shared,
    config,
  }: {
    readonly endpoint: NetworkEndpoint;
    readonly shared: LabelPairs;
    readonly config: DockerConfig;
  },
): Labels[] {
  const ip = addressOf(endpoint);
  const own: LabelPairs = [[`${DOCKER}network_ip`, ip], ...shared];
  const ports = (container.Ports ?? []).filter(({ Type }) => Type === 'tcp');
  if (ports.length === 0) {
    const isHost = container.HostConfig?.NetworkMode === 'host';
    const address = isHost ? config.hostNetworkingHost : hostPort(ip, config.port);
    return [labelsFromPairs([...own, ['__address__', address]])];
  }
  return ports.map((port) =>
    labelsFromPairs([...portLabels(port), ...own, ['__address__', hostPort(ip, port.PrivatePort)]]),
  );
}

/** A network without IPv4 has the other alone. */
function addressOf({ IPAddress, GlobalIPv6Address }: NetworkEndpoint): string {
  return IPAddress === undefined || IPAddress === '' ? (GlobalIPv6Address ?? '') : IPAddress;
}

function portLabels({ PrivatePort, PublicPort = 0, IP = '' }: Port): LabelPairs {
  const labels: LabelPairs = [[`${DOCKER}port_private`, String(PrivatePort)]];
  if (PublicPort > 0) {
    labels.push([`${DOCKER}port_public`, String(PublicPort)], [`${DOCKER}port_public_ip`, IP]);
  }
  return labels;
}
