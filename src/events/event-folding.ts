import type { NewEvent } from './event.ts';

/** A container that restarts every few seconds shows each end; one that crashes at once is counted. */
const SINGLE_EVENTS_PER_KEY = 10;
/** Of all containers together. */
const SINGLE_EVENTS_MAX = 2000;
/** Of names and kinds that are told apart; beyond it only kinds are. */
const KEYS_MAX = 2000;

export const FOLD_WINDOW_MS: number = 60_000;

/** Many events of one kind, as one. */
export interface FoldedEvents {
  readonly id: number;
  /** The first of them; the text and the rest are of the last. */
  readonly firstMs: number;
  readonly last: NewEvent;
  readonly count: number;
}

interface Window {
  readonly endMs: number;
  singles: number;
  folded: FoldedEvents | undefined;
}

/** Lets the first events of a minute pass and counts the rest: by name and kind, and of all together. */
export class EventFolding {
  readonly #windows = new Map<string, Window>();
  #allSingles = 0;
  #allEndMs = 0;

  /** True: it is an event of its own. False: it was counted. `newId` is asked when a count begins. */
  passes(event: NewEvent, nowMs: number, newId: () => number): boolean {
    if (nowMs >= this.#allEndMs) {
      this.#allSingles = 0;
      this.#allEndMs = nowMs + FOLD_WINDOW_MS;
    }
    const { window, isOwn } = this.#windowOf(event, nowMs);
    if (window.singles < SINGLE_EVENTS_PER_KEY && this.#allSingles < SINGLE_EVENTS_MAX) {
      window.singles++;
      this.#allSingles++;
      return true;
    }
    const { id, firstMs, count } = window.folded ?? {
      id: newId(),
      firstMs: event.timeMs,
      count: 0,
    };
    const last = isOwn ? event : { ...event, name: '', group: '', service: '', containerId: '' };
    window.folded = { id, firstMs, last, count: count + event.count };
    return false;
  }

  #windowOf(event: NewEvent, nowMs: number): { window: Window; isOwn: boolean } {
    const own = `${event.kind}\0${event.name}`;
    const key = this.#windows.has(own) || this.#windows.size < KEYS_MAX ? own : event.kind;
    const known = this.#windows.get(key);
    const isOwn = key === own;
    if (known !== undefined && (nowMs < known.endMs || known.folded !== undefined)) {
      return { window: known, isOwn };
    }
    const window: Window = { endMs: nowMs + FOLD_WINDOW_MS, singles: 0, folded: undefined };
    this.#windows.set(key, window);
    return { window, isOwn };
  }

  get isWatching(): boolean {
    return this.#windows.size > 0;
  }

  /** What is being counted. */
  pending(): FoldedEvents[] {
    return [...this.#windows.values()].flatMap(({ folded }) => folded ?? []);
  }

  /** Ends the windows that are over, all of them with Infinity; the answer is what they counted. */
  takeEnded(nowMs: number): FoldedEvents[] {
    const ended: FoldedEvents[] = [];
    for (const [key, window] of this.#windows) {
      if (nowMs < window.endMs) continue;
      this.#windows.delete(key);
      if (window.folded !== undefined) ended.push(window.folded);
    }
    return ended;
  }
}
