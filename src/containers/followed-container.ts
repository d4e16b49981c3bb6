import type { TargetGroup } from '#config';
import { BECAUSE_TOO_MANY } from './choice.ts';
import type { Choice } from './choice.ts';
import type { Container } from './container.ts';
import { planPorts } from './port-plan.ts';
import type { PlannedPort, PortPlan } from './port-plan.ts';
import { askPort } from './probe.ts';
import type { Asker, PortFinding } from './probe.ts';
import type { ProbeMemory } from './probe-memory.ts';
import { addressesOf, unreachableBecause } from './reach.ts';
import type { Vantage } from './reach.ts';
import { readScrapeLabels } from './scrape-labels.ts';
import type { ScrapeLabels } from './scrape-labels.ts';
import { targetGroupOf } from './target-group.ts';
import type { FoundApplication, FoundTarget } from './target-group.ts';

export interface FollowedSurroundings {
  readonly vantage: () => Vantage;
  readonly memory: ProbeMemory;
}

type Finding =
  | PortFinding
  | { readonly kind: 'remembered'; readonly answer: string }
  /** There is no address of it that is reached from here. */
  | { readonly kind: 'nowhere'; readonly reason: string };

/** One running container: which of its ports are asked, and what they answered. */
export class FollowedContainer {
  readonly id: string;
  /** Rounds of questions after which a port was still silent. */
  silentRounds = 0;
  /** Its targets are not told, because there are too many. */
  isRefused = false;
  #container: Container;
  #labels: ScrapeLabels;
  #plan: PortPlan;
  readonly #surroundings: FollowedSurroundings;
  readonly #findings = new Map<number, Finding>();
  readonly #aborter = new AbortController();

  constructor(container: Container, surroundings: FollowedSurroundings) {
    this.id = container.id;
    this.#container = container;
    this.#surroundings = surroundings;
    this.#labels = readScrapeLabels(container.labels, container.serviceLabels);
    this.#plan = planPorts(container, this.#labels);
  }

  get leftOut(): number {
    return this.#plan.leftOut;
  }

  /** Takes it as it is now. `ask`: its ports must be asked (again). */
  update(container: Container): 'same' | 'changed' | 'ask' {
    const before = this.#container;
    if (before === container) return 'same';
    this.#container = container;
    const isRestarted = before.startedMs !== container.startedMs;
    const isMoved = placeOf(before) !== placeOf(container);
    const isUp = before.health !== 'healthy' && container.health === 'healthy';
    if (isRestarted || isMoved) this.#findings.clear();
    const isPlanned = before.serviceLabels !== container.serviceLabels && this.#planAnew();
    if (!isRestarted && !isMoved && !isPlanned && !(isUp && this.hasQuestions)) return 'changed';
    this.silentRounds = 0;
    return 'ask';
  }

  /** Labels of its service say something else. True: other ports or paths are to be asked. */
  #planAnew(): boolean {
    const before = new Map(this.#plan.ports.map((one) => [one.port, JSON.stringify(one)]));
    const container = this.#container;
    this.#labels = readScrapeLabels(container.labels, container.serviceLabels);
    this.#plan = planPorts(container, this.#labels);
    const changed = this.#plan.ports.filter((one) => before.get(one.port) !== JSON.stringify(one));
    for (const { port } of changed) this.#findings.delete(port);
    return changed.length > 0;
  }

  /** We look from elsewhere now. True: ports that were not reached must be asked again. */
  reconsider(): boolean {
    let isAny = false;
    for (const [port, { kind }] of this.#findings) {
      if (kind !== 'nowhere') continue;
      this.#findings.delete(port);
      isAny = true;
    }
    return isAny;
  }

  /** Some port has not answered yet. */
  get hasQuestions(): boolean {
    return this.#openPorts().length > 0;
  }

  /** Asks the ports that have not answered yet, one after the other. */
  async ask(asker: Asker): Promise<void> {
    const [container, plan] = [this.#container, this.#plan];
    const { signal } = this.#aborter;
    for (const planned of this.#openPorts()) {
      const finding = await this.#askPort(planned, { asker, signal });
      // Of a container that was restarted meanwhile, or planned anew, the answer is old.
      if (signal.aborted || plan !== this.#plan) return;
      if (placeOf(container) !== placeOf(this.#container)) return;
      this.#findings.set(planned.port, finding);
    }
    if (this.hasQuestions) this.silentRounds++;
  }

  abort(): void {
    this.#aborter.abort();
  }

  async #askPort(
    { port, paths, scheme, isWanted }: PlannedPort,
    { asker, signal }: { readonly asker: Asker; readonly signal: AbortSignal },
  ): Promise<Finding> {
    const container = this.#container;
    const { memory } = this.#surroundings;
    const remembered = isWanted ? undefined : memory.otherAnswer(container, port);
    if (remembered !== undefined) return { kind: 'remembered', answer: remembered };
    const vantage = this.#surroundings.vantage();
    const addresses = addressesOf(container, port, vantage);
    if (addresses.length === 0) {
      return { kind: 'nowhere', reason: unreachableBecause(container, vantage) };
    }
    const ordered = memory.ordered(container, port, paths);
    const finding = await askPort({ addresses, paths: ordered, scheme }, asker, signal);
    if (finding.kind === 'other') memory.noteOther(container, port, finding.answer);
    if (finding.kind === 'metrics') memory.noteMetrics(container, port, finding.path);
    return finding;
  }

  #openPorts(): PlannedPort[] {
    return this.#plan.ports.filter(({ port }) => {
      const finding = this.#findings.get(port);
      return finding === undefined || finding.kind === 'silent';
    });
  }

  group(): TargetGroup {
    const { container, labels, targets } = this.found();
    return targetGroupOf(container, labels, targets);
  }

  found(): FoundApplication {
    const targets = this.#plan.ports.flatMap((planned) => this.#target(planned) ?? []);
    return { container: this.#container, labels: this.#labels, targets };
  }

  #target({ port, paths, scheme, isWanted }: PlannedPort): FoundTarget | undefined {
    const finding = this.#findings.get(port);
    if (finding?.kind === 'metrics') {
      return { port, scheme, address: finding.address, path: finding.path };
    }
    // What a label wants is shown as down rather than not at all, but not before it was asked.
    if (!isWanted || finding === undefined) return undefined;
    const [path = '/metrics'] = paths;
    const address =
      finding.kind === 'other'
        ? finding.address
        : addressesOf(this.#container, port, this.#surroundings.vantage())[0];
    return address === undefined ? undefined : { port, scheme, path, address };
  }

  choice(isBusy: boolean): Choice {
    const ports = this.#plan.ports.map(({ port }) => ({
      port,
      finding: findingText(this.#findings.get(port)),
    }));
    const { problems } = this.#labels;
    if (this.isRefused) {
      return { kind: 'none', because: BECAUSE_TOO_MANY, ports, problems };
    }
    const isChosen = this.group().targets.length > 0;
    if (isChosen) return { kind: 'chosen', because: this.#plan.because, ports, problems };
    if (isBusy) return { kind: 'asking', because: this.#plan.because, ports, problems };
    return { kind: 'none', because: this.#noneBecause(), ports, problems };
  }

  #noneBecause(): string {
    const { because, ports } = this.#plan;
    if (ports.length === 0) return because;
    const answers = ports.map(({ port }) => `${port}: ${findingText(this.#findings.get(port))}`);
    return `no port answers with metrics (${answers.join('; ')})`;
  }
}

function findingText(finding: Finding | undefined): string {
  if (finding === undefined) return 'not asked yet';
  switch (finding.kind) {
    case 'metrics':
      return `metrics at ${finding.address}${finding.path}`;
    case 'other':
      return finding.answer;
    case 'silent':
    case 'nowhere':
      return finding.reason;
    case 'remembered':
      return `${finding.answer}, as it answered before`;
  }
}

/** Changes where its ports are reached. */
function placeOf({ startedMs, addresses, publishedPorts, networkMode }: Container): string {
  return JSON.stringify([startedMs, addresses, publishedPorts, networkMode]);
}
