import { DockerError, engineProduct, unlessRefused } from '#docker';
import type { DockerEngine, EngineEvent } from '#docker';
import { errorText } from '#platform';
import type { Clock, Log } from '#platform';
import type { EngineState } from './container.ts';
import { ENGINE_ACTIONS } from './lifecycle.ts';

/** The list is read so often whatever the events say. */
const POLL_MS = 60_000;

/** The same where the events may not be listened to (a socket proxy without EVENTS=1). */
const POLL_WITHOUT_EVENTS_MS = 5000;

/** An engine that ended its stream is asked again after so long, then after twice that, and so on. */
const BACKOFF_MS_MIN = 250;
const BACKOFF_MS_MAX = 5000;

/** A connection that lasted so long was a good one: the next is tried without delay. */
const STABLE_MS = 10_000;

/** An engine that does not begin its answer before something happens is not waited for longer. */
const OPEN_MS = 2000;

/** What happened before is told at once when a stream begins; so long it is waited for. */
const REPLAY_MS = 100;

/** Networks: a container's address has changed. Services: their labels may have. */
const FILTERS = {
  type: ['container', 'network', 'service'],
  event: [...ENGINE_ACTIONS, 'connect', 'disconnect'],
};

export interface WatchOptions {
  readonly engine: DockerEngine;
  readonly clock: Clock;
  readonly log: Log;
  /** The last event that was heard; undefined: none ever was. */
  readonly sinceMs: () => number | undefined;
  readonly onEvent: (event: EngineEvent) => void;
  /** Reads the list. `isWhole`: anything may have happened. Rejects where the engine does not answer. */
  readonly sync: (isWhole: boolean, signal: AbortSignal) => Promise<void>;
  readonly onState: (state: EngineState) => void;
}

/** Holds on to an engine: listens to its events, reads its list, and comes back when it has gone away. */
export class EngineWatch {
  readonly #options: WatchOptions;
  readonly #closing = new AbortController();
  #state: EngineState;
  #wake: () => void = () => {};
  #failures = 0;
  /** Times that a stream was opened again. */
  reconnects = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#state = {
      address: options.engine.address,
      status: 'connecting',
      error: '',
      product: '',
      version: '',
      cgroupDriver: '',
      cgroupVersion: '',
    };
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Until it is closed. Never rejects. */
  async run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const startMs = this.#options.clock.monotonicMs();
      try {
        await this.#attend();
      } catch (error) {
        this.#fail(error);
      }
      if (this.#closing.signal.aborted) return;
      this.reconnects++;
      if (this.#options.clock.monotonicMs() - startMs >= STABLE_MS) this.#failures = 0;
      await this.#sleep(Math.min(BACKOFF_MS_MIN * 2 ** this.#failures, BACKOFF_MS_MAX));
      this.#failures++;
    }
  }

  close(): void {
    this.#closing.abort();
    this.#wake();
  }

  /** One connection, from beginning to end. */
  async #attend(): Promise<void> {
    const { engine, sync } = this.#options;
    const connection = new AbortController();
    const end = (): void => connection.abort();
    this.#closing.signal.addEventListener('abort', end, { once: true });
    try {
      // A socket proxy may keep these to itself.
      const version = await unlessRefused(engine.version(connection.signal));
      const info = await unlessRefused(engine.info(connection.signal));
      const stream = await this.#listen(connection);
      await sync(true, connection.signal);
      this.#tell({
        status: 'connected',
        error: stream.refusal,
        product: version === undefined ? '' : engineProduct(version),
        version: version?.Version ?? '',
        cgroupDriver: info?.CgroupDriver ?? '',
        cgroupVersion: info?.CgroupVersion ?? '',
      });
      await this.#stay(stream, connection);
    } finally {
      end();
      this.#closing.signal.removeEventListener('abort', end);
    }
  }

  /** Begins to listen, before anything is read, so that nothing is lost between. */
  async #listen(connection: AbortController): Promise<EventStream> {
    const { engine, sinceMs, onEvent } = this.#options;
    const since = sinceMs();
    const stream: EventStream = { isOpen: false, isOver: false, failure: undefined, refusal: '' };
    const query = {
      filters: FILTERS,
      onEvent,
      onOpen: () => {
        stream.isOpen = true;
        this.#wake();
      },
      ...(since !== undefined && { sinceMs: since }),
    };
    void this.#follow(stream, engine.events(query, connection.signal));
    if (!stream.isOpen) await this.#sleep(OPEN_MS);
    const { failure } = stream;
    if (failure instanceof DockerError && failure.code === 'forbidden') {
      const refusal = `${failure.message}; the list is read instead`;
      return { ...stream, isOver: false, failure: undefined, refusal };
    }
    if (failure !== undefined) throw failure;
    if (since !== undefined) await this.#sleep(REPLAY_MS);
    return stream;
  }

  async #follow(stream: EventStream, ended: Promise<void>): Promise<void> {
    try {
      await ended;
    } catch (error) {
      stream.failure = error;
    }
    stream.isOver = true;
    this.#wake();
  }

  /** Reads the list now and then until the stream ends, or the engine answers no more. */
  async #stay(stream: EventStream, { signal }: AbortController): Promise<void> {
    const pollMs = stream.refusal === '' ? POLL_MS : POLL_WITHOUT_EVENTS_MS;
    for (;;) {
      if (!stream.isOver) await this.#sleep(pollMs);
      if (stream.failure !== undefined) throw stream.failure;
      if (stream.isOver || signal.aborted) return;
      await this.#options.sync(false, signal);
    }
  }

  #fail(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const isAbsent = error instanceof DockerError && error.code === 'no-engine';
    this.#tell({ status: isAbsent ? 'absent' : 'unreachable', error: errorText(error) });
  }

  #tell(change: Partial<EngineState>): void {
    const before = this.#state;
    this.#state = { ...before, ...change };
    const { status, error, address, product, version } = this.#state;
    if (status === before.status && error === before.error) return;
    const { log } = this.#options;
    if (status === 'connected' && error === '') {
      log.info('connected to the engine of the containers', { address, product, version });
    } else log.warn('cannot watch all of the containers', { address, status, err: error });
    this.#options.onState(this.#state);
  }

  /** Ends early where `wake` is called. */
  async #sleep(delayMs: number): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.setTimer(delayMs, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

interface EventStream {
  isOpen: boolean;
  /** The engine ended it, or it failed. */
  isOver: boolean;
  failure: unknown;
  /** Why there are no events; '' where there are. */
  readonly refusal: string;
}
