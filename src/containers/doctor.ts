import type { ScrapeDoctorData } from '#contract';
import type { HttpClientConfig } from '#config';
import type { Clock, HttpClient } from '#platform';
import type { Choice } from './choice.ts';
import type { Container, ContainerRegistry } from './container.ts';
import { checkKept, checkPageOf, reach } from './doctor-live.ts';
import { checkChosen, checkDiscovered, checkRelabelled } from './doctor-found.ts';
import { counted, Examination } from './examination.ts';
import type { Listening } from './listening.ts';
import { TargetOwners } from './scraped-target.ts';
import type { DiscardedTarget, ScrapedTarget, ScrapedTargets } from './scraped-target.ts';

export interface DoctorOptions {
  readonly registry: Pick<ContainerRegistry, 'find' | 'byId' | 'containers'>;
  readonly targets: ScrapedTargets;
  /** What our own discovery decided; undefined where a user's configuration runs. */
  readonly choice: (id: string) => Choice | undefined;
  readonly openHttpClient: (config: HttpClientConfig) => HttpClient;
  /** Opens and closes a TCP connection. Rejects with what the system says. */
  readonly connect: (place: { host: string; port: number }, timeoutMs: number) => Promise<void>;
  /** Where programs listen in the network of that process; undefined where that cannot be read. */
  readonly listening: (pid: number) => Promise<readonly Listening[] | undefined>;
  readonly userAgent: string;
  readonly clock: Clock;
}

/** What is known of a container's targets. */
export interface FoundTargets {
  readonly active: readonly ScrapedTarget[];
  readonly dropped: readonly DiscardedTarget[];
  readonly choice: Choice | undefined;
}

/** Too many are examined at the same time. */
export class DoctorBusyError extends Error {
  readonly code = 'busy';
  constructor() {
    super(`cannot examine a container: ${AT_ONCE_MAX} are being examined, try again`);
    this.name = 'DoctorBusyError';
  }
}

/** Containers examined at the same time. */
const AT_ONCE_MAX = 4;
/** Who asks again so soon gets the same answer. */
const KEPT_MS = 2000;
/** Answers kept at most. */
const REPORTS_MAX = 100;

interface Kept {
  readonly report: Promise<ScrapeDoctorData>;
  /** Infinity while it is under way. */
  untilMs: number;
}

/** Tells why a container's own metrics are there or not, by looking at what is known and asking its target once. */
export class ScrapeDoctor {
  readonly #options: DoctorOptions;
  readonly #kept = new Map<string, Kept>();
  #running = 0;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  /** By identity, line or id; undefined: there is no such container. Rejects with DoctorBusyError. */
  async examine(name: string): Promise<ScrapeDoctorData | undefined> {
    const { registry, clock } = this.#options;
    const container = findContainer(registry, name);
    if (container === undefined) return undefined;
    this.#forgetOld();
    const known = this.#kept.get(container.id);
    if (known !== undefined) return await known.report;
    if (this.#running >= AT_ONCE_MAX) throw new DoctorBusyError();
    this.#running++;
    const kept: Kept = { report: this.#report(container), untilMs: Infinity };
    this.#kept.set(container.id, kept);
    try {
      return await kept.report;
    } finally {
      this.#running--;
      kept.untilMs = clock.nowMs() + KEPT_MS;
    }
  }

  #forgetOld(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [id, { untilMs }] of this.#kept) {
      const isOld = untilMs <= nowMs || untilMs > nowMs + KEPT_MS;
      if (isOld && untilMs !== Infinity) this.#kept.delete(id);
      else if (this.#kept.size > REPORTS_MAX && untilMs !== Infinity) this.#kept.delete(id);
    }
  }

  async #report(container: Container): Promise<ScrapeDoctorData> {
    const { targets } = this.#options;
    const examination = new Examination();
    const found = findTargets(container, this.#options);
    checkDiscovered(examination, container, found);
    checkChosen(examination, container, found);
    checkRelabelled(examination, found, targets);
    const target = worst(found.active);
    if (target !== undefined && !examination.isOver) {
      await this.#askTarget(examination, container, target);
    }
    const samples = target?.lastPage.afterRelabelling ?? 0;
    const interval = target?.scrapeInterval ?? '';
    const allIsWell = `All is well: ${counted(samples, 'sample')} every ${interval}.`;
    return examination.report(container.line, allIsWell);
  }

  async #askTarget(
    examination: Examination,
    container: Container,
    target: ScrapedTarget,
  ): Promise<void> {
    const config = this.#options.targets.config(target.scrapePool);
    if (config === undefined) return;
    await reach(examination, { container, target, config }, this.#options);
    if (examination.isOver) return;
    const client = this.#options.openHttpClient(config.httpClient);
    try {
      await checkPageOf(examination, { target, config, client }, this.#options);
    } finally {
      client.close();
    }
    checkKept(examination, { target, config, nowMs: this.#options.clock.nowMs() });
  }
}

/** By identity (the one that runs), by the line of its series, or by id. */
export function findContainer(
  registry: Pick<ContainerRegistry, 'find' | 'byId' | 'containers'>,
  name: string,
): Container | undefined {
  return (
    registry.find(name) ??
    registry.containers().find(({ line }) => line === name) ??
    registry.byId(name)
  );
}

function findTargets(
  container: Container,
  { targets, choice }: Pick<DoctorOptions, 'targets' | 'choice'>,
): FoundTargets {
  const owners = new TargetOwners([container]);
  const isOwn = ({ discoveredLabels }: DiscardedTarget, url: string): boolean =>
    owners.of(discoveredLabels, url).length > 0;
  return {
    active: targets.active().filter((target) => isOwn(target, target.scrapeUrl)),
    dropped: targets.dropped().filter((target) => isOwn(target, '')),
    choice: choice(container.id),
  };
}

const RANK: Readonly<Record<ScrapedTarget['health'], number>> = { down: 0, unknown: 1, up: 2 };

/** Of several the first that fails is examined. */
function worst(targets: readonly ScrapedTarget[]): ScrapedTarget | undefined {
  return targets.toSorted((a, b) => RANK[a.health] - RANK[b.health])[0];
}
