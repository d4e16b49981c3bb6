import type {
  Container,
  ContainerLimits,
  ContainerRegistry,
  EngineState,
  RegistryChange,
} from '../../src/containers/container.ts';

export const NO_LIMITS: ContainerLimits = {
  memoryBytes: 0,
  memoryReservationBytes: 0,
  memorySwapBytes: 0,
  cpuShares: 0,
  cpuPeriodUs: 0,
  cpuQuotaUs: 0,
  cpus: 0,
  pids: 0,
};

/** A running container by that name, without ports and labels. */
export function container(name: string, settings: Partial<Container> = {}): Container {
  return {
    id: name,
    identity: { name, kind: 'name', group: '', service: '', number: 0 },
    line: name,
    containerName: name,
    image: 'image:1',
    imageId: 'sha256:a',
    labels: {},
    state: 'running',
    health: 'none',
    pid: 1,
    createdMs: 1000,
    startedMs: 1000,
    finishedMs: 0,
    exitCode: undefined,
    isOomKilled: false,
    error: '',
    restarts: 0,
    limits: NO_LIMITS,
    networkMode: 'bridge',
    addresses: [{ network: 'bridge', ip: '10.0.0.1' }],
    exposedPorts: [],
    publishedPorts: [],
    cgroupParent: '',
    ...settings,
  };
}

/** Containers as a test has them; one for each name. */
export class FakeContainers implements ContainerRegistry {
  engine: EngineState = {
    address: 'unix:///var/run/docker.sock',
    status: 'connected',
    error: '',
    product: 'Docker Engine',
    version: '28.0.0',
    cgroupDriver: 'cgroupfs',
    cgroupVersion: '2',
  };
  readonly #byName = new Map<string, Container>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();

  set(container: Container): void {
    this.#byName.set(container.line, container);
    this.tell();
  }

  remove(name: string): void {
    this.#byName.delete(name);
    this.tell();
  }

  tell(event?: RegistryChange['event']): void {
    for (const listener of this.#listeners) listener({ event });
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  containers(): readonly Container[] {
    return [...this.#byName.values()];
  }

  find(name: string): Container | undefined {
    return this.containers().find(({ identity }) => identity.name === name);
  }

  byId(id: string): Container | undefined {
    return this.containers().find((container) => container.id === id);
  }

  subscribe(listener: (change: RegistryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
