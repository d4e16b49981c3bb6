import type { EngineEvent } from '#docker';

/** Events of one container that wait for a look at it; ten crashes make some forty. */
const EVENTS_MAX = 256;

const NO_EVENTS: readonly EngineEvent[] = [];

/** Events that have been heard and not been looked into, and how far the engine's stream was heard. */
export class PendingEvents {
  readonly #containersMax: number;
  readonly #byId = new Map<string, EngineEvent[]>();
  #lastMs = 0;
  /** Of the last millisecond: a stream that goes on sends them again. */
  readonly #atLast = new Set<string>();

  /** `containersMax`: of which events may wait. */
  constructor(containersMax: number) {
    this.#containersMax = containersMax;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** From when the next stream must go on; undefined: from now. */
  get sinceMs(): number | undefined {
    return this.#lastMs === 0 ? undefined : this.#lastMs;
  }

  /** Goes on behind an event that was heard by another process. */
  resume(eventMs: number): void {
    this.#lastMs = eventMs === 0 ? 0 : eventMs + 1;
  }

  isNew({ timeMs, action, actor, type }: EngineEvent): boolean {
    if (timeMs > this.#lastMs) {
      this.#lastMs = timeMs;
      this.#atLast.clear();
    }
    if (timeMs < this.#lastMs) return true;
    const key = [type, actor.id, action, actor.attributes['container'] ?? ''].join(' ');
    if (this.#atLast.has(key)) return false;
    this.#atLast.add(key);
    return true;
  }

  /** False where one had to be left out. */
  add(event: EngineEvent): boolean {
    const { id } = event.actor;
    const waiting = this.#byId.get(id);
    if (waiting === undefined) {
      if (this.#byId.size >= this.#containersMax) return false;
      this.#byId.set(id, [event]);
      return true;
    }
    waiting.push(event);
    if (waiting.length <= EVENTS_MAX) return true;
    waiting.shift();
    return false;
  }

  take(id: string): readonly EngineEvent[] {
    const waiting = this.#byId.get(id);
    this.#byId.delete(id);
    return waiting ?? NO_EVENTS;
  }
}
