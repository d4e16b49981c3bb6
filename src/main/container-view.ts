import { TargetOwners } from '#containers';
import type {
  Choice,
  Container,
  ContainerRegistry,
  LifeTotals,
  MeasuredState,
  StopReason,
} from '#containers';
import type { ContainerData, ContainerLogsData, ContainersData, ContainerTarget } from '#contract';
import { DockerError } from '#docker';
import type { LogLine } from '#docker';
import { ApiError } from '#http';
import type { ContainerSource, TargetSource } from '#http';

export interface ContainerViewParts {
  readonly registry: ContainerRegistry;
  readonly totals: (name: string) => LifeTotals;
  readonly leftOut: () => number;
  readonly targets: Pick<TargetSource, 'activeTargets'>;
  readonly measured: (id: string) => MeasuredState;
  readonly reasonOf: (container: Container) => StopReason | undefined;
  /** Undefined where no job asks for its own metrics. */
  readonly choice: (id: string) => Choice | undefined;
  /** Undefined while there is no engine. Rejects with DockerError. */
  readonly logs: (id: string, tail: number) => Promise<readonly LogLine[] | undefined>;
}

const NO_TARGETS: readonly ContainerTarget[] = [];

/** The containers as the API shows them: the registry's, with their targets and how they are measured. */
export class ContainerView implements ContainerSource {
  readonly #parts: ContainerViewParts;
  constructor(parts: ContainerViewParts) {
    this.#parts = parts;
  }

  data(): ContainersData {
    const { registry, leftOut } = this.#parts;
    const known = registry.containers();
    const targets = this.#targetsByContainer(known);
    const containers = known.map((container) =>
      this.#shown(container, targets.get(container.id) ?? NO_TARGETS),
    );
    const { address, status, error, product, version } = registry.engine;
    return {
      engine: {
        address,
        status,
        error,
        product: `${product} ${version}`.trim(),
        measuring: measuringOf(containers),
      },
      containers,
      leftOut: leftOut(),
    };
  }

  subscribe(listener: () => void): () => void {
    return this.#parts.registry.subscribe(() => listener());
  }

  async logs(name: string, tail: number): Promise<ContainerLogsData | undefined> {
    const container = this.#parts.registry.find(name);
    if (container === undefined) return undefined;
    if (container.state === 'removed') {
      throw new ApiError('not_found', `${name} has been removed, its log with it`);
    }
    try {
      const lines = await this.#parts.logs(container.id, tail);
      if (lines === undefined) throw new ApiError('unavailable', 'there is no container engine');
      return { lines };
    } catch (error) {
      if (!(error instanceof DockerError)) throw error;
      const type = error.code === 'not-found' ? 'not_found' : 'unavailable';
      throw new ApiError(type, error.message, { cause: error });
    }
  }

  #shown(container: Container, targets: readonly ContainerTarget[]): ContainerData {
    const { identity, limits, id, line, containerName, image, imageId } = container;
    const { state, health, addresses, exposedPorts, publishedPorts, labels } = container;
    const end = this.#endOf(container);
    const isRunning = state === 'running' || state === 'paused';
    return {
      name: line,
      id,
      containerName,
      kind: identity.kind,
      group: identity.group,
      service: identity.service,
      number: identity.number,
      image,
      imageId,
      state,
      health,
      createdAt: instant(container.createdMs),
      startedAt: instant(container.startedMs),
      finishedAt: instant(end.finishedMs),
      exitCode: end.exitCode ?? null,
      stopReason: this.#parts.reasonOf(end)?.text ?? '',
      oomKilled: end.isOomKilled,
      restarts: Math.max(0, this.#parts.totals(identity.name).starts - 1),
      memoryLimitBytes: limits.memoryBytes,
      cpuLimit: limits.cpus,
      pidsLimit: limits.pids,
      addresses,
      exposedPorts,
      publishedPorts,
      labels,
      measured: isRunning ? this.#parts.measured(id) : { by: 'none', error: '' },
      targets,
      targetsAbsentBecause: targets.length > 0 ? '' : this.#absentBecause(container, isRunning),
    };
  }

  /** Who tells how it last ended: itself, or the one whose place it took, while that is remembered. */
  #endOf(container: Container): Container {
    const { identity, line, finishedMs } = container;
    if (finishedMs > 0 || line !== identity.name) return container;
    const { end } = this.#parts.totals(line);
    return (end && this.#parts.registry.byId(end.id)) ?? container;
  }

  #targetsByContainer(
    containers: readonly Container[],
  ): ReadonlyMap<string, readonly ContainerTarget[]> {
    const owners = new TargetOwners(containers);
    const byId = new Map<string, ContainerTarget[]>();
    for (const target of this.#parts.targets.activeTargets()) {
      const { scrapePool, scrapeUrl, health, lastError, labels } = target;
      for (const id of owners.of(target.discoveredLabels, scrapeUrl)) {
        const known = byId.get(id) ?? [];
        known.push({ scrapePool, scrapeUrl, health, lastError, labels });
        byId.set(id, known);
      }
    }
    return byId;
  }

  #absentBecause({ id }: Container, isRunning: boolean): string {
    if (!isRunning) return 'it does not run';
    const choice = this.#parts.choice(id);
    if (choice === undefined) return 'no scrape job has it as a target';
    return choice.kind === 'asking' ? 'its ports are being asked' : choice.because;
  }
}

/** Why no container is measured from its files; '' where one is, or none runs. */
function measuringOf(containers: readonly ContainerData[]): string {
  if (containers.some(({ measured }) => measured.by === 'cgroup')) return '';
  return containers.find(({ measured }) => measured.error !== '')?.measured.error ?? '';
}

/** RFC 3339; '' where it has not come to that. */
function instant(ms: number): string {
  return ms === 0 ? '' : new Date(ms).toISOString();
}
