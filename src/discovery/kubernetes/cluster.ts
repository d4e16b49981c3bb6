import type { KubernetesConfig } from '#config';
import type { Namespace, Node, ObjectReference, Owner, Pod, Service } from './objects.ts';

/** What the labels of one object are looked up in beside it. */
export interface ClusterView {
  readonly attach: KubernetesConfig['attachMetadata'];
  pod(reference: Pick<ObjectReference, 'namespace' | 'name'>): Pod | undefined;
  service(namespace: string, name: string): Service | undefined;
  node(name: string): Node | undefined;
  namespace(name: string): Namespace | undefined;
  replicaSet(reference: ObjectReference): Owner | undefined;
  job(reference: ObjectReference): Owner | undefined;
}
