import type { KubernetesConfig, KubernetesRole, TargetGroup } from '#config';
import type { ClusterView } from './cluster.ts';
import { endpointsGroup, endpointSliceGroup, serviceNameOf } from './endpoint-groups.ts';
import { emptyGroup, ingressGroup, nodeGroup, podGroup, serviceGroup } from './groups.ts';
import { kindsOfRole } from './object-kinds.ts';
import type { ObjectKind } from './object-kinds.ts';
import { ObjectStore } from './object-store.ts';
import type { StoreChange } from './object-store.ts';
import { objectKey } from './objects.ts';
import type {
  EndpointAddress,
  Endpoints,
  EndpointSlice,
  Ingress,
  Namespace,
  Node,
  ObjectMeta,
  ObjectReference,
  Owner,
  Pod,
  Service,
} from './objects.ts';
import {
  readEndpoints,
  readEndpointSlice,
  readIngress,
  readMeta,
  readNode,
  readOwner,
  readPod,
  readService,
} from './read-objects.ts';
import type { Json } from './read-objects.ts';

const SOURCES: Readonly<Record<KubernetesRole, string>> = {
  node: 'node/',
  pod: 'pod/',
  service: 'svc/',
  endpoints: 'endpoints/',
  endpointslice: 'endpointslice/',
  ingress: 'ingress/',
};

interface Stores {
  readonly node: ObjectStore<Node>;
  readonly namespace: ObjectStore<Namespace>;
  readonly pod: ObjectStore<Pod>;
  readonly service: ObjectStore<Service>;
  readonly endpoints: ObjectStore<Endpoints>;
  readonly endpointslice: ObjectStore<EndpointSlice>;
  readonly ingress: ObjectStore<Ingress>;
  readonly replicaset: ObjectStore<Owner>;
  readonly job: ObjectStore<Owner>;
}

const READERS: { readonly [Kind in ObjectKind]: (object: Json) => ReturnTypeOf<Kind> } = {
  node: readNode,
  namespace: readMeta,
  pod: readPod,
  service: readService,
  endpoints: readEndpoints,
  endpointslice: readEndpointSlice,
  ingress: readIngress,
  replicaset: readOwner,
  job: readOwner,
};

type ReturnTypeOf<Kind extends ObjectKind> =
  Stores[Kind] extends ObjectStore<infer Kept> ? Kept : never;

/**
 * The objects that a role looks at, and the groups that they make. An object that changes has all groups made anew
 * that show something of it.
 */
export class RoleTargets {
  readonly kinds: readonly ObjectKind[];
  readonly #role: KubernetesRole;
  readonly #stores: Stores;
  readonly #view: ClusterView;
  /** Keys of the role's objects whose groups are to be told. */
  readonly #stale = new Set<string>();

  constructor(role: KubernetesRole, attach: KubernetesConfig['attachMetadata'], countMax?: number) {
    this.kinds = kindsOfRole(role, attach);
    this.#role = role;
    this.#stores = createStores(role, new Set(this.kinds), countMax);
    this.#view = viewOf(this.#stores, attach);
  }

  /** Takes an object as the API gives it. Its key is '' where it is none. */
  put(kind: ObjectKind, object: Json): { readonly key: string; readonly change: StoreChange } {
    const kept = READERS[kind](object);
    if (kept.key === '') return { key: '', change: 'same' };
    // One kind, one store: the compiler cannot see that they belong together.
    const store = this.#stores[kind] as ObjectStore<typeof kept>;
    const change = store.set(kept);
    if (change === 'add' || change === 'update') this.#markStale(kind, kept.key);
    return { key: kept.key, change };
  }

  /** False where it was not known. */
  remove(kind: ObjectKind, key: string): boolean {
    // A pod's tags are needed to find who shows it.
    const wasKnown = this.#stores[kind].get(key) !== undefined;
    if (!wasKnown) return false;
    this.#markStale(kind, key);
    return this.#stores[kind].delete(key);
  }

  /** Those of a namespace, or all ('') . */
  keys(kind: ObjectKind, namespace: string): readonly string[] {
    const keys = [...this.#stores[kind].keys()];
    return namespace === '' ? keys : keys.filter((key) => key.startsWith(`${namespace}/`));
  }

  get hasChanged(): boolean {
    return this.#stale.size > 0;
  }

  /** Groups that changed since they were last taken, at most so many; the rest is for the next call. */
  takeGroups(countMax: number = Infinity): readonly TargetGroup[] {
    const groups: TargetGroup[] = [];
    let count = 0;
    for (const key of this.#stale) {
      if (++count > countMax) break;
      this.#stale.delete(key);
      const group = this.#group(key);
      if (group !== undefined) groups.push(group);
    }
    return groups;
  }

  /** Undefined where an object says nothing new. */
  #group(key: string): TargetGroup | undefined {
    const build = <Kept extends ObjectMeta>(
      store: ObjectStore<Kept>,
      make: (object: Kept, view: ClusterView) => TargetGroup | undefined,
    ): TargetGroup | undefined => {
      const object = store.get(key);
      return object === undefined
        ? emptyGroup(`${SOURCES[this.#role]}${key}`)
        : make(object, this.#view);
    };
    switch (this.#role) {
      case 'node':
        return build(this.#stores.node, nodeGroup);
      case 'pod':
        return build(this.#stores.pod, podGroup);
      case 'service':
        return build(this.#stores.service, serviceGroup);
      case 'endpoints':
        return build(this.#stores.endpoints, endpointsGroup);
      case 'endpointslice':
        return build(this.#stores.endpointslice, endpointSliceGroup);
      case 'ingress':
        return build(this.#stores.ingress, ingressGroup);
    }
  }

  #markStale(kind: ObjectKind, key: string): void {
    if (kind === this.#role) this.#stale.add(key);
    else if (kind === 'replicaset' || kind === 'job') this.#markOwned(`${kind}:${key}`);
    else this.#markTagged(`${kind}:${key}`);
  }

  #markTagged(tag: string): void {
    for (const key of this.#stores[this.#role].keysTagged(tag)) this.#stale.add(key);
  }

  /** Pods of a replica set or job, or what shows those pods. */
  #markOwned(tag: string): void {
    for (const key of this.#stores.pod.keysTagged(tag)) this.#markStale('pod', key);
  }
}

/** Where a role's objects refer to others, tags tell to which: `pod:namespace/name`. */
function createStores(
  role: KubernetesRole,
  kinds: ReadonlySet<ObjectKind>,
  countMax: number | undefined,
): Stores {
  const tagged =
    <Kept>(owner: KubernetesRole, tagsOf: (object: Kept) => readonly string[]) =>
    (object: Kept): readonly string[] =>
      owner === role || owner === 'pod'
        ? tagsOf(object).filter((tag) => kinds.has(tag.slice(0, tag.indexOf(':')) as ObjectKind))
        : [];
  return {
    node: new ObjectStore(() => [], countMax),
    namespace: new ObjectStore(() => [], countMax),
    pod: new ObjectStore(tagged('pod', podTags), countMax),
    service: new ObjectStore(tagged<Service>('service', namespaceTags), countMax),
    endpoints: new ObjectStore(tagged('endpoints', endpointsTags), countMax),
    endpointslice: new ObjectStore(tagged('endpointslice', sliceTags), countMax),
    ingress: new ObjectStore(tagged<Ingress>('ingress', namespaceTags), countMax),
    replicaset: new ObjectStore(() => [], countMax),
    job: new ObjectStore(() => [], countMax),
  };
}

function namespaceTags({ namespace }: ObjectMeta): readonly string[] {
  return [`namespace:${namespace}`];
}

function podTags({ namespace, nodeName, controller }: Pod): readonly string[] {
  const tags = [`namespace:${namespace}`, `node:${nodeName}`];
  if (controller !== undefined) {
    const key = objectKey(namespace, controller.name);
    tags.push(`${controller.kind.toLowerCase()}:${key}`);
  }
  return tags;
}

function endpointsTags({ namespace, key, subsets }: Endpoints): readonly string[] {
  const tags = new Set([`namespace:${namespace}`, `service:${key}`]);
  for (const { addresses, notReadyAddresses } of subsets) {
    for (const address of [...addresses, ...notReadyAddresses]) addAddressTags(address, tags);
  }
  return [...tags];
}

function sliceTags(slice: EndpointSlice): readonly string[] {
  const { namespace } = slice;
  const tags = new Set([`namespace:${namespace}`]);
  const service = serviceNameOf(slice);
  if (service !== undefined) tags.add(`service:${objectKey(namespace, service)}`);
  for (const endpoint of slice.endpoints) addAddressTags(endpoint, tags);
  return [...tags];
}

function addAddressTags(
  address: Pick<EndpointAddress, 'nodeName' | 'target'>,
  tags: Set<string>,
): void {
  const { nodeName, target } = address;
  if (nodeName !== undefined) tags.add(`node:${nodeName}`);
  if (target?.kind === 'Node') tags.add(`node:${target.name}`);
  if (target?.kind === 'Pod') tags.add(`pod:${objectKey(target.namespace, target.name)}`);
}

function viewOf(stores: Stores, attach: KubernetesConfig['attachMetadata']): ClusterView {
  return {
    attach,
    pod: (reference) => stores.pod.get(keyOf(reference)),
    service: (namespace, name) => stores.service.get(objectKey(namespace, name)),
    node: (name) => stores.node.get(name),
    namespace: (name) => stores.namespace.get(name),
    replicaSet: (reference) => stores.replicaset.get(keyOf(reference)),
    job: (reference) => stores.job.get(keyOf(reference)),
  };
}

function keyOf({ namespace, name }: Pick<ObjectReference, 'namespace' | 'name'>): string {
  return objectKey(namespace, name);
}
