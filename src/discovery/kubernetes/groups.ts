import { labelsFromPairs } from '#model';
import type { TargetGroup } from '#config';
import { hostPort } from '../host-port.ts';
import { sanitizeLabelName } from '../label-name.ts';
import type { ClusterView } from './cluster.ts';
import {
  attachedNamespaceLabels,
  attachedNodeLabels,
  META,
  objectLabels,
  podLabels,
  serviceLabels,
} from './meta-labels.ts';
import type { LabelPairs } from './meta-labels.ts';
import type { Ingress, Node, Pod, PodContainer, Port, Service } from './objects.ts';

/** A group under its source, labels in order of their making. */
export function groupOf(
  source: string,
  labels: LabelPairs,
  targets: readonly LabelPairs[],
): TargetGroup {
  return { source, labels: labelsFromPairs(labels), targets: targets.map(labelsFromPairs) };
}

/** Says that an object gives no targets (any more). */
export function emptyGroup(source: string): TargetGroup {
  return { source, targets: [], labels: [] };
}

/** A target for each port of each container; one without port for a container that names none. */
export function podGroup(pod: Pod, cluster: ClusterView): TargetGroup {
  const source = `pod/${pod.key}`;
  // It is starting, or was evicted.
  if (pod.ip === '') return emptyGroup(source);
  const labels: LabelPairs = [
    ...podLabels(pod, cluster),
    [`${META}namespace`, pod.namespace],
    ...attachedNodeLabels(pod.nodeName, cluster),
    ...attachedNamespaceLabels(pod.namespace, cluster),
  ];
  const targets = pod.containers.flatMap((container): LabelPairs[] =>
    container.ports.length === 0
      ? [[['__address__', pod.ip], ...containerLabels(container)]]
      : container.ports.map((port) => [
          ['__address__', hostPort(pod.ip, port.number)],
          ...containerLabels(container),
          ...containerPortLabels(port),
        ]),
  );
  return groupOf(source, labels, targets);
}

function containerLabels(container: PodContainer): LabelPairs {
  return [
    [`${META}pod_container_name`, container.name],
    [`${META}pod_container_id`, container.id],
    [`${META}pod_container_image`, container.image],
    [`${META}pod_container_init`, String(container.isInit)],
  ];
}

function containerPortLabels(port: Port): LabelPairs {
  return [
    [`${META}pod_container_port_number`, String(port.number)],
    [`${META}pod_container_port_name`, port.name],
    [`${META}pod_container_port_protocol`, port.protocol],
  ];
}

export function serviceGroup(service: Service, cluster: ClusterView): TargetGroup {
  const labels = [
    ...serviceLabels(service),
    ...attachedNamespaceLabels(service.namespace, cluster),
  ];
  const { type } = service;
  const host = `${service.name}.${service.namespace}.svc`;
  const targets = service.ports.map((port): LabelPairs => [
    ['__address__', hostPort(host, port.number)],
    [`${META}service_port_name`, port.name],
    [`${META}service_port_number`, String(port.number)],
    [`${META}service_port_protocol`, port.protocol],
    [`${META}service_type`, type],
    type === 'ExternalName'
      ? [`${META}service_external_name`, service.externalName]
      : [`${META}service_cluster_ip`, service.clusterIp],
    [`${META}service_loadbalancer_ip`, type === 'LoadBalancer' ? service.loadBalancerIp : ''],
  ]);
  return groupOf(`svc/${service.key}`, labels, targets);
}

/** Which address of a node its kubelet is asked at, the best first. */
const ADDRESS_TYPES = [
  'InternalIP',
  'InternalDNS',
  'ExternalIP',
  'ExternalDNS',
  'LegacyHostIP',
  'Hostname',
];

/** Undefined for a node without address, of which nothing new can be said. */
export function nodeGroup(node: Node): TargetGroup | undefined {
  const first = new Map<string, string>();
  for (const { type, address } of node.addresses) {
    if (!first.has(type)) first.set(type, address);
  }
  const best = ADDRESS_TYPES.find((type) => first.has(type));
  if (best === undefined) return undefined;
  const labels: LabelPairs = [
    [`${META}node_provider_id`, node.providerId],
    ...objectLabels('node', node),
  ];
  const target: LabelPairs = [
    ['__address__', hostPort(first.get(best) ?? '', node.kubeletPort)],
    ['instance', node.name],
  ];
  for (const [type, address] of first) {
    target.push([sanitizeLabelName(`${META}node_address_${type}`), address]);
  }
  return groupOf(`node/${node.key}`, labels, [target]);
}

/** A target for each path of each host. */
export function ingressGroup(ingress: Ingress, cluster: ClusterView): TargetGroup {
  const labels: LabelPairs = [
    [`${META}namespace`, ingress.namespace],
    [`${META}ingress_class_name`, ingress.className ?? ''],
    ...objectLabels('ingress', ingress),
    ...attachedNamespaceLabels(ingress.namespace, cluster),
  ];
  const targets = ingress.rules.flatMap(({ host, paths }) => {
    const isTls = ingress.tlsHosts.some((pattern) => matchesHost(pattern, host));
    return (paths ?? ['']).map((path): LabelPairs => [
      ['__address__', host],
      [`${META}ingress_scheme`, isTls ? 'https' : 'http'],
      [`${META}ingress_host`, host],
      [`${META}ingress_path`, path === '' ? '/' : path],
    ]);
  });
  return groupOf(`ingress/${ingress.key}`, labels, targets);
}

/** Equal, or by a star for the first part. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  if (!pattern.startsWith('*.')) return pattern === '*' && !host.includes('.');
  const dot = host.indexOf('.');
  return dot >= 0 && host.slice(dot) === pattern.slice(1);
}
