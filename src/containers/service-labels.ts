import { isRefusal } from '#docker';
import type { DockerEngine, SwarmService } from '#docker';
import { errorText } from '#platform';
import type { Clock, Log, Timer } from '#platform';
import type { Container } from './container.ts';
import { isScrapeLabel } from './scrape-labels.ts';

type Labels = Readonly<Record<string, string>>;

export interface ServiceLabelsOptions {
  readonly engine: DockerEngine;
  readonly clock: Clock;
  readonly log: Log;
  /** Labels of some service are others than before. */
  readonly onChange: () => void;
}

/** An update of a service is told in several events. Milliseconds. */
const DELAY_MS = 100;

/** Who refuses (a worker, a socket proxy) is not asked again for so long. */
const REFUSED_MS = 60_000;

/** Longer texts are no settings of ours. */
const LENGTH_MAX = 4096;

/**
 * What labels of Swarm services (`deploy.labels` of a stack file) say about scraping. Their containers do not carry
 * them, and managers alone know them.
 */
export class ServiceLabels {
  readonly #options: ServiceLabelsOptions;
  /** By the service's id; undefined: it was asked for, and is none. */
  #byId = new Map<string, Labels | undefined>();
  #refusedMs = -Infinity;
  /** What was said last of why they are not known, so that it is said once. */
  #said = '';
  #reading: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(options: ServiceLabelsOptions) {
    this.#options = options;
  }

  /** The container with those of its service. `before`: as it was known; a service that has gone says what it said. */
  adorned(container: Container, before: Container | undefined): Container {
    const id = serviceOf(container.labels);
    const labels = (id === undefined ? undefined : this.#byId.get(id)) ?? before?.serviceLabels;
    const { serviceLabels: _, ...bare } = container;
    return labels === undefined || Object.keys(labels).length === 0
      ? bare
      : { ...bare, serviceLabels: labels };
  }

  /** Reads them all where there is a container of a service among these. Never rejects. */
  async refresh(
    containers: readonly { Labels: Labels | null }[],
    signal: AbortSignal,
  ): Promise<void> {
    if (containers.some(({ Labels: labels }) => serviceOf(labels ?? {}) !== undefined)) {
      await this.#read(signal);
    }
  }

  /** Reads them where this container's service is not known. Never rejects. */
  async know(labels: Labels, signal: AbortSignal): Promise<void> {
    const id = serviceOf(labels);
    if (id === undefined || this.#byId.has(id)) return;
    await this.#read(signal);
    if (!this.#byId.has(id)) this.#byId.set(id, undefined);
  }

  /** A service was made or changed. */
  readSoon(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#timer ??= this.#options.clock.setTimer(DELAY_MS, () => {
      this.#timer = undefined;
      void this.#readAgain(signal);
    });
  }

  close(): void {
    this.#timer?.cancel();
  }

  async #readAgain(signal: AbortSignal): Promise<void> {
    await this.#reading;
    await this.#read(signal);
  }

  /** Together with whoever reads already. */
  async #read(signal: AbortSignal): Promise<void> {
    const restMs = this.#refusedMs + REFUSED_MS - this.#options.clock.monotonicMs();
    if (restMs > 0) return;
    this.#reading ??= this.#ask(signal).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { engine, clock, onChange } = this.#options;
    try {
      const before = JSON.stringify([...this.#byId]);
      const services = await engine.services(undefined, signal);
      this.#byId = new Map(services.map((service) => [service.ID, labelsOf(service)]));
      this.#said = '';
      if (JSON.stringify([...this.#byId]) !== before) onChange();
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) this.#refusedMs = clock.monotonicMs();
      this.#sayOnce(errorText(error));
    }
  }

  #sayOnce(reason: string): void {
    if (reason === this.#said) return;
    this.#said = reason;
    const remedy = 'labels of containers count (--container-label, or labels beside deploy)';
    this.#options.log.info('labels of Swarm services are not read', { err: reason, remedy });
  }
}

function serviceOf(labels: Labels): string | undefined {
  return labels['com.docker.swarm.service.id'] || undefined;
}

function labelsOf({ Spec: spec }: SwarmService): Labels {
  const said = Object.entries(spec?.Labels ?? {}).filter(
    ([name, value]) => isScrapeLabel(name) && value.length <= LENGTH_MAX,
  );
  return Object.fromEntries(said) as Labels;
}
