import type { Container, ContainerRegistry, LifecycleEvent } from './container.ts';
import { isRunning } from './series-labels.ts';
import { signalNumber, stopReason } from './stop-reason.ts';
import type { StopReason } from './stop-reason.ts';

/** Containers that exist, of which signals are remembered; those beyond it are explained without. */
const SIGNALS_OF_MAX = 10_000;
/** Of one container; somebody who sends SIGHUP each minute does not grow it. */
const SIGNALS_MAX = 16;
/** Ends that are remembered, of containers that are gone, too. */
const ENDS_MAX = 5000;

interface End {
  readonly finishedMs: number;
  readonly reason: StopReason;
  /** Undefined: nobody watched. */
  readonly signals: readonly number[] | undefined;
}

/**
 * Remembers which signals the engine was asked to send, because a container's exit code alone does not say who
 * killed it.
 */
export class StopWitness {
  /** By id; a container that is here was seen running or starting. */
  readonly #signals = new Map<string, readonly number[]>();
  #met: readonly Container[] = [];
  /** By id, in the order in which they were seen. */
  readonly #ends = new Map<string, End>();

  /** Podman often tells only that a container ended, not that it was asked to. So does who refuses its events. */
  #tellsAll: () => boolean = () => true;

  /** Returns what ends it. */
  watch(registry: ContainerRegistry): () => void {
    this.#tellsAll = () => {
      const { product, error } = registry.engine;
      return product !== 'Podman' && error === '';
    };
    this.#meet(registry.containers());
    return registry.subscribe(({ event }) => {
      if (event === undefined) this.#meet(registry.containers());
      else this.see(event);
    });
  }

  /** Those that run already when they are seen first: what they are sent is known from now on. */
  #meet(containers: readonly Container[]): void {
    if (containers === this.#met) return;
    this.#met = containers;
    for (const container of containers) {
      if (isRunning(container) && !this.#signals.has(container.id)) this.#note(container.id, []);
    }
  }

  /** Must be told each event once, in order. */
  see({ kind, container, attributes }: LifecycleEvent): void {
    const { id } = container;
    if (kind === 'remove') this.#signals.delete(id);
    else if (kind === 'die') {
      const signals = this.#signals.get(id);
      this.#end(container, signals?.length === 0 && !this.#tellsAll() ? undefined : signals);
      // What it is sent from now on belongs to its next life.
      if (this.#signals.has(id)) this.#note(id, []);
    } else if (kind === 'start' || (kind === 'restart' && attributes['by'] === 'policy')) {
      this.#note(id, []);
    } else if (kind === 'kill') this.#seeSignal(container, attributes['signal']);
    else if (kind === 'stop' && !this.#tellsAll()) this.#seeStop(container);
  }

  /** Podman tells it before the end or after it, and not what it sent. */
  #seeStop(container: Container): void {
    const { id } = container;
    if (isRunning(container)) {
      if (this.#signals.get(id)?.length === 0) this.#note(id, [STOP]);
      return;
    }
    const end = this.#ends.get(id);
    if (end?.finishedMs === container.finishedMs && end.signals === undefined) {
      this.#end(container, [STOP]);
    }
  }

  #seeSignal(container: Container, text: string | undefined): void {
    const { id } = container;
    const signal = text === undefined ? UNSAID : signalNumber(text);
    if (signal === undefined) return;
    const end = isRunning(container) ? undefined : this.#ends.get(id);
    // Nothing can be sent to one that has ended: an engine may tell the cause after the effect.
    if (end?.signals !== undefined)
      this.#end(container, [...end.signals, signal].slice(-SIGNALS_MAX));
    else {
      const before = this.#signals.get(id);
      if (before !== undefined) this.#note(id, [...before, signal].slice(-SIGNALS_MAX));
    }
  }

  /** Why it last stopped. Undefined: it never has. */
  reasonOf(container: Container): StopReason | undefined {
    const end = this.#ends.get(container.id);
    if (end !== undefined && end.finishedMs >= container.finishedMs) return end.reason;
    const { exitCode, finishedMs, error } = container;
    const isUntried = exitCode === undefined && finishedMs === 0 && error === '';
    return isUntried ? undefined : reasonOf(container, undefined);
  }

  #end(container: Container, signals: readonly number[] | undefined): void {
    const { id, finishedMs } = container;
    this.#ends.delete(id);
    this.#ends.set(id, { finishedMs, reason: reasonOf(container, signals), signals });
    if (this.#ends.size <= ENDS_MAX) return;
    for (const oldest of this.#ends.keys()) {
      this.#ends.delete(oldest);
      return;
    }
  }

  #note(id: string, signals: readonly number[]): void {
    if (!this.#signals.has(id) && this.#signals.size >= SIGNALS_OF_MAX) return;
    this.#signals.set(id, signals);
  }
}

/** Stand for signals that an engine does not name: of `podman kill` and of `podman stop`. */
const UNSAID = 0;
const STOP = -1;
const SIGTERM = 15;
const SIGKILL = 9;

/** What it was sent, where only the exit code tells it. */
function namedSignals(signal: number, exitCode: number | undefined): readonly number[] {
  if (signal > 0) return [signal];
  const last = exitCode !== undefined && exitCode > 128 ? exitCode - 128 : SIGTERM;
  return signal === STOP && last === SIGKILL ? [SIGTERM, SIGKILL] : [last];
}

function reasonOf(container: Container, sent: readonly number[] | undefined): StopReason {
  const { exitCode, isOomKilled, error, limits, health } = container;
  const signals = sent?.flatMap((signal) => namedSignals(signal, exitCode));
  return stopReason({
    exitCode,
    isOomKilled,
    memoryLimitBytes: limits.memoryBytes,
    // Of one that runs again they say something about its life now, not about how the last one ended.
    error: isRunning(container) ? '' : error,
    health: isRunning(container) ? 'none' : health,
    signals,
  });
}
