import { labelsFromPairs } from '#model';
import type { Labels } from '#model';
import type { DockerEngine, SwarmNode, SwarmPort, SwarmService } from '#docker';
import type { Discovery, DiscoverySurroundings } from '../discovery.ts';
import { hostPort } from '../host-port.ts';
import { doing, engineDiscovery } from './engine-discovery.ts';
import type { EngineRole, SwarmConfig } from './engine-discovery.ts';
import {
  addressOfCidr,
  networkLabels,
  nodeLabels,
  serviceLabels,
  SWARM,
  tcpPorts,
} from './meta-labels.ts';
import type { LabelPairs } from './meta-labels.ts';
import { SwarmTaskTargets } from './swarm-tasks.ts';

/** Tasks have no events of their own: those of their services, and of containers on this node. */
const EVENT_TYPES: Readonly<Record<SwarmConfig['role'], readonly string[]>> = {
  services: ['service', 'network'],
  tasks: ['service', 'node', 'container'],
  nodes: ['node'],
};

const ACTIONS = ['create', 'update', 'remove', 'start', 'die', 'destroy'];

/** A swarm places tasks some seconds after it says so. */
const AFTER_EVENT_MS = 5000;

/** Services, tasks or nodes of a swarm, as one of its managers knows them. */
export function swarmDiscovery(
  config: SwarmConfig,
  surroundings: DiscoverySurroundings,
): Discovery {
  return engineDiscovery(config, surroundings, () => ({
    source: 'DockerSwarm',
    eventFilters: { type: EVENT_TYPES[config.role], event: ACTIONS },
    afterEventMs: AFTER_EVENT_MS,
    targets: targetsOf(config),
  }));
}

function targetsOf(config: SwarmConfig): EngineRole['targets'] {
  switch (config.role) {
    case 'services':
      return (engine, signal) => serviceTargets(config, engine, signal);
    case 'nodes':
      return (engine, signal) => nodeTargets(config, engine, signal);
    case 'tasks': {
      const tasks = new SwarmTaskTargets(config);
      return (engine, signal) => tasks.targets(engine, signal);
    }
  }
}

async function nodeTargets(
  { filters, port }: SwarmConfig,
  engine: DockerEngine,
  signal: AbortSignal,
): Promise<readonly Labels[]> {
  const nodes = await doing('listing swarm nodes', engine.nodes(filters, signal));
  return nodes.map((node) =>
    labelsFromPairs([
      ...nodeLabels(node),
      [`${SWARM}node_engine_version`, node.Description?.Engine?.EngineVersion ?? ''],
      ...managerLabels(node),
      ['__address__', hostPort(node.Status?.Addr ?? '', port)],
    ]),
  );
}

function managerLabels({ ManagerStatus }: SwarmNode): LabelPairs {
  if (ManagerStatus === undefined || ManagerStatus === null) return [];
  return [
    [`${SWARM}node_manager_leader`, String(ManagerStatus.Leader ?? false)],
    [`${SWARM}node_manager_reachability`, ManagerStatus.Reachability ?? ''],
    [`${SWARM}node_manager_address`, ManagerStatus.Addr ?? ''],
  ];
}

async function serviceTargets(
  { filters, port }: SwarmConfig,
  engine: DockerEngine,
  signal: AbortSignal,
): Promise<readonly Labels[]> {
  const services = await doing('listing swarm services', engine.services(filters, signal));
  const all = await doing('computing swarm network labels', engine.networks({}, signal));
  const networks = networkLabels(all, SWARM);
  const targets: Labels[] = [];
  for (const service of services) {
    const common = [...serviceLabels(service), ...templateLabels(service)];
    const ports = tcpPorts(service.Endpoint?.Ports);
    for (const { Addr = '', NetworkID = '' } of service.Endpoint?.VirtualIPs ?? []) {
      const ip = addressOfCidr(Addr);
      const shared = [...common, ...(networks.get(NetworkID) ?? [])];
      if (ports.length === 0) {
        targets.push(labelsFromPairs([...shared, ['__address__', hostPort(ip, port)]]));
      }
      for (const one of ports) {
        const address = hostPort(ip, one.PublishedPort ?? 0);
        targets.push(labelsFromPairs([...portLabels(one), ...shared, ['__address__', address]]));
      }
    }
  }
  return targets;
}

function portLabels({ Name = '', PublishMode = '' }: SwarmPort): LabelPairs {
  return [
    [`${SWARM}service_endpoint_port_name`, Name],
    [`${SWARM}service_endpoint_port_publish_mode`, PublishMode],
  ];
}

/** Plugins are services without containers. */
function templateLabels({ Spec, UpdateStatus }: SwarmService): LabelPairs {
  const container = Spec?.TaskTemplate?.ContainerSpec;
  return [
    [`${SWARM}service_task_container_hostname`, container?.Hostname ?? ''],
    [`${SWARM}service_task_container_image`, container?.Image ?? ''],
    [`${SWARM}service_updating_status`, UpdateStatus?.State ?? ''],
  ];
}
