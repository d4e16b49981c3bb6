import { labelsFromPairs } from '#model';
import type { Labels } from '#model';
import { DockerError } from '#docker';
import type { DockerEngine, SwarmPort, SwarmTask } from '#docker';
import { hostPort } from '../host-port.ts';
import { doing } from './engine-discovery.ts';
import type { SwarmConfig } from './engine-discovery.ts';
import {
  addressOfCidr,
  networkLabels,
  nodeLabels,
  objectLabels,
  serviceLabels,
  SWARM,
  tcpPorts,
} from './meta-labels.ts';
import type { LabelPairs } from './meta-labels.ts';

/** A container of another node is never found here; one of this node may come a moment later. */
const INSPECTIONS_MAX = 3;

interface Inspected {
  readonly labels: LabelPairs;
  readonly isFound: boolean;
  readonly times: number;
}

/** What services, nodes and networks add to tasks, by their ids. */
interface Surroundings {
  readonly services: ReadonlyMap<
    string,
    { readonly labels: LabelPairs; readonly ports: readonly SwarmPort[] }
  >;
  readonly nodes: ReadonlyMap<string, LabelPairs>;
  readonly networks: ReadonlyMap<string, LabelPairs>;
}

/** The tasks of a swarm: a target for each port on the node, and for each address on a network. */
export class SwarmTaskTargets {
  readonly #config: SwarmConfig;
  /** Labels of a container never change, so that each is inspected once. By id. */
  #inspected = new Map<string, Inspected>();

  constructor(config: SwarmConfig) {
    this.#config = config;
  }

  async targets(engine: DockerEngine, signal: AbortSignal): Promise<readonly Labels[]> {
    const { filters } = this.#config;
    const tasks = await doing('listing swarm tasks', engine.tasks(filters, signal));
    const around = await surroundingsOf(engine, signal);
    await this.#inspect(tasks, engine, signal);
    return tasks.flatMap((task) => this.#taskTargets(task, around));
  }

  async #inspect(
    tasks: readonly SwarmTask[],
    engine: DockerEngine,
    signal: AbortSignal,
  ): Promise<void> {
    const next = new Map<string, Inspected>();
    await Promise.all(
      tasks.map(async (task) => {
        const id = containerId(task);
        if (id === '') return;
        const known = this.#inspected.get(id) ?? { labels: [], isFound: false, times: 0 };
        next.set(id, known);
        if (known.isFound || known.times >= INSPECTIONS_MAX) return;
        const labels = await containerLabels(engine, id, signal);
        const isFound = labels !== undefined;
        next.set(id, { labels: labels ?? [], isFound, times: known.times + 1 });
      }),
    );
    this.#inspected = next;
  }

  #taskTargets(task: SwarmTask, around: Surroundings): Labels[] {
    const service = around.services.get(task.ServiceID ?? '');
    const node = around.nodes.get(task.NodeID ?? '') ?? [];
    const common = [...this.#taskLabels(task), ...(service?.labels ?? []), ...node];
    const targets: Labels[] = [];
    const nodeAddress = new Map(node).get(`${SWARM}node_address`) ?? '';
    for (const port of tcpPorts(task.Status?.PortStatus?.Ports)) {
      targets.push(target([modeLabel(port), ...common], nodeAddress, port.PublishedPort ?? 0));
    }
    for (const { Network, Addresses } of task.NetworksAttachments ?? []) {
      const shared = [...common, ...(around.networks.get(Network?.ID ?? '') ?? [])];
      for (const text of Addresses ?? []) {
        const ip = addressOfCidr(text);
        const ports = service?.ports ?? [];
        if (ports.length === 0) targets.push(target(shared, ip, this.#config.port));
        for (const port of ports) {
          targets.push(target([modeLabel(port), ...shared], ip, port.PublishedPort ?? 0));
        }
      }
    }
    return targets;
  }

  #taskLabels(task: SwarmTask): LabelPairs {
    const id = containerId(task);
    const spec = task.Spec?.ContainerSpec;
    const hasContainer = spec !== undefined && spec !== null;
    return [
      [`${SWARM}task_id`, task.ID],
      [`${SWARM}task_desired_state`, task.DesiredState ?? ''],
      [`${SWARM}task_state`, task.Status?.State ?? ''],
      [`${SWARM}task_slot`, String(task.Slot ?? 0)],
      [`${SWARM}task_container_id`, id],
      // Those of the service count before those of the image.
      ...(hasContainer ? (this.#inspected.get(id)?.labels ?? []) : []),
      ...(hasContainer ? objectLabels(`${SWARM}container_`, spec.Labels) : []),
    ];
  }
}

function containerId(task: SwarmTask): string {
  return task.Status?.ContainerStatus?.ContainerID ?? '';
}

function modeLabel({ PublishMode = '' }: SwarmPort): [string, string] {
  return [`${SWARM}task_port_publish_mode`, PublishMode];
}

function target(labels: LabelPairs, host: string, port: number): Labels {
  return labelsFromPairs([...labels, ['__address__', hostPort(host, port)]]);
}

async function surroundingsOf(engine: DockerEngine, signal: AbortSignal): Promise<Surroundings> {
  const services = await doing('computing services labels and ports', engine.services({}, signal));
  const nodes = await doing('computing nodes labels and ports', engine.nodes({}, signal));
  const networks = await doing('computing swarm network labels', engine.networks({}, signal));
  return {
    services: new Map(
      services.map((service) => [
        service.ID,
        { labels: serviceLabels(service), ports: tcpPorts(service.Endpoint?.Ports) },
      ]),
    ),
    nodes: new Map(nodes.map((node) => [node.ID, nodeLabels(node)])),
    networks: networkLabels(networks, SWARM),
  };
}

/** Undefined: it is not (yet) on this node. What else fails leaves out its labels alone. */
async function containerLabels(
  engine: DockerEngine,
  id: string,
  signal: AbortSignal,
): Promise<LabelPairs | undefined> {
  try {
    const details = await engine.container(id, signal);
    return details && objectLabels(`${SWARM}container_`, details.Config?.Labels);
  } catch (error) {
    if (error instanceof DockerError) return undefined;
    throw error;
  }
}
