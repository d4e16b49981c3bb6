import type { Container, ContainerRegistry, EngineState, RegistryChange } from './container.ts';

const NO_ENGINE: EngineState = {
  address: '',
  status: 'absent',
  error: '',
  product: '',
  version: '',
  cgroupDriver: '',
  cgroupVersion: '',
};

/** The registry of an engine that may appear later: until then there are no containers. */
export class LateRegistry implements ContainerRegistry {
  readonly #listeners = new Set<(change: RegistryChange) => void>();
  #real: ContainerRegistry | undefined;

  /** The engine is there. Once. */
  adopt(real: ContainerRegistry): void {
    this.#real = real;
    real.subscribe((change) => this.#tell(change));
    this.#tell({ event: undefined });
  }

  get engine(): EngineState {
    return this.#real?.engine ?? NO_ENGINE;
  }

  containers(): readonly Container[] {
    return this.#real?.containers() ?? [];
  }

  find(name: string): Container | undefined {
    return this.#real?.find(name);
  }

  byId(id: string): Container | undefined {
    return this.#real?.byId(id);
  }

  subscribe(listener: (change: RegistryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: RegistryChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
