import type { TargetGroup } from '#config';
import { hostPort } from '../host-port.ts';
import { sanitizeLabelName } from '../label-name.ts';
import type { ClusterView } from './cluster.ts';
import { emptyGroup, groupOf } from './groups.ts';
import {
  attachedNamespaceLabels,
  attachedNodeLabels,
  META,
  objectLabels,
  podLabels,
  serviceLabels,
} from './meta-labels.ts';
import type { LabelPairs } from './meta-labels.ts';
import { pairValue } from './objects.ts';
import type {
  EndpointAddress,
  Endpoints,
  EndpointSlice,
  ObjectReference,
  Pod,
  PodContainer,
  Port,
  SliceEndpoint,
  SlicePort,
} from './objects.ts';

/** The pods behind the targets of a group, with the ports that have a target already. */
class SeenPods {
  readonly #cluster: ClusterView;
  readonly #pods = new Map<string, { readonly pod: Pod; readonly ports: Set<number> }>();

  constructor(cluster: ClusterView) {
    this.#cluster = cluster;
  }

  /** Labels of the pod behind an address, and of its container that has the port. */
  labels(
    target: ObjectReference | undefined,
    port: { readonly number: number | undefined; readonly protocol: string | undefined },
  ): LabelPairs {
    const pod = target?.kind === 'Pod' ? this.#cluster.pod(target) : undefined;
    if (pod === undefined) return [];
    const seen = this.#pods.get(pod.key) ?? { pod, ports: new Set<number>() };
    this.#pods.set(pod.key, seen);
    if (port.number !== undefined) seen.ports.add(port.number);
    return [...podLabels(pod, this.#cluster), ...matchingContainer(pod, port)];
  }

  /** Targets for the ports that the containers name and no service has. */
  restTargets(): readonly LabelPairs[] {
    return [...this.#pods.values()].flatMap(({ pod, ports }) => {
      if (pod.ip === '') return [];
      return pod.containers.flatMap((container) =>
        container.ports
          .filter(({ number }) => !ports.has(number))
          .map((port) => this.#restTarget(pod, container, port)),
      );
    });
  }

  #restTarget(pod: Pod, container: PodContainer, port: Port): LabelPairs {
    return [
      ['__address__', hostPort(pod.ip, port.number)],
      ...containerPort(container, port),
      ...podLabels(pod, this.#cluster),
    ];
  }
}

/** Of several containers with the port the last counts. `protocol` takes the place of the container's own. */
function matchingContainer(
  pod: Pod,
  {
    number,
    protocol,
  }: { readonly number: number | undefined; readonly protocol: string | undefined },
): LabelPairs {
  return pod.containers.flatMap((container) => {
    const port = container.ports.find((one) => one.number === number);
    if (port === undefined) return [];
    return containerPort(container, protocol === undefined ? port : { ...port, protocol });
  });
}

function containerPort(container: PodContainer, port: Port): LabelPairs {
  return [
    [`${META}pod_container_name`, container.name],
    [`${META}pod_container_image`, container.image],
    [`${META}pod_container_port_name`, port.name],
    [`${META}pod_container_port_number`, String(port.number)],
    [`${META}pod_container_port_protocol`, port.protocol],
    [`${META}pod_container_init`, String(container.isInit)],
  ];
}

/** A target for each port of each address of a service, and for further ports of the pods behind them. */
export function endpointsGroup(endpoints: Endpoints, cluster: ClusterView): TargetGroup {
  const { namespace, name } = endpoints;
  const service = cluster.service(namespace, name);
  const labels: LabelPairs = [
    [`${META}namespace`, namespace],
    ...(service === undefined ? [] : serviceLabels(service)),
    ...objectLabels('endpoints', endpoints),
    ...attachedNamespaceLabels(namespace, cluster),
  ];
  const seen = new SeenPods(cluster);
  const targetOf = (address: EndpointAddress, port: Port, isReady: boolean): LabelPairs => [
    ...addressLabels(address, port, isReady),
    ...attachedNodeLabels(address.nodeName ?? targetNode(address.target), cluster),
    ...seen.labels(address.target, port),
  ];
  const targets = endpoints.subsets.flatMap(({ ports, addresses, notReadyAddresses }) =>
    ports.flatMap((port) => [
      ...addresses.map((address) => targetOf(address, port, true)),
      ...notReadyAddresses.map((address) => targetOf(address, port, false)),
    ]),
  );
  return groupOf(`endpoints/${endpoints.key}`, labels, [...targets, ...seen.restTargets()]);
}

function targetNode(target: ObjectReference | undefined): string | undefined {
  return target?.kind === 'Node' ? target.name : undefined;
}

function addressLabels(address: EndpointAddress, port: Port, isReady: boolean): LabelPairs {
  return [
    ['__address__', hostPort(address.ip, port.number)],
    [`${META}endpoint_port_name`, port.name],
    [`${META}endpoint_port_protocol`, port.protocol],
    [`${META}endpoint_ready`, String(isReady)],
    [`${META}endpoint_address_target_kind`, address.target?.kind ?? ''],
    [`${META}endpoint_address_target_name`, address.target?.name ?? ''],
    [`${META}endpoint_node_name`, address.nodeName ?? ''],
    [`${META}endpoint_hostname`, address.hostname],
  ];
}

/** The label that tells the service of a slice. */
const SERVICE_NAME = 'kubernetes.io/service-name';

/** The key of the service that a slice belongs to, or undefined. */
export function serviceNameOf(slice: EndpointSlice): string | undefined {
  return pairValue(slice.labels, SERVICE_NAME);
}

export function endpointSliceGroup(slice: EndpointSlice, cluster: ClusterView): TargetGroup {
  const { namespace } = slice;
  const source = `endpointslice/${slice.key}`;
  const serviceName = serviceNameOf(slice);
  const service = serviceName === undefined ? undefined : cluster.service(namespace, serviceName);
  // A service of two address families has slices of both, which are the same targets.
  const family = service?.firstOfTwoFamilies ?? '';
  if (family !== '' && family !== slice.addressType) return emptyGroup(source);
  const labels: LabelPairs = [
    [`${META}namespace`, namespace],
    [`${META}endpointslice_address_type`, slice.addressType],
    ...objectLabels('endpointslice', slice),
    ...(service === undefined ? [] : serviceLabels(service)),
    ...attachedNamespaceLabels(namespace, cluster),
  ];
  const seen = new SeenPods(cluster);
  const targets = slice.endpoints.flatMap((endpoint) =>
    slice.ports.flatMap((port) =>
      endpoint.addresses.map((address): LabelPairs => [
        ...sliceLabels(address, endpoint, port),
        ...attachedNodeLabels(targetNode(endpoint.target) ?? endpoint.nodeName, cluster),
        ...seen.labels(endpoint.target, { number: port.number, protocol: undefined }),
      ]),
    ),
  );
  return groupOf(source, labels, [...targets, ...seen.restTargets()]);
}

function sliceLabels(address: string, endpoint: SliceEndpoint, port: SlicePort): LabelPairs {
  const prefix = `${META}endpointslice_`;
  const labels: LabelPairs = [
    ['__address__', port.number === undefined ? address : hostPort(address, port.number)],
    [`${prefix}port_name`, port.name ?? ''],
    [`${prefix}port_protocol`, port.protocol ?? ''],
    [`${prefix}port`, optionalText(port.number)],
    [`${prefix}port_app_protocol`, port.appProtocol ?? ''],
    [`${prefix}endpoint_conditions_ready`, optionalText(endpoint.ready)],
    [`${prefix}endpoint_conditions_serving`, optionalText(endpoint.serving)],
    [`${prefix}endpoint_conditions_terminating`, optionalText(endpoint.terminating)],
    [`${prefix}endpoint_hostname`, endpoint.hostname ?? ''],
    [`${prefix}address_target_kind`, endpoint.target?.kind ?? ''],
    [`${prefix}address_target_name`, endpoint.target?.name ?? ''],
    [`${prefix}endpoint_node_name`, endpoint.nodeName ?? ''],
    [`${prefix}endpoint_zone`, endpoint.zone ?? ''],
  ];
  const { topology } = endpoint;
  for (let i = 0; i < topology.length; i += 2) {
    const name = sanitizeLabelName(topology[i] ?? '');
    labels.push([`${prefix}endpoint_topology_${name}`, topology[i + 1] ?? '']);
    labels.push([`${prefix}endpoint_topology_present_${name}`, 'true']);
  }
  return labels;
}

function optionalText(value: number | boolean | undefined): string {
  return value === undefined ? '' : String(value);
}
