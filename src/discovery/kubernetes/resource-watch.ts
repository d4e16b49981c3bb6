import { HttpClientError } from '#platform';
import type { Clock } from '#platform';
import { ApiError, isTooLarge, PAGE_OBJECTS } from './api-client.ts';
import type { ApiClient, ListPage, Selector, WatchEvent } from './api-client.ts';
import { Backoff } from '../backoff.ts';
import { OBJECTS_MAX } from './object-store.ts';
import { recordAt, textAt } from './read-objects.ts';
import type { Json } from './read-objects.ts';

/** As client-go: a watch is asked to end after 5 to 10 minutes, so that not all end together. */
const WATCH_SECONDS_MIN = 300;

/** A list of more pages is none; more objects than there are pages are not kept anyway. */
const PAGES_MAX = OBJECTS_MAX;

/** A watch that ended sooner and brought nothing is a failure: the server, or a proxy, does not watch. */
const WATCH_SHORT_MS = 1000;

/** A watch that lived so long, or brought something, makes what failed before it forgotten. */
const WATCH_SOUND_MS = 10_000;

/** Gets the objects of one resource, in one namespace or all. */
export interface ObjectSink {
  /** An object that is there, or has changed; the answer is its key. */
  put(object: Json): string;
  /** An object that is gone. */
  remove(object: Json): void;
  /** A list is complete: what it has not is gone. */
  keepOnly(keys: ReadonlySet<string>): void;
}

export interface ResourceWatchOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly path: string;
  readonly selector: Selector;
  readonly sink: ObjectSink;
  /** Told of each failure; the next attempt comes by itself. */
  readonly onFailure: (error: unknown) => void;
  readonly random?: () => number;
}

/** Lists and then watches until the signal comes. Never rejects. */
export async function watchResource(
  options: ResourceWatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const watch = new ResourceWatch(options, signal);
  await watch.run();
}

class ResourceWatch {
  readonly #options: ResourceWatchOptions;
  readonly #signal: AbortSignal;
  readonly #backoff: Backoff;
  /** Up to which all changes are known. */
  #resourceVersion = '';

  constructor(options: ResourceWatchOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#backoff = new Backoff(options.clock, options.random);
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#list();
        await this.#follow();
      } catch (error) {
        if (this.#signal.aborted) return;
        // That a version is forgotten is in the order of things.
        if (!isGone(error)) this.#options.onFailure(error);
      }
      await this.#backoff.wait(this.#signal);
    }
  }

  async #list(): Promise<void> {
    const { sink } = this.#options;
    const keys = new Set<string>();
    let next = '';
    let limit = PAGE_OBJECTS;
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const page = await this.#page(next, limit);
      if (page === undefined) {
        limit = Math.ceil(limit / 4);
        continue;
      }
      for (const object of page.items) keys.add(sink.put(object));
      this.#resourceVersion = page.resourceVersion;
      next = page.next;
      if (next === '') {
        sink.keepOnly(keys);
        return;
      }
    }
    throw new ApiError('cannot read a list: it has no end', 0, false);
  }

  /** Undefined where so many objects are too large for a page. */
  async #page(next: string, limit: number): Promise<ListPage | undefined> {
    const { client, path, selector } = this.#options;
    try {
      return await client.list({ path, selector, next, limit, signal: this.#signal });
    } catch (error) {
      if (isTooLarge(error) && limit > 1) return undefined;
      throw error;
    }
  }

  /** Watches on and on; ends where the list is to be read anew. */
  async #follow(): Promise<void> {
    while (!this.#signal.aborted) {
      const { clock } = this.#options;
      const startedMs = clock.monotonicMs();
      let eventCount = 0;
      let failure: unknown;
      try {
        await this.#watch(() => eventCount++);
      } catch (error) {
        failure = error;
      }
      if (this.#signal.aborted) return;
      const lastedMs = clock.monotonicMs() - startedMs;
      if (eventCount > 0 || lastedMs >= WATCH_SOUND_MS) this.#backoff.reset();
      if (isGone(failure)) return;
      if (failure === undefined && (eventCount > 0 || lastedMs >= WATCH_SHORT_MS)) continue;
      const error = failure ?? new ApiError('cannot watch: the server ended it at once', 0, false);
      this.#options.onFailure(error);
      // After a broken connection the same version is asked for again; a refusal, or an object that is too large for an
      // event, needs a new list.
      if (!(error instanceof HttpClientError) || isTooLarge(error)) return;
      await this.#backoff.wait(this.#signal);
    }
  }

  async #watch(onEvent: () => void): Promise<void> {
    const { client, path, selector, random = Math.random } = this.#options;
    await client.watch({
      path,
      selector,
      resourceVersion: this.#resourceVersion,
      timeoutSeconds: Math.round(WATCH_SECONDS_MIN * (1 + random())),
      signal: this.#signal,
      onEvent: (event) => {
        onEvent();
        this.#take(event);
      },
    });
  }

  #take({ type, object }: WatchEvent): void {
    const { sink } = this.#options;
    if (type === 'ADDED' || type === 'MODIFIED') sink.put(object);
    else if (type === 'DELETED') sink.remove(object);
    const version = textAt(recordAt(object, 'metadata'), 'resourceVersion');
    if (version !== '') this.#resourceVersion = version;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.isGone;
}
