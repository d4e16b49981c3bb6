import { errorText } from '#platform';
import type { Clock, Timer } from '#platform';
import type { DiscoveryConfig } from '#config';
import { DockerError, openDockerEngine } from '#docker';
import type { DockerEngine, Filters } from '#docker';
import type { Labels } from '#model';
import type { Discovery, DiscoverySurroundings, OnGroups } from '../discovery.ts';
import { Backoff } from '../backoff.ts';
import { startRefresh } from '../refresh.ts';
import type { Refresh } from '../refresh.ts';

export type EngineConfig = Extract<DiscoveryConfig, { kind: 'docker' | 'dockerswarm' }>;

export type SwarmConfig = Extract<DiscoveryConfig, { kind: 'dockerswarm' }>;

/** What one kind of target asks of an engine. */
export interface EngineRole {
  /** Source of its one group. */
  readonly source: string;
  /** Events after which the targets may be others. */
  readonly eventFilters: Filters;
  /** So long after an event it asks once more, since a swarm takes its time; 0: it does not. */
  readonly afterEventMs: number;
  /** Rejects with why they cannot be told. */
  readonly targets: (engine: DockerEngine, signal: AbortSignal) => Promise<readonly Labels[]>;
}

/** Events that come together count as one. */
const EVENT_WAIT_MS = 200;

/** However many events come, it asks no more often. */
const REFRESH_GAP_MS = 1000;
/** After a failure. */
const RETRY_MS = 5000;

/**
 * Targets from a Docker Engine: asked for at the interval, and at once when an event says that something changed.
 * Where the events cannot be heard, the interval remains. A failure keeps what it had.
 */
export function engineDiscovery(
  config: EngineConfig,
  surroundings: DiscoverySurroundings,
  openRole: () => EngineRole,
): Discovery {
  return {
    run: (onGroups) => {
      const engine = openEngine(config, surroundings);
      if (engine === undefined) return () => {};
      const asker = new EngineAsker({ config, surroundings, engine, role: openRole(), onGroups });
      asker.start();
      return () => asker.stop();
    },
  };
}

function openEngine(
  { host, httpClient, refreshIntervalMs, kind }: EngineConfig,
  { openHttpClient, userAgent, log, metrics }: DiscoverySurroundings,
): DockerEngine | undefined {
  try {
    return openDockerEngine({
      address: host,
      http: httpClient,
      userAgent,
      openHttpClient,
      timeoutMs: refreshIntervalMs,
    });
  } catch (error) {
    metrics.refreshFailures.inc(1, [kind]);
    log.error('Cannot discover targets', { discovery: kind, err: errorText(error) });
    return undefined;
  }
}

interface AskerParts {
  readonly config: EngineConfig;
  readonly surroundings: DiscoverySurroundings;
  readonly engine: DockerEngine;
  readonly role: EngineRole;
  readonly onGroups: OnGroups;
}

class EngineAsker {
  readonly #parts: AskerParts;
  readonly #aborter = new AbortController();
  #refresh: Refresh | undefined;
  #eventTimer: Timer | undefined;
  #afterTimer: Timer | undefined;
  #retryTimer: Timer | undefined;
  /** Why events are not heard; told once. */
  #deafness = '';
  #hasListened = false;
  #askedMs = -Infinity;

  constructor(parts: AskerParts) {
    this.#parts = parts;
  }

  start(): void {
    const { config, surroundings } = this.#parts;
    this.#refresh = startRefresh({
      clock: surroundings.clock,
      intervalMs: config.refreshIntervalMs,
      refresh: (signal) => this.#ask(signal),
    });
    void this.#listen();
  }

  stop(): void {
    this.#aborter.abort();
    this.#refresh?.stop();
    this.#eventTimer?.cancel();
    this.#afterTimer?.cancel();
    this.#retryTimer?.cancel();
    this.#parts.engine.close();
  }

  get #clock(): Clock {
    return this.#parts.surroundings.clock;
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { config, engine, role, surroundings, onGroups } = this.#parts;
    const { log, metrics } = surroundings;
    this.#askedMs = this.#clock.nowMs();
    try {
      const targets = await role.targets(engine, signal);
      if (!signal.aborted) onGroups([{ source: role.source, targets, labels: [] }]);
    } catch (error) {
      if (signal.aborted) return;
      metrics.refreshFailures.inc(1, [config.kind]);
      log.error('Unable to refresh target groups', {
        discovery: config.kind,
        err: errorText(error),
      });
      this.#askAgain();
    } finally {
      const seconds = (this.#clock.nowMs() - this.#askedMs) / 1000;
      metrics.refreshDurationSeconds.observe(seconds, [config.kind]);
    }
  }

  /** What an event told of must not wait for the interval, which may be long, because asking failed once. */
  #askAgain(): void {
    if (this.#parts.config.refreshIntervalMs <= RETRY_MS) return;
    this.#retryTimer?.cancel();
    this.#retryTimer = this.#clock.setTimer(RETRY_MS, () => this.#refresh?.now());
  }

  async #listen(): Promise<void> {
    const { engine, role } = this.#parts;
    const { signal } = this.#aborter;
    const backoff = new Backoff(this.#clock);
    const query = {
      filters: role.eventFilters,
      onOpen: () => this.#hear(backoff),
      onEvent: () => this.#schedule(),
    };
    while (!signal.aborted) {
      try {
        await engine.events(query, signal);
      } catch (error) {
        if (!signal.aborted) this.#tellDeafness(error);
      }
      await backoff.wait(signal);
    }
  }

  #hear(backoff: Backoff): void {
    backoff.reset();
    this.#deafness = '';
    // What happened meanwhile was not heard.
    if (this.#hasListened) this.#schedule();
    this.#hasListened = true;
  }

  #tellDeafness(error: unknown): void {
    const { config, surroundings } = this.#parts;
    const reason = error instanceof DockerError ? error.code : errorText(error);
    if (reason === this.#deafness) return;
    this.#deafness = reason;
    surroundings.log.warn('Cannot hear events, targets are refreshed at the interval alone', {
      discovery: config.kind,
      err: errorText(error),
    });
  }

  #schedule(): void {
    const { role } = this.#parts;
    if (role.afterEventMs > 0) {
      this.#afterTimer?.cancel();
      this.#afterTimer = this.#clock.setTimer(role.afterEventMs, () => this.#refresh?.now());
    }
    if (this.#eventTimer !== undefined) return;
    const waitMs = Math.max(EVENT_WAIT_MS, this.#askedMs + REFRESH_GAP_MS - this.#clock.nowMs());
    this.#eventTimer = this.#clock.setTimer(waitMs, () => {
      this.#eventTimer = undefined;
      this.#refresh?.now();
    });
  }
}

class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError';
}

/** What went wrong, in front of why; as one message, since logs would write the cause once more. */
export async function doing<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new DiscoveryError(`error while ${what}: ${errorText(error)}`);
  }
}
