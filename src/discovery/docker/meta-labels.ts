import type { Network, SwarmNode, SwarmPort, SwarmService } from '#docker';
import { sanitizeLabelName } from '../label-name.ts';

/** Labels while they are put together; a later value takes the place of an earlier one. */
export type LabelPairs = [string, string][];

export const DOCKER = '__meta_docker_';
export const SWARM = '__meta_dockerswarm_';

/** Labels of the engine's objects, their names made fit. */
export function objectLabels(
  prefix: string,
  labels: Readonly<Record<string, string>> | null | undefined,
): LabelPairs {
  const pairs: LabelPairs = [];
  for (const [name, value] of Object.entries(labels ?? {})) {
    if (typeof value === 'string') pairs.push([`${prefix}label_${sanitizeLabelName(name)}`, value]);
  }
  return pairs;
}

/** By the network's id. */
export function networkLabels(
  networks: readonly Network[],
  prefix: string,
): ReadonlyMap<string, LabelPairs> {
  return new Map(
    networks.map((network) => [
      network.Id,
      [
        [`${prefix}network_id`, network.Id],
        [`${prefix}network_name`, network.Name],
        [`${prefix}network_scope`, network.Scope ?? ''],
        [`${prefix}network_internal`, String(network.Internal ?? false)],
        [`${prefix}network_ingress`, String(network.Ingress ?? false)],
        ...objectLabels(`${prefix}network_`, network.Labels),
      ],
    ]),
  );
}

export function serviceLabels({ ID, Spec }: SwarmService): LabelPairs {
  return [
    [`${SWARM}service_id`, ID],
    [`${SWARM}service_name`, Spec?.Name ?? ''],
    [`${SWARM}service_mode`, serviceMode(Spec?.Mode)],
    ...objectLabels(`${SWARM}service_`, Spec?.Labels),
  ];
}

function serviceMode(mode: NonNullable<SwarmService['Spec']>['Mode']): string {
  if (mode?.Global !== undefined && mode.Global !== null) return 'global';
  return mode?.Replicated !== undefined && mode.Replicated !== null ? 'replicated' : '';
}

/** What tasks say of their node. */
export function nodeLabels({ ID, Spec, Description, Status }: SwarmNode): LabelPairs {
  return [
    [`${SWARM}node_id`, ID],
    [`${SWARM}node_role`, Spec?.Role ?? ''],
    [`${SWARM}node_address`, Status?.Addr ?? ''],
    [`${SWARM}node_availability`, Spec?.Availability ?? ''],
    [`${SWARM}node_hostname`, Description?.Hostname ?? ''],
    [`${SWARM}node_platform_architecture`, Description?.Platform?.Architecture ?? ''],
    [`${SWARM}node_platform_os`, Description?.Platform?.OS ?? ''],
    [`${SWARM}node_status`, Status?.State ?? ''],
    ...objectLabels(`${SWARM}node_`, Spec?.Labels),
  ];
}

/** The address of `10.0.0.3/24`. Throws where it is none. */
export function addressOfCidr(text: string): string {
  const match = /^([0-9a-fA-F:.]+)\/\d{1,3}$/.exec(text);
  if (match === null) throw new Error(`error while parsing address ${text}: invalid CIDR address`);
  return match[1] ?? '';
}

export function tcpPorts(ports: readonly SwarmPort[] | null | undefined): readonly SwarmPort[] {
  return (ports ?? []).filter(({ Protocol }) => Protocol === 'tcp');
}
