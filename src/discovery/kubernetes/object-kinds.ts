import type { KubernetesConfig, KubernetesRole } from '#config';

export type ObjectKind = KubernetesRole | 'namespace' | 'replicaset' | 'job';

/** Where the API has the objects of a kind. */
export interface ObjectResource {
  readonly group: string;
  readonly resource: string;
  readonly isNamespaced: boolean;
}

export const RESOURCES: Readonly<Record<ObjectKind, ObjectResource>> = {
  node: { group: '/api/v1', resource: 'nodes', isNamespaced: false },
  namespace: { group: '/api/v1', resource: 'namespaces', isNamespaced: false },
  pod: { group: '/api/v1', resource: 'pods', isNamespaced: true },
  service: { group: '/api/v1', resource: 'services', isNamespaced: true },
  endpoints: { group: '/api/v1', resource: 'endpoints', isNamespaced: true },
  endpointslice: {
    group: '/apis/discovery.k8s.io/v1',
    resource: 'endpointslices',
    isNamespaced: true,
  },
  ingress: { group: '/apis/networking.k8s.io/v1', resource: 'ingresses', isNamespaced: true },
  replicaset: { group: '/apis/apps/v1', resource: 'replicasets', isNamespaced: true },
  job: { group: '/apis/batch/v1', resource: 'jobs', isNamespaced: true },
};

/** The kinds that a role looks at, its own first: what it must be allowed to list and watch. */
export function kindsOfRole(
  role: KubernetesRole,
  attach: KubernetesConfig['attachMetadata'],
): readonly ObjectKind[] {
  const hasEndpoints = role === 'endpoints' || role === 'endpointslice';
  const hasPods = hasEndpoints || role === 'pod';
  const kinds: ObjectKind[] = [role];
  if (hasEndpoints) kinds.push('service', 'pod');
  if (hasPods && attach.node) kinds.push('node');
  if (role !== 'node' && attach.namespace) kinds.push('namespace');
  if (hasPods && attach.deployment) kinds.push('replicaset');
  if (hasPods && attach.cronJob) kinds.push('job');
  return kinds;
}

/** `/api/v1/namespaces/a/pods`; '' for all namespaces. */
export function resourcePath(kind: ObjectKind, namespace: string): string {
  const { group, resource, isNamespaced } = RESOURCES[kind];
  const within =
    isNamespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${group}${within}/${resource}`;
}
