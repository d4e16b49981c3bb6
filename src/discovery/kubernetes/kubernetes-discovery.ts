import { errorText } from '#platform';
import type { KubernetesConfig, TargetGroup } from '#config';
import type { Discovery, DiscoverySurroundings, OnGroups } from '../discovery.ts';
import { createApiClient } from './api-client.ts';
import type { ApiClient, Selector } from './api-client.ts';
import { Backoff } from '../backoff.ts';
import { isInCluster, openAccess, OUTSIDE } from './cluster-access.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { RESOURCES, resourcePath } from './object-kinds.ts';
import type { ObjectKind } from './object-kinds.ts';
import { readMeta } from './read-objects.ts';
import { watchResource } from './resource-watch.ts';
import type { ObjectSink } from './resource-watch.ts';
import { RoleTargets } from './role-targets.ts';

/** Targets from a cluster's API server, kept up by watches. Undefined where no server can be found at all. */
export function kubernetesDiscovery(
  config: KubernetesConfig,
  surroundings: DiscoverySurroundings,
): Discovery | undefined {
  const isPlaced = config.kubeconfigFile !== '' || config.apiServer !== '';
  if (!isPlaced && !isInCluster(surroundings.environment)) {
    const fields = { discovery: 'kubernetes', role: config.role, err: OUTSIDE };
    surroundings.log.error('Cannot create service discovery', fields);
    return undefined;
  }
  return {
    run: (onGroups) => {
      const aborter = new AbortController();
      const cluster = new WatchedCluster(config, surroundings, onGroups);
      void cluster.run(aborter.signal);
      return () => aborter.abort();
    },
  };
}

/** Groups that are made at one go: some 5 ms of work. */
const SLICE_GROUPS = 100;

class WatchedCluster {
  readonly #config: KubernetesConfig;
  readonly #surroundings: DiscoverySurroundings;
  readonly #onGroups: OnGroups;
  readonly #targets: RoleTargets;
  /** Lists that have not been read yet; groups are told when all are. */
  #missingLists = Infinity;
  #isTelling = false;
  /** Kinds of which objects were left out, each told once. */
  readonly #overfull = new Set<ObjectKind>();

  constructor(config: KubernetesConfig, surroundings: DiscoverySurroundings, onGroups: OnGroups) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#onGroups = onGroups;
    this.#targets = new RoleTargets(config.role, config.attachMetadata);
  }

  async run(signal: AbortSignal): Promise<void> {
    const access = await this.#access(signal);
    if (access === undefined) return;
    const { openHttpClient, userAgent, clock, metrics } = this.#surroundings;
    const client = createApiClient({
      http: openHttpClient(access.httpClient),
      server: access.server,
      userAgent,
      nowMs: () => clock.monotonicMs(),
      onAnswer: (status, path, startedMs) => {
        metrics.kubernetesRequests.inc(1, [status]);
        const tookS = (clock.monotonicMs() - startedMs) / 1000;
        metrics.kubernetesRequestSeconds.observe(tookS, [path]);
      },
    });
    const watched = this.#targets.kinds.flatMap((kind) =>
      this.#namespaces(kind, access).map((namespace) => ({ kind, namespace })),
    );
    this.#missingLists = watched.length;
    await Promise.all(
      watched.map(({ kind, namespace }) => this.#watch(client, { kind, namespace, signal })),
    );
    client.close();
  }

  /** Tried until it works: a kubeconfig may be written while we run. Undefined where nobody waits any more. */
  async #access(signal: AbortSignal): Promise<ClusterAccess | undefined> {
    const backoff = new Backoff(this.#surroundings.clock);
    while (!signal.aborted) {
      try {
        return await openAccess(this.#config, this.#surroundings);
      } catch (error) {
        this.#fail('Cannot reach the Kubernetes API', error);
        await backoff.wait(signal);
      }
    }
    return undefined;
  }

  /** '' for all; of kinds that have no namespace, and of namespaces themselves, all. */
  #namespaces(kind: ObjectKind, { ownNamespace }: ClusterAccess): readonly string[] {
    const { names, ownNamespace: isOwn } = this.#config.namespaces;
    if (!RESOURCES[kind].isNamespaced || (names.length === 0 && !isOwn)) return [''];
    const own = ownNamespace === '' ? [] : [ownNamespace];
    return [...new Set([...names, ...own])];
  }

  async #watch(
    client: ApiClient,
    at: { readonly kind: ObjectKind; readonly namespace: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const { kind, namespace, signal } = at;
    const { clock } = this.#surroundings;
    const path = resourcePath(kind, namespace);
    const onFailure = (error: unknown): void => {
      this.#surroundings.metrics.kubernetesFailures.inc();
      this.#fail('Failed to list or watch', error, { path });
    };
    const sink = this.#sink(kind, namespace, signal);
    const selector = this.#selector(kind);
    await watchResource({ client, clock, path, selector, sink, onFailure }, signal);
  }

  #selector(kind: ObjectKind): Selector {
    return this.#config.selectors.find(({ role }) => role === kind) ?? { label: '', field: '' };
  }

  #sink(kind: ObjectKind, namespace: string, signal: AbortSignal): ObjectSink {
    let isListed = false;
    const remove = (key: string): void => {
      if (this.#targets.remove(kind, key)) this.#count(kind, 'delete');
      this.#tell(signal);
    };
    return {
      put: (object) => {
        const { key, change } = this.#targets.put(kind, object);
        if (change === 'full') this.#leaveOut(kind);
        else this.#count(kind, change === 'add' ? 'add' : 'update');
        this.#tell(signal);
        return key;
      },
      remove: (object) => remove(readMeta(object).key),
      keepOnly: (keys) => {
        for (const key of this.#targets.keys(kind, namespace)) if (!keys.has(key)) remove(key);
        if (!isListed) this.#missingLists--;
        isListed = true;
        this.#tell(signal, true);
      },
    };
  }

  /** Events of what a role is named after or stands on; attached metadata is not counted, as in Prometheus. */
  #count(kind: ObjectKind, event: 'add' | 'update' | 'delete'): void {
    const isAttached = kind !== this.#config.role && !['service', 'pod'].includes(kind);
    if (!isAttached) this.#surroundings.metrics.kubernetesEvents.inc(1, [kind, event]);
  }

  #leaveOut(kind: ObjectKind): void {
    this.#surroundings.metrics.kubernetesObjectsLeftOut.inc(1, [kind]);
    if (this.#overfull.has(kind)) return;
    this.#overfull.add(kind);
    const hint = 'narrow the discovery by namespaces or selectors';
    this.#surroundings.log.warn('Too many objects in the cluster, some are left out', {
      discovery: 'kubernetes',
      kind,
      hint,
    });
  }

  /** Once for all that comes together. After the first lists also where there is nothing. */
  #tell(signal: AbortSignal, isList = false): void {
    if (this.#missingLists > 0 || this.#isTelling) return;
    if (!isList && !this.#targets.hasChanged) return;
    this.#isTelling = true;
    this.#takeSlice(signal, []);
  }

  /** The groups of a large cluster are made slice by slice, so that scraping goes on meanwhile, and told together. */
  #takeSlice(signal: AbortSignal, groups: TargetGroup[]): void {
    this.#surroundings.clock.setTimer(0, () => {
      if (signal.aborted) return;
      groups.push(...this.#targets.takeGroups(SLICE_GROUPS));
      if (this.#targets.hasChanged) {
        this.#takeSlice(signal, groups);
        return;
      }
      this.#isTelling = false;
      this.#onGroups(groups);
    });
  }

  #fail(message: string, error: unknown, more: Readonly<Record<string, string>> = {}): void {
    const { log } = this.#surroundings;
    const { role } = this.#config;
    log.error(message, { discovery: 'kubernetes', role, ...more, err: errorText(error) });
  }
}
