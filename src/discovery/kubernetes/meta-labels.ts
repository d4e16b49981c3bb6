import { sanitizeLabelName } from '../label-name.ts';
import type { ObjectMeta, Pairs, Pod } from './objects.ts';
import type { ClusterView } from './cluster.ts';

/** Labels while they are put together; a later value takes the place of an earlier one. */
export type LabelPairs = [string, string][];

export const META = '__meta_kubernetes_';

/** Name, labels and annotations of an object: `__meta_kubernetes_<kind>_label_<name>` and the others. */
export function objectLabels(kind: string, object: ObjectMeta): LabelPairs {
  return [[`${META}${kind}_name`, object.name], ...pairLabels(kind, object)];
}

function pairLabels(kind: string, { labels, annotations }: ObjectMeta): LabelPairs {
  return [...shownPairs(`${kind}_label`, labels), ...shownPairs(`${kind}_annotation`, annotations)];
}

function shownPairs(prefix: string, pairs: Pairs): LabelPairs {
  const shown: LabelPairs = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const name = sanitizeLabelName(pairs[i] ?? '');
    shown.push([`${META}${prefix}_${name}`, pairs[i + 1] ?? '']);
    shown.push([`${META}${prefix}present_${name}`, 'true']);
  }
  return shown;
}

export function podLabels(pod: Pod, cluster: ClusterView): LabelPairs {
  const { controller } = pod;
  return [
    [`${META}pod_ip`, pod.ip],
    [`${META}pod_ready`, pod.ready],
    [`${META}pod_phase`, pod.phase],
    [`${META}pod_node_name`, pod.nodeName],
    [`${META}pod_host_ip`, pod.hostIp],
    [`${META}pod_uid`, pod.uid],
    ...objectLabels('pod', pod),
    [`${META}pod_controller_kind`, controller?.kind ?? ''],
    [`${META}pod_controller_name`, controller?.name ?? ''],
    ...workloadLabels(pod, cluster),
  ];
}

/** Deployment, job and cron job that a pod is part of, so far as they are asked for. */
function workloadLabels({ controller }: Pod, cluster: ClusterView): LabelPairs {
  const { attach } = cluster;
  if (controller?.kind === 'ReplicaSet' && attach.deployment) {
    const owner = cluster.replicaSet(controller)?.controller;
    return owner?.kind === 'Deployment' ? [[`${META}pod_deployment_name`, owner.name]] : [];
  }
  if (controller?.kind !== 'Job') return [];
  const shown: LabelPairs = attach.job ? [[`${META}pod_job_name`, controller.name]] : [];
  const owner = attach.cronJob ? cluster.job(controller)?.controller : undefined;
  if (owner?.kind === 'CronJob') shown.push([`${META}pod_cronjob_name`, owner.name]);
  return shown;
}

/** Of the node, where it is to be attached and known. */
export function attachedNodeLabels(name: string | undefined, cluster: ClusterView): LabelPairs {
  if (!cluster.attach.node || name === undefined) return [];
  const node = cluster.node(name);
  return node === undefined ? [] : objectLabels('node', node);
}

export function attachedNamespaceLabels(name: string, cluster: ClusterView): LabelPairs {
  if (!cluster.attach.namespace) return [];
  const namespace = cluster.namespace(name);
  return namespace === undefined ? [] : pairLabels('namespace', namespace);
}

/** Of the service that stands behind a group. */
export function serviceLabels(service: ObjectMeta): LabelPairs {
  return [[`${META}namespace`, service.namespace], ...objectLabels('service', service)];
}
